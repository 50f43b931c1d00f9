"""Sixteen sellers at once: each gets the events of its own turn, all of them, once, in order."""

import asyncio
from collections import Counter

import httpx
import pytest

from agent.client.sse import Frame
from agent.http.source import Source
from graphs.assistant.turn import Turn
from tests.agent.http.conftest import Reader, Running, ScriptedTurns, Serve, document, frames

SELLERS = 16
EVENTS = 120
WORD = "x" * 40


class Crowd(ScriptedTurns):
    """Turns that tell their thread and count, and let the others go on after every event."""

    size = len(WORD)

    async def turn(self, thread_id: str, turn: Turn) -> Source:
        self.begun.append(turn.text or "")
        how = "stopped"
        try:
            for n in range(EVENTS):
                yield {"event": "token", "text": self.said(turn.text or "", n), "of": "reply"}
                await asyncio.sleep(0)
                if turn.text == "waits" and n == EVENTS // 2:
                    await self.gate("go").wait()
            how = "whole"
            yield {"event": "done", "document": document(thread_id), "reply": ""}
        finally:
            self.ended.append(f"{turn.text}: {how}")

    def said(self, seller: str, n: int) -> str:
        return f"{seller}:{n}:" + "x" * self.size


@pytest.fixture
def source() -> Crowd:
    return Crowd()


def check(found: list[Frame], thread_id: str, source: Crowd, seller: str) -> None:
    """All events of one turn of one seller, each once, in order."""
    queued = [f for f in found if f.event == "step"]
    told = [f for f in found if f.event == "token"]
    turns = {f.id.rpartition("-")[0] for f in found}
    assert len(turns) == 1
    assert [int(f.id.rpartition("-")[2]) for f in found] == list(range(1, len(found) + 1))
    assert len(queued) + len(told) + 1 == len(found)
    for n, frame in enumerate(told):
        assert f'"{source.said(seller, n)}"' in frame.data
    assert len(told) == EVENTS
    assert found[-1].event == "done" and f'"{thread_id}"' in found[-1].data


async def threads(it: Running, count: int = SELLERS) -> dict[str, tuple[httpx.AsyncClient, str]]:
    """A thread for each seller; every other one is of another key."""
    found = {}
    for n in range(count):
        http = it.other if n % 2 else it.http
        found[f"seller {n}"] = (http, await it.thread(http))
    return found


@pytest.mark.parametrize("max_running", [SELLERS, 3])
async def test_no_event_is_lost_doubled_or_anothers(
    serve: Serve, source: Crowd, max_running: int
) -> None:
    async with serve(max_running=max_running, rate_per_minute=0) as it:
        sellers = await threads(it)
        answers = await asyncio.gather(
            *(it.say(thread, name, http) for name, (http, thread) in sellers.items())
        )
        for answer, (name, (_, thread)) in zip(answers, sellers.items(), strict=True):
            check(frames(answer), thread, source, name)
        assert it.app.state.service.turns.count == 0
    assert Counter(source.ended) == Counter(f"{name}: whole" for name in sellers)


async def test_a_reader_that_takes_its_time_holds_up_nobody_and_misses_nothing(
    serve: Serve, source: Crowd
) -> None:
    source.size = 32_000  # far more than the buffers between them hold
    async with serve(max_running=SELLERS, rate_per_minute=0) as it:
        sellers = await threads(it, 4)
        (slow, (_, thread)), *others = sellers.items()
        async with it.saying(thread, slow) as response:
            reader = Reader(response)
            first = await reader.next()
            answers = await asyncio.gather(
                *(it.say(thread, name, http) for name, (http, thread) in others)
            )
            assert all(frames(answer)[-1].event == "done" for answer in answers)
            assert f"{slow}: whole" in source.ended  # its turn did not wait for it either
            check([first, *await reader.until("done")], thread, source, slow)


async def test_a_reader_that_goes_away_takes_only_its_own_turn_along(
    serve: Serve, source: Crowd
) -> None:
    async with serve(max_running=SELLERS, rate_per_minute=0, disconnect_grace_s=0) as it:
        sellers = await threads(it)
        leaving = await it.thread()
        async with it.saying(leaving, "waits") as response:
            await Reader(response).next()
            staying = [
                asyncio.create_task(it.say(thread, name, http))
                for name, (http, thread) in sellers.items()
            ]
        answers = await asyncio.gather(*staying)
        for answer, (name, (_, thread)) in zip(answers, sellers.items(), strict=True):
            check(frames(answer), thread, source, name)
        async with asyncio.timeout(5):
            while it.app.state.service.turns.count:
                await asyncio.sleep(0)
    assert Counter(source.ended) == Counter(
        ["waits: stopped", *(f"{name}: whole" for name in sellers)]
    )


async def test_readers_of_one_turn_each_get_all_of_it(serve: Serve, source: Crowd) -> None:
    async with serve(rate_per_minute=0) as it:
        thread = await it.thread()
        path = f"/v1/threads/{thread}/events"

        async def again(after: str) -> list[Frame]:
            return frames(await it.http.get(path, headers={"Last-Event-ID": after}))

        async with it.saying(thread, "waits") as response:
            reader = Reader(response)
            head = [await reader.next() for _ in range(10)]
            late = [asyncio.create_task(again(frame.id)) for frame in head]
            source.gate("go").set()
            whole = [*head, *await reader.until("done")]
        check(whole, thread, source, "waits")
        for frame, rest in zip(head, await asyncio.gather(*late), strict=True):
            assert rest == whole[whole.index(frame) + 1 :]
