"""What an engineer gets from a replay: the same listing, or the first step that differs."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval_traces import Trace, find_trace, open_memory_trace, open_trace, read_trace
from graphs.listing import ListingContext, ListingRequest, build_listing_graph, draft_listing
from graphs.replay import (
    Ground,
    Replay,
    differences,
    listing_nodes,
    nodes_from,
    read_changes,
    replay_listing,
)
from listing import ListingDocument, Photo
from listing.errors import BadInputError
from models.scripted import ScriptedChatModel
from tests.graphs.conftest import Script, mug_listing, replayed
from tools.photos import PhotoStore

Take = Callable[..., Photo]
WithIndex = Callable[..., ListingContext]
PROMPT = "{#- version: 7 -#}\nWrite a second-hand listing in three words. {{ values }}"


async def draft(context: ListingContext, photo: Photo, **request: Any) -> ListingDocument:
    asked = ListingRequest(photos=(photo,), **request)
    return await draft_listing(context, asked, build_listing_graph())


def recorded(context: ListingContext, trace_id: str) -> Trace:
    return read_trace(find_trace(context.tracer.folder or Path(), trace_id))


@pytest.fixture
def nord(with_index: WithIndex, script: Script) -> ListingContext:
    """A market with one red Nord mug, and a draft that names it."""
    context = with_index(("red", mug_listing("m1", "Velo Nord mug, 300 ml, red")))
    script.reading(Nord={"brand": "Velo", "model": "Nord", "capacity": "300 ml", "colour": "red"})
    script.answers["Write a second-hand listing"] = (
        "Velo Nord mug, 300 ml\n\nRed Velo Nord mug, it holds 300 ml. Comes with a saucer."
    )
    return context


async def test_a_replay_needs_no_model_no_market_and_no_photos(
    nord: ListingContext, take: Take, tmp_path: Path
) -> None:
    document = await draft(nord, take(), seller="small chip on the rim, call 0151 23456789")
    ground = Ground(nord.taxonomy, nord.policy, PhotoStore(tmp_path / "elsewhere"))
    found = await replay_listing(recorded(nord, document.trace_id), ground, open_memory_trace())
    assert not found.diverged and found.document is not None
    assert found.answered_by_turn == 0 and not found.unasked and not found.live
    volatile = {"trace_id", "timings_ms"}
    assert _without_spans(document, volatile) == _without_spans(found.document, volatile)
    assert found.document.trace_id != document.trace_id


def _without_spans(document: ListingDocument, volatile: set[str]) -> dict[str, Any]:
    told = document.model_dump(mode="json", exclude=volatile)
    for item in told["evidence"]:
        item.pop("span_id")
    return told


async def test_evidence_of_the_replayed_listing_points_into_the_replays_own_trace(
    nord: ListingContext, take: Take
) -> None:
    document = await draft(nord, take())
    found = await replayed(nord, document.trace_id)
    assert found.document is not None
    spans = {s.span_id for s in found.replayed.spans}
    assert {e.span_id for e in found.document.evidence if e.span_id} <= spans


async def test_another_prompt_diverges_first_where_it_is_used(
    nord: ListingContext, take: Take
) -> None:
    document = await draft(nord, take())
    found = await replayed(nord, document.trace_id, f"prompt.describe={PROMPT}")
    first = found.differences[0]
    assert (first.node, first.call, first.what) == ("write_draft", "model", "arguments")
    assert first.where.startswith("messages.0.parts.1")
    assert "three words" in first.replayed and "three words" not in first.recorded
    assert [(s.name, s.replayed) for s in found.settings] == [("prompts.describe", 7)]
    assert found.answered_by_turn == 1, "the recorded draft stands in for the new prompt's"


async def test_another_prompt_inside_a_tool_is_found_inside_that_tool(
    nord: ListingContext, take: Take
) -> None:
    document = await draft(nord, take())
    found = await replayed(nord, document.trace_id, "prompt.category={#- version: 3 -#} Kind?")
    assert str(found.differences[0]) == "predict_category > predict_category > model"
    assert not found.stopped, "the tool's recorded result stands in"
    assert found.listing is not None and found.listing.identical


async def test_a_threshold_is_applied_to_the_recorded_answers(
    nord: ListingContext, take: Take, script: Script
) -> None:
    script.answers["What is the colour"] = {"red": 0.95, "blue": 0.05}
    document = await draft(nord, take())
    found = await replayed(nord, document.trace_id, "limits.photo_threshold=0.99")
    first = found.differences[0]
    assert (first.node, first.what, first.where) == ("predict_category", "output", "photo_values.0")
    assert found.document is not None and found.document.attributes["colour"].source == "reference"


async def test_a_stricter_identity_makes_the_recorded_listing_a_similar_one(
    nord: ListingContext, take: Take
) -> None:
    document = await draft(nord, take())
    found = await replayed(nord, document.trace_id, "thresholds.identical=1.0")
    assert document.references[0].match == "identical"
    strict = document.references[0].score < 1.0
    assert found.document is not None
    assert (found.document.references[0].match == "similar") is strict


async def test_an_edited_state_shows_in_the_listing_claim_by_claim(
    nord: ListingContext, take: Take
) -> None:
    document = await draft(nord, take())
    edit = 'audit_draft.description="Blue Velo Nord mug."'
    found = await replayed(nord, document.trace_id, edit)
    first = found.differences[0]
    assert (first.node, first.what, first.where) == ("audit_draft", "input", "description")
    assert found.stopped == "" or "audit" in found.stopped


async def test_new_words_of_the_seller_stop_where_the_record_has_no_answer(
    nord: ListingContext, take: Take
) -> None:
    document = await draft(nord, take())
    found = await replayed(nord, document.trace_id, "seller=new with box")
    assert found.document is None and found.diverged
    assert found.stopped.startswith("read_seller > extract_attributes")
    left = {c.place.node for c in found.unasked}
    assert {"extract_attributes", "write_draft", "audit_draft"} <= left


async def test_a_live_node_runs_for_real_and_the_rest_from_the_record(
    nord: ListingContext, take: Take, tmp_path: Path
) -> None:
    document = await draft(nord, take())
    words = {"Write a second-hand listing": "Green mug\n\nA green Velo Nord mug."}
    live, asked = _live(nord, words)
    found = await _replay(nord, document, live=live, nodes={"write_draft"}, folder=tmp_path / "new")
    assert asked == ["Write a second-hand listing"], "only the live node asked the model"
    assert found.differences[0].call == "model" and found.differences[0].what == "answer"
    assert found.stopped.startswith("audit_draft") or found.listing is not None


async def test_a_fork_goes_on_live_and_leaves_a_trace_that_names_its_parent(
    nord: ListingContext, take: Take, tmp_path: Path, script: Script
) -> None:
    document = await draft(nord, take())
    live, asked = _live(nord, {**script.answers, "Write a second-hand listing": "Mug\n\nVelo mug."})
    nodes = nodes_from("write_draft")
    assert nodes == {"write_draft", "audit_draft", "revise", "finish"}
    folder = tmp_path / "forks"
    found = await _replay(nord, document, live=live, nodes=nodes, folder=folder)
    assert found.document is not None and found.document.description == "Velo mug."
    assert "Which category" not in asked
    kept = read_trace(find_trace(folder, found.document.trace_id))
    assert kept.root.attributes["listing.replay.parent"] == document.trace_id
    assert kept.root.attributes["listing.replay.live"] == "audit_draft,finish,revise,write_draft"
    assert found.listing is not None
    gone = {c.before.value for c in found.listing.claims if c.before and c.after is None}
    assert {"Nord", "300 ml"} <= gone


async def test_everything_live_asks_everything_anew(
    nord: ListingContext, take: Take, tmp_path: Path, script: Script
) -> None:
    document = await draft(nord, take())
    live, asked = _live(nord, script.answers)
    nodes = set(listing_nodes())
    found = await _replay(nord, document, live=live, nodes=nodes, folder=tmp_path / "new")
    assert not found.diverged and found.answered == 0
    assert "Which category" in asked and "class of risk" in asked


async def test_a_changed_tool_is_found_though_the_model_answers_as_then(
    nord: ListingContext, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = await draft(nord, take())
    monkeypatch.setattr("graphs.listing.gather.displayed", lambda spec, value: value.upper())
    found = await replayed(nord, document.trace_id)
    first = found.differences[0]
    assert (first.node, first.what) == ("extract_attributes", "output")
    assert found.document is not None and found.document.attributes["brand"].value == "VELO"


async def test_a_call_cut_out_of_the_record_stops_the_replay_there(
    nord: ListingContext, take: Take
) -> None:
    document = await draft(nord, take())
    path = find_trace(nord.tracer.folder or Path(), document.trace_id)
    lines = [line for line in path.read_text().splitlines() if '"name":"chat' in line]
    draft_call = next(line for line in lines if "Write a second-hand" in line)
    path.write_text("".join(f"{n}\n" for n in path.read_text().splitlines() if n != draft_call))
    found = await replayed(nord, document.trace_id)
    assert found.stopped == "write_draft > model: the record has no such call"
    assert found.document is None
    assert "audit_draft" in {c.place.node for c in found.unasked}


async def test_branches_replay_in_any_order(nord: ListingContext, take: Take) -> None:
    document = await draft(nord, take())
    path = find_trace(nord.tracer.folder or Path(), document.trace_id)
    trace = recorded(nord, document.trace_id)
    one, two = (trace.find(f"node {n}")[0] for n in ("predict_category", "search_similar"))
    text = path.read_text()
    lines = text.splitlines(keepends=True)
    moved = [_later(line, two.start - one.start + 10**9, one.span_id) for line in lines]
    path.write_text("".join(moved))
    assert not differences(recorded(nord, document.trace_id), trace)
    assert not (await replayed(nord, document.trace_id)).diverged


def _later(line: str, by: int, span_id: str) -> str:
    data = json.loads(line)
    for resource in data.get("resourceSpans", []):
        for span in resource["scopeSpans"][0]["spans"]:
            if span["spanId"] == span_id:
                span["startTimeUnixNano"] = str(int(span["startTimeUnixNano"]) + by)
                span["endTimeUnixNano"] = str(int(span["endTimeUnixNano"]) + by)
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("limits.max_char=3", "--set limits.max_char: there are only deadline_s"),
        ("limits.max_chars=many", "--set limits.max_chars: must be a number"),
        ("thresholds.near=0.5", "there are only identical, similar"),
        ("prompt.poem=x.jinja", "there are the prompts answer, category"),
        ("prompt.describe=/nowhere/x.jinja", "/nowhere/x.jinja: cannot be read"),
        ("write_draft.colour=1", "the state has no such key"),
        ("writer.mode=1", "no such thing to set"),
        ("mode=best", "must be one of reference"),
        ("seller", "write KEY=JSON"),
    ],
)
def test_a_change_that_cannot_be_says_what_there_is(change: str, complaint: str) -> None:
    with pytest.raises(BadInputError, match=complaint.replace("(", r"\(")):
        read_changes([change], listing_nodes())


async def test_a_run_recorded_without_content_cannot_be_replayed(
    nord: ListingContext, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "false")
    context = replace(nord, tracer=open_trace(tmp_path / "bare"))
    document = await draft(context, take())
    with pytest.raises(BadInputError, match="recorded without content, so it cannot be replayed"):
        await replayed(context, document.trace_id)


async def test_an_unknown_live_node_is_named(nord: ListingContext, take: Take) -> None:
    document = await draft(nord, take())
    with pytest.raises(BadInputError, match="live poet: no such node; there are audit_draft"):
        await _replay(nord, document, live=nord, nodes={"poet"}, folder=None)


def _live(context: ListingContext, answers: dict[str, Any]) -> tuple[ListingContext, list[str]]:
    script = Script()
    script.answers |= answers
    return replace(context, model=ScriptedChatModel(responses=script)), script.asked


async def _replay(
    context: ListingContext,
    document: ListingDocument,
    *,
    live: ListingContext,
    nodes: Any,
    folder: Path | None,
) -> Replay:
    ground = Ground(context.taxonomy, context.policy, context.store)
    tracer = open_trace(folder) if folder else open_memory_trace()
    trace = recorded(context, document.trace_id)
    return await replay_listing(trace, ground, tracer, live=live, live_nodes=nodes)
