"""The record of a run: one OTLP JSON file with every step, its content and the route taken."""

from eval_traces.chat_spans import ChatSpans
from eval_traces.content import ContentFilter, Redact, canonical_json
from eval_traces.spans import (
    EmbeddingsSpan,
    NodeSpan,
    OpenSpan,
    RetrievalSpan,
    RunSpan,
    ToolSpan,
)
from eval_traces.trace import Evaluation, Span, Trace
from eval_traces.trace_reader import read_trace
from eval_traces.trace_store import (
    TraceSummary,
    append_evaluations,
    find_trace,
    list_traces,
    remove_trace,
)
from eval_traces.tracer import RunTracer, open_trace
from eval_traces.tree import render_list, render_tree

__all__ = [
    "ChatSpans",
    "ContentFilter",
    "EmbeddingsSpan",
    "Evaluation",
    "NodeSpan",
    "OpenSpan",
    "Redact",
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
    "open_trace",
    "read_trace",
    "remove_trace",
    "render_list",
    "render_tree",
]
