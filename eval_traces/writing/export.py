"""Sends the spans that the files hold to an OTLP endpoint as well, by OpenTelemetry's exporter.

Where, with which headers and how long to wait is said by the standard `OTEL_EXPORTER_OTLP_*`
variables. An endpoint that is down costs a logged warning: never the run, never its file.
"""

import logging
import os
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from eval_traces import names
from eval_traces.otlp import Event
from eval_traces.writing.sink import TraceSink
from listing.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk._logs import LoggerProvider

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
LOGS_ENDPOINT = "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"
FLUSH_S = 2.0
"""Seconds that a closing program waits for an endpoint to take the rest."""
_GIVE_UP_S = 0.5
_log = logging.getLogger(__name__)
Q = TypeVar("Q", bound="SpanProcessor | LoggerProvider")


def resource(version: str) -> Resource:
    """Return what every span and event says of its origin; no `OTEL_*` variable adds to it."""
    service = {names.SERVICE_NAME: "vouch", names.SERVICE_VERSION: version or "unknown"}
    return Resource(service)


class Exporter(Protocol):
    """What sends: a span or a log exporter."""

    def shutdown(self) -> None:
        """Give up what is under way."""


@dataclass(frozen=True)
class Channel(Generic[Q]):
    """A queue and the exporter that empties it."""

    queue: Q
    exporter: Exporter


class OtlpExport(TraceSink):
    """Passes spans and events to their channels, where there are such."""

    def __init__(
        self,
        spans: "Channel[SpanProcessor] | None",
        logs: "Channel[LoggerProvider] | None",
        *,
        flush_s: float,
    ) -> None:
        super().__init__()
        self._spans = spans
        self._logs = logs
        self._flush_s = flush_s

    def on_end(self, span: ReadableSpan) -> None:
        """Queue an ended span."""
        if self._spans is not None:
            self._spans.queue.on_end(span)

    def add_event(self, event: Event) -> None:
        """Queue an event."""
        if self._logs is None:
            return
        from opentelemetry._logs import LogRecord, SeverityNumber

        record = LogRecord(
            timestamp=event.time,
            observed_timestamp=event.time,
            context=_context(event),
            severity_number=SeverityNumber.INFO,
            event_name=event.name,
            attributes={k: v for k, v in event.attributes.items() if v is not None},
        )
        self._logs.queue.get_logger(names.SCOPE).emit(record)

    def shutdown(self) -> None:
        """Send what is queued, for at most a few seconds; then give up and say so."""
        channels = [c for c in (self._spans, self._logs) if c is not None]
        threads = [threading.Thread(target=c.queue.shutdown, daemon=True) for c in channels]
        for thread in threads:
            thread.start()
        if _joined(threads, self._flush_s):
            return
        for channel in channels:
            channel.exporter.shutdown()
        _joined(threads, _GIVE_UP_S)
        _log.warning(
            "the OTLP endpoint did not take the last spans within %g s; the trace files have them",
            self._flush_s,
        )


def _joined(threads: Iterable[threading.Thread], seconds: float) -> bool:
    """Wait for all of them together; False where some go on."""
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)


def open_export(
    version: str, environment: Mapping[str, str] | None = None, *, flush_s: float = FLUSH_S
) -> OtlpExport | None:
    """Return the export that the environment asks for, or None where it names no endpoint.

    Where the exporter is not installed that is logged as a warning with the name of the extra.
    SettingsError where one of OpenTelemetry's variables has a value that it cannot use.
    """
    given = os.environ if environment is None else environment
    if not any(given.get(name) for name in (ENDPOINT, TRACES_ENDPOINT, LOGS_ENDPOINT)):
        return None
    try:
        spans = _span_channel() if given.get(ENDPOINT) or given.get(TRACES_ENDPOINT) else None
        logs = _log_channel(version) if given.get(ENDPOINT) or given.get(LOGS_ENDPOINT) else None
    except ModuleNotFoundError as error:
        _log.warning(
            "%s is set, but %s is not installed, so spans go to the trace files alone: "
            "pip install 'vouch[otlp]'",
            next(n for n in (ENDPOINT, TRACES_ENDPOINT, LOGS_ENDPOINT) if given.get(n)),
            error.name,
        )
        return None
    except ValueError as error:
        raise SettingsError(f"OTEL_EXPORTER_OTLP_*, OTEL_BSP_*: {error}") from error
    return OtlpExport(spans, logs, flush_s=flush_s)


def _span_channel() -> Channel[SpanProcessor]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    exporter = OTLPSpanExporter()
    return Channel(BatchSpanProcessor(exporter), exporter)


def _log_channel(version: str) -> "Channel[LoggerProvider]":
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    provider = LoggerProvider(resource=resource(version), shutdown_on_exit=False)
    exporter = OTLPLogExporter()
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter))
    return Channel(provider, exporter)


def _context(event: Event) -> Context:
    """A context in which the span that the event belongs to is the current one."""
    sampled = TraceFlags(TraceFlags.SAMPLED)
    span = SpanContext(int(event.trace_id, 16), int(event.span_id, 16), False, sampled)
    return set_span_in_context(NonRecordingSpan(span), Context())
