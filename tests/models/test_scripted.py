"""What a test gets from `ScriptedChatModel`."""

import asyncio

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from listing.errors import BadInputError, ModelError
from models.scripted import ScriptedChatModel


@tool
def search_similar(query: str) -> str:
    """Search the market."""
    return query


class Colour(BaseModel):
    name: str


def test_answers_in_order_and_records_calls() -> None:
    model = ScriptedChatModel(responses=["one", AIMessage("two")])
    assert model.invoke("first").text == "one"
    assert model.invoke([HumanMessage("second")], stop=["x"]).text == "two"
    assert [call.text for call in model.calls] == ["first", "second"]
    assert model.calls[1].kwargs["stop"] == ["x"]


def test_a_script_that_ran_out_says_so() -> None:
    model = ScriptedChatModel(responses=["only"])
    model.invoke("a")
    with pytest.raises(ModelError, match="1 responses are used up; call 2"):
        model.invoke("b")


def test_streams_word_by_word_with_one_usage_and_a_last_chunk() -> None:
    chunks = list(ScriptedChatModel(responses=["A red  mug.\n"]).stream("q"))
    assert [chunk.text for chunk in chunks] == ["A ", "red  ", "mug.\n", ""]
    assert [chunk.usage_metadata is not None for chunk in chunks] == [False, False, False, True]
    assert chunks[-1].chunk_position == "last"
    assert chunks[-1].response_metadata["model_name"] == "scripted"


async def test_async_stream_is_the_same() -> None:
    model = ScriptedChatModel(responses=["A red mug.", "A red mug."])
    pieces = [chunk.text async for chunk in model.astream("q")]
    assert pieces == [chunk.text for chunk in model.stream("q")]


def test_callable_may_see_the_call_options() -> None:
    model = ScriptedChatModel(responses=lambda messages, options: options["choices"][-1])
    assert model.invoke("q", choices=["red", "blue"]).text == "blue"
    echo = ScriptedChatModel(responses=lambda messages: messages[-1].text.upper())
    assert [echo.invoke(word).text for word in ("a", "b")] == ["A", "B"]


def test_choices_come_with_probabilities() -> None:
    model = ScriptedChatModel(responses=[{"red": 3, "blue": 1}])
    message = model.invoke("q", choices=["blue", "green", "red"], top_k=2)
    assert message.text == "red"
    assert message.response_metadata["choices"] == [
        {"text": "red", "probability": 0.75},
        {"text": "blue", "probability": 0.25},
    ]


def test_a_scripted_choice_that_was_not_offered_is_refused() -> None:
    with pytest.raises(BadInputError, match="'pink' is not among the 1 choices"):
        ScriptedChatModel(responses=["pink"]).invoke("q", choices=["red"])


def test_spans_are_json_of_the_asked_fields() -> None:
    model = ScriptedChatModel(responses=[{"brand": "Nordvik", "other": "x"}])
    message = model.invoke("q", spans={"text": "Nordvik mug", "fields": ["brand", "size"]})
    assert message.text == '{"brand": "Nordvik", "size": null}'


def test_structured_output() -> None:
    model = ScriptedChatModel(responses=[{"name": "red"}, {"name": "blue"}, "no json"])
    assert model.with_structured_output(Colour).invoke("q") == Colour(name="red")
    schema = {"title": "Colour", "type": "object", "properties": {"name": {"type": "string"}}}
    assert model.with_structured_output(schema).invoke("q") == {"name": "blue"}
    broken = model.with_structured_output(Colour, include_raw=True).invoke("q")
    assert broken["parsed"] is None
    assert broken["parsing_error"] is not None


def test_tool_calls_survive_streaming() -> None:
    call = {"name": "search_similar", "args": {"query": "mug"}, "id": "c1", "type": "tool_call"}
    script = [AIMessage("", tool_calls=[call])] * 2
    model = ScriptedChatModel(responses=script)
    bound = model.bind_tools([search_similar], tool_choice="any")
    whole = bound.invoke("q")
    full: AIMessageChunk | None = None
    for chunk in bound.stream("q"):
        full = chunk if full is None else full + chunk
    assert full is not None
    assert whole.tool_calls == full.tool_calls == [call]
    assert whole.response_metadata["finish_reason"] == "tool_calls"
    assert model.calls[0].kwargs["tools"][0]["function"]["name"] == "search_similar"
    assert model.calls[0].kwargs["tool_choice"] == "any"


def test_exceptions_are_raised_before_or_in_the_stream() -> None:
    model = ScriptedChatModel(responses=[ModelError("down"), ["A ", "red ", ModelError("gone")]])
    with pytest.raises(ModelError, match="down"):
        model.invoke("q")
    seen = []
    with pytest.raises(ModelError, match="gone"):
        for chunk in model.stream("q"):
            seen.append(chunk.text)
    assert seen == ["A ", "red "]


def test_stop_cuts_the_text() -> None:
    assert ScriptedChatModel(responses=["red, blue"]).invoke("q", stop=[","]).text == "red"


def test_without_constrained_decoding_it_refuses_like_a_remote_model() -> None:
    with pytest.raises(BadInputError, match="choices"):
        ScriptedChatModel(responses=["red"], constrained=False).invoke("q", choices=["red"])


async def test_delay_does_not_hold_up_the_loop() -> None:
    model = ScriptedChatModel(responses=["a"] * 8, delay_s=0.05)
    tasks = [asyncio.create_task(model.ainvoke("q")) for _ in range(8)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    assert len(model.calls) == 8
    await asyncio.gather(*tasks)


def test_callbacks_fire() -> None:
    class Seen(BaseCallbackHandler):
        def __init__(self) -> None:
            self.events: list[str] = []

        def on_chat_model_start(self, *args: object, **kwargs: object) -> None:
            self.events.append("start")

        def on_llm_end(self, *args: object, **kwargs: object) -> None:
            self.events.append("end")

        def on_llm_error(self, *args: object, **kwargs: object) -> None:
            self.events.append("error")

    seen = Seen()
    model = ScriptedChatModel(responses=["a", ModelError("down")])
    model.invoke("q", {"callbacks": [seen]})
    with pytest.raises(ModelError):
        model.invoke("q", {"callbacks": [seen]})
    assert seen.events == ["start", "end", "start", "error"]
