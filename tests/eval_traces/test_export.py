"""The same spans go to an OTLP endpoint; one that is down costs the run and its file nothing."""

import logging
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from eval_traces import RunTracer, open_trace, read_trace
from eval_traces.otlp import Attribute
from listing.errors import SettingsError
from tests.eval_traces.otlp_receiver import Received, receiver
from tests.eval_traces.recorded import only_trace


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def run(tracer: RunTracer) -> None:
    with tracer.run("listing", thread_id="t", input={"seller": "mail anna@example.com"}) as run:
        with tracer.node("look") as node, tracer.tool("look", {"x": 1.5}) as tool:
            tool.result(["é", 2])
            tool.set("numbers", [1, 2])
            node.route("write", "why")
        with pytest.raises(OSError), tracer.tool("broken"):
            raise OSError("no disk")
        run.evaluation("precision", score=0.5, label="half", explanation="one of two")
        run.set_output({"status": "drafted", "title": "Mug"})
    tracer.close()


def told(value: Any) -> Attribute:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        items = [told(v) for v in value.array_value.values]
        return [v for v in items if v is not None and not isinstance(v, list)]
    found: Attribute = getattr(value, kind)
    return found


def test_the_endpoint_gets_what_the_file_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Bearer%20s3cret")
        run(open_trace(tmp_path, version="1.2"))
    trace = only_trace(tmp_path)
    sent = {s.span_id.hex(): s for s in received.spans}
    assert len(sent) == len(received.spans) == len(trace.spans) == 4
    for span in trace.spans:
        other = sent[span.span_id]
        assert (other.trace_id.hex(), other.name) == (trace.trace_id, span.name)
        assert (other.parent_span_id.hex() or None) == span.parent_id
        assert (other.start_time_unix_nano, other.end_time_unix_nano) == (span.start, span.end)
        assert {a.key: told(a.value) for a in other.attributes} == span.attributes
        assert (other.status.code == 2, other.status.message) == (span.failed, span.message)
    (record,) = received.records
    (judged,) = trace.evaluations
    assert record.event_name == "gen_ai.evaluation.result"
    assert (record.trace_id.hex(), record.span_id.hex()) == (trace.trace_id, judged.span_id)
    attributes = {a.key: told(a.value) for a in record.attributes}
    assert attributes["gen_ai.evaluation.score.value"] == 0.5
    assert {h["authorization"] for h in received.headers} == {"Bearer s3cret"}
    (resource,) = received.resources
    assert {a.key: told(a.value) for a in resource.attributes} == {
        "service.name": "vouch",
        "service.version": "1.2",
    }
    assert b"anna" not in received.raw and b"Mug" in received.raw


def test_the_traces_endpoint_alone_gets_no_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{received.url}/v1/traces")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "gzip")
        run(open_trace(tmp_path))
    assert len(received.spans) == 4 and received.records == []


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def check_run_is_unharmed(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    tracer = open_trace(folder)
    started = time.monotonic()
    with caplog.at_level(logging.WARNING):
        run(tracer)
    assert time.monotonic() - started < 5
    assert only_trace(folder).complete and len(only_trace(folder).spans) == 4
    assert [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert not any(r.exc_info for r in caplog.records)


def test_an_endpoint_that_is_down_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{free_port()}")
    check_run_is_unharmed(tmp_path, caplog)


def test_an_endpoint_that_refuses_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with receiver(status=400) as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        check_run_is_unharmed(tmp_path, caplog)


def test_without_the_exporter_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with caplog.at_level(logging.WARNING):
        run(open_trace(tmp_path))
    (record,) = caplog.records
    assert "pip install 'vouch[otlp]'" in record.message
    assert read_trace(next(tmp_path.glob("*/*"))).complete


def test_without_an_endpoint_nothing_is_sent(tmp_path: Path) -> None:
    before = threading.active_count()
    tracer = open_trace(tmp_path)
    assert threading.active_count() == before
    run(tracer)


def test_spans_are_queued_while_the_run_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that lasts sends what has ended; nothing waits for the network."""
    with receiver() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
        tracer = open_trace(tmp_path)
        with tracer.run("listing"):
            with tracer.node("first"):
                pass
            _until_received(received, 1)
            assert [s.name for s in received.spans] == ["node first"]
        tracer.close()
    assert len(received.spans) == 2


def _until_received(received: Received, count: int) -> None:
    deadline = time.monotonic() + 5
    while len(received.spans) < count and time.monotonic() < deadline:
        time.sleep(0.005)


def test_a_queue_that_cannot_be_is_a_setting_that_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "-1")
    with pytest.raises(SettingsError, match="OTEL_BSP"):
        open_trace(None)
