"""Bounded questions to any chat model: exact, scripted, or behind an OpenAI-compatible server."""

import json
import math
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from listing.errors import BadInputError
from models.decoding import achoose, aextract_spans, choose, extract_spans, image_block
from models.logprobs import Choice, choice_probabilities
from models.scripted import ScriptedChatModel

COLOURS = ["blue", "navy blue", "red"]
PHOTO = image_block(b"not decoded here", "image/png")
QUESTION = [HumanMessage([PHOTO, {"type": "text", "text": "Which colour?"}])]
TEXT = "Nordvik mug, 0.3 l, used 2 years. Nordvik is great."


def scripted(*responses: Any, constrained: bool = True) -> ScriptedChatModel:
    return ScriptedChatModel(responses=list(responses), constrained=constrained)


def test_constrained_models_give_probabilities_best_first() -> None:
    model = scripted({"red": 0.2, "blue": 0.8})
    assert choose(model, QUESTION, COLOURS, top_k=2) == [Choice("blue", 0.8), Choice("red", 0.2)]
    assert model.calls[0].messages == QUESTION
    assert model.calls[0].kwargs["choices"] == COLOURS


async def test_async_gives_the_same() -> None:
    assert await achoose(scripted("red"), QUESTION, COLOURS, top_k=1) == [Choice("red", 1.0)]
    model = scripted({"brand": "Nordvik"})
    assert await aextract_spans(model, QUESTION, TEXT, ["brand", "size"]) == {"brand": "Nordvik"}


@pytest.mark.parametrize(
    "answer", [{"answer": "navy blue"}, "navy blue", "It is Navy Blue.", '{"answer": "navy blue"}']
)
def test_other_models_name_one_choice(answer: Any) -> None:
    assert choose(scripted(answer, constrained=False), QUESTION, COLOURS) == [
        Choice("navy blue", 1.0)
    ]


@pytest.mark.parametrize(
    "answer", ["mauve", "red or blue", "", {"answer": "mauve"}, "bluered", '{"answer": "navy']
)
def test_an_answer_out_of_bounds_is_no_answer(answer: Any) -> None:
    assert choose(scripted(answer, constrained=False), QUESTION, COLOURS) == []


def test_other_models_are_told_the_choices_beside_the_photo() -> None:
    model = scripted("red", constrained=False)
    choose(model, [SystemMessage("Be brief."), *QUESTION], COLOURS)
    system, human = model.calls[0].messages
    assert system.text == "Be brief."
    assert human.content[0] == PHOTO
    assert all(f"- {colour}\n" in human.text + "\n" for colour in COLOURS)
    schema = model.calls[0].kwargs["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["answer"]["enum"] == COLOURS


def test_a_model_with_no_structured_output_is_read_from_its_text() -> None:
    model = FakeListChatModel(
        responses=["The colour is red.", '```json\n{"brand": "Nordvik"}\n```']
    )
    assert choose(model, QUESTION, COLOURS) == [Choice("red", 1.0)]
    assert extract_spans(model, QUESTION, TEXT, ["brand"]) == {"brand": "Nordvik"}


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(BadInputError, match="at least one choice"):
        choose(scripted("red"), QUESTION, [])


def test_spans_keep_only_what_the_text_says() -> None:
    answer = {"brand": "Nordvik", "colour": "red", "capacity": "0.3 l", "years": 2, "size": None}
    fields = ["brand", "capacity", "colour", "years", "size"]
    found = extract_spans(scripted(answer, constrained=False), QUESTION, TEXT, fields)
    assert found == {"brand": "Nordvik", "capacity": "0.3 l", "years": "2"}


def test_spans_of_a_reply_cut_short_drop_the_unfinished_value() -> None:
    model = scripted('{"brand": "Nordvik", "capacity": "0.', constrained=False)
    assert extract_spans(model, QUESTION, TEXT, ["brand", "capacity"]) == {"brand": "Nordvik"}


def test_no_text_or_no_fields_needs_no_model() -> None:
    model = scripted()
    assert extract_spans(model, QUESTION, " \n", ["brand"]) == {}
    assert extract_spans(model, QUESTION, TEXT, []) == {}
    assert model.calls == []


@given(st.text(max_size=60), st.text(max_size=40))
def test_spans_are_always_verbatim(text: str, reply: str) -> None:
    values = extract_spans(scripted(reply, constrained=False), QUESTION, text, ["a", "b"])
    assert all(value in text and value.strip() for value in values.values())


@pytest.mark.parametrize("constrained", [True, False])
def test_callbacks_see_the_call(constrained: bool) -> None:
    class Starts(BaseCallbackHandler):
        count = 0

        def on_chat_model_start(self, *args: object, **kwargs: object) -> None:
            self.count += 1

    starts = Starts()
    config: Any = {"callbacks": [starts], "metadata": {"prompt_name": "photo_attribute"}}
    choose(scripted("red", constrained=constrained), QUESTION, COLOURS, config=config)
    extract_spans(
        scripted({"a": None}, constrained=constrained), QUESTION, "x", ["a"], config=config
    )
    assert starts.count == 2


def served(
    answer: str, logprobs: list[dict[str, Any]] | None = None
) -> tuple[ChatOpenAI, list[Any]]:
    """A ChatOpenAI whose server is a function, with the list of requests it got."""
    requests: list[Any] = []

    def serve(request: httpx.Request) -> httpx.Response:
        requests.append(json.loads(request.content))
        choice: dict[str, Any] = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": answer},
        }
        if logprobs is not None:
            choice["logprobs"] = {"content": logprobs}
        usage = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
        reply = {"id": "1", "object": "chat.completion", "created": 0, "model": "big"}
        return httpx.Response(200, json={**reply, "choices": [choice], "usage": usage})

    client = httpx.Client(transport=httpx.MockTransport(serve))
    model = ChatOpenAI(
        model="big",
        base_url="http://server.test/v1",
        api_key=SecretStr("none"),
        http_client=client,
        http_async_client=httpx.AsyncClient(transport=httpx.MockTransport(serve)),
    )
    return model, requests


def token(text: str, p: float, **others: float) -> dict[str, Any]:
    alternatives = {text: p, **others}
    return {
        "token": text,
        "logprob": math.log(p),
        "top_logprobs": [
            {"token": name, "logprob": math.log(value)} for name, value in alternatives.items()
        ],
    }


def test_a_server_that_sends_log_probabilities_ranks_the_choices() -> None:
    logprobs = [
        token('{"', 1.0),
        token("answer", 1.0),
        token('": "', 1.0),
        token("red", 0.6, navy=0.3, blue=0.1),
        token('"}', 1.0),
    ]
    model, requests = served('{"answer": "red"}', logprobs)
    found = choose(model, QUESTION, COLOURS)
    assert [choice.text for choice in found] == ["red", "navy blue", "blue"]
    assert [choice.probability for choice in found] == pytest.approx([0.6, 0.3, 0.1])
    assert requests[0]["logprobs"] is True
    assert requests[0]["response_format"]["json_schema"]["schema"]["properties"]["answer"]["enum"]
    assert requests[0]["messages"][0]["content"][0]["type"] == "image_url"


def test_a_server_without_log_probabilities_still_answers() -> None:
    model, _ = served('{"answer": "red"}')
    assert choose(model, QUESTION, COLOURS) == [Choice("red", 1.0)]


def test_spans_from_a_server() -> None:
    model, requests = served('{"brand": "Nordvik", "size": "huge"}')
    assert extract_spans(model, QUESTION, TEXT, ["brand", "size"]) == {"brand": "Nordvik"}
    assert "logprobs" not in requests[0]


@given(
    st.lists(st.text("abc", min_size=1, max_size=4), min_size=1, max_size=6, unique=True),
    st.lists(st.floats(0.01, 1.0), min_size=6, max_size=6),
)
def test_probabilities_are_a_distribution_that_holds_the_named_choice(
    choices: list[str], masses: list[float]
) -> None:
    others = dict(zip("abc", masses, strict=False))
    tokens = [token('{"answer": "', 1.0), *(token(c, masses[-1], **others) for c in choices[0])]
    found = choice_probabilities({"content": tokens}, choices[0], choices)
    assert sum(choice.probability for choice in found) == pytest.approx(1.0)
    assert choices[0] in {choice.text for choice in found} <= set(choices)
