"""What a golden run came to, as `expected.json` has it: short enough to be read in a diff."""

from collections.abc import Iterator
from typing import Any

from eval_traces import Span, Trace, names
from listing import ListingDocument

Json = dict[str, Any]


def digest(trace: Trace) -> Json:
    """Return the run's way and its listing in words."""
    document = trace.document()
    return {
        "way": list(_way(trace)),
        **(_listing(document) if document else {"status": "none", "ended": trace.root.message}),
        "revisions": len(trace.find("node revise")),
    }


def _way(trace: Trace) -> Iterator[str]:
    """Each node with where it went, or how it ended where that is not success."""
    nodes = sorted(trace.nodes(), key=lambda n: (n.attributes.get(names.NODE_STEP), n.label))
    for node in nodes:
        told = f"{node.label} -> {node.route}" if node.route else node.label
        if node.status != "ok":
            told += f" [{_ending(node)}]"
        yield f"{told} ({node.degraded})" if node.degraded else told


def _ending(node: Span) -> str:
    return node.message.partition(":")[0] if node.failed else node.status


def _listing(document: ListingDocument) -> Json:
    category = document.category
    return {
        "status": document.status,
        "mode": document.mode,
        "category": f"{category.path[-1]} {category.confidence:.2f}" if category else None,
        "references": [f"{r.id} {r.match} {r.score:.3f}" for r in document.references],
        "attributes": {
            name: f"{v.value} ({v.source}: {' '.join(v.evidence)})"
            for name, v in document.attributes.items()
        },
        "title": document.title,
        "description": document.description,
        "price": document.price.suggested if document.price else None,
        "claims": [
            f"{c.field} {c.text!r}: {c.attribute} = {c.value}, {c.verdict} {' '.join(c.evidence)}"
            for c in document.claims
        ],
        "questions": [q.attribute for q in document.questions],
        "findings": [
            f"{f.action} {f.rule} ({f.where})"
            for f in (*document.safety.photos, *document.safety.text)
        ],
        "notice": document.safety.notice,
        "halted": document.safety.halted,
        "warnings": document.warnings,
        "quality": document.quality.score,
    }
