"""How a model is asked for the next call."""

from langchain_core.messages import AIMessage

from models.scripted import ScriptedChatModel
from tools.assistant import tool_schemas, with_tools


def asked(*, constrained: bool) -> dict:
    model = ScriptedChatModel(responses=[AIMessage("")], constrained=constrained)
    with_tools(model, ["colour"], "it's black").invoke("q")
    return model.calls[0].kwargs


def test_a_model_that_constrains_its_decoding_can_only_quote_the_message():
    options = asked(constrained=True)
    assert options["quoting"] == "it's black"
    assert options["tool_choice"] == "any"
    assert options["tools"] == tool_schemas(["colour"])


def test_any_other_model_is_asked_in_plain_openai_terms():
    assert "quoting" not in asked(constrained=False)
