"""The record of a run: one OTLP JSON file with every step, its content and the route taken.

What is listed here is imported when it is asked for, so that reading a trace loads neither
OpenTelemetry nor LangChain.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval_traces.reading.reader import read_trace, read_traces
    from eval_traces.reading.store import (
        TraceSummary,
        append_evaluations,
        find_trace,
        list_traces,
        remove_trace,
    )
    from eval_traces.reading.tree import render_list, render_tree
    from eval_traces.trace import Evaluation, Span, Trace
    from eval_traces.writing.chat_spans import ChatSpans
    from eval_traces.writing.content import ContentFilter, Redact, canonical_json
    from eval_traces.writing.opening import open_memory_trace, open_trace
    from eval_traces.writing.retention import Retention
    from eval_traces.writing.spans import (
        EmbeddingsSpan,
        NodeSpan,
        OpenSpan,
        RetrievalSpan,
        RunSpan,
        ToolSpan,
    )
    from eval_traces.writing.tracer import RunTracer

_HOMES = {
    "writing.chat_spans": ("ChatSpans",),
    "writing.content": ("ContentFilter", "Redact", "canonical_json"),
    "writing.opening": ("open_memory_trace", "open_trace"),
    "writing.retention": ("Retention",),
    "writing.spans": (
        "EmbeddingsSpan", "NodeSpan", "OpenSpan", "RetrievalSpan", "RunSpan", "ToolSpan",
    ),
    "trace": ("Evaluation", "Span", "Trace"),
    "reading.reader": ("read_trace", "read_traces"),
    "reading.store": (
        "TraceSummary", "append_evaluations", "find_trace", "list_traces", "remove_trace",
    ),
    "writing.tracer": ("RunTracer",),
    "reading.tree": ("render_list", "render_tree"),
}  # fmt: skip
_HOME_OF = {name: module for module, held in _HOMES.items() for name in held}

__all__ = [
    "ChatSpans",
    "ContentFilter",
    "EmbeddingsSpan",
    "Evaluation",
    "NodeSpan",
    "OpenSpan",
    "Redact",
    "Retention",
    "RetrievalSpan",
    "RunSpan",
    "RunTracer",
    "Span",
    "ToolSpan",
    "Trace",
    "TraceSummary",
    "append_evaluations",
    "canonical_json",
    "find_trace",
    "list_traces",
    "open_memory_trace",
    "open_trace",
    "read_trace",
    "read_traces",
    "remove_trace",
    "render_list",
    "render_tree",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = found
    return found
