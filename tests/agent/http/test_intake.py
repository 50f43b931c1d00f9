"""What comes in: photos, words, types, sizes; and what is refused, with the reason."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx

from tests.agent.http.conftest import ScriptedTurns, Serve, frames, photo


def data_url(data: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


async def test_photos_by_form(serve: Serve, source: ScriptedTurns) -> None:
    async with serve() as it:
        files = [("photos", ("a.png", photo("red"))), ("photos", ("b.png", photo("blue")))]
        form = {"seller": " 128 GB ", "language": "zh", "mode": "template"}
        answer = await it.http.post("/v1/listings", data=form, files=files)
        assert frames(answer)[-1].event == "done"
        turn = source.turns[0]
        assert (turn.text, turn.language, turn.mode_cap) == ("128 GB", "zh", "template")
        assert turn.call == {"name": "draft_listing", "args": {}}
        assert len(turn.photos) == 2
        sha = turn.photos[0].sha256
        kept = await it.http.get(f"/v1/photos/{sha}")
        assert kept.headers["content-type"] == "image/jpeg" and kept.content[:2] == b"\xff\xd8"
        again = await it.http.get(
            f"/v1/photos/{sha}", headers={"If-None-Match": kept.headers["etag"]}
        )
        assert again.status_code == 304


async def test_a_message_by_json_and_by_form(serve: Serve, source: ScriptedTurns) -> None:
    async with serve() as it:
        thread = await it.thread()
        path = f"/v1/threads/{thread}/messages"
        body: dict[str, Any] = {
            "text": "here",
            "photos": [data_url(photo())],
            "edits": [{"field": "attribute", "value": "blue", "attribute": "colour"}],
            "language": "zh",
        }
        assert frames(await it.http.post(path, json=body))[-1].event == "done"
        form = {**body, "edits": json.dumps(body["edits"])}
        form.pop("photos")
        sent = await it.http.post(path, data=form, files={"photos": ("a.png", photo())})
        assert frames(sent)[-1].event == "done"
        assert source.turns[0] == source.turns[1]
        button = {"call": {"name": "rewrite", "arguments": {"wish": "shorter"}}}
        assert frames(await it.http.post(path, json=button))[-1].event == "done"
        assert source.turns[2].call == {"name": "rewrite", "args": {"wish": "shorter"}}


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({}, "empty", "give text, photos, edits or call"),
    ({"text": "   "}, "empty", ""),
    ({"text": "x" * 4001}, "invalid", "text"),
    ({"txt": "x"}, "invalid", "txt"),
    ({"photos": ["https://shop.example/a.jpg"]}, "remote-image", "photo 1"),
    ({"photos": ["file:///etc/passwd"]}, "remote-image", "photo 1"),
    ({"photos": [data_url(b"", "gif")]}, "photo-refused", "photo 1"),
    ({"photos": ["data:image/png;base64,%%%"]}, "photo-refused", "base64"),
    ({"photos": [data_url(b"no photo")]}, "photo-refused", "a text file"),
    ({"photos": [data_url(photo())] * 10}, "invalid", "photos"),
    ({"call": {"name": "format_disk", "arguments": {}}}, "bad-input", "format_disk"),
    ({"call": {"name": "rewrite", "arguments": {"wish": "x"}}}, "bad-input", "wish"),
    ({"edits": [{"field": "thread_id", "value": "x"}]}, "invalid", "edits.0.field"),
]


async def test_a_message_that_is_refused(serve: Serve, source: ScriptedTurns) -> None:
    async with serve() as it:
        thread = await it.thread()
        for body, slug, told in REFUSED:
            answer = await it.http.post(f"/v1/threads/{thread}/messages", json=body)
            assert answer.status_code == 422, f"{body}: {answer.text}"
            assert answer.headers["content-type"] == "application/problem+json"
            problem = answer.json()
            assert problem["type"] == f"urn:vouch:problem:{slug}", body
            assert told in problem["detail"], body
        broken = await it.http.post(
            f"/v1/threads/{thread}/messages",
            content=b'{"text": ',
            headers={"Content-Type": "application/json"},
        )
        assert broken.status_code == 422
        assert source.begun == []


async def test_a_form_that_is_refused(serve: Serve, source: ScriptedTurns) -> None:
    async with serve() as it:
        one = {"photos": ("a.png", photo())}

        async def refused(**given: Any) -> httpx.Response:
            return await it.http.post("/v1/listings", **given)

        text = await refused(files={"photos": ("notes.txt", b"hello there")})
        assert text.status_code == 422 and "notes.txt" in text.json()["detail"]
        assert text.json()["errors"][0]["field"] == "notes.txt"
        many = await refused(files=[("photos", ("a.png", photo()))] * 10)
        assert many.status_code == 422 and "at most 9" in many.json()["detail"]
        assert (await refused(data={"mode": "best"}, files=one)).status_code == 422
        assert (await refused(data={"title": "x"}, files=one)).status_code == 422
        assert (await refused(files={"file": photo()})).status_code == 422
        none = await refused(files={"seller": (None, "words")})
        assert none.status_code == 422 and "photos" in none.text
        broken = await refused(
            content=b"--x\r\nbroken", headers={"Content-Type": "multipart/form-data; boundary=x"}
        )
        assert broken.status_code in (400, 422)
        assert source.begun == []


async def test_types_are_strict(serve: Serve) -> None:
    async with serve() as it:
        thread = await it.thread()
        plain = {"Content-Type": "text/plain"}
        for path, content in (
            ("/v1/listings", b"{}"),
            (f"/v1/threads/{thread}/messages", b'{"text": "x"}'),
            (f"/v1/threads/{thread}/resume", b'{"interrupt_id": "i", "answer": {}}'),
        ):
            answer = await it.http.post(path, content=content, headers=plain)
            assert answer.status_code == 415, path
            assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_too_large_is_refused_before_it_is_read(
    serve: Serve, source: ScriptedTurns
) -> None:
    async with serve(max_upload_mb=1) as it:
        thread = await it.thread()
        path = f"/v1/threads/{thread}/messages"
        head = {"Content-Type": "application/json", "Content-Length": str(2**20 + 1)}

        reader, writer = await _connect(it.address)
        lines = [
            f"POST {path} HTTP/1.1",
            "Host: localhost",
            *(f"{k}: {v}" for k, v in head.items()),
        ]
        lines.append("Authorization: " + it.http.headers["authorization"])
        writer.write("\r\n".join([*lines, "", ""]).encode())
        assert b"413" in await reader.readline()  # with not one byte of the body sent
        await _close(writer)

        async def chunked() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b" " * 2**16

        long = await it.http.post(
            path, content=chunked(), headers={"Content-Type": "application/json"}
        )
        assert long.status_code == 413
        small = await it.http.post(
            f"/v1/threads/{thread}/resume",
            content=chunked(),
            headers={"Content-Type": "application/json"},
        )
        assert small.status_code == 413
        assert source.begun == []


async def test_a_request_that_never_comes_to_its_end(serve: Serve) -> None:
    async with serve(request_timeout_s=0.05) as it:
        thread = await it.thread()
        reader, writer = await _connect(it.address)
        auth = it.http.headers["authorization"]
        head = (
            f"POST /v1/threads/{thread}/messages HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: {auth}\r\nContent-Type: application/json\r\n"
            "Content-Length: 50\r\n\r\n{"
        )
        writer.write(head.encode())
        assert b"408" in await reader.readline()
        await _close(writer)


async def _connect(address: str) -> Any:
    host, _, port = address.removeprefix("http://").partition(":")
    return await asyncio.open_connection(host, int(port))


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    await writer.wait_closed()
