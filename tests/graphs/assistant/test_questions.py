"""Questions to the seller: asked, answered, declined, dropped."""

from collections.abc import Callable
from typing import Any

import pytest

from eval_traces import find_trace, names, read_trace
from graphs.assistant import Edit, read_thread, stream_resume, stream_unfinished
from listing import Photo
from listing.errors import BadInputError, NotFoundError
from tests.graphs.assistant.conftest import Mind, Seller
from tests.graphs.conftest import Script

Take = Callable[..., Photo]
PUBLISH: Any = {"name": "publish", "args": {}}
ASK: Any = {"name": "ask_seller", "args": {}}
DRAFT: Any = {"name": "draft_listing", "args": {}}


async def test_questions_are_asked_and_their_answers_taken(seller: Seller, take: Take) -> None:
    await seller.turn(photos=(take(),))
    document = await seller.turn(call=ASK)
    asked = seller.of("interrupt")[0]
    assert seller.events[-1]["interrupt"] == asked["id"]
    assert [q["attribute"] for q in asked["questions"]] == ["brand", "model", "material"]
    assert asked["schema"]["properties"].keys() == {"answers", "skipped"}
    assert "brand" not in document.attributes
    document = await seller.resume(answers={"brand": "Nordvik"}, skipped=["model"])
    assert document.attributes["brand"].value == "Nordvik"
    assert document.attributes["brand"].source == "seller"
    assert seller.events[-1]["interrupt"] is None
    assert not {"brand", "model"} & {q.attribute for q in document.questions}
    assert "Nordvik" in seller.reply


async def test_nothing_is_published_without_the_sellers_word(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    mind.when("publish", ("publish", {}))
    document = await seller.turn("publish it")
    asked = seller.of("interrupt")[0]
    assert asked["kind"] == "publish" and asked["listing"]["title"] == "Red mug"
    assert document.published is None and "Red mug" in seller.reply
    document = await seller.resume(confirm=False)
    assert document.published is None and "Not published" in seller.reply
    await seller.turn(call=PUBLISH)
    document = await seller.resume(confirm=True, price="15 EUR")
    assert document.published is not None and document.published.price is not None
    assert document.published.price.amount == 15
    assert (document.published.title, document.published.kept) == ("Red mug", 1.0)


async def test_the_share_that_was_kept_is_measured_against_the_draft(
    seller: Seller, take: Take
) -> None:
    draft = await seller.turn(photos=(take(),))
    await seller.turn(call=PUBLISH)
    document = await seller.resume(confirm=True, title="Something else", description="Entirely new")
    assert document.published is not None and draft.title == "Red mug"
    assert document.title == "Something else"
    assert document.published.kept == 0.0


async def test_rules_block_what_the_seller_wants_to_publish(seller: Seller, take: Take) -> None:
    await seller.turn(photos=(take(),))
    await seller.turn(call=PUBLISH)
    document = await seller.resume(confirm=True, description="Call me: +49 170 1234567")
    assert document.published is None
    assert "cannot be published" in seller.reply
    assert "Call me" not in document.description
    await seller.turn(edits=(Edit("description", "Call me: +49 170 1234567"),))
    document = await seller.turn(call=PUBLISH)
    assert not seller.of("interrupt"), "what is blocked is not even asked"
    assert "cannot be published" in seller.reply and document.published is None


async def test_there_is_nothing_to_publish_yet(seller: Seller) -> None:
    document = await seller.turn(call=PUBLISH)
    assert not seller.of("interrupt") and document.published is None
    assert "no text" in seller.reply


async def test_what_was_written_by_hand_is_replaced_only_with_consent(
    seller: Seller, take: Take, script: Script
) -> None:
    await seller.turn(photos=(take(),))
    await seller.turn(edits=(Edit("attribute", "Nordvik", "brand"), Edit("price", "12 EUR")))
    await seller.turn(edits=(Edit("description", "My dear old mug. It is red."),))
    document = await seller.turn(call=DRAFT)
    assert seller.of("interrupt")[0]["kind"] == "confirm"
    assert document.description == "My dear old mug. It is red."
    document = await seller.resume(confirm=False)
    assert document.description == "My dear old mug. It is red."
    await seller.turn(call=DRAFT)
    document = await seller.resume(confirm=True)
    assert "dear" not in document.description
    assert document.attributes["brand"].value == "Nordvik", "what the seller said is in it"
    assert document.asking_price is not None and document.asking_price.amount == 12
    document = await seller.turn(call={"name": "undo", "args": {}})
    assert document.description == "My dear old mug. It is red."


async def test_a_new_message_drops_the_question(seller: Seller, take: Take) -> None:
    await seller.turn(photos=(take(),))
    await seller.turn(call=PUBLISH)
    old = seller.of("interrupt")[0]["id"]
    view = await read_thread(seller.graph, seller.thread)
    assert view is not None and view.interrupt is not None and view.interrupt.id == old
    document = await seller.turn(edits=(Edit("attribute", "Nordvik", "brand"),))
    assert document.published is None and document.attributes["brand"].value == "Nordvik"
    view = await read_thread(seller.graph, seller.thread)
    assert view is not None and view.interrupt is None and not view.unfinished
    with pytest.raises(NotFoundError, match="not open"):
        await anext(
            stream_resume(seller.context, seller.graph, seller.thread, old, {"confirm": True})
        )


async def test_a_wrong_answer_leaves_the_question_open(seller: Seller, take: Take) -> None:
    await seller.turn(photos=(take(),))
    await seller.turn(call=ASK)
    with pytest.raises(BadInputError, match="answers"):
        await seller.resume(answers="brand")
    with pytest.raises(BadInputError, match="colour: was not asked"):
        await seller.resume(answers={"colour": "blue"})
    view = await read_thread(seller.graph, seller.thread)
    assert view is not None and view.interrupt is not None
    assert view.model_dump(by_alias=True)["interrupt"]["schema"]


async def test_a_question_comes_after_what_the_message_states(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    fact = ("set_attribute", {"attribute": "brand", "value": "Nordvik"})
    mind.when("publish", [("publish", {}), fact])
    document = await seller.turn("publish the Nordvik")
    assert document.attributes["brand"].value == "Nordvik"
    assert (
        "Nordvik" in seller.of("interrupt")[0]["listing"]["description"]
        or "Nordvik" in (seller.of("interrupt")[0]["listing"]["title"])
    )
    document = await seller.resume(confirm=True)
    assert document.published is not None


async def test_a_pause_is_no_error_and_an_open_question_is_told_again(
    seller: Seller, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    await seller.turn(call=PUBLISH)
    folder = seller.context.tracer.folder
    assert folder is not None
    trace = read_trace(find_trace(folder, seller.events[-1]["trace_id"]))
    paused = next(s for s in trace.spans if s.name == "node publish")
    assert paused.attributes[names.PAUSED] is True
    assert all(s.status != "error" for s in trace.spans)
    stream = stream_unfinished(seller.context, seller.graph, seller.thread)
    events = [event async for event in stream]
    assert [e["event"] for e in events] == ["interrupt", "done"]
