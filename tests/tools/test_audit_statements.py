"""Each kind of statement is found, whatever its wording, and what states nothing is not."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing import EvidenceLedger
from tools.audit import find_claims, judge
from tools.normalise import all_plain, is_placeholder, is_plain
from tools.normalise.kinds import names_nothing
from tools.taxonomy import market_taxonomy

PHONE = market_taxonomy().template("el-4-8-5")


def ledger(*seller: str) -> EvidenceLedger:
    made = EvidenceLedger()
    made.add("category", "category:el-4-8-5", "Mobile phones")
    for text in seller:
        made.add("seller", "seller:1", text)
    return made


def stated(text: str, category_id: str = "el-4-8-5") -> list[str]:
    """Words and attribute of the claims of a draft that nobody has said anything about."""
    category = market_taxonomy().get(category_id)
    assert category is not None
    known = EvidenceLedger()
    known.add("category", f"category:{category_id}", category.name)
    found = find_claims("", text, market_taxonomy().template(category_id), known)
    return [f"{c.attribute}: {c.text}" for c in found if not c.general]


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("It is made by kestrel.", ["statement: kestrel"]),
        ("Kestrel made this phone.", ["statement: Kestrel"]),
        ("A phone by Veltro & Sons.", ["brand: Veltro & Sons"]),
        ("Brand: H&M.", ["statement: H&M"]),
        ("The T 590 version.", ["statement: T 590 version"]),
        ("This is the Aria Sport.", ["brand: Aria Sport"]),
        ("It has two terabytes.", ["storage: two terabytes"]),
        ("128 gigs inside.", ["storage: 128 gigs"]),
        ("It comes in light grey.", ["colour: light grey"]),
        ("Off-white, all over.", ["colour: Off-white"]),
        ("It is BNIB.", ["condition: BNIB"]),
        ("Sold in top shape.", ["condition: top"]),
        ("The condition is stellar.", ["condition: stellar"]),
        ("Set of 4.", ["quantity: Set of 4"]),
        ("Two phones.", ["quantity: Two phones"]),
        ("Comes with a rain cover.", ["accessories: rain cover"]),
        ("A tripod is included.", ["accessories: tripod"]),
        ("You also get two extra cables and the manual.",
         ["accessories: two extra cables", "accessories: manual"]),
        ("It is very quiet in use.", ["statement: quiet in use"]),
        ("It switches off automatically.", ["statement: switches", "statement: automatically"]),
        ("With noise-cancelling.", ["statement: noise-cancelling"]),
        ("It has three speeds.", ["statement: three speeds"]),
        ("Paid €300.", ["price: €300"]),
        ("100% authentic.", ["authenticity: 100% authentic"]),
    ],
)  # fmt: skip
def test_statements_are_found(text: str, claims: list[str]) -> None:
    assert stated(text) == claims


@pytest.mark.parametrize(
    "text",
    [
        "I am selling my phone and would be glad to see it enjoyed again.",
        "Please look at the photos to get your own impression.",
        "A lovely, stylish phone for everyday life.",
        "It comes with everything you see.",
        "The condition is described above.",
        "Suited to ages and sizes of all kinds.",
        "这部手机很好用。",
        "",
    ],
)
def test_talk_states_nothing(text: str) -> None:
    assert stated(text) == []


def test_goods_that_come_in_pairs_are_one() -> None:
    assert stated("A pair of sneakers.", "aa-8-8") == []
    assert stated("A pair of chairs.", "fr-7") == ["quantity: pair"]


def verdict(text: str, *seller: str) -> str:
    evidence = ledger(*seller)
    claims = judge(find_claims("", text, PHONE, evidence), evidence)
    assert claims, text
    kinds = {c.verdict for c in claims}
    return next(v for v in ("contradicted", "unsupported", "supported", "general") if v in kinds)


@pytest.mark.parametrize(
    ("said", "draft", "expected"),
    [
        ("set of four", "Set of 4.", "supported"),
        ("a set of 3", "Set of 4.", "contradicted"),
        ("it has noise cancelling", "With noise cancelling.", "supported"),
        ("a noise. cancelling the deal", "With noise cancelling.", "unsupported"),
        ("with a leather strap", "With a leather strap.", "supported"),
        ("with a strap", "With a leather strap.", "unsupported"),
        ("in good condition", "It is scratched.", "unsupported"),
        ("like new", "It is scratched.", "contradicted"),
        ("a small scratch", "It is scratched.", "supported"),
        ("a small scratch", "No scratches.", "contradicted"),
        ("like new, one dent", "No scratches.", "unsupported"),
        ("as new", "No scratches.", "supported"),
        ("no scratches at all", "Some scratches.", "contradicted"),
    ],
)
def test_the_seller_vouches_for_what_was_said(said: str, draft: str, expected: str) -> None:
    assert verdict(draft, said) == expected


def test_a_quantity_under_another_name_is_that_ones_claim() -> None:
    template = market_taxonomy().template("hg-11-7-11")
    assert {"capacity", "power"} <= set(template.names)
    evidence = EvidenceLedger()
    evidence.add("seller", "seller:1", "2200 W", attribute="power", value="2200 W")
    found = find_claims("", "It has a volume of 2200 W and a power of 2200 W.", template, evidence)
    assert [(c.attribute, c.text) for c in found] == [("capacity", "2200 W"), ("power", "2200 W")]
    assert [c.verdict for c in judge(found, evidence)] == ["unsupported", "supported"]


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Colour: see photos.", "colour: Colour: see photos"),
        ("The storage is to be confirmed.", "storage: The storage is to be confirmed"),
        ("Brand unknown.", "brand: Brand unknown"),
        ("Unknown model.", "model: Unknown model"),
        ("颜色：见图。", "colour: 颜色：见图"),
    ],
)
def test_a_placeholder_is_no_value(text: str, claim: str) -> None:
    evidence = ledger()
    (found,) = judge(find_claims("", text, PHONE, evidence), evidence)
    assert f"{found.attribute}: {found.text}" == claim
    assert (found.value, found.verdict) == ("", "unsupported")


def test_a_placeholder_in_the_evidence_vouches_for_nothing() -> None:
    evidence = ledger()
    evidence.add("seller", "seller:1", "n/a", attribute="brand", value="n/a")
    evidence.add("seller", "seller:1", "see photos", attribute="colour", value="see photos")
    claims = judge(find_claims("", "It is red.", PHONE, evidence), evidence)
    assert [(c.text, c.verdict) for c in claims] == [("red", "unsupported")]


@pytest.mark.parametrize(
    "value", ["see photos", "As pictured", "N/A", "-", "?", "unknown", "to be confirmed", "TBC",
              "see description", "见图", "如图所示", "various", ""],
)  # fmt: skip
def test_placeholders(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["as new", "none", "128 GB", "L", "no", "black", "XXXL", "Aria"])
def test_values_are_no_placeholders(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize("value", ["I'd", "Comes", "includes", "CHAIR", "black"])
def test_an_ordinary_word_is_no_name(value: str) -> None:
    assert names_nothing("brand", value)
    assert not names_nothing("colour", value)
    evidence = ledger()
    evidence.add("seller", "seller:1", value, attribute="brand", value=value)
    claims = judge(find_claims("", f"My {value} phone.", PHONE, evidence), evidence)
    assert not [c for c in claims if (c.attribute, c.verdict) == ("brand", "supported")]


@pytest.mark.parametrize(
    ("listings", "verdict"),
    [
        ([{"brand": "Skonis"}], "supported"),
        ([{"brand": "Skonis", "model": "Aria 5"}], "supported"),
        ([{"brand": "Skonis", "model": "Skonis 24"}], "unsupported"),
        ([{"brand": "Skonis", "model": "Skonis 24"}, {"brand": "skonis"}], "supported"),
        ([{"brand": "Skonis"}, {"brand": "Fenroda", "model": "Skonis 24"}], "contradicted"),
    ],
)
def test_a_model_read_as_the_maker_does_not_vouch(
    listings: list[dict[str, str]], verdict: str
) -> None:
    evidence = ledger()
    for number, values in enumerate(listings):
        source = f"listing:{number}"
        evidence.add("reference", source, "Skonis 24, a phone")
        for name, value in values.items():
            evidence.add("reference", source, value, attribute=name, value=value)
    found = find_claims("", "My phone is by Skonis.", PHONE, evidence)
    assert judge(found, evidence)[0].verdict == verdict


def test_names_of_real_brands_are_kept() -> None:
    root = Path(__file__).parents[2]
    data = Path(os.environ.get("VOUCH_SHARED_DATA", root.parent / "shared" / "data"))
    file = data / "listings" / "listings.jsonl"
    if not file.is_file():
        pytest.skip(f"real listings absent: {file}")
    kept = lost = 0
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        brands = [v for n, vs in row.get("attributes", {}).items() if n == "Brand" for v in vs]
        for brand in set(brands):
            lost += names_nothing("brand", brand)
            kept += not names_nothing("brand", brand)
    assert kept > 1000
    assert lost / (lost + kept) < 0.01


def test_forms_of_plain_words() -> None:
    assert is_plain("Selling") and is_plain("photos") and is_plain("happily")
    assert not is_plain("timer") and not is_plain("Kestrel")
    assert is_plain("gizmos", {"gizmo"})
    assert all_plain("with the best wishes") and not all_plain("with the best gizmo")


PIECES = st.sampled_from(
    ["black", "Kestrel", "with", "a rain cover", "and", "two", "phones", "128 GB", "size:", "n/a",
     "in top shape", "+", "incl.", "(", ")", ".", ",", "\n", "included", "set of", "scratched",
     "no", "T", "590", "红色", "condition is", "&"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14), st.lists(PIECES, max_size=6))
def test_claims_lie_apart_in_their_field(pieces: list[str], head: list[str]) -> None:
    title, text = " ".join(head), " ".join(pieces)
    ends = {"title": 0, "description": 0}
    for claim in find_claims(title, text, PHONE, ledger("a phone")):
        source = title if claim.field == "title" else text
        assert source[claim.start : claim.end] == claim.text
        assert ends[claim.field] <= claim.start < claim.end
        ends[claim.field] = claim.end


def test_the_reader_drops_what_is_no_value() -> None:
    from tools.attribute_extract import place_values

    read = {"brand": "I'd", "model": "n/a", "colour": "black"}
    found = place_values("I'd sell it, model n/a, black", read, PHONE)
    assert [v.attribute for v in found] == ["colour"]
