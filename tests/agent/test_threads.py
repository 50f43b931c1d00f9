"""Where threads are kept: SQLite and Postgres, under one suite of conformance."""

import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from agent.runtime import open_runtime
from agent.settings import load_settings
from agent.threads import open_threads
from graphs.assistant import Turn, forget_thread, read_thread, stream_turn
from listing.errors import SettingsError
from models.scripted import ScriptedChatModel
from tests.graphs.conftest import ColourEmbedder, Script, jpeg
from tools.photos import read_photo


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that lives as long as these tests, on a socket of its own."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found or os.getuid() != 0 or not shutil.which("runuser"):
        pytest.skip("no Postgres here that could be started as the user postgres")
    try:
        owner = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("there is no user postgres")
    folder = Path("/tmp") / f"vouch-pg-{os.getpid()}"
    folder.mkdir(mode=0o700)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    programs, data = found[-1].parent, folder / "data"

    def run(*command: str | Path) -> None:
        words = ["runuser", "-u", "postgres", "--", *map(str, command)]
        done = subprocess.run(words, capture_output=True, text=True, cwd="/tmp")
        assert done.returncode == 0, done.stdout + done.stderr

    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    try:
        run(programs / "initdb", "-D", data, "-A", "trust", "--no-sync")
        run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        yield f"postgresql:///postgres?host={folder}&user=postgres"
    finally:
        if (data / "postmaster.pid").exists():
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder)


def address(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    if name == "sqlite":
        return tmp_path / "threads.sqlite"
    return str(request.getfixturevalue("postgres"))


@pytest.mark.parametrize("name", ["sqlite", "postgres"])
async def test_a_talk_lasts_and_keeps_one_checkpoint(
    name: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    home: Path,
    script: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = address(name, request, tmp_path)
    if name == "postgres":
        monkeypatch.setenv("VOUCH_THREADS", str(place))
    model = ScriptedChatModel(responses=script)
    with open_runtime(load_settings(), model=model, embedder=ColourEmbedder()) as runtime:
        photo = runtime.context.store.put(read_photo(jpeg("red"), "red.jpg"))
        async with runtime.assistant() as (context, graph):
            turn = Turn(photos=(photo,))
            events = [e async for e in stream_turn(context, graph, "t1", turn)]
            assert events[-1]["document"]["status"] == "drafted"
        async with runtime.assistant() as (_, graph):
            view = await read_thread(graph, "t1")
            assert view is not None and view.listing is not None
            assert view.listing.title == "Red mug"
            saver: Any = graph.checkpointer
            assert len([c async for c in saver.alist(None)]) == 1
            await forget_thread(graph, "t1")
            assert [c async for c in saver.alist(None)] == []
    assert (home / "threads.sqlite").exists() == (name == "sqlite")


@pytest.mark.parametrize("name", ["sqlite", "postgres"])
async def test_savers_keep_what_langgraph_asks_of_them(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    place = address(name, request, tmp_path)

    @checkpointer_test(name=name)
    async def saver() -> AsyncIterator[Any]:
        async with open_threads(place) as opened:
            opened.serde = JsonPlusSerializer()  # the suite stores types of its own
            yield opened

    report = await validate(saver)
    assert report.passed_all_base(), report.to_dict()
    prune = report.to_dict()["results"]["prune"]
    assert prune["passed"], prune


async def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    async with open_threads(tmp_path / "threads.sqlite"):
        pass
    assert stat.S_IMODE((tmp_path / "threads.sqlite").stat().st_mode) == 0o600


async def test_a_database_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.threads.TIMEOUT_S", 0.5)
    with pytest.raises(SettingsError, match="VOUCH_THREADS") as caught:
        async with open_threads("postgresql://me:secret@127.0.0.1:1/x"):
            pass
    assert "secret" not in str(caught.value)


async def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "threads.sqlite").write_bytes(b"x" * 5000)
    with pytest.raises(SettingsError, match="move the file away"):
        async with open_threads(tmp_path / "threads.sqlite"):
            pass


def test_the_address_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOUCH_THREADS", "postgresql://me:secret@db/x")
    settings = load_settings()
    assert settings.shown("threads") == "(set)"
    assert settings.threads_place == "postgresql://me:secret@db/x"
