"""What the golden runs have gone through, set against what the graph and the types can say."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from eval_traces import Span, Trace, names
from graphs.listing.graph import ListingGraph

Edge = tuple[str, str]
START, END = "__start__", "__end__"


def edges_of(graph: ListingGraph) -> set[Edge]:
    """Return the edges that the graph draws."""
    return {(edge.source, edge.target) for edge in graph.get_graph().edges}


def failing_nodes_of(graph: ListingGraph) -> set[str]:
    """Return the nodes that have a poorer way to go where they fail."""
    specs: Mapping[str, Any] = graph.builder.nodes
    return {name for name, spec in specs.items() if spec.error_handler_node}


def edges_taken(trace: Trace, known: Iterable[Edge]) -> set[Edge]:
    """Return those of the known edges that a run took: from step to step, nobody failing."""
    known, steps = set(known), _steps(trace)
    first, last = (steps[0], steps[-1]) if steps else ((), ())
    taken = {(START, node.label) for node in first} | {(node.label, END) for node in last}
    for before, after in pairwise(steps):
        taken |= {(a.label, b.label) for a in before for b in after if a.status == "ok"}
    return taken & known


def failures_survived(trace: Trace) -> set[str]:
    """Return the nodes that failed in a run that went on to a listing all the same."""
    if trace.document() is None:
        return set()
    return {node.label for node in trace.nodes() if node.failed}


def _steps(trace: Trace) -> list[tuple[Span, ...]]:
    by_step: dict[int, list[Span]] = {}
    for node in trace.nodes():
        step = node.attributes.get(names.NODE_STEP)
        by_step.setdefault(step if isinstance(step, int) else 0, []).append(node)
    return [tuple(by_step[step]) for step in sorted(by_step)]
