"""The end of a service: it drains, then stops; and where it may not start at all."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from agent.settings import CHECKPOINT
from tests.agent.conftest import Vouch
from tests.agent.http.conftest import Reader, ScriptedTurns, Serve, photo, tokens

SHIPPED = pytest.mark.skipif(
    not (CHECKPOINT / "config.json").is_file(), reason="no checkpoint ships with this checkout"
)


async def test_running_turns_are_let_to_end(serve: Serve, source: ScriptedTurns) -> None:
    source.plays["long"] = [*tokens("a"), "gate", *tokens("b")]
    async with serve(drain_s=5.0) as it:
        thread = await it.thread()
        async with it.saying(thread, "long") as stream:
            reader = Reader(stream)
            await reader.next()
            it.server.should_exit = True
            turns = it.app.state.service.turns
            while not turns.draining:
                await asyncio.sleep(0)
            assert (await it.other.get("/readyz")).status_code == 503
            assert (
                await it.other.post("/v1/listings", files={"photos": photo()})
            ).status_code == 503
            source.gate("gate").set()
            assert [f.event for f in await reader.until("done")] == ["token", "done"]
    assert source.ended == ["long: whole"]


async def test_what_does_not_end_in_time_can_go_on_later(
    serve: Serve, source: ScriptedTurns
) -> None:
    source.plays["long"] = [*tokens("a"), "never"]
    async with serve(drain_s=0.05, max_running=1) as it:
        threads = [await it.thread(), await it.thread()]
        async with it.saying(threads[0], "long") as stream:
            reader = Reader(stream)
            await reader.next()
            waiting = asyncio.create_task(it.say(threads[1], "next"))
            while not it.app.state.service.turns.queue.waiting:
                await asyncio.sleep(0)
            it.server.should_exit = True
            end = await reader.next()
            assert end.event == "error"
            assert json.loads(end.data)["type"] == "urn:vouch:problem:shutting-down"
            assert b"shutting-down" in (await waiting).content
    assert source.ended == ["long: cut off"]
    assert source.begun == ["long"]


def test_a_port_in_use(vouch: Vouch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = vouch("serve", "--port", str(port))
    assert result.exit_code == 2
    assert f"--port {port}: cannot listen there" in result.stderr


def test_open_to_others_without_keys(vouch: Vouch, monkeypatch: pytest.MonkeyPatch) -> None:
    result = vouch("serve", "--host", "0.0.0.0")
    assert result.exit_code == 2
    assert "set VOUCH_API_KEYS" in result.stderr
    monkeypatch.setenv("VOUCH_API_KEYS", "short")
    result = vouch("serve", "--port", "0")
    assert result.exit_code == 2 and "key 1 must have at least" in result.stderr


@contextmanager
def process(home: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """`vouch serve` on the shipped checkpoint, as a user starts it."""
    env = {**os.environ, "VOUCH_HOME": str(home), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "agent.cli", "serve", "--port", "0"]
    with (home / "err").open("a") as err:
        started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, env=env, text=True)
    try:
        assert started.stdout is not None
        yield started, started.stdout.readline().strip()
    finally:
        started.kill()
        started.wait()
        started.stdout.close()


@pytest.mark.heavy
@SHIPPED
def test_kill_in_mid_draft_and_go_on(home: Path) -> None:
    from training.marketplace import demo_photo

    home.mkdir()
    with process(home) as (server, address):
        files = {"photos": ("phone.jpg", demo_photo("phone"))}
        with (
            pytest.raises(httpx.RemoteProtocolError),
            httpx.stream("POST", f"{address}/v1/listings", files=files, timeout=60) as stream,
        ):
            thread = stream.headers["vouch-thread"]
            for line in stream.iter_lines():
                if '"write_draft","state":"started"' in line:
                    server.kill()
    with process(home) as (server, address), httpx.Client(base_url=address, timeout=60) as http:
        assert http.get(f"/v1/threads/{thread}").json()["unfinished"] is True
        rest = http.get(f"/v1/threads/{thread}/events").text
        assert '"name":"check_photos"' not in rest  # what had been done is not done again
        assert rest.count("event: done") == 1
        view = http.get(f"/v1/threads/{thread}").json()
        assert view["unfinished"] is False and view["listing"]["title"]
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    told = (home / "err").read_text()
    assert "WARNING: no VOUCH_API_KEYS" in told and "Traceback" not in told
