"""The whole way over HTTP with the real graph, store and traces; the model's words are told."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from langchain_core.messages import AIMessage, BaseMessage

from agent.http.app import create_app
from agent.http.registry import Registry
from agent.http.service import REGISTRY
from agent.runtime import Runtime, open_runtime
from agent.settings import Settings
from models.scripted import ScriptedChatModel
from tests.agent.http.conftest import Running, ScriptedTurns, frames, photo, running
from tests.graphs.conftest import ColourEmbedder, Script

WORDS = "Red mug\n\nA red mug. Questions are welcome."


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Runtime]:
    script = Script()
    script.answers["Write a second-hand listing"] = WORDS

    def answer(messages: list[BaseMessage], kwargs: dict[str, Any]) -> Any:
        if kwargs.get("tools"):
            call = {"name": "reply", "args": {"topic": "help"}, "id": "c"}
            return AIMessage("", tool_calls=[call])
        return script(messages, kwargs)

    settings = Settings(
        home=tmp_path / "own",
        identical_threshold=0.999,
        similar_threshold=0.95,
        api_keys="key-of-the-first-shop,key-of-another-shop",
    )
    model = ScriptedChatModel(responses=answer)
    with open_runtime(settings, model=model, embedder=ColourEmbedder()) as runtime:
        yield runtime


@asynccontextmanager
async def served(runtime: Runtime) -> AsyncIterator[Running]:
    async with running(create_app(runtime), ScriptedTurns()) as it:
        yield it


async def drafted(it: Running) -> tuple[str, dict[str, Any]]:
    answer = await it.http.post(
        "/v1/listings", files={"photos": ("a.png", photo("red", (320, 240)))}
    )
    told = frames(answer)
    assert told[-1].event == "done", told[-1]
    assert {"step", "token", "tool_call", "tool_result"} <= {f.event for f in told}
    thread = answer.headers["vouch-thread"]
    view = (await it.http.get(f"/v1/threads/{thread}")).json()
    return thread, view["listing"]


async def turn_replayed(it: Running, thread: str) -> dict[str, Any]:
    """The replay of a turn in which the seller asked something."""
    told = frames(await it.say(thread, "what can you do?"))[-1]
    trace = json.loads(told.data)["trace_id"]
    steps = (await it.http.get(f"/v1/traces/{trace}/steps")).json()
    assert steps["name"] == "invoke_agent assistant" and steps["replayable"]
    answer = await it.http.post(f"/v1/traces/{trace}/replay", json={})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def publish(it: Running, listing_id: str, **text: str) -> httpx.Response:
    return await it.http.post(f"/v1/listings/{listing_id}/publish", json=text)


async def test_draft_edit_undo_publish(opened: Runtime) -> None:
    async with served(opened) as it:
        thread, listing = await drafted(it)
        assert listing["title"] == "Red mug"
        again = await turn_replayed(it, thread)
        assert again["diverged"] is False, again["differences"]
        edit = {"edits": [{"field": "title", "value": "Big red mug"}]}
        sent = await it.http.post(f"/v1/threads/{thread}/messages", json=edit)
        assert frames(sent)[-1].event == "done"
        path = f"/v1/listings/{listing['listing_id']}"
        assert (await it.http.get(path)).json()["title"] == "Big red mug"
        assert "Big red mug" in (await it.http.get(f"{path}/text")).text
        undone = (await it.http.post(f"/v1/threads/{thread}/undo")).json()
        assert undone["document"]["title"] == "Red mug" and undone["says"]

        call = {"title": "Red mug", "description": "Call +49 151 23456789"}
        blocked = await publish(it, listing["listing_id"], **call)
        assert blocked.status_code == 422
        assert "telephone" in blocked.json()["detail"]
        title, _, description = WORDS.partition("\n\n")
        done = await publish(
            it, listing["listing_id"], title=title, description=description, price="12 EUR"
        )
        assert done.status_code == 200, done.text
        assert done.json()["kept"] == 1.0
        assert done.json()["price"]["amount"] == 12
        (line,) = (await it.http.get("/v1/threads")).json()["threads"]
        assert (line["status"], line["thread_id"]) == ("published", thread)
        metrics = (await it.http.get("/metrics")).text
        assert "vouch_kept_share_sum 1.0" in metrics
        assert "vouch_published_total 1.0" in metrics
        assert 'vouch_tokens_total{direction="output"} 0.0' not in metrics


async def test_the_publish_question_can_be_answered_by_hand(opened: Runtime) -> None:
    async with served(opened) as it:
        thread, listing = await drafted(it)
        button = {"call": {"name": "publish", "arguments": {}}}
        asked = frames(await it.http.post(f"/v1/threads/{thread}/messages", json=button))
        assert [f.event for f in asked[-2:]] == ["interrupt", "done"]
        view = (await it.http.get(f"/v1/threads/{thread}")).json()
        assert view["interrupt"]["kind"] == "publish" and not view["unfinished"]
        body = {"interrupt_id": view["interrupt"]["id"], "answer": {"confirm": False}}
        told = frames(await it.http.post(f"/v1/threads/{thread}/resume", json=body))
        assert told[-1].event == "done"
        assert (await it.http.get(f"/v1/listings/{listing['listing_id']}")).json()[
            "published"
        ] is None
        text = {"title": listing["title"], "description": listing["description"]}
        await it.http.post(f"/v1/threads/{thread}/messages", json=button)
        assert (await publish(it, listing["listing_id"], **text)).status_code == 200


async def test_the_record_of_a_run(opened: Runtime) -> None:
    async with served(opened) as it:
        _, listing = await drafted(it)
        path = f"/v1/traces/{listing['trace_id']}"
        lines = await it.http.get(path)
        assert lines.headers["content-type"] == "application/x-ndjson"
        assert b"resourceSpans" in lines.content
        page = await it.http.get(f"{path}/audit")
        assert page.headers["content-type"].startswith("text/html") and "Red mug" in page.text
        steps = (await it.http.get(f"{path}/steps")).json()
        assert steps["complete"] and steps["replayable"]
        by_name = {step["name"]: step for step in steps["steps"]}
        write = by_name["node write_draft"]
        assert write["parent"] == by_name["invoke_workflow listing"]["span_id"]
        assert write["duration_ms"] >= 0 and write["output"]["title"] == "Red mug"
        same = await it.http.post(f"{path}/replay", json={})
        assert same.status_code == 200, same.text
        assert same.json()["diverged"] is False
        other = await it.http.post(f"{path}/replay", json={"set": ['seller="blue"']})
        assert other.json()["diverged"] and other.json()["first_divergence"]
        live = await it.http.post(f"{path}/replay", json={"live": ["all"]})
        assert live.json()["document"]["title"] == "Red mug"
        for body in (
            {"set": ["prompt.describe={#x#}{{ 7 * 7 }}"]},
            {"set": ["check_photos.photos.0.sha256=" + "a" * 64]},
            {"set": ["nonsense"]},
            {"live": ["nothing"]},
        ):
            refused = await it.http.post(f"{path}/replay", json=body)
            assert refused.status_code == 422, body
            assert str(opened.settings.home) not in refused.text
        for reading in ("", "/audit", "/steps"):
            assert (await it.other.get(path + reading)).status_code == 404
        assert (await it.other.post(f"{path}/replay", json={})).status_code == 404
        assert (await it.http.get(f"/v1/traces/{listing['trace_id'][:8]}")).status_code == 404


async def test_deleting_deletes_the_record(opened: Runtime) -> None:
    async with served(opened) as it:
        thread, listing = await drafted(it)
        assert list(opened.settings.traces.rglob("*.jsonl"))
        assert (await it.http.delete(f"/v1/threads/{thread}")).status_code == 204
        assert (await it.http.get(f"/v1/listings/{listing['listing_id']}")).status_code == 404
        assert not list(opened.settings.traces.rglob("*.jsonl"))
    registry = Registry(opened.settings.home_folder / REGISTRY)
    assert registry.threads("x", 10) == []
    registry.close()
