"""A turn that is stopped, killed or disturbed: nothing is lost, nothing is done twice."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent.threads import open_threads
from graphs.assistant import (
    AssistantContext,
    Edit,
    Turn,
    build_assistant_graph,
    forget_thread,
    read_thread,
    stream_turn,
    stream_unfinished,
)
from graphs.assistant.run import SELLER_STOPS
from graphs.listing import ListingContext, build_listing_graph
from listing import ListingDocument, Photo
from listing.errors import BadInputError, ModelError, NotFoundError
from models.scripted import ScriptedChatModel
from tests.graphs.assistant.conftest import Mind, Seller
from tests.graphs.conftest import Script

Take = Callable[..., Photo]


async def stop_at(seller: Seller, name: str, turn: Turn) -> None:
    """Run a turn until the node begins, then close the stream."""
    stream = stream_turn(seller.context, seller.graph, seller.thread, turn)
    async with aclosing(stream) as events:
        async for event in events:
            if (event["event"], event.get("name")) == ("step", name):
                return
    raise AssertionError(f"{name} never began")


@pytest.mark.parametrize("name", ["decide", "act", "answer"])
async def test_a_stopped_turn_changes_nothing_but_stays_in_the_record(
    seller: Seller, mind: Mind, take: Take, name: str
) -> None:
    before = await seller.turn(photos=(take(),))
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    await stop_at(seller, name, Turn(text="It is a Nordvik"))
    view = await read_thread(seller.graph, seller.thread)
    assert view is not None and view.listing is not None
    assert view.listing.model_dump() == before.model_dump()
    assert [m.text for m in view.messages if m.role == "seller"] == ["", "It is a Nordvik"]
    assert not view.unfinished
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    document = await seller.turn("It is a Nordvik")
    assert document.attributes["brand"].value == "Nordvik"


async def test_the_model_call_of_a_stopped_turn_ends_at_once(
    seller: Seller, take: Take, script: Script
) -> None:
    await seller.turn(photos=(take(),))
    slow = ScriptedChatModel(responses=script, delay_s=60)
    seller.context = replace(seller.context, listing=replace(seller.context.listing, model=slow))
    async with asyncio.timeout(5):
        await stop_at(seller, "decide", Turn(text="make it shorter"))


async def test_photos_of_a_stopped_first_draft_are_kept(seller: Seller, take: Take) -> None:
    await stop_at(seller, "write_draft", Turn(photos=(take(),)))
    view = await read_thread(seller.graph, seller.thread)
    assert view is not None and not view.unfinished
    document = await seller.turn(call={"name": "draft_listing", "args": {}})
    assert document.status == "drafted" and len(document.photos) == 1


@pytest.mark.parametrize("wish", [None, SELLER_STOPS])
async def test_the_end_of_the_program_leaves_a_turn_that_goes_on(
    seller: Seller, mind: Mind, take: Take, wish: str | None
) -> None:
    before = await seller.turn(photos=(take(),))
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    reached, forever = asyncio.Event(), asyncio.Event()

    class Hanging(ScriptedChatModel):
        async def _astream(self, *args: Any, **kwargs: Any) -> Any:
            reached.set()
            await forever.wait()
            yield

    stuck = Hanging(responses=seller.context.model.responses)  # type: ignore[attr-defined]
    hanging = replace(seller.context, listing=replace(seller.context.listing, model=stuck))

    async def follow() -> None:
        turn = Turn(text="It is a Nordvik")
        async for _ in stream_turn(hanging, seller.graph, seller.thread, turn):
            pass

    task = asyncio.create_task(follow())
    await reached.wait()
    task.cancel(wish)
    await asyncio.gather(task, return_exceptions=True)
    view = await read_thread(seller.graph, seller.thread)
    assert view is not None and view.unfinished == (wish is None)
    document = await seller._follow(stream_unfinished(seller.context, seller.graph, seller.thread))
    if wish is None:
        assert document.attributes["brand"].value == "Nordvik"
    else:
        assert document == before


@pytest.mark.parametrize("error", [ModelError("out of memory"), OSError("gone")])
async def test_a_model_that_fails_changes_nothing_and_is_told(
    seller: Seller, mind: Mind, take: Take, error: Exception
) -> None:
    before = await seller.turn(photos=(take(),))
    mind.when("Nordvik", lambda messages: error)
    seller.fails = True
    document = await seller.turn("It is a Nordvik")
    assert "could not think" in seller.reply and document == before
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    document = await seller.turn("It is a Nordvik")
    assert document.attributes["brand"].value == "Nordvik"


async def test_a_tool_that_fails_changes_nothing_and_is_told(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    listing = seller.context.listing
    broken = replace(seller.context, listing=replace(listing, policy=None))  # type: ignore[arg-type]
    good, seller.context = seller.context, broken
    seller.fails = True
    await seller.turn(call={"name": "check_safety", "args": {}})
    assert not seller.result("check_safety")["ok"] and "did not work" in seller.reply
    seller.context = good
    await seller.turn(call={"name": "check_safety", "args": {}})
    assert seller.result("check_safety")["ok"]


@pytest.mark.parametrize(
    "turn",
    [
        Turn(),
        Turn(text="  "),
        Turn(call={"name": "format_disk", "args": {}}),
        Turn(call={"name": "rewrite", "args": {"wish": "ruder"}}),
        Turn(edits=(Edit("attribute", "x"),)),
    ],
)
async def test_wrong_input_is_refused_before_anything_is_done(seller: Seller, turn: Turn) -> None:
    with pytest.raises(BadInputError):
        await anext(stream_turn(seller.context, seller.graph, seller.thread, turn))
    assert await read_thread(seller.graph, seller.thread) is None


CHILD = """
import asyncio, json, os, sys, threading
from contextlib import aclosing
from pathlib import Path
from tests.graphs.assistant.test_stopping import run_in_child
asyncio.run(run_in_child(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
"""


def child_context(home: Path, script: Script) -> ListingContext:
    from eval_traces import open_trace
    from tools.photos import PhotoStore
    from tools.safety import Policy
    from tools.taxonomy import market_taxonomy

    return ListingContext(
        model=ScriptedChatModel(responses=script),
        taxonomy=market_taxonomy(),
        store=PhotoStore(home / "photos"),
        policy=Policy.load(),
        tracer=open_trace(home / "traces"),
    )


def watched(script: Script, home: Path, hang: str) -> Script:
    """Note every question to the model in a file; hang for good on one of them."""
    for key, answer in list(script.answers.items()):

        def note(messages: Any, kwargs: Any, key: str = key, answer: Any = answer) -> Any:
            with (home / "asked").open("a") as file:
                file.write(key + "\n")
            if key == hang:
                print("hanging", flush=True)
                threading.Event().wait()
            return answer(messages, kwargs) if callable(answer) else answer

        script.answers[key] = note
    return script


async def run_in_child(home: Path, hang: str, turn: dict[str, Any]) -> None:
    script = Script()
    mind = Mind(script)
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    photos = tuple(Photo(**photo) for photo in turn.pop("photos"))
    listing = child_context(home, watched(script, home, hang))
    async with open_threads(home / "threads.sqlite") as saver:
        context = AssistantContext(listing, build_listing_graph(saver))
        graph = build_assistant_graph(saver)
        async for _ in stream_turn(context, graph, "t1", Turn(photos=photos, **turn)):
            pass


def kill_in_the_middle(home: Path, hang: str, **turn: Any) -> None:
    """Run a turn in a process of its own, and kill that where the model is asked `hang`."""
    argument = [str(home), hang, json.dumps({"photos": [], **turn})]
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, *argument],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert child.stdout is not None and child.stderr is not None
    line = child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    rest = child.stderr.read()
    child.wait()
    child.stdout.close()
    child.stderr.close()
    assert line == "hanging\n", rest


async def go_on(home: Path) -> tuple[ListingDocument, list[str], list[dict[str, Any]]]:
    """What the next process makes of the thread: listing, questions it asked, events."""
    (home / "asked").unlink()
    script = Script()
    mind = Mind(script)
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    listing = child_context(home, watched(script, home, ""))
    async with open_threads(home / "threads.sqlite") as saver:
        context = AssistantContext(listing, build_listing_graph(saver))
        graph = build_assistant_graph(saver)
        view = await read_thread(graph, "t1")
        assert view is not None and view.unfinished
        events = [e async for e in stream_unfinished(context, graph, "t1")]
        view = await read_thread(graph, "t1")
        assert view is not None and not view.unfinished
        async with saver.conn.execute("SELECT DISTINCT thread_id FROM checkpoints") as rows:  # type: ignore[attr-defined]
            assert [row[0] async for row in rows] == ["t1"], "the draft's own thread is gone"
    listing.tracer.close()
    asked = (home / "asked").read_text().splitlines() if (home / "asked").exists() else []
    return ListingDocument.model_validate(events[-1]["document"]), asked, events


@pytest.mark.parametrize("hang", ["Write a second-hand listing", "Which category"])
async def test_a_killed_process_goes_on_in_the_middle_of_a_draft(
    tmp_path: Path, take: Take, hang: str
) -> None:
    kill_in_the_middle(tmp_path, hang, photos=[take().model_dump()])
    document, asked, events = await go_on(tmp_path)
    assert (document.status, document.title) == ("drafted", "Red mug")
    assert "class of risk" not in asked, "what was done is not done again"
    assert hang in asked
    steps = [e["name"] for e in events if e["event"] == "step"]
    assert "take" not in steps and "check_photos" not in steps


async def test_a_killed_process_goes_on_in_the_middle_of_talk(tmp_path: Path, take: Take) -> None:
    kill_in_the_middle(tmp_path, "Tell the seller what came", text="It is a Nordvik")
    document, asked, events = await go_on(tmp_path)
    assert document.attributes["brand"].value == "Nordvik"
    assert asked == ["Tell the seller what came"]
    assert [e["event"] for e in events].count("message") == 1


async def test_there_is_nothing_to_go_on_with(seller: Seller, take: Take) -> None:
    with pytest.raises(NotFoundError):
        await anext(stream_unfinished(seller.context, seller.graph, "nobody"))
    assert await read_thread(seller.graph, "nobody") is None
    await seller.turn(photos=(take(),))
    stream = stream_unfinished(seller.context, seller.graph, seller.thread)
    assert [e["event"] async for e in stream] == ["done"]


async def test_a_forgotten_thread_leaves_nothing(seller: Seller, take: Take) -> None:
    await seller.turn(photos=(take(),))
    await forget_thread(seller.graph, seller.thread)
    assert await read_thread(seller.graph, seller.thread) is None
    saver: Any = seller.graph.checkpointer
    for table in ("checkpoints", "writes"):
        async with saver.conn.execute(f"SELECT count(*) FROM {table}") as rows:
            assert (await rows.fetchone())[0] == 0


async def test_threads_at_the_same_time_do_not_mix(seller: Seller, mind: Mind, take: Take) -> None:
    colours = ["Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel"]
    for name in colours:
        mind.when(name, ("set_attribute", {"attribute": "brand", "value": name}))
    sellers = [replace(seller, thread=f"t-{name}", events=[]) for name in colours]

    async def talk(one: Seller, name: str) -> None:
        await one.turn(photos=(take(),))
        document = await one.turn(f"The brand is {name}")
        told = json.dumps(one.events)
        assert document.attributes["brand"].value == name
        assert document.thread_id == one.thread
        assert not [other for other in colours if other != name and other in told]

    await asyncio.gather(*(talk(s, n) for s, n in zip(sellers, colours, strict=True)))
