"""Who runs when: the line, its fairness, and what a full one says."""

import asyncio
import json

import pytest

from agent.http.limits import MOST_CLIENTS, RateLimit
from agent.http.problems import Problem
from agent.http.queue import Ticket, TurnQueue
from tests.agent.http.conftest import Reader, ScriptedTurns, Serve, frames, tokens


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def started(*tickets: Ticket) -> list[bool]:
    return [ticket.ready.is_set() for ticket in tickets]


def test_first_come_first_served_within_a_key_and_in_turns_between_keys() -> None:
    queue = TurnQueue(1, 10)
    first = queue.enter("a")
    a1, a2, a3, b1 = (queue.enter(owner) for owner in "aaab")
    assert started(first, a1, a2, a3, b1) == [True, False, False, False, False]
    first.leave()
    assert started(a1, b1) == [True, False]
    a1.leave()
    assert started(a2, b1) == [False, True]  # b has its turn though a2 came before
    b1.leave()
    a2.leave()
    assert started(a3) == [True]
    a3.leave()
    assert (queue.running, queue.waiting) == (0, 0)


def test_who_gives_up_waiting_leaves_the_line() -> None:
    queue = TurnQueue(1, 1)
    first, second = queue.enter("a"), queue.enter("b")
    assert queue.full
    second.leave()
    second.leave()
    assert not queue.full
    first.leave()
    assert queue.enter("c").ready.is_set()


def test_a_full_queue_tells_each_caller_a_later_time() -> None:
    clock = Clock()
    queue = TurnQueue(2, 0, clock)
    one, two = queue.enter("a"), queue.enter("a")
    clock.now += 8
    one.leave()
    two.leave()
    for _ in range(2):
        queue.enter("a")
    told = []
    for _ in range(4):
        with pytest.raises(Problem) as refused:
            queue.enter("b")
        told.append(refused.value.retry_after)
    assert told == [4, 8, 12, 16]  # turns take 8 s, two at a time: a place each 4 s
    clock.now += 100
    with pytest.raises(Problem) as refused:
        queue.enter("b")
    assert refused.value.retry_after == 4


def test_a_bucket_fills_again() -> None:
    clock = Clock()
    rate = RateLimit(60, clock)  # one a second, twelve at once
    assert [rate.take("a") for _ in range(13)] == [0] * 12 + [1]
    assert rate.take("b") == 0
    clock.now += 1
    assert [rate.take("a"), rate.take("a")] == [0, 1]
    assert RateLimit(0).take("a") == 0


def test_buckets_are_bounded() -> None:
    rate = RateLimit(60, Clock())
    for number in range(MOST_CLIENTS + 500):
        rate.take(str(number))
    assert len(rate._buckets) <= MOST_CLIENTS


async def test_the_line_over_http(serve: Serve, source: ScriptedTurns) -> None:
    source.plays["slow"] = [*tokens("a"), "gate"]
    async with serve(max_running=1, max_waiting=1) as it:
        threads = [await it.thread() for _ in range(3)]
        async with it.saying(threads[0], "slow") as stream:
            await Reader(stream).next()
            waiting = asyncio.create_task(it.say(threads[1], "second"))
            queue = it.app.state.service.turns.queue
            while not queue.waiting:
                await asyncio.sleep(0)
            ready = await it.http.get("/readyz")
            assert ready.status_code == 503
            assert {p["name"]: p["state"] for p in ready.json()["parts"]}["queue"] == "full"
            full = await it.say(threads[2], "third")
            assert full.status_code == 429
            assert int(full.headers["retry-after"]) == full.json()["retry_after"] >= 1
            assert full.json()["type"] == "urn:vouch:problem:queue-full"
            # Refused before its body is read, and yet the answer arrives.
            upload = {"photos": ("a.png", b"x" * 2**22)}
            assert (await it.http.post("/v1/listings", files=upload)).status_code == 429
            source.gate("gate").set()
        told = [(f.event, json.loads(f.data).get("name")) for f in frames(await waiting)]
        assert told == [("step", "queue"), ("step", "queue"), ("done", None)]
        assert (await it.http.get("/readyz")).status_code == 200
        assert "third" not in source.begun
        metrics = (await it.http.get("/metrics")).text
        assert "vouch_queue_refused_total 2.0" in metrics


async def test_too_many_calls(serve: Serve) -> None:
    async with serve(rate_per_minute=10) as it:
        answers = [await it.http.get("/v1/threads") for _ in range(3)]
        assert [a.status_code for a in answers] == [200, 200, 429]
        assert int(answers[2].headers["retry-after"]) >= 1
        assert (await it.other.get("/v1/threads")).status_code == 200
        assert (await it.http.get("/livez")).status_code == 200
