"""A turn over real HTTP: its ids, its one end, reading it again, stopping it."""

import asyncio
import json
from collections.abc import MutableMapping

import httpx
import pytest

from agent.client.views import ThreadView
from agent.http.live import LiveTurn
from agent.http.sse import EventStream
from listing.errors import BadInputError, ModelError
from tests.agent.http.conftest import Reader, ScriptedTurns, Serve, frames, tokens


def ids(turn: list[str]) -> tuple[set[str], list[int]]:
    parts = [one.rpartition("-") for one in turn]
    return {turn_id for turn_id, _, _ in parts}, [int(number) for _, _, number in parts]


async def test_events_are_numbered_without_gap_and_end_once(
    serve: Serve, source: ScriptedTurns
) -> None:
    source.plays["hello"] = tokens("a", "b", "c")
    async with serve() as it:
        thread = await it.thread()
        answer = await it.say(thread, "hello")
        assert answer.headers["vouch-thread"] == thread
        assert answer.headers["cache-control"] == "no-store"
        told = frames(answer)
        turn, numbers = ids([f.id for f in told])
        assert len(turn) == 1 and numbers == [1, 2, 3, 4]
        assert [f.event for f in told] == ["token", "token", "token", "done"]
        assert json.loads(told[0].data) == {"text": "a", "of": "reply"}
        assert json.loads(told[-1].data)["reply"] == "heard hello"


async def test_a_second_turn_waits_for_the_first_of_its_thread(
    serve: Serve, source: ScriptedTurns
) -> None:
    source.plays["slow"] = [*tokens("a"), "gate"]
    async with serve() as it:
        thread = await it.thread()
        async with it.saying(thread, "slow") as stream:
            await Reader(stream).next()
            busy = await it.say(thread, "impatient")
            assert busy.status_code == 409
            assert busy.headers["content-type"] == "application/problem+json"
            assert busy.json()["type"] == "urn:vouch:problem:busy"
            assert frames(await it.say(await it.thread(), "elsewhere"))[-1].event == "done"
            source.gate("gate").set()
        # Whoever has read the end may call again at once.
        for _ in range(20):
            assert frames(await it.say(thread, "again"))[-1].event == "done"


async def test_a_reader_goes_on_behind_the_event_it_has(
    serve: Serve, source: ScriptedTurns
) -> None:
    source.plays["long"] = [*tokens("a", "b"), "gate", *tokens("c")]
    async with serve() as it:
        thread = await it.thread()
        path = f"/v1/threads/{thread}/events"
        async with it.saying(thread, "long") as stream:
            reader = Reader(stream)
            first = [await reader.next(), await reader.next()]
        async with it.http.stream("GET", path, headers={"Last-Event-ID": first[0].id}) as again:
            reader = Reader(again)
            assert (await reader.next()).id == first[1].id
            source.gate("gate").set()
            assert [f.event for f in await reader.until("done")] == ["token", "done"]
        whole = frames(await it.http.get(path))
        assert [f.event for f in whole] == ["token", "token", "token", "done"]
        rest = frames(await it.http.get(path, params={"after": whole[2].id}))
        assert [f.id for f in rest] == [whole[3].id]
        assert (await it.http.get(path, params={"after": whole[3].id})).status_code == 204
        other = frames(await it.http.get(path, params={"after": "another-9"}))
        assert len(other) == 4
        assert source.ended == ["long: whole"]


async def test_nothing_to_go_on_with(serve: Serve) -> None:
    async with serve() as it:
        thread = await it.thread()
        assert (await it.http.get(f"/v1/threads/{thread}/events")).status_code == 204


async def test_a_turn_that_a_kill_left_goes_on(serve: Serve, source: ScriptedTurns) -> None:
    source.plays["unfinished"] = tokens("rest")
    async with serve() as it:
        thread = await it.thread()
        source.views[thread] = ThreadView(thread_id=thread, unfinished=True)
        assert (await it.http.get(f"/v1/threads/{thread}")).json()["unfinished"] is True
        path = f"/v1/threads/{thread}/events"
        one, two = await asyncio.gather(it.http.get(path), it.http.get(path))
        assert frames(one) == frames(two)
        assert [f.event for f in frames(one)] == ["token", "done"]
        assert source.begun == ["unfinished"]


async def test_a_failed_turn_goes_on_for_who_has_read_its_end(
    serve: Serve, source: ScriptedTurns
) -> None:
    source.plays["bad"] = [ModelError("out of memory")]
    async with serve() as it:
        thread = await it.thread()
        path = f"/v1/threads/{thread}/events"
        error = frames(await it.say(thread, "bad"))[-1]
        source.views[thread] = ThreadView(thread_id=thread, unfinished=True)
        assert [f.id for f in frames(await it.http.get(path))] == [error.id]
        again = await it.http.get(path, headers={"Last-Event-ID": error.id})
        assert frames(again)[-1].event == "done"
        assert source.begun == ["bad", "unfinished"]


async def test_a_turn_that_nobody_reads_is_stopped_at_once_without_grace(
    serve: Serve, source: ScriptedTurns
) -> None:
    source.plays["long"] = [*tokens("a"), "never"]
    async with serve(disconnect_grace_s=0) as it:
        thread = await it.thread()
        async with it.saying(thread, "long") as stream:
            await Reader(stream).next()
        async with asyncio.timeout(5):
            while not source.ended:
                await asyncio.sleep(0)
        assert source.ended == ["long: cut off"]  # it can go on
        source.views[thread] = ThreadView(thread_id=thread, unfinished=True)
        assert frames(await it.http.get(f"/v1/threads/{thread}/events"))[-1].event == "done"
        assert source.begun == ["long", "unfinished"]


async def test_a_page_that_is_loaded_again_within_the_grace(
    serve: Serve, source: ScriptedTurns
) -> None:
    source.plays["long"] = [*tokens("a"), "gate", *tokens("b")]
    async with serve(disconnect_grace_s=5) as it:
        thread = await it.thread()
        async with it.saying(thread, "long") as stream:
            await Reader(stream).next()
        async with it.http.stream("GET", f"/v1/threads/{thread}/events") as again:
            source.gate("gate").set()
            told = await Reader(again).until("done")
        assert [f.event for f in told] == ["token", "token", "done"]


async def test_one_of_two_readers_may_leave(serve: Serve, source: ScriptedTurns) -> None:
    source.plays["long"] = [*tokens("a"), "gate"]
    async with serve(disconnect_grace_s=0) as it:
        thread = await it.thread()
        path = f"/v1/threads/{thread}/events"
        async with it.saying(thread, "long") as stream:
            reader = Reader(stream)
            await reader.next()
            async with it.http.stream("GET", path) as second:
                await Reader(second).next()
            live = it.app.state.service.turns.find(thread)
            async with asyncio.timeout(5):
                while live.readers > 1:
                    await asyncio.sleep(0)
            source.gate("gate").set()
            assert (await reader.next()).event == "done"


async def test_the_seller_stops_a_turn(serve: Serve, source: ScriptedTurns) -> None:
    source.plays["long"] = [*tokens("a"), "never"]
    async with serve() as it:
        thread = await it.thread()
        async with it.saying(thread, "long") as stream:
            reader = Reader(stream)
            await reader.next()
            assert (await it.http.post(f"/v1/threads/{thread}/stop")).json() == {"stopped": True}
            end = await reader.next()
        assert end.event == "error"
        assert json.loads(end.data)["type"] == "urn:vouch:problem:stopped"
        assert source.ended == ["long: stopped"]
        assert (await it.http.post(f"/v1/threads/{thread}/stop")).json() == {"stopped": False}


async def test_a_failed_turn_ends_in_one_problem_without_internals(
    serve: Serve, source: ScriptedTurns
) -> None:
    source.plays["bad"] = [*tokens("a"), BadInputError("price: give a number")]
    source.plays["model"] = [ModelError("cuda:7 at 0xdeadbeef")]
    source.plays["bug"] = [KeyError("/root/secret")]
    async with serve() as it:
        thread = await it.thread()
        bad = frames(await it.say(thread, "bad"))
        assert [f.event for f in bad] == ["token", "error"]
        problem = json.loads(bad[-1].data)
        assert (problem["status"], problem["detail"]) == (422, "price: give a number")
        for text, status in (("model", 503), ("bug", 500)):
            end = frames(await it.say(thread, text))[-1]
            assert "secret" not in end.data and "cuda" not in end.data
            problem = json.loads(end.data)
            assert problem["status"] == status
            assert problem["incident"] in problem["detail"]


async def test_a_turn_has_its_time(serve: Serve, source: ScriptedTurns) -> None:
    source.plays["endless"] = ["never"]
    async with serve(turn_timeout_s=0.05) as it:
        end = frames(await it.say(await it.thread(), "endless"))[-1]
        assert json.loads(end.data)["status"] == 504


async def test_a_heartbeat_while_nothing_comes(
    serve: Serve, source: ScriptedTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.plays["quiet"] = ["gate"]
    monkeypatch.setattr("agent.http.sse.HEARTBEAT_S", 0.01)
    async with serve() as it:
        thread = await it.thread()
        async with it.saying(thread, "quiet") as stream:
            assert b": still here\n\n" in await anext(stream.aiter_raw())
            source.gate("gate").set()


async def test_streams_of_many_threads_do_not_mix(serve: Serve, source: ScriptedTurns) -> None:
    async with serve(max_running=16) as it:
        threads = [await it.thread() for _ in range(16)]
        for number in range(16):
            source.plays[f"t{number}"] = tokens(*(f"{number}." for _ in range(50)))

        async def one(number: int) -> httpx.Response:
            return await it.say(threads[number], f"t{number}")

        answers = await asyncio.gather(*(one(number) for number in range(16)))
        for number, answer in enumerate(answers):
            told = frames(answer)
            assert len({f.id for f in told}) == 51
            assert {json.loads(f.data)["text"] for f in told[:-1]} == {f"{number}."}
            assert json.loads(told[-1].data)["document"]["thread_id"] == threads[number]


@pytest.mark.parametrize("rounds", range(6))
async def test_a_reader_that_leaves_just_as_an_event_is_sent_is_counted_out(rounds: int) -> None:
    """Sending ends so many rounds of the event loop after the reader is gone, or before that."""
    turn = LiveTurn("t", "thread", 60, lambda: None)
    turn.add({"event": "token", "text": "a"})
    taken = asyncio.Event()

    async def receive() -> dict[str, object]:
        await taken.wait()
        await asyncio.sleep(0)
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, object]) -> None:
        if message.get("body"):
            taken.set()
            for _ in range(rounds):
                await asyncio.sleep(0)

    async with asyncio.timeout(5):
        await EventStream(turn)({"type": "http"}, receive, send)
    assert turn.readers == 0
    turn.add({"event": "done"})
