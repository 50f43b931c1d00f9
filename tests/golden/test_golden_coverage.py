"""The golden runs cover the graph: a node, edge, failure or outcome without one fails here."""

from collections.abc import Iterator, Mapping
from typing import get_args

import pytest

from eval_traces import Trace
from graphs.listing import build_listing_graph
from listing import Claim, Evidence, ListingDocument
from listing.claim import Verdict
from listing.document import Mode, Status
from listing.market import Match
from listing.safety import Action
from tests.golden.coverage import edges_of, edges_taken, failing_nodes_of, failures_survived

GRAPH = build_listing_graph()
Traces = Mapping[str, Trace]


@pytest.fixture(scope="module")
def documents(traces: Traces) -> list[ListingDocument]:
    return [d for t in traces.values() if (d := t.document()) is not None]


def _audited(traces: Traces) -> Iterator[Claim]:
    """All claims that any audit judged, those taken back later among them."""
    for trace in traces.values():
        for call in trace.find("audit", kind="tool"):
            yield from (Claim(**claim) for claim in call.output or ())


def test_every_node_is_visited(traces: Traces) -> None:
    nodes = {n for n in GRAPH.get_graph().nodes if not n.startswith("__")}
    assert {n.label for t in traces.values() for n in t.nodes()} == nodes


def test_every_edge_is_taken(traces: Traces) -> None:
    known = edges_of(GRAPH)
    taken = set().union(*(edges_taken(t, known) for t in traces.values()))
    assert known - taken == set(), "edges that no golden run takes"


def test_an_edge_that_no_run_takes_is_found(traces: Traces) -> None:
    known = edges_of(GRAPH) | {("refuse", "write_draft"), ("write_draft", "revise")}
    taken = set().union(*(edges_taken(t, known) for t in traces.values()))
    assert known - taken == {("refuse", "write_draft"), ("write_draft", "revise")}


def test_every_node_that_may_fail_fails_and_the_run_goes_on(traces: Traces) -> None:
    survived = set().union(*(failures_survived(t) for t in traces.values()))
    assert failing_nodes_of(GRAPH) - survived == set()


def test_the_deadline_passes_in_every_part_of_a_run(traces: Traces) -> None:
    late = {n.label for t in traces.values() for n in t.nodes() if n.status == "cancelled"}
    asks = {"check_photos", "predict_category", "extract_attributes", "write_draft", "audit_draft"}
    assert asks <= late


def test_every_mode_and_status_comes_about(documents: list[ListingDocument]) -> None:
    assert {d.mode for d in documents} == set(get_args(Mode))
    assert {d.status for d in documents} == set(get_args(Status))
    drafted = {d.mode for d in documents if d.status == "drafted"}
    assert drafted == set(get_args(Mode)) - {"manual"}


def test_every_route_is_taken(traces: Traces) -> None:
    routes: dict[str, set[str]] = {}
    for trace in traces.values():
        for node in trace.nodes():
            if node.route:
                routes.setdefault(node.label, set()).add(node.route)
    assert routes == {
        "check_photos": {"look", "refuse"},
        "choose_mode": {*get_args(Mode), "refuse"},
        "write_draft": {"audit_draft", "halted"},
        "audit_draft": {"revise", "finish"},
        "revise": {"audit_draft"},
        "refuse": {"end"},
        "finish": {"end"},
    }


def test_every_verdict_is_given(traces: Traces) -> None:
    assert {c.verdict for c in _audited(traces)} == set(get_args(Verdict))
    assert any(c.probability is not None for c in _audited(traces))


def test_every_kind_of_evidence_vouches(documents: list[ListingDocument]) -> None:
    held: list[Evidence] = [e for d in documents for e in d.evidence]
    assert {e.kind for e in held} >= {"photo", "category", "template", "reference", "seller"}
    assert {v.source for d in documents for v in d.attributes.values()} == {
        "photo", "reference", "seller",
    }  # fmt: skip
    assert {r.match for d in documents for r in d.references} == set(get_args(Match))


def test_every_safety_action_is_taken_in_every_place(documents: list[ListingDocument]) -> None:
    found = [f for d in documents for f in (*d.safety.photos, *d.safety.text)]
    assert {f.action for f in found} == set(get_args(Action))
    assert {f.where for f in found} >= {"photo", "seller", "description"}
    assert any(d.safety.halted for d in documents) and any(d.safety.notice for d in documents)


def test_every_kind_of_question_is_asked(documents: list[ListingDocument]) -> None:
    asked = [q for d in documents for q in d.questions]
    assert "category" in {q.attribute for q in asked}
    assert any(q.values for q in asked) and any(not q.values for q in asked)
    assert {"brand", "model", "title", "author", "storage", "colour", "condition"} <= {
        q.attribute for q in asked
    }


def test_drafts_are_revised_never_once_and_twice(traces: Traces) -> None:
    revised = [len(t.find("node revise")) for t in traces.values()]
    assert {0, 1, 2} <= set(revised)


def test_a_run_is_there_with_and_without_constrained_decoding(traces: Traces) -> None:
    asked = {c.text("gen_ai.prompt.name") for t in traces.values() for c in t.chats()}
    assert asked >= {"photo_safety", "category", "photo_attribute", "extract", "describe"}
    bound = {
        "listing.request.choices" in c.attributes for t in traces.values() for c in t.chats()
        if c.text("gen_ai.prompt.name") == "category"
    }  # fmt: skip
    assert bound == {True, False}
