"""A recorded run for a terminal: `vouch trace ls` as a table, `vouch trace show` as a tree.

Recorded words are never read as markup and their control characters are shown, not obeyed.
"""

import json
import re
from collections.abc import Iterable

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from eval_traces import names
from eval_traces.reading.store import TraceSummary
from eval_traces.trace import Span, Trace

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_STYLE = {"error": "bold red", "paused": "cyan", "cancelled": "magenta", "unfinished": "magenta"}
_WIDTH = 100
_LOOKED_AT = 8
"""So many times the width is looked at of a text, for blanks among it become one."""
_SPANS = 2000


def render_tree(trace: Trace, *, width: int = _WIDTH) -> Tree:
    """Return the run as a tree: times, routes and why, inputs and outputs cut to `width`.

    Failures are red, degraded steps yellow; `width` 0 shows all spans, inputs and outputs whole,
    else what comes after 2,000 spans is only counted.
    """
    tree = Tree(_headline(trace), guide_style="dim")
    _details(tree, trace.root, width)
    stack = [(tree, child) for child in reversed(trace.root.children)]
    shown = 1
    while stack:
        if width and shown == _SPANS:
            tree.add(Text(f"… {len(trace.spans) - shown} more spans", style="yellow"))
            break
        shown += 1
        parent, span = stack.pop()
        branch = parent.add(_line(span, trace.root.start))
        _details(branch, span, width)
        stack += [(branch, child) for child in reversed(span.children)]
    return tree


def render_list(summaries: Iterable[TraceSummary]) -> Table:
    """Return the runs as a table, one a row."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("id", "started (UTC)", "run", "status", "mode", "seconds", "category", "title"):
        table.add_column(column, justify="right" if column == "seconds" else "left")
    for run in summaries:
        bad = run.status in ("error", "unreadable", "unfinished")
        seconds = "" if run.duration_s is None else f"{run.duration_s:.1f}"
        started = f"{run.started:%Y-%m-%d %H:%M:%S}"
        cells = (run.name, run.status, run.mode, seconds, run.category, run.title)
        shown = (run.trace_id[:12], started, *(_shown(c, 48) for c in cells))
        table.add_row(*(Text(c, style="red" if bad else "") for c in shown))
    return table


def _headline(trace: Trace) -> Text:
    """Over several lines, for a terminal cuts a line that is too long."""
    root = trace.root
    line = Text(_shown(root.name, 0), style="bold")
    line.append(f"  {trace.trace_id}", style="dim")
    line.append(f"\n{trace.started:%Y-%m-%d %H:%M:%S} UTC  {_seconds(root)}", style="dim")
    said = [root.text(names.STATUS), root.text(names.MODE)]
    line.append("".join(f"  {_shown(s, 0)}" for s in said if s), style="green")
    if trace.thread_id:
        line.append(f"  thread {_shown(trace.thread_id, 0)}", style="dim")
    if not trace.complete:
        why = "part of the record is lost" if root.end is not None else "the run did not end"
        line.append(f"\nincomplete: {why}", style="bold red")
    if not trace.content_captured:
        line.append("\nrecorded without content", style="yellow")
    return line


def _line(span: Span, run_start: int) -> Text:
    line = Text(f"+{(span.start - run_start) / 1e9:.3f}s ", style="dim")
    style = _STYLE.get(span.status, "yellow" if span.degraded else "")
    line.append(_shown(span.name, 0), style=style or "bold")
    line.append(f" {_seconds(span)}", style="dim")
    attempt = span.attributes.get(names.NODE_ATTEMPT)
    if isinstance(attempt, int) and attempt > 1:
        line.append(f" attempt {attempt}", style="yellow")
    if span.status != "ok":
        line.append(f" {span.status}", style=_STYLE[span.status])
    if span.kind == "chat":
        line.append(_usage(span), style="dim")
    return line


def _details(branch: Tree, span: Span, width: int) -> None:
    if span.failed:
        branch.add(Text(_shown(span.message or "failed", width), style="red"))
    if span.degraded:
        branch.add(Text(f"degraded: {_shown(span.degraded, width)}", style="yellow"))
    if span.route:
        why = f" ({_shown(span.route_reason, width)})" if span.route_reason else ""
        branch.add(Text(f"-> {_shown(span.route, 0)}{why}", style="green"))
    for label, value in (("in", span.input), ("out", span.output)):
        if value is not None:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            branch.add(Text.assemble((f"{label}: ", "dim"), _shown(text, width)))


def _usage(span: Span) -> str:
    told = []
    tokens = [span.attributes.get(k) for k in (names.INPUT_TOKENS, names.OUTPUT_TOKENS)]
    if None not in tokens:
        told.append(f"{tokens[0]}+{tokens[1]} tokens")
    first = span.attributes.get(names.TIME_TO_FIRST_CHUNK)
    if isinstance(first, float):
        told.append(f"first after {first:.3f}s")
    if span.text(names.PROMPT_NAME):
        version = span.text(names.PROMPT_VERSION) or ""
        told.append(f"prompt {span.text(names.PROMPT_NAME)} {version}".rstrip())
    return "".join(f" {t}" for t in (f"({', '.join(told)})",) if told)


def _seconds(span: Span) -> str:
    return "not ended" if span.duration_s is None else f"{span.duration_s:.3f}s"


def _shown(text: str, width: int) -> str:
    """Without control characters and, unless `width` is 0, on one line of so many characters."""
    flat = _CONTROL.sub(" ", text[: _LOOKED_AT * width] if width else text)
    return flat if not width or len(flat) <= width else flat[: width - 1] + "…"
