"""Which evidence a claim names: the fewest items, the highest rank, with the words that say so."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing import Claim, EvidenceLedger, Reference
from models.scripted import ScriptedChatModel
from tools.audit import ClaimCandidate, acheck, find_claims, judge
from tools.audit.citing import smallest
from tools.audit.stances import Voice
from tools.taxonomy import market_taxonomy

PHONE = market_taxonomy().template("el-4-8-5")


def seller(*values: tuple[str, str]) -> EvidenceLedger:
    made = EvidenceLedger()
    for attribute, value in values:
        made.add("seller", "seller:1", value, attribute=attribute, value=value)
    return made


def candidate(attribute: str, value: str, scope: str = "item") -> ClaimCandidate:
    return ClaimCandidate("description", 0, len(value), value, attribute, value, scope=scope)  # type: ignore[arg-type]


def cited(evidence: EvidenceLedger, value: str) -> tuple[str, list[str | None]]:
    (claim,) = judge([candidate("accessories", value)], evidence)
    items = [evidence.get(name) for name in claim.evidence]
    return claim.verdict, [item.value for item in items if item]


def test_two_things_from_two_items_name_both() -> None:
    evidence = seller(("accessories", "charger"), ("accessories", "case"))
    assert cited(evidence, "charger and case") == ("supported", ["charger", "case"])


def test_one_item_that_states_all_is_enough() -> None:
    evidence = seller(
        ("accessories", "charger"), ("accessories", "case and charger"), ("accessories", "case")
    )
    assert cited(evidence, "charger and case") == ("supported", ["case and charger"])


def test_three_things_are_covered_by_the_fewest() -> None:
    evidence = seller(
        ("accessories", "charger"), ("accessories", "case"), ("accessories", "charger and cable")
    )
    verdict, values = cited(evidence, "charger, case and cable")
    assert verdict == "supported" and sorted(map(str, values)) == ["case", "charger and cable"]


def test_a_thing_that_nobody_named_leaves_the_claim_unsupported() -> None:
    assert cited(seller(("accessories", "charger")), "charger and case") == ("unsupported", [])


def test_a_denied_thing_contradicts_and_is_named_alone() -> None:
    evidence = seller(("accessories", "charger"), ("accessories", "no case"))
    assert cited(evidence, "charger and case") == ("contradicted", ["no case"])


def test_the_words_of_the_evidence_are_pointed_at() -> None:
    evidence = EvidenceLedger()
    message = "Works fine. Comes with charger, no box."
    evidence.add("seller", "seller:1", message)
    claims = judge(find_claims("", "Charger included, no box.", PHONE, evidence), evidence)
    said = [message[c.citations[0].start : c.citations[0].end] for c in claims]
    assert said == ["charger", "box"]
    assert [c.evidence for c in claims] == [[i.evidence for i in c.citations] for c in claims]


def reference(made: EvidenceLedger, number: int, attribute: str, value: str) -> None:
    made.add("reference", f"listing:{number}", value, attribute=attribute, value=value)


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        (["Aria 5"], "supported"),
        (["Aria 5", "Aria 5", "Aria 6"], "supported"),
        (["Aria 5", "Aria 6"], "unsupported"),
        (["Aria 5", "Aria 6", "Aria 7"], "unsupported"),
        (["Aria 5", "Aria 5", "Aria 6", "Aria 7"], "unsupported"),
        (["Aria 6", "Aria 6", "Aria 5"], "contradicted"),
        ([], "unsupported"),
    ],
)
def test_similar_listings_vouch_only_when_two_thirds_agree(values: list[str], verdict: str) -> None:
    evidence = EvidenceLedger()
    for number, value in enumerate(values):
        reference(evidence, number, "model", value)
    (claim,) = judge([candidate("model", "Aria 5", "model")], evidence)
    assert claim.verdict == verdict
    assert len(claim.evidence) == (verdict != "unsupported")


def test_identical_listings_that_differ_are_settled_by_the_similar_ones() -> None:
    evidence = EvidenceLedger()
    for number, value in enumerate(["Aria 5", "Aria 6", "Aria 5"]):
        reference(evidence, number, "model", value)
    identical = [
        Reference(id=str(n), score=0.9, match="identical", title="", text="") for n in (0, 1)
    ]
    (claim,) = judge([candidate("model", "Aria 5", "model")], evidence, references=identical)
    assert (claim.verdict, claim.evidence) == ("supported", ["e1"])


def test_a_listing_whose_value_was_read_is_not_heard_by_its_text() -> None:
    evidence = EvidenceLedger()
    evidence.add("reference", "listing:1", "Norvik phone, fits Kestrel cases")
    reference(evidence, 1, "brand", "Norvik")
    (claim,) = judge([candidate("brand", "Kestrel", "model")], evidence)
    assert (claim.verdict, claim.evidence) == ("contradicted", ["e2"])


@given(st.lists(st.sets(st.integers(0, 6), min_size=1, max_size=4), min_size=1, max_size=4))
def test_no_smaller_set_entails_the_claim(parts: list[set[int]]) -> None:
    evidence = EvidenceLedger()
    items = [evidence.add("seller", f"seller:{n}", str(n)) for n in range(7)]
    voices = [[Voice(items[n], n % 2, "same") for n in sorted(part)] for part in parts]
    chosen = {int(v.evidence.text) for v in smallest(voices)}
    assert all(part & chosen for part in parts)
    fewer = combinations(range(7), len(chosen) - 1)
    assert not any(all(part & set(few) for part in parts) for few in fewer)


PHOTO = {"type": "image", "base64": "aGk=", "mime_type": "image/jpeg"}


async def asked(
    text: str,
    answers: list[object],
    evidence: EvidenceLedger,
    *,
    photo_vouches_from: float | None = None,
) -> tuple[list[Claim], ScriptedChatModel]:
    """The claims of `text` about a photo, read by a model that extracts nothing."""
    model = ScriptedChatModel(responses=[{}, *answers])
    claims = await acheck(
        model, "", text, PHONE, evidence,
        photo_blocks=[PHOTO], photo_vouches_from=photo_vouches_from,
    )  # fmt: skip
    return claims, model


async def test_the_photo_is_asked_once_for_each_value() -> None:
    evidence = EvidenceLedger()
    evidence.add("photo", "photo:0", "colour: black", attribute="colour", value="black")
    answers = [{"yes": 0.8, "no": 0.2}, {"yes": 0.1, "no": 0.9}]
    text = "It is black, a black phone, not navy: blue. It works."
    claims, model = await asked(text, answers, evidence)
    colours = [(c.text, c.verdict, c.probability) for c in claims if c.attribute == "colour"]
    assert colours[:2] == [("black", "supported", 0.8), ("black", "supported", 0.8)]
    assert [c[1:] for c in colours[2:]] == [("contradicted", 0.1)] * (len(colours) - 2)
    assert len(model.calls) == 3
    assert all(c.probability is None for c in claims if c.attribute != "colour")


async def test_the_photos_yes_decides_nothing_unless_told_to() -> None:
    yes = {"yes": 0.97, "no": 0.03}
    claims, _ = await asked("It is black.", [yes], EvidenceLedger())
    assert [(c.verdict, c.probability) for c in claims] == [("unsupported", 0.97)]
    evidence = EvidenceLedger()
    claims, _ = await asked("It is black.", [yes], evidence, photo_vouches_from=0.9)
    assert [c.verdict for c in claims] == ["supported"]
    item = evidence.get(claims[0].evidence[0])
    assert item is not None and (item.kind, item.value) == ("photo", "black")
    claims, _ = await asked("It is black.", [yes], EvidenceLedger(), photo_vouches_from=0.99)
    assert [c.verdict for c in claims] == ["unsupported"]


async def test_a_reading_in_the_ledger_outweighs_the_photos_yes() -> None:
    evidence = EvidenceLedger()
    evidence.add("photo", "photo:0", "colour: white", attribute="colour", value="white")
    yes = {"yes": 0.99, "no": 0.01}
    claims, _ = await asked("It is black.", [yes], evidence, photo_vouches_from=0.5)
    assert [(c.verdict, c.evidence) for c in claims] == [("contradicted", ["e1"])]


async def test_without_photos_nobody_is_asked() -> None:
    model = ScriptedChatModel(responses=[{}])
    claims = await acheck(model, "", "It is black.", PHONE, EvidenceLedger())
    assert [c.probability for c in claims] == [None]
    assert len(model.calls) == 1
