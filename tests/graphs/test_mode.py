"""Which mode a run takes, for every combination of what came back."""

import pytest

from graphs.listing.mode import LADDER, choose_mode
from listing import CategoryPrediction, Reference
from listing.document import Mode


def category(id: str = "mug", confidence: float = 0.9) -> CategoryPrediction:
    return CategoryPrediction(id=id, path=[id], confidence=confidence)


def reference(category_id: str | None, match: str = "identical", id: str = "1") -> Reference:
    return Reference(id=id, score=0.9, match=match, title="", text="", category_id=category_id)


@pytest.mark.parametrize(
    ("found", "references", "mode"),
    [
        (category(), [reference("mug")], "reference"),
        (category(), [reference(None)], "reference"),
        (category(), [reference("lamp")], "template"),
        (category(), [], "template"),
        (None, [], "image_only"),
        (None, [reference("mug")], "image_only"),
        (None, [reference("mug"), reference("mug", id="2")], "reference"),
        (None, [reference("mug"), reference("lamp", id="2")], "image_only"),
        (None, [reference("mug", "similar"), reference("mug", "similar", "2")], "image_only"),
    ],
)
def test_the_mode_is_the_best_that_the_findings_allow(
    found: CategoryPrediction | None, references: list[Reference], mode: Mode
) -> None:
    assert choose_mode(found, references, None).mode == mode


@pytest.mark.parametrize("cap", LADDER)
def test_a_cap_never_makes_a_mode_better(cap: Mode) -> None:
    decision = choose_mode(category(), [reference("mug")], cap)
    assert decision.mode == cap
    assert bool(decision.references) == (cap == "reference")
    assert choose_mode(None, [], cap).mode in ("image_only", "manual")


def test_listings_that_agree_overrule_an_unsure_prediction_only() -> None:
    listed = [reference("mug"), reference("mug", id="2")]
    assert choose_mode(category("lamp", 0.5), listed, None).category_id == "mug"
    assert choose_mode(category("lamp", 0.9), listed, None).category_id == "lamp"
