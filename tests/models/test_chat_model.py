"""`ChatQwenVL` as a caller sees it: every way to call it, bounded answers, and leaving early."""

import asyncio
import io
import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.exceptions import OutputParserException
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langchain_core.tools import tool
from PIL import Image
from pydantic import BaseModel

from listing.errors import BadInputError, ModelError
from models.chat import ChatQwenVL
from models.constraints.words import word_spans
from models.decoding import achoose, choose, extract_spans, image_block
from models.engine import Engine
from tests.models.scripted_engine import Script, ScriptedEngine
from tests.models.tiny_checkpoints import build_tiny_checkpoint

CALL = (
    '<tool_call>\n{"name": "set_colour", "arguments": {"colour": "red", "sure": true}}\n'
    "</tool_call>"
)


@tool
def set_colour(colour: str, sure: bool) -> str:
    """Set the colour."""
    return colour


class Answer(BaseModel):
    sure: bool


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = build_tiny_checkpoint(tmp_path_factory.mktemp("tiny") / "tiny", "qwen3_vl")
    engine = Engine.load(folder, device="cpu")
    yield engine
    engine.close()


@pytest.fixture
def photo() -> HumanMessage:
    data = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(data, "PNG")
    question = {"type": "text", "text": "What is in the photo?"}
    return HumanMessage([image_block(data.getvalue(), "image/png"), question])


def saying(engine: Engine, text: str | Exception | Script, **options: Any) -> ChatQwenVL:
    """A model on a scripted engine that says `text`."""
    script: Script = text if callable(text) else lambda _: text
    keys = {"model_type", "piece", "hold"} & options.keys()
    scripted: Any = ScriptedEngine(engine, script, **{key: options.pop(key) for key in keys})
    return ChatQwenVL(engine=scripted, **options)


def added(chunks: list[AIMessageChunk]) -> AIMessageChunk:
    full = chunks[0]
    for chunk in chunks[1:]:
        full += chunk
    return full


def facts(message: AIMessage) -> Any:
    """What must not depend on how the model was called."""
    metadata = {k: v for k, v in message.response_metadata.items() if k != "first_token_s"}
    return message.content, message.usage_metadata, metadata


async def test_every_way_to_call_gives_the_same_message(
    engine: Engine, photo: HumanMessage
) -> None:
    model = ChatQwenVL(engine=engine, max_tokens=12)
    whole = model.invoke([photo])
    streamed = list(model.stream([photo]))
    asynchronous = [chunk async for chunk in model.astream([photo])]
    assert facts(whole) == facts(added(streamed)) == facts(added(asynchronous))
    assert facts(whole) == facts(await model.ainvoke([photo]))
    assert len(streamed) > 2
    assert whole.usage_metadata is not None
    assert whole.usage_metadata["input_token_details"] == {"image": 4}
    assert whole.response_metadata["model_name"] == engine.info.name
    assert whole.response_metadata["first_token_s"] > 0


def test_usage_and_metadata_are_on_the_last_chunk_alone(engine: Engine) -> None:
    chunks = list(saying(engine, "A red mug.").stream("q"))
    assert [bool(chunk.usage_metadata) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert all("model_name" not in chunk.response_metadata for chunk in chunks[:-1])
    assert [c.chunk_position for c in chunks] == [None] * (len(chunks) - 1) + ["last"]


def test_call_options_override_the_model_and_unknown_ones_are_refused(engine: Engine) -> None:
    model = ChatQwenVL(engine=engine, temperature=0.5)
    message = model.invoke("q", max_tokens=3, temperature=0.0, seed=1)
    assert message.usage_metadata is not None
    assert message.usage_metadata["output_tokens"] == 3
    with pytest.raises(BadInputError, match="frequency_penalty: unknown"):
        model.invoke("q", frequency_penalty=1)
    with pytest.raises(BadInputError, match="max_tokens"):
        model.invoke("q", max_tokens=0)
    with pytest.raises(BadInputError, match="cannot be asked for together"):
        model.invoke("q", choices=["a"], response_format={"type": "json_object"})
    with pytest.raises(BadInputError, match="response_format is"):
        model.invoke("q", response_format={"type": "grammar"})


def test_stop_strings_of_the_model_and_of_the_call(engine: Engine) -> None:
    model = saying(engine, "red, blue; green", stop=[";"])
    assert model.invoke("q").text == "red, blue"
    assert model.invoke("q", stop=[","]).text == "red"


async def test_choices_come_with_probabilities(engine: Engine, photo: HumanMessage) -> None:
    model = ChatQwenVL(engine=engine)
    message = model.invoke([photo], choices=["mug", "lamp", "chair"])
    found = message.response_metadata["choices"]
    assert message.text == found[0]["text"]
    assert sum(choice["probability"] for choice in found) == pytest.approx(1)
    ranked = choose(model, [photo], ["mug", "lamp", "chair"], top_k=2)
    assert [choice.text for choice in ranked] == [choice["text"] for choice in found[:2]]
    assert [c.text for c in await achoose(model, [photo], ["mug", "lamp", "chair"], top_k=1)] == [
        message.text
    ]
    chunks = list(model.stream([photo], choices=["mug", "lamp"], top_k=1))
    assert len(added(chunks).response_metadata["choices"]) == 1
    assert chunks[-1].chunk_position == "last"


def test_spans_are_pieces_of_the_text_whatever_the_weights(
    engine: Engine, photo: HumanMessage
) -> None:
    text = 'Nordvik "Fjord" mug, 0.3 l, worn'
    model = ChatQwenVL(engine=engine, temperature=1.0, seed=3)
    fields = ["brand", "model", "capacity"]
    raw = json.loads(model.invoke([photo], spans={"text": text, "fields": fields}).text)
    assert list(raw) == fields
    assert all(value is None or value in text for value in raw.values())
    found = extract_spans(model, [photo], text, fields)
    assert all(value in text for value in found.values())


def test_a_schema_holds_whatever_the_weights(engine: Engine) -> None:
    model = ChatQwenVL(engine=engine)
    assert isinstance(model.with_structured_output(Answer).invoke("q"), Answer)
    raw = model.with_structured_output(Answer, include_raw=True).invoke("q")
    assert raw["parsed"] == Answer.model_validate_json(raw["raw"].text)
    by_call = model.with_structured_output(Answer, method="function_calling").invoke("q")
    assert isinstance(by_call, Answer)


def test_an_answer_cut_short_is_an_error_and_not_a_guess(engine: Engine) -> None:
    model = ChatQwenVL(engine=engine, max_tokens=2)
    with pytest.raises(OutputParserException):
        model.with_structured_output(Answer).invoke("q")
    raw = model.with_structured_output(Answer, include_raw=True).invoke("q")
    assert raw["parsed"] is None
    with pytest.raises(BadInputError, match="method 'xml'"):
        model.with_structured_output(Answer, method="xml")  # type: ignore[arg-type]


@pytest.mark.parametrize("choice", ["any", "required", "answer", True])
def test_a_forced_call_is_valid_whatever_the_weights(engine: Engine, choice: Any) -> None:
    @tool
    def answer(sure: bool) -> str:
        """Say whether you are sure."""
        return str(sure)

    bound = ChatQwenVL(engine=engine).bind_tools([answer], tool_choice=choice)
    for message in (bound.invoke("q"), added(list(bound.stream("q")))):
        (call,) = message.tool_calls
        assert call["name"] == "answer"
        assert isinstance(call["args"]["sure"], bool)
        assert message.text == ""
        assert message.response_metadata["finish_reason"] == "tool_calls"


def test_a_forced_call_needs_a_tool_that_is_there(engine: Engine) -> None:
    model = ChatQwenVL(engine=engine)
    with pytest.raises(BadInputError, match="'publish' is none of: set_colour"):
        model.bind_tools([set_colour], tool_choice="publish")
    with pytest.raises(BadInputError, match="needs tools"):
        model.invoke("q", tool_choice="any")


@pytest.mark.parametrize("message", ['say "red" / 128 GB', "是象牙白的，32GB", "a\nb\\c é"])
def test_what_a_forced_call_quotes_stands_in_the_text(engine: Engine, message: str) -> None:
    @tool
    def note(value: str | None) -> str:
        """Note a value."""
        return str(value)

    bound = ChatQwenVL(engine=engine, temperature=2.0).bind_tools(
        [note], tool_choice="any", quoting=message
    )
    for seed in range(4):
        (call,) = bound.invoke("q", seed=seed).tool_calls
        assert call["args"]["value"] in {*word_spans(message), None}
    with pytest.raises(BadInputError, match="quoting needs a forced tool_choice"):
        ChatQwenVL(engine=engine).invoke("q", quoting=message)


def test_text_and_calls_stream_in_order(engine: Engine) -> None:
    bound = saying(engine, f"Let me see.\n{CALL}").bind_tools([set_colour])
    chunks = list(bound.stream("q"))
    full = added(chunks)
    assert full.text == "Let me see."
    assert full.tool_calls[0]["args"] == {"colour": "red", "sure": True}
    whole = bound.invoke("q")
    assert [call["args"] for call in whole.tool_calls] == [{"colour": "red", "sure": True}]
    assert whole.response_metadata["finish_reason"] == "tool_calls"


def test_xml_calls_of_newer_models(engine: Engine) -> None:
    text = (
        "<tool_call>\n<function=set_colour>\n<parameter=colour>\nred\n</parameter>\n"
        "<parameter=sure>\ntrue\n</parameter>\n</function>\n</tool_call>"
    )
    bound = saying(engine, text, model_type="qwen3_5").bind_tools([set_colour])
    assert bound.invoke("q").tool_calls[0]["args"] == {"colour": "red", "sure": True}


def test_without_tools_or_with_none_allowed_markup_is_text(engine: Engine) -> None:
    model = saying(engine, CALL)
    assert model.invoke("q").text == CALL
    assert model.bind_tools([set_colour], tool_choice="none").invoke("q").text == CALL


@pytest.mark.parametrize("text", [CALL[:-20], CALL.replace("true}}", "true}")])
def test_a_broken_call_is_invalid_in_every_way_to_call(engine: Engine, text: str) -> None:
    bound = saying(engine, text).bind_tools([set_colour])
    whole, full = bound.invoke("q"), added(list(bound.stream("q")))
    for message in (whole, full):
        assert message.tool_calls == []
        assert message.invalid_tool_calls[0]["args"] == text
        assert message.response_metadata["finish_reason"] == "stop"
    assert whole.invalid_tool_calls[0]["error"]


def test_an_error_of_the_engine_arrives_after_what_was_said(engine: Engine) -> None:
    class Errors(BaseCallbackHandler):
        seen: BaseException | None = None

        def on_llm_error(self, error: BaseException, **kwargs: Any) -> None:
            self.seen = error

    errors = Errors()
    with pytest.raises(ModelError, match="out of memory"):
        saying(engine, ModelError("out of memory")).invoke("q", {"callbacks": [errors]})
    assert isinstance(errors.seen, ModelError)


async def test_an_error_reaches_the_async_caller(engine: Engine) -> None:
    with pytest.raises(ModelError, match="out of memory"):
        await saying(engine, ModelError("out of memory")).ainvoke("q")
    with pytest.raises(BadInputError, match="remote address"):
        await saying(engine, "x").ainvoke(
            [HumanMessage([{"type": "image", "url": "http://example.org/a.png"}])]
        )


def generation_of(model: ChatQwenVL) -> Any:
    scripted: Any = model.engine
    return scripted.generations[-1]


async def test_closing_the_async_stream_cancels_at_once(engine: Engine) -> None:
    model = saying(engine, "one two three", hold=Event())
    stream: Any = model.astream("q")
    assert (await anext(stream)).text == "one"
    await stream.aclose()
    assert await asyncio.to_thread(generation_of(model).cancelled.wait, 30)
    assert generation_of(model).delivered == 1


async def test_cancelling_the_task_cancels_at_once(engine: Engine) -> None:
    model = saying(engine, "one two three", hold=Event())
    started = asyncio.Event()

    async def read() -> None:
        async for _ in model.astream("q"):
            started.set()

    task = asyncio.create_task(read())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert generation_of(model).cancelled.is_set()


async def test_waiting_for_the_model_leaves_the_loop_free(engine: Engine) -> None:
    hold = Event()
    model = saying(engine, "one two three", hold=hold)
    tasks = [asyncio.create_task(model.ainvoke("q")) for _ in range(40)]
    ticks = 0
    while len(generation_of_all(model)) < 40:
        await asyncio.sleep(0.001)
        ticks += 1
    # Forty callers wait, and the shared executor still has room for other work.
    assert await asyncio.wait_for(asyncio.to_thread(lambda: "free"), 30) == "free"
    hold.set()
    assert {message.text for message in await asyncio.gather(*tasks)} == {"one two three"}
    assert ticks > 0


def generation_of_all(model: ChatQwenVL) -> list[Any]:
    scripted: Any = model.engine
    return list(scripted.generations)


def test_closing_the_sync_stream_cancels(engine: Engine) -> None:
    model = saying(engine, "one two three")
    stream: Any = model.stream("q")
    next(stream)
    stream.close()
    assert generation_of(model).cancelled.is_set()


def test_the_engine_is_free_after_an_early_leave(engine: Engine) -> None:
    model = ChatQwenVL(engine=engine, max_tokens=2000)
    stream: Any = model.stream("q")
    next(stream)
    stream.close()
    assert model.invoke("q", max_tokens=2).text


def test_traces_learn_name_and_parameters(engine: Engine) -> None:
    model = ChatQwenVL(engine=engine, temperature=0.5, max_tokens=9, stop=["x"])
    params = model._get_ls_params()
    assert params["ls_provider"] == "vouch"
    assert params["ls_model_name"] == engine.info.name
    assert (params["ls_temperature"], params["ls_max_tokens"]) == (0.5, 9)
    assert params["ls_stop"] == ["x"]
    assert model.profile is not None
    assert model.profile["image_inputs"] is True
    assert "engine" not in model.model_dump()
