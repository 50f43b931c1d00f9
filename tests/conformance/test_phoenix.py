"""A recorded run opens in Phoenix: its own converter reads every span, kind and message.

Phoenix runs in an environment of its own, see `environments`; one test starts its server.
"""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_socket

from eval_traces import read_trace
from tests.conformance.environments import environment
from tests.conformance.otlp_protobuf import spans_of
from tests.conformance.recorded_runs import FAILED, REFERENCE, TITLE
from tests.conformance.servers import free_port, server

pytestmark = pytest.mark.heavy
READER = Path(__file__).with_name("read_with_phoenix.py")


@pytest.fixture(scope="module")
def phoenix() -> Path:
    return environment("phoenix")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("phoenix")


Spans = list[dict[str, Any]]


def opened(phoenix: Path, file: Path, folder: Path) -> Spans:
    """What Phoenix makes of the file's spans."""
    request = folder / f"{file.name}.pb"
    request.write_bytes(spans_of(file).SerializeToString())
    quiet = {**os.environ, "PHOENIX_WORKING_DIR": str(folder)}
    made = subprocess.run(
        (phoenix / "python", READER, request), capture_output=True, text=True, env=quiet
    )
    assert made.returncode == 0, made.stderr[-2000:]
    found: Spans = json.loads(made.stdout)
    return found


@pytest.fixture(scope="module")
def reference(phoenix: Path, recorded: dict[str, Path], folder: Path) -> Spans:
    return opened(phoenix, recorded[REFERENCE], folder)


def test_phoenix_reads_every_span_with_its_place_and_kind(
    reference: Spans, recorded: dict[str, Path]
) -> None:
    ours = {s.span_id: s for s in read_trace(recorded[REFERENCE]).spans}
    theirs = {s["id"]: s for s in reference}
    assert theirs.keys() == ours.keys()
    for key, span in theirs.items():
        assert (span["name"], span["parent"]) == (ours[key].name, ours[key].parent_id)
        assert span["kind"] == ours[key].attributes["openinference.span.kind"]
        assert span["seconds"] == pytest.approx(ours[key].duration_s, abs=2e-6)
    assert {s["kind"] for s in theirs.values()} == {
        "CHAIN",
        "TOOL",
        "LLM",
        "RETRIEVER",
        "EMBEDDING",
    }


def test_phoenix_shows_the_words_of_a_model_call_and_the_photo_by_hash(
    reference: Spans,
) -> None:
    (draft,) = [
        s["attributes"]["llm"]
        for s in reference
        if TITLE in str(s["attributes"].get("llm", {}).get("output_messages", ""))
    ]
    (answer,) = draft["output_messages"]
    assert answer["message"]["role"] == "assistant"
    assert answer["message"]["content"].startswith(TITLE)
    (asked,) = draft["input_messages"]
    kinds = [c["message_content"]["type"] for c in asked["message"]["contents"]]
    assert kinds == ["image", "text"]
    image = asked["message"]["contents"][0]["message_content"]["image"]["image"]["url"]
    assert image.startswith("sha256:")
    assert draft["token_count"]["completion"] > 0


def test_phoenix_shows_tools_and_retrieved_documents(reference: Spans) -> None:
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for span in reference:
        by_kind.setdefault(span["kind"], []).append(span["attributes"])
    assert "search_similar" in [a["tool"]["name"] for a in by_kind["TOOL"]]
    assert all(isinstance(json.loads(a["output"]["value"]), list | dict) for a in by_kind["TOOL"])
    (found,) = by_kind["RETRIEVER"]
    assert found["retrieval"]["documents"][0]["document"]["id"] == "m1"
    root = next(s for s in reference if s["parent"] is None)
    assert json.loads(root["attributes"]["output"]["value"])["title"] == TITLE
    assert root["attributes"]["session"]["id"]


def test_phoenix_shows_failures(phoenix: Path, recorded: dict[str, Path], folder: Path) -> None:
    failed = opened(phoenix, recorded[FAILED], folder)
    assert sorted(s["kind"] for s in failed if s["status"] == "ERROR") == ["CHAIN", "LLM", "TOOL"]


@pytest.fixture
def address(phoenix: Path, folder: Path) -> Iterator[str]:
    """The address of a Phoenix server with an empty database."""
    pytest_socket.enable_socket()
    port = free_port()
    settings = {
        "PHOENIX_PORT": str(port),
        "PHOENIX_GRPC_PORT": str(free_port()),
        "PHOENIX_HOST": "127.0.0.1",
        "PHOENIX_WORKING_DIR": str(folder),
        "PHOENIX_TELEMETRY_ENABLED": "false",
        "PHOENIX_ALLOW_EXTERNAL_RESOURCES": "false",
    }
    command, home = (phoenix / "phoenix", "serve"), f"http://127.0.0.1:{port}"
    with server(command, f"{home}/healthz", folder / "server.log", env=settings, cwd=folder):
        yield home


def test_a_running_phoenix_takes_the_run_and_lists_its_spans(
    address: str, recorded: dict[str, Path]
) -> None:
    ours = read_trace(recorded[REFERENCE])
    body, kind = spans_of(recorded[REFERENCE]).SerializeToString(), "application/x-protobuf"
    post = urllib.request.Request(f"{address}/v1/traces", body, {"Content-Type": kind})
    with urllib.request.urlopen(post, timeout=30) as answer:
        assert answer.status == 200
    listed: Spans = []
    for _ in range(600):  # it writes them some time after it answered
        listed = spans_listed(address)
        if len(listed) >= len(ours.spans):
            break
    assert {s["context"]["span_id"] for s in listed} == {s.span_id for s in ours.spans}
    assert {s["context"]["trace_id"] for s in listed} == {ours.trace_id}


def spans_listed(address: str) -> Spans:
    """The spans of Phoenix's default project; none before it has one."""
    try:
        with urllib.request.urlopen(f"{address}/v1/projects/default/spans?limit=100") as answer:
            found: Spans = json.load(answer)["data"]
            return found
    except urllib.error.HTTPError as error:
        assert error.code == 404, error
        return []
