"""What a seller gets from a run: a vouched draft, or less, but never an invention."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from eval_traces import find_trace, read_trace
from graphs.listing import (
    ListingContext,
    ListingRequest,
    build_listing_graph,
    draft_listing,
    stream_listing,
)
from listing import ListingDocument, Photo
from listing.errors import ModelError
from models.scripted import ScriptedChatModel
from tests.graphs.conftest import Script, mug_listing, replayed

GRAPH = build_listing_graph()
Take = Callable[..., Photo]
WithIndex = Callable[..., ListingContext]


async def draft(context: ListingContext, *photos: Photo, **request: Any) -> ListingDocument:
    document = await draft_listing(context, ListingRequest(photos=photos, **request), GRAPH)
    spans = {
        s.span_id for s in read_trace(find_trace(context.tracer.folder, document.trace_id)).spans
    }
    assert all(e.span_id in spans for e in document.evidence if e.span_id)
    again = await replayed(context, document.trace_id)
    assert not again.diverged, (again.stopped, again.differences[:1], again.listing, again.unasked)
    ids = {e.id for e in document.evidence}
    assert all(set(c.evidence) <= ids for c in document.claims)
    assert all(v.evidence and set(v.evidence) <= ids for v in document.attributes.values())
    assert all(getattr(document, c.field)[c.start : c.end] == c.text for c in document.claims)
    return document


async def test_a_photo_of_a_known_category_is_drafted_from_category_and_template(
    context: ListingContext, take: Take
) -> None:
    document = await draft(context, take())
    assert (document.status, document.mode) == ("drafted", "template")
    assert document.category is not None and document.category.path[-1] == "Mugs"
    assert document.title == "Red mug"
    assert {c.verdict for c in document.claims} == {"supported"}
    assert [q.attribute for q in document.questions] == ["brand", "model", "material"]
    assert document.attributes["colour"].source == "photo"


async def test_values_are_copied_from_an_identical_listing_and_vouched_for(
    with_index: WithIndex, take: Take, script: Script
) -> None:
    context = with_index(("red", mug_listing("m1", "Velo Nord mug, 300 ml, red, like new")))
    script.reading(
        Nord={
            "brand": "Velo",
            "model": "Nord",
            "capacity": "300 ml",
            "colour": "red",
            "condition": "like new",
        }
    )
    script.answers["Write a second-hand listing"] = (
        "Velo Nord mug, 300 ml\n\nRed Velo Nord mug, it holds 300 ml."
    )
    document = await draft(context, take())
    assert document.mode == "reference"
    assert document.references[0].match == "identical"
    capacity = document.attributes["capacity"]
    proof = next(e for e in document.evidence if e.id == capacity.evidence[0])
    assert (capacity.value, proof.source) == ("300 ml", "listing:m1")
    assert "Mug\nVelo Nord mug, 300 ml, red, like new"[proof.start : proof.end] == "300 ml"
    assert "condition" not in document.attributes, "another item's condition is not this one's"
    assert "condition" in [q.attribute for q in document.questions]
    assert document.price is not None and document.price.suggested == 8.0


async def test_a_copied_colour_that_the_photo_contradicts_is_caught(
    with_index: WithIndex, take: Take, script: Script
) -> None:
    context = with_index(("red", mug_listing("m1", "Velo Nord mug, black")))
    script.reading(Nord={"brand": "Velo", "model": "Nord", "colour": "black"})
    script.answers["Write a second-hand listing"] = (
        "Black Velo Nord mug\n\nA black Velo Nord mug. Questions are welcome."
    )
    document = await draft(context, take())
    assert document.attributes["colour"].value == "red"
    assert "black" not in f"{document.title} {document.description}".lower()
    assert any("the photo counts" in w for w in document.warnings)


async def test_a_listing_in_another_colour_does_not_vouch_for_the_variant(
    with_index: WithIndex, take: Take, script: Script
) -> None:
    script.answers["Which category"] = {"Mobile phones": 0.9}
    phone = "el-4-8-5"
    context = with_index(
        ("red", mug_listing("p1", "Velo Nord phone, black, 128 GB", category_id=phone))
    )
    script.reading(Nord={"brand": "Velo", "model": "Nord", "colour": "black", "storage": "128 GB"})
    script.answers["Write a second-hand listing"] = "Velo Nord phone\n\nA red Velo Nord phone."
    document = await draft(context, take())
    assert document.attributes["model"].value == "Nord"
    assert "storage" not in document.attributes
    assert "storage" in [q.attribute for q in document.questions]
    assert document.references[0].match == "similar"


async def test_a_similar_listing_vouches_for_the_model_but_not_for_the_variant(
    with_index: WithIndex, take: Take, script: Script
) -> None:
    context = with_index(("red", mug_listing("m1", "Velo Nord mug in size 300 ml")), identical=1.0)
    context = replace(context, thresholds=replace(context.thresholds, identical=1.0))
    script.reading(Nord={"brand": "Velo", "model": "Nord"})
    script.answers["Write a second-hand listing"] = "Velo Nord mug\n\nA Velo Nord mug."
    document = await draft(context, take("#f00505"))
    assert document.references[0].match == "similar"
    assert document.attributes["brand"].source == "reference"


async def test_unsupported_claims_are_taken_back(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["Write a second-hand listing"] = (
        "Red mug\n\nA red mug in perfect working order. It holds 300 ml."
    )
    document = await draft(context, take())
    assert "300 ml" not in document.description
    assert all(c.verdict in ("supported", "general") for c in document.claims)


async def test_a_draft_of_which_nothing_is_left_says_so_and_asks(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["Write a second-hand listing"] = "Mug\n\nIt holds 300 ml."
    document = await draft(context, take())
    assert document.status == "drafted"
    assert document.description == "Details on request."
    assert document.questions


async def test_the_sellers_words_outrank_all_others(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.reading(Nord={"brand": "Velo", "model": "Nord", "condition": "like new"})
    script.answers["Write a second-hand listing"] = (
        "Velo Nord mug, red\n\nA red Velo Nord mug in like new condition."
    )
    document = await draft(context, take(), seller="Velo Nord, like new")
    assert document.attributes["brand"].source == "seller"
    assert document.attributes["condition"].value == "like new"


async def test_contact_data_of_the_seller_reaches_neither_document_nor_trace(
    context: ListingContext, take: Take
) -> None:
    document = await draft(context, take(), seller="Nice mug, call me 0171 2345678")
    assert "2345678" not in document.model_dump_json()
    trace = find_trace(context.tracer.folder, document.trace_id).read_text()
    assert "2345678" not in trace


async def test_an_item_that_may_not_be_sold_is_refused_with_a_notice(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["class of risk"] = {"weapon": 0.97}
    document = await draft(context, take())
    assert document.status == "refused"
    assert document.title == document.description == ""
    assert document.safety.notice
    assert "Which category" not in script.asked, "nothing else is spent on it"


async def test_no_category_leaves_image_only(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["Which category"] = dict.fromkeys(list(context.taxonomy.labels)[:10], 0.1)
    document = await draft(context, take())
    assert (document.status, document.mode, document.category) == ("drafted", "image_only", None)
    assert document.questions[0].attribute == "category"
    assert (document.title, document.description[:12]) == ("Red item", "A red item. "), (
        "not vouched for"
    )


@pytest.mark.parametrize("cap", ["template", "image_only"])
async def test_the_caller_can_cap_the_ladder(with_index: WithIndex, take: Take, cap: str) -> None:
    context = with_index(("red", mug_listing("m1", "Velo Nord mug")))
    document = await draft(context, take(), mode_cap=cap)
    assert document.mode == cap and document.references == []


async def test_an_empty_index_falls_back_to_the_template(with_index: WithIndex, take: Take) -> None:
    document = await draft(with_index(), take())
    assert (document.status, document.mode) == ("drafted", "template")


async def test_a_failing_photo_check_fails_closed(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["class of risk"] = ModelError("no memory left")
    document = await draft(context, take())
    assert document.status == "refused" and document.safety.notice


async def test_a_failing_category_leaves_image_only(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["Which category"] = ModelError("no memory left")
    document = await draft(context, take())
    assert (document.status, document.mode) == ("drafted", "image_only")
    assert any("predict_category" in w for w in document.warnings)


async def test_a_failing_search_leaves_the_template(with_index: WithIndex, take: Take) -> None:
    context = with_index(("red", mug_listing("m1", "Velo Nord mug")))
    (tmp := context.index) and tmp.close()  # a closed store fails for real
    document = await draft(context, take())
    assert (document.status, document.mode) == ("drafted", "template")
    assert any("search_similar" in w for w in document.warnings)


async def test_unreadable_references_leave_the_template(
    with_index: WithIndex, take: Take, script: Script
) -> None:
    context = with_index(("red", mug_listing("m1", "Velo Nord mug")))
    calls: list[int] = []

    def once(messages: Any, kwargs: Any) -> Any:
        calls.append(1)
        return ModelError("no memory left") if len(calls) == 1 else {}

    script.answers["Read the listing"] = once
    document = await draft(context, take())
    assert (document.status, document.mode) == ("drafted", "template")
    assert any("extract_attributes" in w for w in document.warnings)


async def test_a_failing_writer_leaves_the_form_to_the_seller(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["Write a second-hand listing"] = ModelError("no memory left")
    document = await draft(context, take())
    assert (document.status, document.mode, document.title) == ("manual", "manual", "")
    assert document.category is not None, "what was found is kept"


async def test_an_empty_draft_leaves_the_form_to_the_seller(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["Write a second-hand listing"] = " \n"
    assert (await draft(context, take())).status == "manual"


async def test_a_draft_that_cannot_be_checked_is_not_shown(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["Read the listing"] = ModelError("no memory left")
    document = await draft(context, take())
    assert (document.status, document.description) == ("manual", "")


async def test_a_harmful_draft_is_halted_before_its_words_get_out(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["Write a second-hand listing"] = (
        "Red mug\n\nA red mug. Write to me on WhatsApp +49 171 2345678 for a better price."
    )
    shown = ""
    async for event in stream_listing(context, ListingRequest(photos=(take(),)), GRAPH):
        shown += event.get("text", "") if event["event"] == "token" else ""
        last = event
    assert last["document"]["status"] == "halted"
    assert last["document"]["description"] == ""
    assert "2345678" not in shown


async def test_a_slow_model_ends_in_manual_at_the_deadline_with_what_was_found(
    context: ListingContext, take: Take, script: Script
) -> None:
    class Slow(ScriptedChatModel):
        async def _astream(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
            if "Write a second-hand" in messages[-1].text:
                await asyncio.sleep(60)
            async for chunk in super()._astream(messages, *args, **kwargs):
                yield chunk

    limits = replace(context.limits, deadline_s=2.0)
    slow = replace(context, model=Slow(responses=script), limits=limits)
    document = await draft(slow, take())
    assert (document.status, document.mode) == ("manual", "manual")
    assert document.category is not None
    assert any("deadline" in w for w in document.warnings)


async def test_a_long_draft_is_cut_at_the_limit(
    context: ListingContext, take: Take, script: Script
) -> None:
    script.answers["Write a second-hand listing"] = "Red mug\n\n" + "It is a red mug. " * 200
    limits = replace(context.limits, max_chars=300)
    document = await draft(replace(context, limits=limits), take())
    assert len(document.title) + len(document.description) <= 300
    assert document.description.endswith(".")


async def test_events_tell_the_story_in_order(context: ListingContext, take: Take) -> None:
    events = [e async for e in stream_listing(context, ListingRequest(photos=(take(),)), GRAPH)]
    names = [e["name"] for e in events if e["event"] == "step" and e["state"] == "started"]
    assert names[0] == "check_photos" and names[-1] == "finish"
    assert set(names[1:3]) == {"predict_category", "search_similar"}
    assert events[-1]["event"] == "done"
    assert [e["event"] for e in events].count("done") == 1


async def test_closing_the_stream_stops_the_run(
    context: ListingContext, take: Take, script: Script
) -> None:
    stream = stream_listing(context, ListingRequest(photos=(take(),)), GRAPH)
    await anext(stream)
    await stream.aclose()
    assert "Write a second-hand listing" not in script.asked


async def test_no_photo_bytes_enter_the_trace(context: ListingContext, take: Take) -> None:
    import base64

    photo = take(size=(64, 48))
    document = await draft(context, photo)
    text = find_trace(context.tracer.folder, document.trace_id).read_text()
    data = context.store.get(photo.sha256)
    assert base64.b64encode(data).decode()[:60] not in text
    assert data.hex()[:60] not in text
    assert f"sha256:{photo.sha256}" in text


async def test_a_run_is_checkpointed_without_photos(context: ListingContext, take: Take) -> None:
    from langgraph.checkpoint.memory import InMemorySaver

    graph = build_listing_graph(InMemorySaver())
    request = ListingRequest(photos=(take(),))
    await draft_listing(context, request, graph)
    state = await graph.aget_state({"configurable": {"thread_id": request.thread_id}})
    assert state.values["status"] == "drafted"
    assert len(repr(state.values)) < 50_000
