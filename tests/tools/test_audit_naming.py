"""Where no category is known, a draft does not name the kind of thing."""

import pytest

from tools.audit import unname
from tools.taxonomy import market_taxonomy

NAMES = [c.name for c in market_taxonomy().leaves]


@pytest.mark.parametrize(
    ("draft", "plain"),
    [
        ("Chair in grey", "Item in grey"),
        ("I am selling a chair. The chair is grey.", "I am selling an item. The item is grey."),
        ("My pair of headphones. The headphones have a black finish.",
         "My item. The item has a black finish."),
        ("Sports jacket, red", "Item, red"),
        ("A red item.", "A red item."),
        ("I am selling my T-shirt.", "I am selling my item."),
    ],
)  # fmt: skip
def test_kinds_become_items(draft: str, plain: str) -> None:
    assert unname(draft, NAMES) == plain


def test_no_leaf_name_survives_and_doing_it_twice_changes_nothing() -> None:
    for name in NAMES:
        once = unname(f"I am selling my {name.lower()}.", NAMES)
        assert name.lower() not in once and unname(once, NAMES) == once
    assert unname("A blue mug", []) == "A blue mug"


def test_what_is_vouched_for_keeps_its_name() -> None:
    assert unname("Pair of sneakers", NAMES, ["Sneakers"]) == "Pair of sneakers"
    assert unname("Sports jacket, red", NAMES, ["Sports jackets"]) == "Sports jacket, red"
    assert unname("My white headphones", NAMES, ["Staplers"]) == "My white item"
    title = "The Milk Harbour, a book"
    assert unname(title, NAMES, ["Books", "The Milk Harbour"]) == title
