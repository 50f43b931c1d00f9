"""The whole service on a free port in a thread, its model a script that can be held in mid-word."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.http.app import create_app
from agent.http.server import Server, address_of, listen
from agent.runtime import open_runtime
from agent.settings import Settings
from listing import MarketListing
from models.scripted import ScriptedChatModel
from tests.graphs.assistant.conftest import Mind
from tests.graphs.conftest import ColourEmbedder, Script, jpeg
from tools.photos import PhotoStore, read_photo
from tools.visual_search import SqliteIndex

DRAFT = "Write a second-hand listing"
TEXT = (
    "Red Nordvik mug\n\nI am selling my red Nordvik mug. It is red all over and holds a lot of "
    "coffee. I have had it for a while and I like it well, but there are too many of them in the "
    "cupboard by now, and so this one may find another kitchen. Questions are welcome."
)
IN_CHINESE = "红色 Nordvik 杯子\n\n转让一个红色的 Nordvik 杯子，有问题欢迎留言。"
NEIGHBOUR = MarketListing(
    id="m1", title="Nordvik mug, red", text="Nordvik mug, never used, 0.3 l", price=12.0
)


class Pace:
    """Lets the draft's words through, or holds them after so many pieces."""

    def __init__(self) -> None:
        self.hold_after: int | None = None

    async def wait(self, piece: int) -> None:
        while self.hold_after is not None and piece >= self.hold_after:
            await asyncio.sleep(0.01)


class PacedModel(ScriptedChatModel):
    """A scripted model whose drafts can be held."""

    pace: Any

    async def _astream(self, messages: Any, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        drafting = DRAFT in messages[-1].text
        piece = 0
        async for chunk in super()._astream(messages, *args, **kwargs):
            if drafting:
                await self.pace.wait(piece)
            piece += 1
            yield chunk


class Cable:
    """The wire between browser and service: what it carries ends when it is cut."""

    def __init__(self, port: int) -> None:
        self._port, self._wires = port, set[socket.socket]()
        self._lock, self._whole = threading.Lock(), True
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections, and every one that comes."""
        with self._lock:
            self._whole = False
            for wire in self._wires:
                with suppress(OSError):
                    wire.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Carry again."""
        self._whole = True

    def close(self) -> None:
        """Take the cable away."""
        self.cut()
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                here = self._server.accept()[0]
                if not self._whole:
                    here.close()
                    continue
                there = socket.create_connection(("127.0.0.1", self._port))
                with self._lock:
                    self._wires |= {here, there}
                for pair in ((here, there), (there, here)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for wire in (source, target):
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._wires.discard(source)
        source.close()


@dataclass
class DeskService:
    """What a test may steer: the script's answers, the assistant's choices, the pace."""

    address: str
    script: Script
    mind: Mind
    pace: Pace = field(default_factory=Pace)

    def fresh(self) -> None:
        """Forget what the last test told the script."""
        self.pace.hold_after = None
        fresh = Script()
        self.script.answers = fresh.answers
        self.mind.__init__(self.script)  # type: ignore[misc]
        self.script.answers[DRAFT] = TEXT
        self.script.answers["translate it into Chinese"] = IN_CHINESE
        self.script.reading(Nordvik={"brand": "Nordvik"}, IKEA={"brand": "IKEA"})


@contextmanager
def serving(home: Path, **given: Any) -> Iterator[DeskService]:
    """Run a service with a market of one red mug."""
    settings = Settings(
        home=home, identical_threshold=0.999, similar_threshold=0.95, drain_s=0.0, **given
    )
    script, pace = Script(), Pace()
    mind = Mind(script)
    embedder = ColourEmbedder()
    store = PhotoStore(settings.photo_folder)
    photo = store.put(read_photo(jpeg("red"), "neighbour.jpg"))
    index = SqliteIndex(Path(settings.index_uri), dimension=3, embedder_name=embedder.name)
    index.add([NEIGHBOUR], embedder.embed([store.open_image(photo.sha256)]), [[photo.sha256]])
    index.close()
    model = PacedModel(responses=script, pace=pace)
    with open_runtime(settings, model=model, embedder=embedder) as runtime:
        bound = listen("127.0.0.1", 0)
        app, servers = create_app(runtime), list[Server]()
        made = threading.Event()

        async def serve() -> None:
            servers.append(Server(app))
            made.set()
            await servers[0].serve([bound])

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        assert made.wait(20)
        service = DeskService(address_of(bound), script, mind, pace)
        service.fresh()
        try:
            yield service
        finally:
            pace.hold_after = None
            servers[0].should_exit = True
            thread.join(20)
