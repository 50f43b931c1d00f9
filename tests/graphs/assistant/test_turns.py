"""What a seller gets from a turn."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from eval_traces import find_trace, names, read_trace
from graphs.assistant import AssistantLimits, Edit
from graphs.assistant.words import say
from listing import Photo
from tests.graphs.assistant.conftest import Mind, Seller
from tests.graphs.conftest import Script

Take = Callable[..., Photo]


async def test_a_photo_becomes_a_draft_in_a_run_of_its_own(seller: Seller, take: Take) -> None:
    document = await seller.turn(photos=(take(),))
    assert (document.status, document.title) == ("drafted", "Red mug")
    data = seller.result("draft_listing")["data"]
    assert data["listing_id"] == document.listing_id
    folder = seller.context.tracer.folder
    assert folder is not None
    draft = read_trace(find_trace(folder, data["trace_id"]))
    assert draft.root.name == "invoke_workflow listing"
    turn = read_trace(find_trace(folder, seller.events[-1]["trace_id"]))
    assert turn.root.name == "invoke_agent assistant"
    assert turn.trace_id != draft.trace_id
    assert [s.name for s in turn.spans if s.name.startswith("node")] == [
        "node take", "node act", "node answer", "node remember",
    ]  # fmt: skip
    assert "Red mug" in seller.reply


async def test_a_stated_fact_enters_the_draft_as_the_sellers_word(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    document = await seller.turn("It is made by Nordvik, by the way")
    brand = document.attributes["brand"]
    assert (brand.value, brand.source) == ("Nordvik", "seller")
    proof = next(e for e in document.evidence if e.id == brand.evidence[0])
    assert (proof.source, proof.text) == ("seller:2", "Nordvik")
    assert "Nordvik" in f"{document.title} {document.description}"
    assert all(getattr(document, c.field)[c.start : c.end] == c.text for c in document.claims)
    assert "brand" not in [q.attribute for q in document.questions]
    assert [name for name, _ in seller.calls] == ["set_attribute", "reply"]
    assert "Nordvik" in seller.reply


async def test_a_value_that_the_message_does_not_say_is_not_taken(
    seller: Seller, mind: Mind, take: Take
) -> None:
    before = await seller.turn(photos=(take(),))
    wrong = ("set_attribute", {"attribute": "brand", "value": "Rolex"})
    mind.when("made by", wrong, ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    document = await seller.turn("It is made by Nordvik")
    assert document.attributes["brand"].value == "Nordvik"
    assert "failed: set_attribute brand: Rolex" in mind.prompts[1], "told to the model once"
    assert "Rolex" not in seller.reply, "a mended mistake is not told"
    mind.when("nice", wrong, ("set_attribute", {"attribute": "model", "value": "Submariner"}))
    document = await seller.turn("It is nice")
    assert document.attributes["brand"].value == "Nordvik"
    assert len(seller.calls) == 2, "the second wrong call ends it"
    assert "Rolex" in seller.reply and "Submariner" in seller.reply
    assert before.listing_id == document.listing_id


async def test_a_model_may_be_given_one_sentence_at_a_time(
    seller: Seller, mind: Mind, take: Take
) -> None:
    seller.context = replace(seller.context, limits=AssistantLimits(sentence_wise=True))
    await seller.turn(photos=(take(),))
    mind.when("hello", ("reply", {"topic": "small_talk"}))
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    mind.when("12 EUR", ("set_attribute", {"attribute": "price", "value": "12 EUR"}))
    document = await seller.turn("hello! It is made by Nordvik. I want 12 EUR for it")
    assert document.attributes["brand"].value == "Nordvik"
    assert document.asking_price is not None and document.asking_price.amount == 12
    shown = [re.findall(r"^Seller: (.*)$", prompt, re.M)[-1] for prompt in mind.prompts]
    assert list(dict.fromkeys(shown)) == [
        "hello!",
        "It is made by Nordvik.",
        "I want 12 EUR for it",
    ]
    assert all("Nordvik" not in p.split("Seller: ")[-1] for p in mind.prompts if "12 EUR" in p)
    assert "Nordvik" in seller.reply and "12" in seller.reply
    assert say("small_talk", "en") not in seller.reply, "nothing but the talk is left out"
    mind.when("morning", ("reply", {"topic": "small_talk"}))
    await seller.turn("good morning!")
    assert say("small_talk", "en") in seller.reply


async def test_a_denied_value_that_the_model_took_up_is_not_told_beside_the_right_one(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    right = ("set_attribute", {"attribute": "colour", "value": "blue"})
    wrong = ("set_attribute", {"attribute": "brand", "value": "red"})
    mind.when("not red", right, wrong)
    document = await seller.turn("it is blue, not red")
    assert document.attributes["colour"].value == "blue"
    assert "brand" not in document.attributes
    assert "did not find" not in seller.reply
    mind.when("no red", wrong)
    await seller.turn("there is no red")
    assert "did not find" in seller.reply, "where nothing else was done it is told"


async def test_a_change_by_hand_needs_no_model(
    seller: Seller, mind: Mind, take: Take, script: Script
) -> None:
    await seller.turn(photos=(take(),))
    script.asked.clear()
    edits = (Edit("attribute", "Nordvik", "brand"), Edit("price", "12 EUR"))
    document = await seller.turn(edits=edits)
    assert document.attributes["brand"].source == "seller"
    assert document.asking_price is not None
    assert (document.asking_price.amount, document.asking_price.currency) == (12, "EUR")
    assert not mind.prompts
    document = await seller.turn(edits=(Edit("price", None),))
    assert document.asking_price is None


async def test_the_talk_goes_on_where_it_was(seller: Seller, mind: Mind, take: Take) -> None:
    await seller.turn("A mug", photos=(take(),), call={"name": "draft_listing", "args": {}})
    assert not mind.prompts
    mind.when("shorter", lambda messages: "I do not know how.")
    await seller.turn("make it shorter")
    assert "Seller: A mug" in mind.prompts[0]
    assert "Listing: Red mug" in mind.prompts[0]
    assert seller.reply == "I do not know how."


async def test_nothing_is_stated_before_there_is_a_draft_but_kept(
    seller: Seller, mind: Mind, take: Take, script: Script
) -> None:
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    document = await seller.turn("It is a Nordvik")
    assert document.status == "manual"
    document = await seller.turn(photos=(take(),))
    assert document.attributes["brand"].value == "Nordvik"
    assert "Nordvik" in f"{document.title} {document.description}"


async def test_events_tell_tools_and_steps(seller: Seller, take: Take) -> None:
    await seller.turn(photos=(take(),))
    names = [e["name"] for e in seller.of("step") if e["state"] == "done"]
    assert {"take", "act", "write_draft", "answer", "remember"} <= set(names)
    ids: Any = [(e["id"], e["name"]) for e in seller.of("tool_call")]
    assert ids == [(e["id"], e["name"]) for e in seller.of("tool_result")]
    assert "".join(t["text"] for t in seller.of("token") if "of" not in t).startswith("Red mug")


async def test_a_statement_is_read_again_for_values_that_no_call_took(
    seller: Seller, mind: Mind, take: Take, script: Script
) -> None:
    await seller.turn(photos=(take(),))
    script.reading(worn={"condition": "like new", "model": "worn", "brand": "Nordvik"})
    mind.when("worn", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    document = await seller.turn("A Nordvik, hardly worn, it is like new")
    assert document.attributes["condition"].value == "like new"
    assert "model" not in document.attributes, "names are not guessed from chat"
    assert [name for name, _ in seller.calls] == ["set_attribute", "reply", "set_attribute"]
    await seller.turn("why is it worn?")
    assert [name for name, _ in seller.calls] == ["reply"], "no statement, no second reading"


async def test_the_trace_tells_routes_with_reasons_and_tools_with_arguments(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    given = {"attribute": "brand", "value": "Nordvik"}
    mind.when("Nordvik", ("set_attribute", given))
    await seller.turn("It is a Nordvik")
    folder = seller.context.tracer.folder
    assert folder is not None
    trace = read_trace(find_trace(folder, seller.events[-1]["trace_id"]))
    routes = [
        (s.name, s.text(names.ROUTE)) for s in trace.spans if s.name in ("node take", "node decide")
    ]
    assert routes == [("node take", "decide"), ("node decide", "act"), ("node decide", "act")]
    assert all(s.text(names.ROUTE_REASON) for s in trace.spans if s.name.startswith("node decide"))
    tool = next(s for s in trace.spans if s.name == "execute_tool set_attribute")
    assert tool.json(names.TOOL_ARGUMENTS) == given
    assert tool.json(names.TOOL_RESULT)["patch"]["attributes"]["brand"]["value"] == "Nordvik"
    document = trace.document()
    assert document is not None and document.attributes["brand"].value == "Nordvik"
    brand = next(e for e in document.evidence if e.attribute == "brand")
    assert brand.span_id == tool.span_id
    begun = trace.root.json(names.INPUT)
    assert begun["turn"]["text"] == "It is a Nordvik"
    assert begun["thread"]["listing"]["title"] == "Red mug"
