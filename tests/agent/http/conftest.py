"""A service over real HTTP on a free port: turns come from a script, all else is real."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from agent.client.sse import Frame, SseParser
from agent.client.views import ThreadView
from agent.http.app import create_app
from agent.http.server import Server, address_of, listen
from agent.http.source import Event, Source
from agent.runtime import Runtime, open_runtime
from agent.settings import Settings
from graphs.assistant.turn import Turn
from models.scripted import ScriptedChatModel
from tests.graphs.conftest import ColourEmbedder

KEY, OTHER = "key-of-the-first-shop", "key-of-another-shop"


def photo(colour: str = "red", size: tuple[int, int] = (64, 64)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "PNG")
    return buffer.getvalue()


def document(thread_id: str, **more: Any) -> dict[str, Any]:
    given = {
        "schema": "vouch.listing/1", "listing_id": f"l-{thread_id}", "thread_id": thread_id,
        "status": "drafted", "mode": "reference", "title": "Red mug", "description": "A mug.",
    }  # fmt: skip
    return {**given, **more}


@dataclass
class ScriptedTurns:
    """Turns as a test tells them: by the seller's words, a list of events or a callable.

    A text among the events is a gate: the turn waits there until the test opens it.
    """

    plays: dict[str, list[Event | str | Exception]] = field(default_factory=dict)
    views: dict[str, ThreadView] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """Texts of turns whose stream was closed, with how."""
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    answers: list[dict[str, Any]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def gate(self, name: str) -> asyncio.Event:
        return self.gates.setdefault(name, asyncio.Event())

    async def turn(self, thread_id: str, turn: Turn) -> Source:
        self.turns.append(turn)
        name = turn.text or (turn.call or {"name": "photos"})["name"]
        async for event in self._play(thread_id, name):
            yield event

    async def resume(self, thread_id: str, interrupt_id: str, answer: dict[str, Any]) -> Source:
        self.answers.append({"id": interrupt_id, **answer})
        async for event in self._play(thread_id, "resume"):
            yield event

    async def unfinished(self, thread_id: str) -> Source:
        self.views.pop(thread_id, None)
        async for event in self._play(thread_id, "unfinished"):
            yield event

    async def thread(self, thread_id: str) -> ThreadView | None:
        return self.views.get(thread_id)

    async def forget(self, thread_id: str) -> None:
        self.forgotten.append(thread_id)

    async def _play(self, thread_id: str, name: str) -> Source:
        self.begun.append(name)
        how = "whole"
        try:
            for part in self.plays.get(name, []):
                if isinstance(part, str):
                    await self.gate(part).wait()
                elif isinstance(part, Exception):
                    raise part
                elif part["event"] == "done":
                    yield part
                    return
                else:
                    yield part
            yield {"event": "done", "document": document(thread_id), "reply": f"heard {name}"}
        except asyncio.CancelledError as error:
            how = "stopped" if error.args and error.args[0] else "cut off"
            raise
        finally:
            self.ended.append(f"{name}: {how}")


def tokens(*texts: str) -> list[Event | str | Exception]:
    return [{"event": "token", "text": text, "of": "reply"} for text in texts]


@dataclass
class Running:
    """A service that runs, and clients of it."""

    app: FastAPI
    server: Server
    address: str
    source: ScriptedTurns
    http: httpx.AsyncClient
    other: httpx.AsyncClient

    async def thread(self, http: httpx.AsyncClient | None = None) -> str:
        made = await (http or self.http).post("/v1/threads")
        assert made.status_code == 201, made.text
        return str(made.json()["thread_id"])

    async def say(
        self, thread_id: str, text: str, http: httpx.AsyncClient | None = None
    ) -> httpx.Response:
        """Send a message and read its stream to the end."""
        path = f"/v1/threads/{thread_id}/messages"
        return await (http or self.http).post(path, json={"text": text})

    def saying(self, thread_id: str, text: str) -> AbstractAsyncContextManager[httpx.Response]:
        """Send a message and leave its stream to be read."""
        return self.http.stream("POST", f"/v1/threads/{thread_id}/messages", json={"text": text})


def frames(response: httpx.Response) -> list[Frame]:
    assert response.headers["content-type"].startswith("text/event-stream"), response.text
    return SseParser().feed(response.content)


class Reader:
    """Reads a stream frame by frame."""

    def __init__(self, response: httpx.Response) -> None:
        self._bytes = response.aiter_raw()
        self._parser, self._ready = SseParser(), list[Frame]()

    async def next(self) -> Frame:
        while not self._ready:
            self._ready = self._parser.feed(await anext(self._bytes))
        return self._ready.pop(0)

    async def until(self, kind: str) -> list[Frame]:
        found = [await self.next()]
        while found[-1].event != kind:
            found.append(await self.next())
        return found


class QuickServer(Server):
    """Looks more often whether it shall end, for a suite of many short lives."""

    async def main_loop(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(0.002)


Serve = Callable[..., AbstractAsyncContextManager[Running]]


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runtime]:
    home = tmp_path_factory.mktemp("service")
    settings = Settings(home=home, identical_threshold=0.999, similar_threshold=0.95)
    model = ScriptedChatModel(responses=[])
    with open_runtime(settings, model=model, embedder=ColourEmbedder()) as opened:
        yield opened


@pytest.fixture
def source() -> ScriptedTurns:
    return ScriptedTurns()


@pytest.fixture
def serve(runtime: Runtime, source: ScriptedTurns, tmp_path: Path) -> Serve:
    """Run the service with settings of the test's: `async with serve(max_running=1) as it:`."""

    @asynccontextmanager
    async def scripted() -> AsyncIterator[ScriptedTurns]:
        yield source

    @asynccontextmanager
    async def run(**given: Any) -> AsyncIterator[Running]:
        keys = {"api_keys": f"{KEY},{OTHER}", "drain_s": 0.0, **given}
        settings = Settings(home=tmp_path / "serving", **keys)
        own = Runtime(settings, runtime.context)
        async with running(create_app(own, scripted), source) as it:
            yield it

    return run


@asynccontextmanager
async def running(app: FastAPI, source: ScriptedTurns) -> AsyncIterator[Running]:
    bound = listen("127.0.0.1", 0)
    server = QuickServer(app)
    task = asyncio.create_task(server.serve([bound]))
    while not server.started:
        await asyncio.sleep(0)
        assert not task.done(), task.exception()
    address = address_of(bound)
    async with _client(address, KEY) as http, _client(address, OTHER) as other:
        try:
            yield Running(app, server, address, source, http, other)
        finally:
            server.should_exit = True
            await asyncio.wait_for(task, 60)


def _client(address: str, key: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=60)
