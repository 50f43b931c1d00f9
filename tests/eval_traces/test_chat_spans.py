import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.runnables import RunnableConfig

from eval_traces import ChatSpans, RunTracer
from models.decoding import achoose, choose, extract_spans, image_block
from models.scripted import ScriptedChatModel
from tests.eval_traces.recorded import only_trace
from tests.eval_traces.test_content import PHOTO

SHA = hashlib.sha256(PHOTO).hexdigest()
PROMPT = {"prompt_name": "describe", "prompt_version": "3f2a"}


def config(tracer: RunTracer, **metadata: str) -> RunnableConfig:
    return {"callbacks": [ChatSpans(tracer)], "metadata": {**PROMPT, **metadata}}


def photo_question(text: str) -> list[HumanMessage]:
    return [
        HumanMessage(content=[image_block(PHOTO, "image/jpeg"), {"type": "text", "text": text}])
    ]


def test_a_call_is_a_span_with_messages_usage_prompt_and_photo_by_hash(
    tracer: RunTracer, tmp_path: Path
) -> None:
    model = ScriptedChatModel(responses=["A blue mug."])
    with tracer.run("listing"), tracer.node("write_draft") as node:
        messages = [SystemMessage("You sell."), *photo_question("Describe it.")]
        model.invoke(messages, config(tracer), temperature=0.3, max_tokens=64, seed=7, stop=["##"])
    (chat,) = only_trace(tmp_path).chats()
    assert chat.name == "chat scripted" and chat.parent_id == node.span_id
    assert chat.input == [
        {"role": "system", "parts": [{"type": "text", "content": "You sell."}]},
        {
            "role": "user",
            "parts": [
                {
                    "type": "uri",
                    "modality": "image",
                    "uri": f"sha256:{SHA}",
                    "mime_type": "image/jpeg",
                },
                {"type": "text", "content": "Describe it."},
            ],
        },
    ]
    assert chat.output == [
        {
            "role": "assistant",
            "parts": [{"type": "text", "content": "A blue mug."}],
            "finish_reason": "stop",
        }
    ]
    told = chat.attributes
    assert told["openinference.span.kind"] == "LLM"
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.request.model"] == told["gen_ai.response.model"] == "scripted"
    assert told["gen_ai.prompt.name"] == "describe" and told["gen_ai.prompt.version"] == "3f2a"
    assert told["gen_ai.request.temperature"] == 0.3
    assert told["gen_ai.request.max_tokens"] == 64 and told["gen_ai.request.seed"] == 7
    assert told["gen_ai.request.stop_sequences"] == ["##"]
    assert told["gen_ai.response.finish_reasons"] == ["stop"]
    assert told["gen_ai.usage.input_tokens"] == 4 and told["gen_ai.usage.output_tokens"] == 3
    assert "gen_ai.response.time_to_first_chunk" not in told


async def test_a_streamed_call_tells_when_the_first_chunk_came(
    tracer: RunTracer, tmp_path: Path
) -> None:
    model = GenericFakeChatModel(messages=iter([AIMessage("one two three")]))
    with tracer.run("listing"):
        chunks = [c async for c in model.astream("go", config(tracer))]
    assert len(chunks) > 2
    (chat,) = only_trace(tmp_path).chats()
    first = chat.attributes["gen_ai.response.time_to_first_chunk"]
    assert isinstance(first, float) and chat.duration_s is not None
    assert 0 <= first <= chat.duration_s
    assert chat.attributes["gen_ai.request.stream"] is True
    assert chat.output[0]["parts"] == [{"type": "text", "content": "one two three"}]


async def test_a_stream_that_is_left_keeps_what_it_had_said(
    tracer: RunTracer, tmp_path: Path
) -> None:
    model = ScriptedChatModel(responses=["red green blue"])
    with tracer.run("listing"):
        stream: AsyncIterator[Any] = model.astream("go", config(tracer))
        async with aclosing(stream) as chunks:  # type: ignore[type-var]
            async for _ in chunks:
                break
    (chat,) = only_trace(tmp_path).chats()
    assert chat.status == "cancelled"
    assert chat.output[0]["parts"][0]["content"].startswith("red")


def test_an_error_in_mid_stream_is_recorded_with_the_words_before_it(
    tracer: RunTracer, tmp_path: Path
) -> None:
    model = ScriptedChatModel(responses=[["half a ", RuntimeError("engine died")]])
    with tracer.run("listing"), pytest.raises(RuntimeError):
        list(model.stream("go", config(tracer)))
    trace = only_trace(tmp_path)
    (chat,) = trace.chats()
    assert chat.status == "error" and chat.message == "RuntimeError: engine died"
    assert chat.output[0]["parts"] == [{"type": "text", "content": "half a "}]
    assert trace.root.status == "ok"


def test_choices_and_their_probabilities_are_on_the_span(tracer: RunTracer, tmp_path: Path) -> None:
    model = ScriptedChatModel(responses=[{"mug": 0.9, "lamp": 0.1}, {"brand": "Ikea"}])
    with tracer.run("listing"):
        asked = config(tracer)
        found = choose(model, photo_question("Which?"), ["lamp", "mug", "chair"], config=asked)
        extract_spans(model, photo_question("Read."), "Ikea mug", ["brand", "size"], config=asked)
    assert found[0].text == "mug"
    chosen, extracted = only_trace(tmp_path).chats()
    assert chosen.json("listing.request.choices") == ["lamp", "mug", "chair"]
    ranked = chosen.json("listing.response.metadata")["choices"]
    assert [(c["text"], c["probability"]) for c in ranked[:2]] == [("mug", 0.9), ("lamp", 0.1)]
    assert "gen_ai.request.top_k" not in chosen.attributes
    asked_for = {"text": "Ikea mug", "fields": ["brand", "size"]}
    assert extracted.json("listing.request.spans") == asked_for
    assert extracted.attributes["gen_ai.output.type"] == "json"


async def test_calls_at_once_stay_under_their_own_nodes(tracer: RunTracer, tmp_path: Path) -> None:
    model = ScriptedChatModel(
        responses=lambda messages: "mug" if "0" in messages[0].text else "jug"
    )
    handler = ChatSpans(tracer)

    async def branch(number: int) -> None:
        with tracer.node(f"n{number}"):
            question = photo_question(f"Which, {number}?")
            await achoose(model, question, ["mug", "jug"], config={"callbacks": [handler]})

    with tracer.run("listing"):
        await asyncio.gather(*(branch(i) for i in range(8)))
    trace = only_trace(tmp_path)
    assert len(trace.chats()) == 8
    for chat in trace.chats():
        node = trace.node_of(chat)
        assert node is not None
        assert chat.input[0]["parts"][1]["content"] == f"Which, {node.label[1:]}?"


def test_tools_and_tool_calls_are_recorded(tracer: RunTracer, tmp_path: Path) -> None:
    call = {"name": "suggest_price", "args": {"category": "mug"}, "id": "c1"}
    model = ScriptedChatModel(responses=[AIMessage("", tool_calls=[call])])

    def suggest_price(category: str) -> str:
        """Suggest a price."""
        return category

    bound = model.bind_tools([suggest_price])
    history = [
        HumanMessage("What is it worth?"),
        AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "c0"}]),
        ToolMessage([image_block(PHOTO, "image/jpeg")], tool_call_id="c0"),
    ]
    with tracer.run("assistant", agent=True):
        bound.invoke(history, config(tracer))
    (chat,) = only_trace(tmp_path).chats()
    assert chat.json("gen_ai.tool.definitions")[0]["function"]["name"] == "suggest_price"
    part = {"type": "tool_call", "id": "c1", "name": "suggest_price"}
    assert chat.output[0]["parts"] == [{**part, "arguments": {"category": "mug"}}]
    assert chat.output[0]["finish_reason"] == "tool_calls"
    assert chat.input[1]["parts"][0]["name"] == "look"
    assert chat.input[2]["role"] == "tool"
    assert chat.input[2]["parts"][0]["response"][0]["uri"] == f"sha256:{SHA}"


def test_outside_a_run_a_call_goes_unrecorded(tracer: RunTracer, tmp_path: Path) -> None:
    ScriptedChatModel(responses=["hi"]).invoke("go", config(tracer))
    assert list(tmp_path.iterdir()) == []
