"""What stands around the turns: health, metrics, headers, the page, the description."""

import json
import logging
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from agent.client.events import KINDS
from agent.http.routes.page import FOLDER
from tests.agent.http.conftest import KEY, ScriptedTurns, Serve, document, frames, photo, tokens


def figures(text: str) -> dict[str, float]:
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


async def test_alive_and_ready_part_by_part(serve: Serve) -> None:
    async with serve() as it:
        assert (await it.http.get("/livez")).json() == {"status": "alive"}
        ready = await it.http.get("/readyz")
        assert ready.status_code == 200
        parts = {part["name"]: part for part in ready.json()["parts"]}
        assert {n: p["state"] for n, p in parts.items()} == {
            "model": "ok", "index": "absent", "queue": "ok",
        }  # fmt: skip
        it.app.state.service.turns.draining = True
        draining = await it.http.get("/readyz")
        assert draining.status_code == 503 and draining.json()["ready"] is False
        refused = await it.http.post("/v1/listings", files={"photos": photo()})
        assert refused.status_code == 503 and "retry-after" in refused.headers


async def test_what_is_counted(serve: Serve, source: ScriptedTurns) -> None:
    source.plays["draft_listing"] = [
        *tokens("Red mug"),
        {"event": "tool_result", "id": "1", "name": "draft_listing", "ok": True, "text": ""},
    ]
    source.plays["bad"] = [KeyError("x")]
    async with serve(max_running=1, max_waiting=0) as it:
        drafted = await it.http.post("/v1/listings", files={"photos": photo()})
        thread = drafted.headers["vouch-thread"]
        published = {"title": "t", "description": "d", "at": "2026-11-21T08:00:00Z", "kept": 0.75}
        done = {"event": "done", "document": document(thread, published=published), "reply": ""}
        source.plays["sold"] = [done]
        await it.say(thread, "sold")
        await it.say(thread, "sold")  # told again is not published again
        await it.say(thread, "bad")
        found = figures((await it.http.get("/metrics")).text)
    assert found['vouch_turns_total{end="done",kind="draft"}'] == 1
    assert found['vouch_turns_total{end="failed",kind="message"}'] == 1
    assert found['vouch_listings_total{mode="reference",status="drafted"}'] == 1
    assert found["vouch_first_token_seconds_count"] == 1
    assert found["vouch_published_total"] == 1
    assert found["vouch_kept_share_sum"] == 0.75
    route = '{method="POST",route="/v1/threads/{thread_id}/messages",status="200"}'
    assert found[f"vouch_requests_total{route}"] == 3
    assert found["vouch_queue_waiting"] == found["vouch_turns_running"] == 0
    assert found["process_resident_memory_bytes"] > 0


async def test_the_log_has_a_line_a_request_without_content(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "vouch.http.access")
    async with serve() as it:
        thread = await it.thread()
        caplog.clear()
        answer = await it.http.post(
            f"/v1/threads/{thread}/messages?x=private", json={"text": "private words"}
        )
        lines = [r.getMessage() for r in caplog.records if r.name == "vouch.http.access"]
    assert len(lines) == 1 and "private" not in lines[0] and KEY not in lines[0]
    line = json.loads(lines[0])
    assert line["request"] == answer.headers["x-request-id"]
    assert (line["route"], line["status"]) == ("/v1/threads/{thread_id}/messages", 200)
    assert line["bytes"] == len(answer.content)


async def test_an_incident_is_in_the_log_and_not_in_the_answer(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve() as it:
        registry = it.app.state.service.registry
        monkeypatch.setattr(registry, "threads", lambda *_: 1 / 0)
        answer = await it.http.get("/v1/threads")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "x-content-type-options" in answer.headers
    assert "division" not in answer.text
    found = [r for r in caplog.records if answer.json()["incident"] in r.getMessage()]
    assert found and found[0].exc_info and found[0].exc_info[0] is ZeroDivisionError


async def test_what_a_browser_may_do(serve: Serve) -> None:
    async with serve(frame_ancestors="https://shop.example") as it:
        shop = {"Origin": "https://shop.example"}
        headers = (await it.http.get("/livez", headers=shop)).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self';" in policy and "unsafe" not in policy
        assert "frame-ancestors https://shop.example" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "x-frame-options" not in headers
        assert "access-control-allow-origin" not in headers
    async with serve(cors_origins="https://shop.example") as it:
        headers = (await it.http.get("/livez")).headers
        assert headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        ask = {
            **shop,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,last-event-id",
        }
        async with httpx.AsyncClient(base_url=it.address) as nobody:
            allowed = await nobody.options("/v1/threads", headers=ask)
            assert allowed.status_code == 200
            assert allowed.headers["access-control-allow-origin"] == "https://shop.example"
            refused = await nobody.get("/v1/threads", headers=shop)
            assert refused.status_code == 401  # and the page may read why
            assert refused.headers["access-control-allow-origin"] == "https://shop.example"
            assert "Vouch-Thread" in refused.headers["access-control-expose-headers"]
            ask["Origin"] = "https://evil.example"
            assert (await nobody.options("/v1/threads", headers=ask)).status_code == 400


@pytest.mark.skipif(not (FOLDER / "index.html").is_file(), reason="there is no page here")
async def test_the_page_and_its_files(serve: Serve) -> None:
    async with serve() as it, httpx.AsyncClient(base_url=it.address) as browser:
        page = await browser.get("/")
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["cache-control"] == "no-cache"
        same = await browser.get("/", headers={"If-None-Match": page.headers["etag"]})
        embed = await browser.get("/embed.js")
        assert embed.headers["access-control-allow-origin"] == "*"
        assert "javascript" in embed.headers["content-type"]
        static = await browser.get("/static/embed.js")
        assert static.content == embed.content and static.headers["etag"]
        known = {"If-None-Match": static.headers["etag"]}
        assert (await browser.get("/static/embed.js", headers=known)).status_code == 304
        assert same.status_code == 304
        for path in ("/static/../app.py", "/static/%2e%2e/http/app.py", "/static/", "/nothing"):
            missing = await browser.get(path)
            assert missing.status_code == 404, path
            assert missing.headers["content-type"] == "application/problem+json"


def _refs(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(_refs(v) for v in value.values()))
    return set().union(*(_refs(v) for v in value)) if isinstance(value, list) else set()


async def test_the_description_is_whole(serve: Serve) -> None:
    async with serve() as it:
        described = (await it.http.get("/openapi.json")).json()
    schemas = described["components"]["schemas"]
    missing = {r for r in _refs(described) if r.rpartition("/")[2] not in schemas}
    assert not missing
    calls = {
        f"{method.upper()} {path}": call
        for path, methods in described["paths"].items()
        for method, call in methods.items()
    }
    promised = {
        "POST /v1/listings", "GET /v1/listings/{listing_id}", "GET /v1/listings/{listing_id}/text",
        "POST /v1/listings/{listing_id}/publish", "POST /v1/threads", "GET /v1/threads",
        "GET /v1/threads/{thread_id}", "DELETE /v1/threads/{thread_id}",
        "POST /v1/threads/{thread_id}/messages", "POST /v1/threads/{thread_id}/resume",
        "GET /v1/threads/{thread_id}/events", "POST /v1/threads/{thread_id}/undo",
        "POST /v1/threads/{thread_id}/stop", "GET /v1/photos/{sha256}",
        "GET /v1/traces/{trace_id}", "GET /v1/traces/{trace_id}/audit",
        "GET /v1/traces/{trace_id}/steps", "POST /v1/traces/{trace_id}/replay",
        "GET /livez", "GET /readyz", "GET /metrics",
    }  # fmt: skip
    assert promised <= calls.keys()
    for name, call in calls.items():
        assert call.get("summary"), name
        if "/v1/" in name and "chat" not in name and "models" not in name:
            problem = call["responses"]["401"]["content"]
            assert list(problem) == ["application/problem+json"], name
    stream = calls["POST /v1/listings"]["responses"]["200"]["content"]["text/event-stream"]
    kinds = {item["properties"]["event"]["const"] for item in stream["itemSchema"]["oneOf"]}
    assert kinds == set(KINDS)


async def test_a_stranger_address_and_method(serve: Serve) -> None:
    async with serve() as it:
        for answer, status in (
            (await it.http.get("/v1/nothing"), 404),
            (await it.http.put("/v1/threads"), 405),
            (await it.http.get("/docs"), 404),
        ):
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["type"].startswith("urn:vouch:problem:")


async def test_an_answer_to_what_is_not_asked(serve: Serve, source: ScriptedTurns) -> None:
    from agent.client.views import ThreadView

    asked = {"id": "i1", "kind": "publish", "schema": {}}
    async with serve() as it:
        thread = await it.thread()
        path = f"/v1/threads/{thread}/resume"
        body = {"interrupt_id": "i1", "answer": {"confirm": True}}
        assert (await it.http.post(path, json=body)).status_code == 409
        source.views[thread] = ThreadView.model_validate({"thread_id": thread, "interrupt": asked})
        other = {**body, "interrupt_id": "i2"}
        assert (await it.http.post(path, json=other)).status_code == 409
        wrong = {**body, "answer": {"confirm": "perhaps"}}
        refused = await it.http.post(path, json=wrong)
        assert refused.status_code == 422 and "confirm" in refused.json()["detail"]
        assert source.begun == []
        assert frames(await it.http.post(path, json=body))[-1].event == "done"
        assert source.answers == [{"id": "i1", "confirm": True}]


def test_the_page_is_packaged() -> None:
    assert Path(__file__).parents[3] / "agent" / "page" == FOLDER


async def test_every_json_answer_has_an_example_that_fits(serve: Serve) -> None:
    async with serve() as it:
        described = (await it.http.get("/openapi.json")).json()
    schemas = described["components"]["schemas"]
    shown = 0
    for path, methods in described["paths"].items():
        for call in methods.values():
            for content in (
                r.get("content", {}).get("application/json") for r in call["responses"].values()
            ):
                if content is None:
                    continue
                name = content["schema"]["$ref"].rpartition("/")[2]
                given = content.get("example") or schemas[name].get("example")
                assert given is not None, (path, name)
                whole = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}
                jsonschema_rs.validate(whole, given)
                shown += 1
    assert shown > 20
