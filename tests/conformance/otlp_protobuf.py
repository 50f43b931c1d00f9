"""Lines of a trace file as the protobuf messages that collectors take, by Google's JSON mapping.

OTLP's JSON differs from that mapping in one point: trace and span ids are hex there, not base64.
Unknown fields are errors, so that a misspelt one does not pass.
"""

import base64
import json
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

IDS = ("traceId", "spanId", "parentSpanId")


def spans_of(file: Path) -> ExportTraceServiceRequest:
    """Return all spans of a file in one request."""
    whole = ExportTraceServiceRequest()
    for line in _lines(file):
        if "resourceSpans" in line:
            whole.MergeFrom(json_format.ParseDict(line, ExportTraceServiceRequest()))
    return whole


def logs_of(file: Path) -> ExportLogsServiceRequest:
    """Return all log records of a file in one request."""
    whole = ExportLogsServiceRequest()
    for line in _lines(file):
        if "resourceLogs" in line:
            whole.MergeFrom(json_format.ParseDict(line, ExportLogsServiceRequest()))
    return whole


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(x, object_hook=_based) for x in file.read_bytes().splitlines()]


def _based(given: dict[str, Any]) -> dict[str, Any]:
    return {k: _base64(v) if k in IDS else v for k, v in given.items()}


def _base64(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode()
