"""What listings may vouch for, and whose brand is believed."""

import pytest

from graphs.listing.vouching import vouched, without_doubtful_brands
from listing import AttributeSpec, Reference
from listing.market import Match


def read(id: str, match: Match = "identical", **values: str) -> Reference:
    return Reference(id=id, score=0.9, match=match, title="Ad", text="", attributes=values)


@pytest.mark.parametrize(
    ("listings", "announced", "kept"),
    [
        ([read("a", brand="Skonis")], [], []),
        ([read("a", brand="Skonis", model="Skonis 24")], [], []),
        ([read("a", brand="Velo", model="Nord")], [], ["a"]),
        ([read("a", brand="Velo"), read("b", brand="velo")], [], ["a", "b"]),
        ([read("a", brand="Velo"), read("b", brand="Rispik")], [], []),
        ([read("a", brand="Velo")], ["a"], ["a"]),
    ],
)
def test_a_brand_is_believed_beside_a_model_with_a_second_listing_or_by_its_name(
    listings: list[Reference], announced: list[str], kept: list[str]
) -> None:
    found = without_doubtful_brands(listings, announced)
    assert [r.id for r in found if "brand" in r.attributes] == kept
    assert [r.attributes.get("model") for r in found] == [
        r.attributes.get("model") for r in listings
    ]


@pytest.mark.parametrize(
    ("scope", "match", "value"),
    [
        ("model", "similar", "128 GB"),
        ("variant", "similar", None),
        ("variant", "identical", "128 GB"),
        ("item", "identical", None),
    ],
)
def test_a_listing_speaks_within_its_scope(scope: str, match: Match, value: str | None) -> None:
    spec = AttributeSpec(name="storage", label="storage", scope=scope)  # type: ignore[arg-type]
    assert vouched(spec, [read("a", match, storage="128 GB")]) == value


def test_listings_that_differ_vouch_with_two_thirds() -> None:
    spec = AttributeSpec(name="storage", label="storage", scope="variant")
    one, two, three = (
        read(i, storage=s) for i, s in (("a", "64 GB"), ("b", "128 GB"), ("c", "64gb"))
    )
    assert vouched(spec, [one, two]) is None
    assert vouched(spec, [one, two, three]) == "64 GB"
