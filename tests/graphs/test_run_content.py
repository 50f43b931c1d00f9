"""What a real run leaves behind: no contact data anywhere, and no content where none is wanted."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval_traces import Trace, names, open_trace, read_trace, render_tree
from graphs.listing import ListingContext, ListingRequest, build_listing_graph, draft_listing
from listing import ListingDocument, Photo
from listing.errors import BadInputError
from tests.eval_traces.otlp_receiver import Received, receiver
from tests.graphs.conftest import Script, mug_listing

GRAPH = build_listing_graph()
Take = Callable[..., Photo]
WithIndex = Callable[..., ListingContext]
CONTACTS = ("0170 1234567", "anna.schmidt@example.com", "wa.me/491701234567")
SELLER = f"It is a Velo Nord. Call {CONTACTS[0]} or mail {CONTACTS[1]}, https://{CONTACTS[2]}"
REFERENCE = "Velo Nord mug, 300 ml, heliotrope rim, call 0151 7654321"
TRACES = "recorded"


@pytest.fixture
def received(monkeypatch: pytest.MonkeyPatch) -> Iterator[Received]:
    with receiver() as found:
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.url)
        yield found


@pytest.fixture
def run(
    received: Received, with_index: WithIndex, take: Take, script: Script, tmp_path: Path
) -> Callable[..., Any]:
    """Draft from a seller who tells how to reach him; gives the document and the crash file."""
    script.reading(Nord={"brand": "Velo", "model": "Nord", "capacity": "300 ml"})
    partial: list[bytes] = []

    def answer(messages: object, kwargs: object) -> str:
        (path,) = (tmp_path / TRACES).glob("*/*.partial")
        partial.append(path.read_bytes())
        return "Velo Nord mug\n\nHeliotrope red Velo Nord mug."

    script.answers["Write a second-hand listing"] = answer

    async def draft(capture: bool | None = None) -> tuple[ListingDocument, bytes]:
        context = with_index(("red", mug_listing("m1", REFERENCE)))
        tracer = open_trace(tmp_path / TRACES, capture=capture)
        request = ListingRequest(photos=(take(),), seller=SELLER)
        document = await draft_listing(replace(context, tracer=tracer), request, GRAPH)
        tracer.close()
        return document, partial[0]

    return draft


def only_file(tmp_path: Path) -> Path:
    (path,) = (tmp_path / TRACES).glob("*/*")
    return path


async def test_contact_data_is_masked_in_file_crash_file_and_export(
    run: Callable[..., Any], received: Received, tmp_path: Path
) -> None:
    document, partial = await run()
    written = only_file(tmp_path).read_bytes()
    for record in (written, partial, received.raw):
        text = record.decode(errors="replace")
        assert "It is a Velo Nord" in text
        for contact in (*CONTACTS, "0151 7654321", "anna", "1701234567", "7654321"):
            assert contact not in text
    assert len(received.spans) == len(read_trace(only_file(tmp_path)).spans)
    assert document.trace_id in str(only_file(tmp_path))


def told(trace: Trace) -> set[str]:
    return {key for span in trace.spans for key in span.attributes}


async def test_content_that_is_not_wanted_is_nowhere_and_the_rest_stays(
    run: Callable[..., Any],
    received: Received,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "false")
    document, partial = await run()
    path = only_file(tmp_path)
    for record in (path.read_bytes(), partial, received.raw):
        text = record.decode(errors="replace")
        for words in ("Velo", "Nord", "300 ml", "eliotrope", "Red mug", "Call", "Write a second"):
            assert words not in text
    trace = read_trace(path)
    assert trace.root.attributes[names.CONTENT_CAPTURED] is False and not trace.content_captured
    assert not told(trace) & names.CONTENT
    assert trace.complete and trace.warnings == ()
    root = trace.root.attributes
    assert (root[names.STATUS], root[names.MODE]) == (document.status, document.mode)
    assert trace.thread_id == document.thread_id and names.TRACE_SCHEMA in root
    settings = trace.root.json(names.SETTINGS)
    assert settings["limits"]["top_k"] == 8
    (search,) = trace.retrievals()
    (found,) = search.output
    assert found["id"] == "m1" and found["score"] > 0.9 and set(found) <= {"id", "score", "match"}
    described = [c for c in trace.chats() if c.text(names.PROMPT_NAME) == "describe"]
    assert described[0].attributes[names.RESPONSE_CHUNKS]
    assert described[0].attributes[names.OUTPUT_TOKENS]
    assert described[0].text(names.PROMPT_VERSION)
    assert {n.label for n in trace.nodes()} >= {"choose_mode", "write_draft", "audit_draft"}
    routes = {n.label: n.route for n in trace.nodes()}
    assert routes["choose_mode"] == document.mode
    assert "claim_precision" in {e.name for e in trace.evaluations}
    assert trace.document() is None
    with pytest.raises(BadInputError, match=r"recorded without content, so it cannot be replayed"):
        trace.require("replayed")
    trace.require("timed", content=False)
    assert "recorded without content" in str(render_tree(trace).label)


@pytest.mark.parametrize(
    ("value", "recorded"),
    [
        ("", True), ("true", True), ("True", True), ("SPAN_ONLY", True), ("span_and_event", True),
        ("false", False), ("NO_CONTENT", False), ("EVENT_ONLY", False), ("yes please", False),
    ],
)  # fmt: skip
def test_the_variable_is_read_as_the_conventions_have_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    value: str,
    recorded: bool,
) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", value)
    with open_trace(tmp_path).run("listing", input={"seller": "a mug"}) as run:
        pass
    assert run.path is not None
    trace = read_trace(run.path)
    assert trace.content_captured is recorded
    assert ("mug" in json.dumps(dict(trace.root.attributes))) is recorded
    assert ("no known value" in caplog.text) is (value == "yes please")


def test_an_error_without_content_tells_its_kind_alone(tmp_path: Path) -> None:
    tracer = open_trace(tmp_path, capture=False)
    with pytest.raises(ValueError), tracer.run("listing") as run, tracer.tool("read", "my mug"):
        raise ValueError("cannot read 'my mug'")
    assert run.path is not None and "my mug" not in run.path.read_text()
    assert read_trace(run.path).tool_calls()[0].message == "ValueError"
