"""Whose is what: keys, ids, and that another key's things are not there."""

import httpx
import pytest

from agent.http.auth import Keys, is_loopback, owner_of
from agent.http.registry import Registry
from agent.settings import load_settings
from listing.errors import SettingsError
from tests.agent.http.conftest import KEY, ScriptedTurns, Serve, document, frames, photo

SHA = "a" * 64


async def test_a_call_without_a_known_key(serve: Serve) -> None:
    async with serve() as it, httpx.AsyncClient(base_url=it.address) as nobody:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {KEY}"}):
            answer = await nobody.get("/v1/threads", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.headers["content-type"] == "application/problem+json"
        assert (await nobody.get("/metrics")).status_code == 401
        assert (await nobody.get("/livez")).status_code == 200
        assert (await nobody.get("/openapi.json")).status_code == 200


async def test_another_keys_things_are_not_there(serve: Serve, source: ScriptedTurns) -> None:
    async with serve() as it:
        drafted = await it.http.post("/v1/listings", files={"photos": ("a.png", photo())})
        thread = drafted.headers["vouch-thread"]
        sha = source.turns[0].photos[0].sha256
        listing = f"l-{thread}"
        assert frames(drafted)[-1].event == "done"
        reads = [
            f"/v1/threads/{thread}", f"/v1/threads/{thread}/events", f"/v1/listings/{listing}",
            f"/v1/listings/{listing}/text", f"/v1/photos/{sha}",
        ]  # fmt: skip
        for path in reads:
            assert (await it.http.get(path)).status_code == 200, path
            assert (await it.other.get(path)).status_code == 404, path
        writes = ["messages", "resume", "undo", "stop"]
        body = {"text": "x", "interrupt_id": "i", "answer": {}}
        for name in writes:
            one = body if name == "resume" else {"text": "x"}
            if name == "resume":
                one = {"interrupt_id": "i", "answer": {}}
            answer = await it.other.post(f"/v1/threads/{thread}/{name}", json=one)
            assert answer.status_code == 404, name
        publish = {"title": "t", "description": "d"}
        path = f"/v1/listings/{listing}/publish"
        assert (await it.other.post(path, json=publish)).status_code == 404
        assert (await it.other.delete(f"/v1/threads/{thread}")).status_code == 404
        form = {"thread_id": thread}
        given = await it.other.post("/v1/listings", data=form, files={"photos": photo()})
        assert given.status_code == 404
        assert (await it.other.get("/v1/threads")).json() == {"threads": []}
        assert len((await it.http.get("/v1/threads")).json()["threads"]) == 1


async def test_ids_are_the_servers(serve: Serve, source: ScriptedTurns) -> None:
    async with serve() as it:
        form = {"thread_id": "mine"}
        files = {"photos": ("a.png", photo())}
        assert (await it.http.post("/v1/listings", data=form, files=files)).status_code == 404
        assert (await it.say("mine", "hello")).status_code == 404
        assert source.begun == []
        own = await it.thread()
        assert len(own) == 32
        drafted = await it.http.post("/v1/listings", data={"thread_id": own}, files=files)
        assert drafted.headers["vouch-thread"] == own


async def test_deleting_a_thread(serve: Serve, source: ScriptedTurns) -> None:
    source.plays["draft_listing"] = ["never"]
    async with serve() as it:
        drafting = it.http.stream(
            "POST", "/v1/listings", files={"photos": ("a.png", photo("teal"))}
        )
        async with drafting as stream:
            thread = stream.headers["vouch-thread"]
            sha = source.turns[0].photos[0].sha256
            store = it.app.state.service.runtime.context.store
            assert sha in store
            assert (await it.http.delete(f"/v1/threads/{thread}")).status_code == 204
        assert source.ended == ["draft_listing: stopped"]
        assert source.forgotten == [thread]
        assert sha not in store
        assert (await it.http.get(f"/v1/threads/{thread}")).status_code == 404
        assert (await it.http.get(f"/v1/photos/{sha}")).status_code == 404


async def test_owners_survive_a_restart(serve: Serve) -> None:
    async with serve() as it:
        thread = await it.thread()
        await it.say(thread, "hello")
    async with serve() as it:
        assert (await it.http.get(f"/v1/threads/{thread}")).status_code == 200
        assert (await it.other.get(f"/v1/threads/{thread}")).status_code == 404
        assert (await it.http.get(f"/v1/listings/l-{thread}")).json()["title"] == "Red mug"


async def test_without_keys_only_this_machines_pages_may_call(serve: Serve) -> None:
    async with serve(api_keys="", cors_origins="https://shop.example") as it:
        http = httpx.AsyncClient(base_url=it.address)
        async with http:
            assert (await http.get("/v1/threads")).status_code == 200
            rebound = await http.get("/v1/threads", headers={"Host": "evil.example"})
            assert rebound.status_code == 403
            foreign = await http.post("/v1/threads", headers={"Origin": "https://evil.example"})
            assert foreign.status_code == 403
            null = await http.post("/v1/threads", headers={"Origin": "null"})
            assert null.status_code == 403
            shop = await http.post("/v1/threads", headers={"Origin": "https://shop.example"})
            assert shop.status_code == 201
            assert shop.headers["access-control-allow-origin"] == "https://shop.example"


def test_keys() -> None:
    keys = Keys([KEY])
    assert keys.owner(f"Bearer {KEY}") == keys.owner(f"bearer  {KEY} ") == owner_of(KEY)
    assert keys.owner(f"Bearer {KEY}x") is None and keys.owner(None) is None
    assert keys.owner("Bearer \udcff") is None
    assert Keys([]).owner(None) == "local"
    with pytest.raises(SettingsError, match="key 2 must have at least"):
        Keys([KEY, "short"])
    assert [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.1")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_keys_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_API_KEYS", f"{KEY}, {KEY}2")
    settings = load_settings()
    assert settings.keys == (KEY, f"{KEY}2")
    assert settings.shown("api_keys") == "(2 set)"
    assert KEY not in repr(settings)
    monkeypatch.setenv("VOUCH_MAX_RUNNING", "0")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert KEY not in str(caught.value)


def test_the_registry_forgets_what_only_a_thread_had(tmp_path: object) -> None:
    registry = Registry(tmp_path / "owners.sqlite")  # type: ignore[operator]
    one, two = registry.new_thread("a"), registry.new_thread("a")
    registry.keep_photos(one, [SHA, "b" * 64], uploaded=True)
    registry.keep_photos(two, [SHA], uploaded=False)
    registry.keep_trace(one, "c" * 32)
    registry.keep_listing(one, document(one))
    assert registry.forget("b", one) is None
    gone = registry.forget("a", one)
    assert gone is not None and gone.traces == ("c" * 32,) and gone.photos == ("b" * 64,)
    assert not registry.owns_trace("a", "c" * 32)
    assert registry.listing("a", f"l-{one}") is None
    assert registry.owns_photo("a", SHA)
    # It was uploaded first by the thread that is gone, so it goes with the last that has it.
    gone = registry.forget("a", two)
    assert gone is not None and gone.photos == (SHA,)
    registry.close()


def test_a_file_that_is_no_registry(tmp_path: object) -> None:
    file = tmp_path / "owners.sqlite"  # type: ignore[operator]
    file.write_text("only words " * 500)
    with pytest.raises(SettingsError, match="owners cannot be kept there"):
        Registry(file)
