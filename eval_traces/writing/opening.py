"""Opens a tracer: with files, an OTLP endpoint and limits as settings say, or in memory alone."""

from pathlib import Path

from eval_traces.writing.capture import content_wanted
from eval_traces.writing.content import Redact
from eval_traces.writing.export import open_export
from eval_traces.writing.files import TraceFiles
from eval_traces.writing.memory import TraceMemory
from eval_traces.writing.retention import Retention, Sweeper
from eval_traces.writing.sink import TraceSink
from eval_traces.writing.tracer import RunTracer
from listing.errors import SettingsError
from tools.safety import redact_contacts


def open_trace(
    folder: Path | None,
    *,
    redact: Redact = redact_contacts,
    version: str = "",
    retention: Retention | None = None,
    capture: bool | None = None,
) -> RunTracer:
    """Return the tracer of a process: runs go to `folder`, or nowhere when it is None.

    The folder is made when the first run begins, and kept within `retention` where that is given.
    `capture` says whether inputs, outputs and messages are recorded; None: as
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT says, and if it says nothing, they are.
    Where OTEL_EXPORTER_OTLP_ENDPOINT is set the same spans are sent there. Raises SettingsError
    where the folder is a file, or OpenTelemetry is switched off by its environment variable.
    """
    if folder is not None and folder.exists() and not folder.is_dir():
        raise SettingsError(f"{folder}: is a file; the trace folder must be a folder")
    limited = folder is not None and retention is not None and retention.limited
    sweeper = Sweeper(folder, retention) if limited and folder and retention else None
    sinks: list[TraceSink] = [TraceFiles(folder, sweeper)] if folder is not None else []
    export = open_export(version)
    return RunTracer(
        [*sinks, export] if export is not None else sinks,
        redact,
        folder=folder,
        captured=content_wanted() if capture is None else capture,
        version=version,
    )


def open_memory_trace(redact: Redact = redact_contacts, *, version: str = "") -> RunTracer:
    """Return a tracer that writes nothing: `take` gives a run that has ended as a `Trace`."""
    return RunTracer([TraceMemory()], redact, version=version)
