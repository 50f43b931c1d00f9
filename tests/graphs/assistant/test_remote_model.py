"""The assistant over an OpenAI-compatible server: a scripted one, spoken to by the real client."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from listing import Photo
from models.loading import load_chat_model
from tests.graphs.assistant.conftest import Seller

Take = Callable[..., Photo]


class Server(ThreadingHTTPServer):
    """Plays `/v1/chat/completions`: one scripted message a request, plain text when it streams."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.script: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def calls(self, *calls: tuple[str, str]) -> None:
        """Script one message with calls; arguments are given as the server writes them."""
        told = [
            {"id": f"c{n}", "type": "function", "function": {"name": name, "arguments": args}}
            for n, (name, args) in enumerate(calls)
        ]
        self.script.append({"role": "assistant", "content": None, "tool_calls": told})

    def text(self, text: str) -> None:
        self.script.append({"role": "assistant", "content": text})


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        asked = json.loads(self.rfile.read(length))
        self.server.asked.append(asked)
        if not self.server.script:
            self._send(500, b"{}", "application/json")
            return
        message = self.server.script.pop(0)
        if asked.get("stream"):
            parts = [{"role": "assistant", "content": ""}]
            parts += [{"content": word + " "} for word in message["content"].split()]
            lines = [self._line({"index": 0, "delta": part}) for part in parts]
            lines.append(self._line({"index": 0, "delta": {}, "finish_reason": "stop"}))
            body = "".join([*lines, "data: [DONE]\n\n"]).encode()
            self._send(200, body, "text/event-stream")
            return
        reason = "tool_calls" if message.get("tool_calls") else "stop"
        choice = {"index": 0, "message": message, "finish_reason": reason}
        body = json.dumps(self._body("chat.completion", choice)).encode()
        self._send(200, body, "application/json")

    def _line(self, choice: dict[str, Any]) -> str:
        return f"data: {json.dumps(self._body('chat.completion.chunk', choice))}\n\n"

    def _body(self, kind: str, choice: dict[str, Any]) -> dict[str, Any]:
        return {"id": "x", "object": kind, "created": 1, "model": "big", "choices": [choice]}

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
async def remote(seller: Seller, server: Server, take: Take) -> Seller:
    """A thread with a draft by the scripted model, then talked to over the server."""
    await seller.turn(photos=(take(),))
    model = load_chat_model(server.address, model_name="big").model_copy(update={"max_retries": 0})
    seller.context = replace(seller.context, listing=replace(seller.context.listing, model=model))
    return seller


async def test_several_calls_in_one_message(remote: Seller, server: Server) -> None:
    server.calls(
        ("set_attribute", '{"attribute": "brand", "value": "Nordvik"}'),
        ("set_attribute", '{"attribute": "price", "value": "12 EUR"}'),
        ("reply", '{"topic": "done"}'),
    )
    server.text("{}")  # the second reading of the statement finds nothing more
    server.text("Nordvik it is, for 12 EUR.")
    document = await remote.turn("It is a Nordvik, I want 12 EUR")
    assert document.attributes["brand"].value == "Nordvik"
    assert document.asking_price is not None and document.asking_price.amount == 12
    assert "Nordvik it is, for 12 EUR." in remote.reply
    asked = server.asked[0]
    assert asked["tool_choice"] == "required"
    names = [tool["function"]["name"] for tool in asked["tools"]]
    assert "set_attribute" in names and "publish" in names


async def test_malformed_arguments_are_told_once(remote: Seller, server: Server) -> None:
    server.calls(("set_attribute", '{"attribute": "brand", "value": '))
    server.calls(("set_attribute", '{"attribute": "brand", "value": "Nordvik"}'))
    server.calls(("reply", '{"topic": "done"}'))
    server.text("{}")
    server.text("Noted.")
    document = await remote.turn("It is a Nordvik")
    assert document.attributes["brand"].value == "Nordvik"
    assert "failed: set_attribute" in server.asked[1]["messages"][-1]["content"]
    server.calls(("set_attribute", "{{{"))
    server.calls(("set_attribute", "["))
    server.text("{}")
    before = len(server.asked)
    await remote.turn("It is a Havn")
    assert len(server.asked) - before <= 3
    assert "could not work out" in remote.reply


async def test_plain_text_is_free_talk_that_is_guarded(remote: Seller, server: Server) -> None:
    server.text("Hello! I can make the text shorter. Your Rolex is worth 9000 EUR.")
    await remote.turn("hi there")
    assert remote.reply == "Hello! I can make the text shorter."


async def test_calls_with_wrong_names_and_values(remote: Seller, server: Server) -> None:
    server.calls(("delete_everything", "{}"), ("rewrite", '{"wish": "ruder"}'))
    document = await remote.turn("make it nice")
    assert document.published is None
    assert "could not work out" in remote.reply
    assert [name for name, _ in remote.calls] == ["delete_everything", "rewrite"]


async def test_the_same_call_again_ends_the_turn(remote: Seller, server: Server) -> None:
    for _ in range(2):
        server.calls(("check_safety", "{}"))
    server.text("The listing keeps to the rules of the market.")
    await remote.turn("is it fine?")
    assert [name for name, _ in remote.calls] == ["check_safety"]
    assert len(server.asked) == 3


async def test_no_more_calls_than_there_may_be(remote: Seller, server: Server) -> None:
    calls = [("explain_claim", json.dumps({"words": f"word {n}"})) for n in range(20)]
    server.calls(*calls)
    await remote.turn("explain everything")
    limit = remote.context.limits.max_calls
    made = [name for name, _ in remote.calls if name == "explain_claim"]
    assert len(made) == limit
    assert "a lot at once" in remote.reply


async def test_a_server_that_fails_is_told(remote: Seller, server: Server) -> None:
    remote.fails = True
    await remote.turn("hello")
    assert "could not think" in remote.reply
