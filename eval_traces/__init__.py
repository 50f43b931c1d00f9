"""The record of a run: one OTLP JSON file with every step, its content and the route taken.

What is listed here is imported when it is asked for, so that reading a trace loads neither
OpenTelemetry nor LangChain.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eval_traces.chat_spans import ChatSpans
    from eval_traces.content import ContentFilter, Redact, canonical_json
    from eval_traces.opening import open_memory_trace, open_trace
    from eval_traces.retention import Retention
    from eval_traces.spans import (
        EmbeddingsSpan,
        NodeSpan,
        OpenSpan,
        RetrievalSpan,
        RunSpan,
        ToolSpan,
    )
    from eval_traces.trace import Evaluation, Span, Trace
    from eval_traces.trace_reader import read_trace, read_traces
    from eval_traces.trace_store import (
        TraceSummary,
        append_evaluations,
        find_trace,
        list_traces,
        remove_trace,
    )
    from eval_traces.tracer import RunTracer
    from eval_traces.tree import render_list, render_tree

_HOMES = {
    "chat_spans": ("ChatSpans",),
    "content": ("ContentFilter", "Redact", "canonical_json"),
    "opening": ("open_memory_trace", "open_trace"),
    "retention": ("Retention",),
    "spans": ("EmbeddingsSpan", "NodeSpan", "OpenSpan", "RetrievalSpan", "RunSpan", "ToolSpan"),
    "trace": ("Evaluation", "Span", "Trace"),
    "trace_reader": ("read_trace", "read_traces"),
    "trace_store": (
        "TraceSummary", "append_evaluations", "find_trace", "list_traces", "remove_trace",
    ),
    "tracer": ("RunTracer",),
    "tree": ("render_list", "render_tree"),
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
