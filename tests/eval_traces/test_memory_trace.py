"""Runs kept in memory are the runs that a file would hold; spans know where they hang."""

from pathlib import Path

import pytest

from eval_traces import NodeSpan, RunTracer, Span, names, open_memory_trace, open_trace, read_trace
from eval_traces.writing.files import TraceFiles
from eval_traces.writing.memory import TraceMemory
from listing.errors import NotFoundError
from tools.safety import redact_contacts


def run(tracer: RunTracer) -> str:
    with tracer.run(
        "listing",
        thread_id="t",
        input={"seller": "mail anna@example.com"},
        settings={"limits": {"top_k": 8}, "model": "m"},
        attributes={names.REPLAY_PARENT: "a" * 32, names.REPLAY_LIVE: ["write_draft"]},
    ) as root:
        with tracer.node("look", attempt=2) as node, tracer.tool("look", {"x": 1.5}) as tool:
            tool.result(["é", None])
            node.route("write", "why")
        with pytest.raises(OSError), tracer.tool("broken"):
            raise OSError("no disk")
        left = tracer.tool("left open")
        left.__enter__()
        root.evaluation("precision", score=0.5)
        root.set_output({"status": "drafted"})
    return root.trace_id


def test_memory_and_file_hold_the_same(tmp_path: Path) -> None:
    memory = TraceMemory()
    both = RunTracer([TraceFiles(tmp_path), memory], redact_contacts)
    trace_id = run(both)
    kept = both.take(trace_id)
    (path,) = tmp_path.glob("*/*")
    read = read_trace(path)

    def facts(span: Span) -> list[object]:
        known = [span.span_id, span.parent_id, span.name, span.kind, span.start, span.end]
        return [*known, span.attributes, span.failed, span.message]

    assert [facts(s) for s in kept.spans] == [facts(s) for s in read.spans]
    assert kept.evaluations == read.evaluations and len(kept.evaluations) == 1
    assert (kept.trace_id, kept.complete, kept.warnings) == (read.trace_id, True, ())
    assert kept.schema == read.schema == names.SCHEMA


def test_a_run_in_memory_is_taken_once_and_leaves_no_file(tmp_path: Path) -> None:
    tracer = open_memory_trace()
    trace_id = run(tracer)
    assert tracer.folder is None
    with tracer.run("other") as going_on, pytest.raises(NotFoundError):
        tracer.take(going_on.trace_id)
    assert tracer.take(trace_id).root.status == "ok"
    with pytest.raises(NotFoundError):
        tracer.take(trace_id)
    with pytest.raises(NotFoundError, match="keeps no runs in memory"):
        open_trace(tmp_path).take(trace_id)


def test_a_memory_trace_neither_exports_nor_drops_content(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "false")
    tracer = open_memory_trace()
    trace = tracer.take(run(tracer))
    assert trace.content_captured and trace.root.input == {"seller": "mail [email]"}
    tracer.close()


def test_the_root_tells_schema_settings_and_what_the_caller_adds() -> None:
    tracer = open_memory_trace()
    root = tracer.take(run(tracer)).root
    assert root.attributes[names.TRACE_SCHEMA] == "vouch.trace/1"
    assert root.json(names.SETTINGS) == {"limits": {"top_k": 8}, "model": "m"}
    assert root.attributes[names.REPLAY_PARENT] == "a" * 32
    assert root.attributes[names.REPLAY_LIVE] == ["write_draft"]
    assert names.CONTENT_CAPTURED not in root.attributes


def test_a_span_knows_what_it_is_and_where_it_hangs() -> None:
    tracer = open_memory_trace()
    with tracer.run("listing") as root, tracer.node("write_draft") as node:
        with tracer.tool("look"), tracer.retrieval("market", top_k=1) as inner:
            assert tracer.current is inner
            assert (inner.kind, inner.label) == ("retrieval", "market")
            here = tracer.current
            while here is not None and not isinstance(here, NodeSpan):
                here = here.parent
            assert here is node and (node.kind, node.label) == ("node", "write_draft")
        chat = tracer.start_chat("qwen", {})
        assert (chat.kind, chat.label, chat.parent) == ("chat", "qwen", node)
        tracer.end_chat(chat)
        assert node.parent is root and root.parent is None and root.kind == "workflow"
    with tracer.tool("outside") as silent:
        assert (silent.parent, silent.label, silent.span_id) == (None, "outside", "")


def test_a_run_begun_below_a_span_that_has_ended_is_a_run_of_its_own() -> None:
    tracer = open_memory_trace()
    first = run(tracer)  # leaves a tool open, so the context still points into it
    second = run(tracer)
    assert first != second
    assert tracer.take(second).root.parent_id is None
