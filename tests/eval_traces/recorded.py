"""Reading back what a test recorded."""

from pathlib import Path

from eval_traces import Trace, read_trace


def only_trace(folder: Path) -> Trace:
    """Read the one finished trace file of a folder."""
    (path,) = folder.glob("*/*.otlp.jsonl")
    return read_trace(path)


def shape(trace: Trace) -> list[str]:
    """The tree as indented names."""
    depth = {trace.root.span_id: 0}
    lines = []
    for span in trace.spans:
        level = depth.setdefault(span.span_id, depth.get(span.parent_id or "", -1) + 1)
        lines.append("  " * level + span.name)
    return lines
