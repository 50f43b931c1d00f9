"""Run by the Python of Phoenix's environment: what Phoenix makes of a file of protobuf spans."""

import json
import sys
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from phoenix.trace.otel import decode_otlp_span

request = ExportTraceServiceRequest.FromString(Path(sys.argv[1]).read_bytes())
raw = [s for r in request.resource_spans for g in r.scope_spans for s in g.spans]
spans = [decode_otlp_span(span) for span in raw]
told = [
    {
        "name": span.name,
        "id": span.context.span_id,
        "parent": span.parent_id,
        "kind": span.span_kind.value,
        "status": span.status_code.value,
        "message": span.status_message,
        "seconds": (span.end_time - span.start_time).total_seconds(),
        "attributes": span.attributes,
    }
    for span in spans
]
print(json.dumps(told, default=str))
