"""What the audit reads out of a recorded run, whole or not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval_traces import RunTracer, Trace, find_trace, open_trace, read_trace
from eval_traces.audit.reading import cut_by_claims, read_audit
from eval_traces.audit.view import AuditClaim, AuditView, audit_json
from graphs.listing import ListingContext, ListingRequest, build_listing_graph, draft_listing
from listing import Photo
from models.scripted import ScriptedChatModel
from tests.eval_traces.audit_runs import FIRST, TEXT, TITLE, record_run
from tests.graphs.conftest import Script, jpeg
from tools.photos import PhotoStore, read_photo
from tools.safety import Policy
from tools.taxonomy import market_taxonomy


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos")


@pytest.fixture
def photo(store: PhotoStore) -> Photo:
    return store.put(read_photo(jpeg("red", (1400, 700)), "red.jpg"))


@pytest.fixture
def recorded(tracer: RunTracer, photo: Photo) -> Trace:
    assert tracer.folder is not None
    return read_trace(find_trace(tracer.folder, record_run(tracer, photo)))


@pytest.fixture
def view(recorded: Trace, store: PhotoStore) -> AuditView:
    return read_audit(recorded, store)


def test_each_claim_names_its_evidence_and_the_span_that_brought_it_in(
    view: AuditView, recorded: Trace
) -> None:
    assert [c.number for c in view.claims] == list(range(1, 12))
    assert view.counts == {"supported": 7, "contradicted": 2, "unsupported": 1, "general": 1}
    colour = view.claims[2]
    (source,) = colour.cited
    assert (source.kind, source.rank, source.probability) == ("photo", 2, 0.93)
    assert source.photo == view.photos[0].sha256
    assert colour.probability == 0.93
    (span,) = recorded.find("read_photo_attribute")
    assert source.step is not None
    assert (source.step.span_id, source.step.node) == (span.span_id, "predict_category")
    assert source.step.duration_s == span.duration_s
    assert view.gaps == ()


def test_the_words_that_matter_are_highlighted_in_the_whole_source(view: AuditView) -> None:
    brand, storage = view.claims[0].cited[0], view.claims[3].cited[0]
    assert (brand.match, brand.rank, brand.score) == ("identical", 3, 0.97)
    assert brand.text.startswith("Velo Nord\n")
    assert brand.text[brand.start : brand.end] == "Velo"
    assert storage.text[storage.start : storage.end] == "64 GB"
    assert storage.text.startswith("very good condition")


def test_verdicts_are_told_in_words(view: AuditView) -> None:
    by_text = {c.text: c.reason for c in view.claims}
    assert by_text["red"] == "The photo shows it."
    assert by_text["Velo"] == "A listing of the identical item says so."
    assert by_text["128 GB"] == "The seller says otherwise: 64 GB."
    assert by_text["waterproof"].startswith("Nothing on record")
    assert by_text["fits in a pocket"].startswith("Common sense")


def test_evidence_on_the_attribute_that_was_not_cited_is_told(view: AuditView) -> None:
    (heard,) = view.claims[3].heard
    assert (heard.evidence.id, heard.agreement) == ("e7", "other")


def test_the_draft_is_cut_by_claims_and_stays_whole(view: AuditView) -> None:
    for text, segments in (
        (TITLE, view.draft.title_segments),
        (TEXT, view.draft.description_segments),
    ):
        assert "".join(s.text for s in segments) == text
    inner = next(s for s in view.draft.description_segments if s.text == "Velo")
    assert [view.claims[n - 1].attribute for n in inner.claims] == ["brand", "model"]


def test_what_was_taken_back_on_the_way_is_kept(view: AuditView) -> None:
    (revision,) = view.revisions
    assert (revision.description_before, revision.description_after) == (FIRST, TEXT)
    assert [(t.text, t.verdict) for t in revision.taken_back] == [
        ("Never dropped", "unsupported"),
        ("a charger", "contradicted"),
    ]
    assert revision.step.node == "revise"


def test_what_steered_the_run_is_told(view: AuditView) -> None:
    assert (view.status, view.mode) == ("drafted", "reference")
    assert view.mode_reason == "1 of 1 references fit the category"
    assert view.facts.category == "Electronics › Mobile phones"
    assert view.facts.models == ("scripted",)
    assert view.facts.settings == {"limits": {"max_revisions": 1}}
    assert view.facts.scores == {"claim_precision": 0.7}
    assert view.questions[0].values == ("64 GB",)
    assert view.findings[0].rule == "contact-phone"
    assert [s.place.name for s in view.steps if s.degraded] == ["node finish"]
    assert {s.depth for s in view.steps} == {0, 1}


def test_photos_are_scaled_down_and_missing_ones_are_said_to_be(
    recorded: Trace, view: AuditView, store: PhotoStore
) -> None:
    data = view.photos[0].data
    assert data is not None and data.startswith(b"\xff\xd8")
    assert len(data) < 40_000
    assert view.listing_photos[0].note.startswith("not in the photo store")
    store.path(view.photos[0].sha256).write_bytes(b"damaged")
    (damaged,) = read_audit(recorded, store).photos
    assert damaged.data is None and "damaged" in damaged.note
    (alone,) = read_audit(recorded).photos
    assert alone.data is None and alone.note


def test_as_json_it_is_all_there_but_for_the_pictures(view: AuditView) -> None:
    document = json.loads(json.dumps(audit_json(view)))
    assert document["schema"] == "vouch.audit/1"
    assert document["photos"][0]["at_hand"] is True
    assert "data" not in document["photos"][0]
    assert document["listing_photos"][0]["at_hand"] is False
    assert document["claims"][3]["cited"][0]["step"]["node"] == "extract_attributes"


def edited(trace: Trace, change: Callable[[dict[str, Any]], None]) -> Trace:
    """Read the trace again with another document in its root."""
    assert trace.path is not None
    lines = trace.path.read_text(encoding="utf-8").splitlines()
    line = json.loads(lines[0])
    root = line["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
    held = next(a for a in root["attributes"] if a["key"] == "output.value")
    document = json.loads(held["value"]["stringValue"])
    change(document)
    held["value"]["stringValue"] = json.dumps(document)
    lines[0] = json.dumps(line)
    trace.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_trace(trace.path)


def test_what_does_not_fit_together_is_told_and_not_made_up(recorded: Trace) -> None:
    def change(document: dict[str, Any]) -> None:
        document["claims"][0]["start"] += 1
        document["claims"][1]["evidence"] = ["e99"]
        document["evidence"][2]["span_id"] = "0123456789abcdef"

    view = read_audit(edited(recorded, change))
    assert not view.claims[0].placed
    assert view.claims[1].cited == ()
    assert "not recorded" in view.claims[1].reason
    assert view.claims[2].cited[0].step is None
    told = "\n".join(view.gaps)
    assert "record says they are: 1" in told
    assert "e99" in told and "0123456789abcdef" in told


def test_a_document_of_another_schema_leaves_what_the_nodes_say(recorded: Trace) -> None:
    view = read_audit(edited(recorded, lambda document: document.update(claims="none")))
    assert "does not fit" in view.gaps[0]
    assert view.draft.description == TEXT
    assert view.claims == ()
    assert len(view.revisions) == 1


def test_a_run_that_broke_off_shows_how_far_it_came(
    tracer: RunTracer, photo: Photo, store: PhotoStore
) -> None:
    assert tracer.folder is not None
    with tracer.run("listing") as run:
        with tracer.node("check_photos", input={"photos": [photo]}) as node:
            node.result({"warnings": ["dark photo"]})
        with tracer.node("write_draft") as node:
            node.result({"title": TITLE, "description": TEXT})
        partial = read_trace(find_trace(tracer.folder, run.trace_id))
        view = read_audit(partial, store)
    assert not view.complete
    assert view.note.startswith("The run did not end")
    assert (view.draft.title, view.draft.description) == (TITLE, TEXT)
    assert view.photos[0].data is not None
    assert view.warnings == ("dark photo",)
    assert view.mode == ""


def test_a_run_that_failed_says_why(tracer: RunTracer) -> None:
    assert tracer.folder is not None
    with pytest.raises(KeyError), tracer.run("listing") as run, tracer.node("check_photos"):
        raise KeyError("nowhere")
    view = read_audit(read_trace(find_trace(tracer.folder, run.trace_id)))
    assert view.status == "error"
    assert "KeyError" in view.note
    assert view.steps[0].message


def test_a_run_without_content_says_what_cannot_be_shown(
    tmp_path: Path, photo: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "false")
    folder = tmp_path / "bare"
    view = read_audit(read_trace(find_trace(folder, record_run(open_trace(folder), photo))))
    assert any("without content" in gap for gap in view.gaps)
    assert (view.claims, view.draft.title) == ((), "")
    assert view.note == "What this run wrote was not recorded."
    assert view.steps


async def drafted(tmp_path: Path, photo: Photo, store: PhotoStore, script: Script) -> AuditView:
    tracer = open_trace(tmp_path / "graph")
    context = ListingContext(
        model=ScriptedChatModel(responses=script),
        taxonomy=market_taxonomy(),
        store=store,
        policy=Policy.load(),
        tracer=tracer,
    )
    request = ListingRequest(photos=(photo,))
    document = await draft_listing(context, request, build_listing_graph())
    assert tracer.folder is not None
    view = read_audit(read_trace(find_trace(tracer.folder, document.trace_id)), store)
    assert view.gaps == ()
    assert view.status == document.status
    assert view.draft.title == document.title
    assert all(c.placed for c in view.claims)
    return view


async def test_the_graphs_own_runs_are_read_without_gaps(
    tmp_path: Path, photo: Photo, store: PhotoStore
) -> None:
    script = Script()
    script.answers["Write a second-hand listing"] = (
        "Red mug\n\nA red mug in perfect working order. It holds 300 ml."
    )
    view = await drafted(tmp_path, photo, store, script)
    assert view.mode_reason
    assert {c.verdict for c in view.claims} <= {"supported", "general"}
    taken = [t.text for r in view.revisions for t in r.taken_back]
    assert "300 ml" in taken
    assert "300 ml" in view.revisions[0].description_before
    assert "describe" in view.facts.prompts
    assert all(s.step is not None for c in view.claims for s in c.cited)


async def test_a_refused_run_has_a_notice_and_no_draft(
    tmp_path: Path, photo: Photo, store: PhotoStore
) -> None:
    script = Script()
    script.answers["class of risk"] = {"weapon": 0.99}
    view = await drafted(tmp_path, photo, store, script)
    assert view.status == "refused"
    assert view.note and view.safety_notice
    assert (view.claims, view.draft.title) == ((), "")


def placed_claim(number: int, start: int, end: int) -> AuditClaim:
    return AuditClaim(
        number=number, field="title", start=start, end=end, text="", attribute="", value="",
        verdict="general", reason="", probability=None, cited=(), heard=(), placed=True,
    )  # fmt: skip


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))))
def test_however_claims_overlap_the_pieces_are_the_text(
    text: str, spans: list[tuple[int, int]]
) -> None:
    inside = [s for s in spans if s[0] < s[1] <= len(text)]
    claims = [placed_claim(i, *span) for i, span in enumerate(inside, start=1)]
    pieces = cut_by_claims(text, claims)
    assert "".join(p.text for p in pieces) == text
    for claim in claims:
        covered = "".join(p.text for p in pieces if claim.number in p.claims)
        assert covered == text[claim.start : claim.end]
