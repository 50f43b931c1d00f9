"""The load table: streams that are wrong are found out, and the service's are right."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.load.command import main
from bench.load.engine import Throughput
from bench.load.events import Stream, read_events
from bench.load.figures import cores, growth, markdown, quantiles, told
from bench.load.sellers import Seen, Seller
from bench.load.server import Sample

MINE, OTHERS = "Qz001x001abcd", "Qz002x001abcd"
DONE = {"document": {"thread_id": "t", "status": "drafted", "title": "Mug"}, "interrupt": None}


def frame(number: int, kind: str, data: dict[str, Any], turn: str = "7") -> str:
    return f"id: {turn}-{number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"


def received(text: str) -> Stream:
    async def lines() -> AsyncIterator[str]:
        for line in text.split("\n"):
            yield line

    stream = Stream(time.monotonic())
    asyncio.run(read_events(lines(), stream))
    return stream


GOOD = frame(1, "step", {"name": "take"}) + ": still here\n\n" + frame(2, "done", DONE)


def test_a_right_stream_has_no_fault() -> None:
    stream = received(GOOD)
    assert stream.faults("t", {MINE}) == []
    assert stream.seconds_to("step") is not None and stream.seconds_to("token") is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (frame(1, "step", {}) + frame(3, "done", DONE), "gap"),
        (frame(2, "done", DONE), "gap"),
        (frame(1, "step", {}), "ends: none"),
        (frame(1, "done", DONE) + frame(2, "done", DONE), "ends"),
        (frame(1, "step", {}) + frame(2, "done", DONE, turn="8"), "2 turns"),
        (frame(1, "error", {"type": "x", "detail": "broke"}), "broke"),
        (frame(1, "token", {"text": OTHERS}) + frame(2, "done", DONE), "another's words"),
        (frame(1, "done", {"document": {"thread_id": "u"}}), "another thread"),
    ],
)
def test_a_wrong_stream_is_found_out(text: str, fault: str) -> None:
    assert any(fault in found for found in received(text).faults("t", {MINE}))


def seller(answers: list[httpx.Response], seen: Seen) -> Seller:
    def answer(request: httpx.Request) -> httpx.Response:
        return answers.pop(0) if answers else httpx.Response(404)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://x")
    return Seller(1, http, [b"photo"], time.monotonic() + 5, seen, random.Random(1))


def test_a_refusal_is_waited_out_and_counted() -> None:
    seen = Seen()
    refused = httpx.Response(429, headers={"retry-after": "0"})
    answers = [refused, httpx.Response(429), httpx.Response(404)]
    asyncio.run(_briefly(seller(answers, seen)))
    assert (seen.refused, seen.refused_again, seen.dishonest) == (2, 1, 1)
    assert any("answer 404" in fault for fault in seen.faults)


async def _briefly(one: Seller) -> None:
    one.until = time.monotonic() + 3
    await asyncio.wait_for(one.sell(), 20)


def test_another_sellers_thread_that_is_answered_is_a_fault() -> None:
    seen = Seen(threads={"theirs": 2})
    asyncio.run(seller([httpx.Response(200)], seen).pry())
    assert "another's thread" in seen.faults[0]
    asyncio.run(seller([httpx.Response(404)], seen).pry())
    assert len(seen.faults) == 1


def test_growth_is_the_slope_after_the_warm_up() -> None:
    level = [Sample(at, 500.0 if at > 30 else 100 + at, at / 2) for at in range(100)]
    assert growth(level)["slope_mb_per_minute"] == 0
    rising = [Sample(at, 100 + at / 60, at) for at in range(100)]
    assert growth(rising)["slope_mb_per_minute"] == pytest.approx(1.0)
    assert cores(level) == pytest.approx(0.5) and cores([]) == 0


def test_the_table_has_every_figure() -> None:
    seen = Seen(published=3, first_token=[0.1, 0.3])
    seen.turns.update(draft=6)
    figures = told(seen, [], 60.0, Throughput(4, 60.0), Throughput(12, 60.0))
    assert figures["alone"]["drafts_service_to_alone"] == 0.5
    assert quantiles([])["p50"] is None
    assert "| published; a minute | 3; 3.0 |" in markdown({"sellers": 2, **figures})


@pytest.mark.heavy
def test_four_sellers_at_once_find_no_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--minutes", "0.3", "--sellers", "4", "--photos", "3", "--alone", "1"]
    code = main([*options, "--json", "--out", str(tmp_path)])
    figures = json.loads(capsys.readouterr().out)
    assert figures["fault_examples"] == [] and code == 0
    assert figures["turns"]["draft"] >= 1
    assert (tmp_path / "load.md").is_file()
