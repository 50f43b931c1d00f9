"""A trace file is OTLP JSON by the protocol's own schema, and OpenInference by its vocabulary."""

from pathlib import Path

import pytest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from eval_traces import read_trace
from eval_traces.otlp import Event, event_line
from tests.conformance.otlp_protobuf import logs_of, spans_of
from tests.conformance.recorded_runs import FAILED, REFERENCE, REFUSED

OPENINFERENCE_KINDS = {
    "LLM", "EMBEDDING", "CHAIN", "RETRIEVER", "RERANKER", "TOOL", "AGENT", "GUARDRAIL",
    "EVALUATOR", "PROMPT", "UNKNOWN",
}  # fmt: skip
OPERATIONS = {
    "chat", "generate_content", "text_completion", "embeddings", "retrieval", "create_agent",
    "invoke_agent", "execute_tool", "invoke_workflow",
}  # fmt: skip
OPERATION_OF_KIND = {
    "LLM": "chat",
    "TOOL": "execute_tool",
    "EMBEDDING": "embeddings",
    "RETRIEVER": "retrieval",
}
REQUIRED = {
    "chat": {"gen_ai.provider.name", "gen_ai.request.model"},
    "execute_tool": {"gen_ai.tool.name"},
    "embeddings": {"gen_ai.request.model"},
    "invoke_workflow": {"gen_ai.workflow.name"},
}
"""What the conventions require of each operation, or recommend where it is known."""


@pytest.fixture(params=[REFERENCE, REFUSED, FAILED])
def file(request: pytest.FixtureRequest, recorded: dict[str, Path]) -> Path:
    return recorded[request.param]


def _attributes(pairs: list[KeyValue]) -> dict[str, str]:
    return {p.key: p.value.string_value for p in pairs}


def _spans(file: Path) -> list[Span]:
    request = spans_of(file)
    return [s for r in request.resource_spans for g in r.scope_spans for s in g.spans]


def test_every_span_is_whole_by_the_official_protobuf_schema(file: Path) -> None:
    spans = _spans(file)
    assert len(spans) == len(read_trace(file).spans)
    known = {s.span_id for s in spans}
    assert len(known) == len(spans)
    (root,) = [s for s in spans if not s.parent_span_id]
    for span in spans:
        assert span.trace_id == root.trace_id and len(span.trace_id) == 16
        assert len(span.span_id) == 8
        assert span is root or span.parent_span_id in known
        assert span.name and span.kind == Span.SPAN_KIND_INTERNAL
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
        keys = [p.key for p in span.attributes]
        assert len(keys) == len(set(keys)) and "" not in keys


def test_a_resource_names_the_service_and_a_scope_the_writer(file: Path) -> None:
    for resource in spans_of(file).resource_spans:
        assert _attributes(list(resource.resource.attributes))["service.name"] == "vouch"
        assert {g.scope.name for g in resource.scope_spans} == {"vouch.eval_traces"}


def test_kinds_and_operations_are_those_that_readers_know(file: Path) -> None:
    for span in _spans(file):
        told = _attributes(list(span.attributes))
        kind, operation = told["openinference.span.kind"], told.get("gen_ai.operation.name")
        assert kind in OPENINFERENCE_KINDS
        assert operation is None or operation in OPERATIONS
        assert OPERATION_OF_KIND.get(kind, operation) == operation
        if operation is not None:
            assert REQUIRED.get(operation, set()) <= told.keys(), span.name
            assert span.name.startswith(f"{operation} ")


def test_failures_carry_the_status_and_the_type_of_the_error(recorded: dict[str, Path]) -> None:
    failed = [s for s in _spans(recorded[FAILED]) if s.status.code == Status.STATUS_CODE_ERROR]
    assert len(failed) == 3, "the node, its tool and the chat"
    for span in failed:
        assert _attributes(list(span.attributes))["error.type"] == "ConnectionError"
        assert "the model is gone" in span.status.message


def test_an_evaluation_is_a_log_record_of_the_official_schema(tmp_path: Path) -> None:
    told = {"gen_ai.evaluation.name": "kept", "gen_ai.evaluation.score.value": 0.5}
    event = Event("gen_ai.evaluation.result", "ab" * 16, "cd" * 8, 1_700_000_000_000_000_000, told)
    file = tmp_path / "event.otlp.jsonl"
    file.write_text(event_line(event) + "\n", encoding="utf-8")
    (resource,) = logs_of(file).resource_logs
    (record,) = resource.scope_logs[0].log_records
    assert record.event_name == "gen_ai.evaluation.result"
    assert (record.trace_id, record.span_id) == (b"\xab" * 16, b"\xcd" * 8)
    assert record.time_unix_nano == 1_700_000_000_000_000_000
    assert {p.key: p.value.WhichOneof("value") for p in record.attributes} == {
        "gen_ai.evaluation.name": "string_value",
        "gen_ai.evaluation.score.value": "double_value",
    }
