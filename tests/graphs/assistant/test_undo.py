"""Every change can be taken back; nothing else changes."""

from collections.abc import Callable
from typing import Any

from graphs.assistant import Edit, read_thread
from graphs.assistant.state import stacked
from listing import Photo
from tests.graphs.assistant.conftest import Mind, Seller

Take = Callable[..., Photo]
UNDO: Any = {"name": "undo", "args": {}}


async def test_changes_are_taken_back_one_after_the_other(seller: Seller, take: Take) -> None:
    first = await seller.turn(photos=(take(),))
    second = await seller.turn(edits=(Edit("attribute", "Nordvik", "brand"),))
    third = await seller.turn(edits=(Edit("description", "Just a mug."),))
    assert third.description == "Just a mug."
    view = await read_thread(seller.graph, seller.thread)
    assert view is not None and view.can_undo == "description"
    same = {"description", "title", "attributes", "claims", "questions", "asking_price"}
    back = await seller.turn(call=UNDO)
    assert back.model_dump(include=same) == second.model_dump(include=same)
    back = await seller.turn(call=UNDO)
    assert back.model_dump(include=same) == first.model_dump(include=same)
    back = await seller.turn(call=UNDO)
    assert (back.status, back.title) == ("manual", "")
    await seller.turn(call=UNDO)
    assert "nothing to take back" in seller.reply


async def test_a_model_takes_back_one_change_a_message(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    edits = (Edit("attribute", "Nordvik", "brand"), Edit("attribute", "Havn", "model"))
    await seller.turn(edits=edits)
    mind.when("back", [("undo", {}), ("undo", {})])
    document = await seller.turn("take that back")
    assert "model" not in document.attributes
    assert document.attributes["brand"].value == "Nordvik"


async def test_a_model_asks_before_it_takes_back_a_price(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    await seller.turn(edits=(Edit("price", "9 EUR"),))
    mind.when("back", ("undo", {}))
    document = await seller.turn("take that back")
    assert document.asking_price is not None
    assert seller.of("interrupt")[0]["kind"] == "confirm" and "9 EUR" in seller.reply
    document = await seller.resume(confirm=True)
    assert document.asking_price is None


async def test_by_hand_is_forgotten_with_the_change(seller: Seller, take: Take) -> None:
    await seller.turn(photos=(take(),))
    await seller.turn(edits=(Edit("title", "Mug of mine"),))
    await seller.turn(call=UNDO)
    await seller.turn(call={"name": "draft_listing", "args": {}})
    assert not seller.of("interrupt")


def test_what_can_be_taken_back_is_bounded() -> None:
    entry: dict[str, Any] = {"label": "x", "patch": {"title": "y" * 300}, "kept": {}}
    kept: list[dict[str, Any]] = []
    for _ in range(9):
        kept = stacked(kept, {"push": entry, "most": 3, "bytes": 1_000})
    assert len(kept) == 2
    huge = {**entry, "patch": {"title": "y" * 5_000}}
    assert stacked(kept, {"push": huge, "most": 3, "bytes": 1_000}) == [huge], "the last always"
    assert stacked([entry] * 5, {"push": entry, "most": 3, "bytes": 9_999}) == [entry] * 3
    assert stacked([entry, huge], {"pop": 1}) == [entry]
