"""The whole service in a thread of its own: real graph, store, index and HTTP; scripted words."""

import asyncio
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import SHUT_RDWR, SHUT_WR, create_connection, socket
from typing import Any

from agent.http.app import create_app
from agent.http.server import Server, address_of, listen
from agent.runtime import open_runtime
from agent.settings import Settings
from listing import MarketListing
from models.scripted import ScriptedChatModel
from tests.graphs.assistant.conftest import Mind
from tests.graphs.conftest import MUG, ColourEmbedder, Script, jpeg
from tools.photos import PhotoStore, read_photo
from tools.visual_search import SqliteIndex


@dataclass
class Served:
    """A service that runs, and what decides in it."""

    address: str
    mind: Mind
    script: Script


@contextmanager
def served(home: Path, **given: object) -> Iterator[Served]:
    """Serve a market of two red mugs until the block ends."""
    settings = Settings.model_validate(
        {
            "home": home,
            "identical_threshold": 0.999,
            "similar_threshold": 0.95,
            "rate_per_minute": 0,
            **given,
        }
    )
    _build_market(settings)
    script = Script()
    mind, model = Mind(script), ScriptedChatModel(responses=script)
    with serving(settings, model=model, embedder=ColourEmbedder()) as address:
        yield Served(address, mind, script)


@contextmanager
def serving(settings: Settings, **handles: Any) -> Iterator[str]:
    """Serve the settings, or the handles given instead, and yield the address."""
    with open_runtime(settings, **handles) as runtime:
        app, bound = create_app(runtime), listen("127.0.0.1", 0)
        servers = list[Server]()

        async def serve() -> None:
            servers.append(Server(app))
            await servers[0].serve([bound])

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        try:
            yield address_of(bound)
        finally:
            servers[0].should_exit = True
            thread.join(30)
            assert not thread.is_alive(), "the service does not end"


def _build_market(settings: Settings) -> None:
    store, embedder = PhotoStore(settings.photo_folder), ColourEmbedder()
    photo = store.put(read_photo(jpeg("red"), "red.jpg"))
    index = SqliteIndex(settings.home_folder / "index", dimension=3, embedder_name=embedder.name)
    rows = [
        MarketListing(
            id=f"m{n}", title="Nordvik Havn mug, red", category_id=MUG, price=price, currency="EUR"
        )
        for n, price in enumerate((12.0, 14.0))
    ]
    vectors = embedder.embed([store.open_image(photo.sha256)] * 2)
    index.add(rows, vectors, [[photo.sha256]] * 2)
    index.close()


@dataclass
class Cuts:
    """A line to the service that breaks: connection by connection, after so many bytes."""

    target: tuple[str, int]
    budgets: list[int]
    """Bytes of answers that the first connections let through; later ones let all."""
    used: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next_budget(self) -> int | None:
        with self.lock:
            self.used += 1
            return self.budgets[self.used - 1] if self.used <= len(self.budgets) else None


@contextmanager
def cutting(address: str, *budgets: int) -> Iterator[tuple[str, Cuts]]:
    """Yield the address of a line to the service at `address` that breaks."""
    host, _, port = address.removeprefix("http://").partition(":")
    cuts = Cuts((host, int(port)), list(budgets))

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            _carry(self.request, cuts)

    class Proxy(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Proxy(("127.0.0.1", 0), Line) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{proxy.server_address[1]}", cuts
        finally:
            proxy.shutdown()
            thread.join()


def _carry(near: socket, cuts: Cuts) -> None:
    """Carry one connection both ways until its budget is used up."""
    left = cuts.next_budget()
    with create_connection(cuts.target) as far:
        up = threading.Thread(target=_pump, args=(near, far), daemon=True)
        up.start()
        with suppress(OSError):
            while data := far.recv(65536):
                near.sendall(data if left is None else data[:left])
                if left is not None and (left := left - len(data)) <= 0:
                    break
        with suppress(OSError):  # the other end may be gone
            near.shutdown(SHUT_RDWR)


def _pump(source: socket, target: socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(SHUT_WR)
    except OSError:
        return
