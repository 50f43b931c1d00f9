"""A streamed answer is recorded with the pieces that it came in, however it ended."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, cast

import pytest
from langchain_core.runnables import RunnableConfig

from eval_traces import ChatSpans, RunTracer, Span, names, open_memory_trace
from models.scripted import ScriptedChatModel

PIECES = ["Red ", "mug, ", "naïve ☕\n", "as new"]


@pytest.fixture
def memory() -> RunTracer:
    return open_memory_trace()


def config(tracer: RunTracer) -> RunnableConfig:
    return {"callbacks": [ChatSpans(tracer)]}


def chat_of(tracer: RunTracer, trace_id: str) -> Span:
    (chat,) = tracer.take(trace_id).chats()
    return chat


def said(chat: Span) -> str:
    return "".join(p["content"] for p in chat.output[0]["parts"])


def streamed(tracer: RunTracer, model: ScriptedChatModel) -> AsyncGenerator[Any]:
    return cast("AsyncGenerator[Any]", model.astream("go", config(tracer)))


async def test_the_pieces_add_up_to_the_answer(memory: RunTracer) -> None:
    model = ScriptedChatModel(responses=[PIECES])
    with memory.run("listing") as run:
        text = "".join([chunk.text async for chunk in streamed(memory, model)])
    chat = chat_of(memory, run.trace_id)
    assert chat.attributes[names.RESPONSE_CHUNKS] == [len(p) for p in PIECES]
    assert said(chat) == text == "".join(PIECES)


def test_an_answer_that_was_not_streamed_has_no_pieces(memory: RunTracer) -> None:
    with memory.run("listing") as run:
        ScriptedChatModel(responses=["Red mug"]).invoke("go", config(memory))
    assert names.RESPONSE_CHUNKS not in chat_of(memory, run.trace_id).attributes


@pytest.mark.parametrize("taken", [1, 2, 3])
async def test_a_stream_that_is_halted_keeps_exactly_what_was_streamed(
    memory: RunTracer, taken: int
) -> None:
    model = ScriptedChatModel(responses=[PIECES])
    got = []
    with memory.run("listing") as run:
        async with aclosing(streamed(memory, model)) as chunks:
            async for chunk in chunks:
                got.append(chunk.text)
                if len(got) == taken:
                    break
    chat = chat_of(memory, run.trace_id)
    assert chat.status == "cancelled"
    assert said(chat) == "".join(got) == "".join(PIECES[:taken])
    assert chat.attributes[names.RESPONSE_CHUNKS] == [len(p) for p in PIECES[:taken]]


async def test_a_stream_whose_task_is_cancelled_keeps_what_was_streamed(memory: RunTracer) -> None:
    model = ScriptedChatModel(responses=[PIECES], piece_delay_s=30)
    first = asyncio.Event()

    async def follow() -> None:
        async for chunk in streamed(memory, model):
            if chunk.text:
                first.set()

    with memory.run("listing") as run:
        task = asyncio.create_task(follow())
        await first.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    chat = chat_of(memory, run.trace_id)
    assert chat.status == "cancelled" and said(chat) == PIECES[0]
    assert chat.attributes[names.RESPONSE_CHUNKS] == [len(PIECES[0])]


async def test_a_stream_that_outlives_its_run_keeps_what_was_streamed(memory: RunTracer) -> None:
    model = ScriptedChatModel(responses=[PIECES])
    with memory.run("listing") as run:
        chunks = streamed(memory, model)
        await anext(chunks)
        await anext(chunks)
    await chunks.aclose()
    chat = chat_of(memory, run.trace_id)
    assert chat.status == "unfinished" and said(chat) == "".join(PIECES[:2])
    assert chat.attributes[names.RESPONSE_CHUNKS] == [len(p) for p in PIECES[:2]]


def test_an_error_in_mid_stream_keeps_the_pieces_before_it(memory: RunTracer) -> None:
    model = ScriptedChatModel(responses=[["half ", "a ", RuntimeError("died")]])
    with memory.run("listing") as run, pytest.raises(RuntimeError):
        list(model.stream("go", config(memory)))
    chat = chat_of(memory, run.trace_id)
    assert chat.status == "error" and said(chat) == "half a "
    assert chat.attributes[names.RESPONSE_CHUNKS] == [5, 2]


async def test_a_model_that_streams_events_is_recorded_alike(memory: RunTracer) -> None:
    model = ScriptedChatModel(responses=[PIECES])
    with memory.run("listing") as run:
        stream = await model.astream_events("go", config(memory), version="v3")
        await stream
    chat = chat_of(memory, run.trace_id)
    assert said(chat) == "".join(PIECES)
    assert chat.attributes[names.RESPONSE_CHUNKS] == [len(p) for p in PIECES]


async def test_pieces_that_contact_data_was_taken_out_of_are_not_told(memory: RunTracer) -> None:
    model = ScriptedChatModel(responses=[["Mail ", "anna@", "example.com"]])
    with memory.run("listing") as run:
        assert [c.text async for c in streamed(memory, model)]
    chat = chat_of(memory, run.trace_id)
    assert said(chat) == "Mail [email]"
    assert names.RESPONSE_CHUNKS not in chat.attributes
