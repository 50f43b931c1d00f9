"""One seller of the crowd: photo, statement, question, rewrite or undo, publication, again.

Rule: a refusal is waited out as it asks, and only a 429 is one; anything else is a fault with the
step that it came at.
"""

import asyncio
import random
import string
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.load.events import Stream, read_events

_STORAGE = (64, 128, 256, 512)
_COLOURS = ("red", "black", "green", "white", "blue")
_THINK_S = 0.2
_REFUSALS = 200


@dataclass
class Seen:
    """What the crowd saw, all sellers together."""

    faults: list[str] = field(default_factory=list)
    turns: Counter[str] = field(default_factory=Counter)
    published: int = 0
    refused: int = 0
    """Answers 429."""
    refused_again: int = 0
    """Answers 429 to a call that had waited as it was asked."""
    dishonest: int = 0
    """Answers 429 without a time to wait."""
    waits: list[float] = field(default_factory=list)
    first_token: list[float] = field(default_factory=list)
    """Seconds from sending the photo to the first word of the draft, refusals not counted."""
    first_event: list[float] = field(default_factory=list)
    draft_s: list[float] = field(default_factory=list)
    turn_s: list[float] = field(default_factory=list)
    listing_s: list[float] = field(default_factory=list)
    """From photo to publication, refusals and thinking included."""
    threads: dict[str, int] = field(default_factory=dict)
    """Thread -> number of the seller whose it is."""


class Stop(Exception):
    """The time is over, or the seller gives up on this listing."""


@dataclass
class Seller:
    """A seller with a connection of their own until `until` (monotonic seconds)."""

    number: int
    http: httpx.AsyncClient
    photos: Sequence[bytes]
    until: float
    seen: Seen
    rng: random.Random
    thread: str | None = None
    marks: set[str] = field(default_factory=set)
    step: str = ""

    async def sell(self) -> None:
        """Publish one listing after the other until the time is over."""
        turn = 0
        while time.monotonic() < self.until:
            turn += 1
            started = time.monotonic()
            try:
                await self._one(turn)
                self.seen.published += 1
                self.seen.listing_s.append(time.monotonic() - started)
            except Stop:
                continue
            except (httpx.HTTPError, KeyError, ValueError, TypeError) as error:
                self._fault(f"{type(error).__name__}: {error}")

    async def pry(self) -> None:
        """Ask for a thread of somebody else's: it is not there."""
        others = [key for key, owner in self.seen.threads.items() if owner != self.number]
        if others:
            self.step = "pry"
            answer = await self.http.get(f"/v1/threads/{self.rng.choice(others)}")
            if answer.status_code not in (404, 429):
                self._fault(f"another's thread was answered with {answer.status_code}")

    def _fault(self, what: str) -> None:
        if len(self.seen.faults) < 1000:
            self.seen.faults.append(f"seller {self.number}, {self.step}: {what}")

    async def _one(self, turn: int) -> None:
        """One listing from its photo to its publication."""
        letters = "".join(self.rng.choices(string.ascii_lowercase, k=4))
        mark = f"Qz{self.number:03d}x{turn:03d}{letters}"
        self.thread, self.marks = None, {mark}
        drafted = await self._draft(f"From a shelf marked {mark}.")
        if drafted["document"]["status"] != "drafted":
            raise Stop
        storage, colour = self.rng.choice(_STORAGE), self.rng.choice(_COLOURS)
        amount = self.number * 10 + turn % 10 + 100
        await self._say(f"It is {colour} and has {storage} GB, shelf {mark}.")
        await self._turn("edit", {"edits": [{"field": "price", "value": f"{amount} EUR"}]})
        title = f"{drafted['document']['title'][:60]} {mark}"
        await self._turn("edit", {"edits": [{"field": "title", "value": title}]})
        await self._ask()
        if self.rng.random() < 0.5:
            await self._turn(
                "rewrite", {"call": {"name": "rewrite", "arguments": {"wish": "shorter"}}}
            )
        else:
            await self._turn("undo", {"call": {"name": "undo", "arguments": {}}})
        await self._publish(mark, amount)

    async def _draft(self, words: str) -> dict[str, Any]:
        photo = self.rng.choice(self.photos)
        files = {"photos": ("item.jpg", photo, "image/jpeg")}
        stream = await self._stream("draft", "/v1/listings", files=files, data={"seller": words})
        for kind, times in (("token", self.seen.first_token), ("step", self.seen.first_event)):
            if (seconds := stream.seconds_to(kind)) is not None:
                times.append(seconds)
        end = self._checked(stream)
        self.seen.draft_s.append(stream.frames[-1].at - stream.asked_at)
        self.thread = end["document"]["thread_id"]
        self.seen.threads[end["document"]["thread_id"]] = self.number
        return end

    async def _press(self, name: str, **arguments: str) -> Any:
        """Press a button: a call that no model decides."""
        return await self._turn(name, {"call": {"name": name, "arguments": arguments}})

    async def _say(self, text: str) -> None:
        await self._turn("say", {"text": text})

    async def _turn(self, name: str, body: dict[str, Any], path: str = "messages") -> Any:
        stream = await self._stream(name, f"/v1/threads/{self.thread}/{path}", json=body)
        end = self._checked(stream)
        self.seen.turn_s.append(stream.frames[-1].at - stream.asked_at)
        return end if end["interrupt"] is None else {**end, "asked": _asked(stream)}

    async def _ask(self) -> None:
        """Be asked, answer what has a list of values, skip the rest."""
        end = await self._press("ask_seller")
        if "asked" not in end:
            return
        questions = end["asked"]["questions"]
        known = {q["attribute"]: q["values"][0] for q in questions if q.get("values")}
        skipped = [q["attribute"] for q in questions if q["attribute"] not in known]
        answer = {"answers": known, "skipped": skipped}
        body = {"interrupt_id": end["asked"]["id"], "answer": answer}
        await self._turn("answer", body, "resume")

    async def _publish(self, mark: str, amount: int) -> None:
        """Publish under a title of one's own, then read the listing again: it is one's own."""
        end = await self._press("publish")
        if "asked" not in end:
            raise Stop
        title = f"Sold by me {mark}"
        answer = {"confirm": True, "title": title, "price": f"{amount} EUR"}
        body = {"interrupt_id": end["asked"]["id"], "answer": answer}
        document = (await self._turn("confirm", body, "resume"))["document"]
        published = document["published"]
        if published is None:
            raise Stop
        price = (published["price"] or {}).get("amount")
        if published["title"] != title or price != amount:
            self._fault(f"published as {published['title']!r} for {price}, not as told")
        view = (await self._get(f"/v1/threads/{self.thread}")).json()
        said = "\n".join(message["text"] for message in view["messages"])
        if mark not in said:
            self._fault("the seller's own words are lost from the talk")

    def _checked(self, stream: Stream) -> dict[str, Any]:
        """The closing event's data; what is wrong with the stream is noted."""
        for fault in stream.faults(self.thread, self.marks):
            self._fault(fault)
        if stream.end is None or stream.end.kind == "error":
            raise Stop
        return stream.end.data

    async def _stream(self, name: str, path: str, **body: Any) -> Stream:
        """Send until it is not refused; read the answer's events."""
        self.step = name
        await asyncio.sleep(self.rng.random() * _THINK_S)
        for attempt in range(_REFUSALS):
            if time.monotonic() > self.until:
                raise Stop
            stream = Stream(time.monotonic())
            async with self.http.stream("POST", path, **body) as response:
                if response.status_code == 200:
                    await read_events(response.aiter_lines(), stream)
                    self.seen.turns[name] += 1
                    return stream
                await response.aread()
            await self._refused(response, attempt)
        self._fault(f"refused {_REFUSALS} times")
        raise Stop

    async def _get(self, path: str) -> httpx.Response:
        self.step = f"GET {path.split('/')[2]}"
        for attempt in range(_REFUSALS):
            response = await self.http.get(path)
            if response.status_code == 200:
                return response
            await self._refused(response, attempt)
        raise Stop

    async def _refused(self, response: httpx.Response, attempt: int) -> None:
        """Wait as a 429 asks; anything else is a fault."""
        if response.status_code != 429:
            self._fault(f"answer {response.status_code}: {response.text[:200]}")
            raise Stop
        self.seen.refused += 1
        self.seen.refused_again += attempt > 0
        wait = response.headers.get("retry-after")
        if wait is None or not wait.isdigit():
            self.seen.dishonest += 1
            wait = "1"
        self.seen.waits.append(float(wait))
        await asyncio.sleep(min(float(wait), max(0.0, self.until - time.monotonic())))


def _asked(stream: Stream) -> dict[str, Any]:
    return next(frame.data for frame in reversed(stream.frames) if frame.kind == "interrupt")
