"""A thread of any length stays within bounds."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from graphs.assistant import AssistantLimits, Edit, read_thread
from graphs.assistant.remember import trimmed
from graphs.assistant.state import heard
from listing import Photo
from tests.graphs.assistant.conftest import Mind, Seller
from tools.assistant import pieces

Take = Callable[..., Photo]
MAX_CHECKPOINT = 200_000
"""Bytes of a thread's checkpoint after any number of turns."""
MAX_PROMPT = 6_000
"""Characters of the prompt under which a tool is chosen."""
MAX_SELLER_EVIDENCE = 60
"""Items of the ledger that are the seller's."""


@pytest.mark.parametrize("turns", [24, pytest.param(200, marks=pytest.mark.heavy)])
async def test_a_long_thread_is_bounded(seller: Seller, mind: Mind, take: Take, turns: int) -> None:
    await seller.turn(photos=(take(),))
    sizes: list[int] = []
    saver: Any = seller.graph.checkpointer
    for n in range(turns):
        name = f"Brand{n}"
        if n % 4 == 3:
            await seller.turn(edits=(Edit("description", f"It is red. {name} mug, word {n}."),))
        else:
            attribute = ("brand", "model", "material")[n % 4]
            mind.when(name, ("set_attribute", {"attribute": attribute, "value": name}))
            await seller.turn(f"Well, now that I look at it again, it says {name} there " * 3)
        query = "SELECT count(*), sum(length(checkpoint)) FROM checkpoints"
        async with saver.conn.execute(query) as rows:
            count, size = await rows.fetchone()
        assert count == 1
        sizes.append(size)
    assert max(sizes) < MAX_CHECKPOINT
    if turns > 100:
        assert max(sizes[150:]) < 1.2 * max(sizes[50:100]), "it does not go on growing"
    assert max(map(len, mind.prompts)) < MAX_PROMPT
    assert len(mind.prompts[-1]) < 1.2 * max(len(p) for p in mind.prompts[4:24])
    assert "Before: set_attribute" in mind.prompts[-1]
    view = await read_thread(seller.graph, seller.thread)
    assert view is not None and view.listing is not None
    told = [e for e in view.listing.evidence if e.kind == "seller"]
    assert len(told) < MAX_SELLER_EVIDENCE
    ids = [e.id for e in view.listing.evidence]
    assert len(ids) == len(set(ids)), "no id is given twice"
    for claim in view.listing.claims:
        assert set(claim.evidence) <= set(ids)
    assert len(view.messages) <= 60


async def test_a_long_message_loses_no_fact(seller: Seller, mind: Mind, take: Take) -> None:
    await seller.turn(photos=(take(),))
    filler = "It stood on the shelf in the kitchen all the time, nobody used it. " * 9
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    mind.when("Havn", ("set_attribute", {"attribute": "model", "value": "Havn"}))
    mind.when("12 EUR", ("set_attribute", {"attribute": "price", "value": "12 EUR"}))
    text = f"It is a Nordvik. {filler} The model is Havn. {filler} I want 12 EUR for it."
    document = await seller.turn(text)
    assert document.attributes["brand"].value == "Nordvik"
    assert document.attributes["model"].value == "Havn"
    assert document.asking_price is not None and document.asking_price.amount == 12
    assert all(len(p) < MAX_PROMPT for p in mind.prompts)


async def test_what_was_not_read_is_said(seller: Seller, take: Take) -> None:
    limits = AssistantLimits(piece_chars=60, max_pieces=2)
    seller.context = replace(seller.context, limits=limits)
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    await seller.turn(" ".join(f"The mug has stood in kitchen number {w}." for w in words))
    assert "send the rest again" in seller.reply


def test_pieces_are_the_text() -> None:
    text = "One sentence here. Another, longer one, with commas! " * 30
    cut = pieces(text, 200)
    assert all(len(piece) <= 200 for piece in cut)
    assert " ".join(cut) == text.strip()
    assert all(piece[-1] in ".!" for piece in cut)
    assert pieces("x" * 500, 200) == ["x" * 200, "x" * 200, "x" * 100]
    assert pieces("这是红色的。" * 50, 100)[0].endswith("。")
    assert pieces("  ", 10) == []


def test_the_talk_is_bounded_by_count_and_length() -> None:
    limits = AssistantLimits(max_messages=4, max_talk_chars=100)
    talk: list[dict[str, Any]] = []
    for n in range(9):
        talk = heard(talk, limits.talk([{"text": str(n) * 30}]))
    assert [m["text"][0] for m in talk] == ["6", "7", "8"]
    assert len(heard(talk, limits.talk([{"text": "x"}, {"text": "x"}]))) == 4
    assert len(heard(talk, limits.talk([{"text": "x" * 900}] * 2))) == 2


async def test_evidence_goes_only_when_nothing_rests_on_it(seller: Seller, take: Take) -> None:
    await seller.turn("A mug", photos=(take(),), call={"name": "draft_listing", "args": {}})
    await seller.turn(edits=(Edit("attribute", "Nordvik", "brand"),))
    document = await seller.turn(edits=(Edit("attribute", "Havn", "brand"),))
    assert "Nordvik" in [e.value for e in document.evidence], "it can be taken back"
    told = [e.value for e in trimmed(document, []).evidence if e.kind == "seller"]
    assert "Havn" in told and "Nordvik" not in told
    assert [e for e in document.evidence if e.kind == "photo"]
