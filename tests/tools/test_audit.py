import pytest

from listing import AttributeValue, Claim, EvidenceLedger, Reference, SpannedValue
from models.scripted import ScriptedChatModel
from tools.audit import acheck, draft_text, find_claims, judge, questions
from tools.taxonomy import market_taxonomy

PHONE = market_taxonomy().template("el-4-8-5")
LAPTOP = market_taxonomy().template("el-6-6")
SNEAKERS = market_taxonomy().template("aa-8-8")
IDENTICAL = [Reference(id="1", score=0.97, match="identical", title="", text="")]
SIMILAR = [Reference(id="1", score=0.8, match="similar", title="", text="")]


def ledger(*items: tuple[str, str, str | None, str]) -> EvidenceLedger:
    """A ledger of `(kind, source, attribute, value or text)`."""
    made = EvidenceLedger()
    for kind, source, attribute, text in items:
        if attribute is None:
            made.add(kind, source, text)  # type: ignore[arg-type]
        else:
            made.add(kind, source, f"{attribute}: {text}", attribute=attribute, value=text)  # type: ignore[arg-type]
    return made


def photo(attribute: str, value: str) -> tuple[str, str, str | None, str]:
    return ("photo", "photo:" + "0" * 64, attribute, value)


def reference(attribute: str, value: str, number: int = 1) -> tuple[str, str, str | None, str]:
    return ("reference", f"listing:{number}", attribute, value)


def seller(text: str) -> tuple[str, str, str | None, str]:
    return ("seller", "seller:1", None, text)


CATEGORY = ("category", "category:el-4-8-5", None, "Electronics > Telephony > Mobile phones")
KNOWN = (
    CATEGORY,
    reference("brand", "Norvik"),
    reference("model", "Aria 5"),
    reference("storage", "128 GB"),
)


def said(text: str, evidence: EvidenceLedger | None = None) -> dict[str, str]:
    """Words -> "attribute=value" of the claims in a description."""
    found = find_claims("", text, PHONE, evidence or ledger(*KNOWN))
    return {c.text: f"{c.attribute}={c.value}" for c in found}


def verdicts(
    text: str, evidence: EvidenceLedger, references: list[Reference] | None = None
) -> dict[str, str]:
    found = find_claims("", text, PHONE, evidence)
    judged = judge(found, evidence, references=references or [])
    return {c.text: c.verdict for c in judged}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A Norvik Aria 5 phone.", {"Norvik": "brand=Norvik", "Aria 5": "model=Aria 5"}),
        ("It has 256gb in navy.", {"256gb": "storage=256 GB", "navy": "colour=blue"}),
        ("Like new, no scratches.", {"Like new": "condition=like new",
                                     "no scratches": "condition=like new"}),
        ("Without any scratches.", {"scratches": "condition=like new"}),
        ("With charger, no box.", {"charger": "accessories=charger",
                                   "box": "accessories=no original box"}),
        ("Works perfectly.", {"Works perfectly": "function=works"}),
        ("Not working.", {"working": "function=not works"}),
        ("100% authentic.", {"100% authentic": "authenticity=authentic"}),
        ("Bought for 300 euros.", {"300 euros": "price=300 euros"}),
        ("Costs €300 now.", {"€300": "price=300"}),
        ("The phone, 5000 mAh.", {"5000 mAh": "specification=5000 mah"}),
        ("A phone by Kestrel for you.", {"Kestrel": "brand=Kestrel"}),
        ("With a black case.", {"black": "part_colour=black", "case": "accessories=case"}),
        ("Perfect for long trips.", {"Perfect for long trips": "general=perfect for long trips"}),
        ("Just a phone.", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_claims_are_found(text: str, expected: dict[str, str]) -> None:
    assert said(text) == expected


def test_common_sense_does_not_hide_a_fact() -> None:
    assert said("Ideal for 256 GB of music") == {"256 GB": "storage=256 GB"}


def test_claims_know_their_field_and_place() -> None:
    title, text = "Norvik phone", "128 GB, black"
    for claim in find_claims(title, text, PHONE, ledger(*KNOWN)):
        source = title if claim.field == "title" else text
        assert source[claim.start : claim.end] == claim.text


def test_a_quantity_goes_to_the_attribute_named_beside_it() -> None:
    found = find_claims("", "16 GB RAM, 512 GB SSD, 14 in screen", LAPTOP, ledger())
    assert [(c.attribute, c.value) for c in found] == [
        ("memory", "16 GB"),
        ("storage", "512 GB"),
        ("screen_size", "14 in"),
    ]


def test_shoe_sizes_are_claims() -> None:
    found = find_claims("Sneakers EU 42", "size 42", SNEAKERS, ledger())
    assert [(c.attribute, c.value) for c in found] == [("size", "EU 42"), ("size", "EU 42")]


def test_what_the_model_read_joins_in() -> None:
    title, text = "Kestrel nova phone", "It is black."
    whole = draft_text(title, text)
    start = whole.index("black")
    read = [
        SpannedValue(attribute="model", value="Kestrel nova", start=0, end=12),
        SpannedValue(attribute="colour", value="black", start=start, end=start + 5),
    ]
    evidence = ledger(reference("brand", "Kestrel"))
    found = find_claims(title, text, PHONE, evidence, extracted=read)
    assert [(c.field, c.attribute, c.text) for c in found] == [
        ("title", "model", "nova"),
        ("description", "colour", "black"),
    ] or [(c.field, c.attribute, c.text) for c in found] == [
        ("title", "brand", "Kestrel"),
        ("title", "model", "nova"),
        ("description", "colour", "black"),
    ]


def test_identical_listings_vouch_for_the_variant_similar_ones_do_not() -> None:
    evidence = ledger(*KNOWN)
    text = "A Norvik Aria 5 phone with 128 GB."
    identical = verdicts(text, evidence, IDENTICAL)
    assert set(identical.values()) == {"supported"}
    similar = verdicts(text, evidence, SIMILAR)
    assert similar == {"Norvik": "supported", "Aria 5": "supported", "128 GB": "unsupported"}
    assert verdicts(text, evidence) == similar


def test_another_sellers_item_says_nothing_of_this_one() -> None:
    evidence = ledger(reference("condition", "new"), reference("accessories", "charger"))
    found = verdicts("Brand new, with charger.", evidence, IDENTICAL)
    assert set(found.values()) == {"unsupported"}


def test_the_photo_outranks_a_listing_and_the_seller_the_photo() -> None:
    evidence = [photo("colour", "white"), reference("colour", "black")]
    assert verdicts("It is black.", ledger(*evidence), IDENTICAL) == {"black": "contradicted"}
    assert verdicts("It is white.", ledger(*evidence), IDENTICAL) == {"white": "supported"}
    evidence.append(seller("the colour is black"))
    assert verdicts("It is black.", ledger(*evidence), IDENTICAL) == {"black": "supported"}


def test_the_smallest_evidence_is_named() -> None:
    evidence = ledger(
        ("reference", "listing:1", None, "Norvik phone, 128 GB"), *KNOWN, seller("a phone")
    )
    found = find_claims("", "A Norvik phone.", PHONE, evidence)
    (claim,) = judge(found, evidence, references=IDENTICAL)
    (named,) = claim.evidence
    item = evidence.get(named)
    assert item is not None and item.attribute == "brand"


def test_contradictions_name_what_says_otherwise() -> None:
    evidence = ledger(photo("colour", "white"))
    (claim,) = judge(find_claims("", "It is black.", PHONE, evidence), evidence)
    assert (claim.verdict, claim.evidence) == ("contradicted", ["e1"])


def test_listings_that_disagree_are_counted_by_listing() -> None:
    evidence = ledger(
        reference("model", "Aria 5", 1), reference("model", "Aria 6", 2),
        reference("model", "Aria 6", 3),
    )  # fmt: skip
    assert verdicts("An Aria 6.", evidence) == {"Aria 6": "supported"}
    assert verdicts("An Aria 5.", evidence) == {"Aria 5": "contradicted"}


@pytest.mark.parametrize(
    ("message", "draft", "verdict"),
    [
        ("works fine, a few scratches", "Some scratches.", "supported"),
        ("works fine", "Works perfectly.", "supported"),
        ("it does not work, not working", "Works.", "contradicted"),
        ("with charger but no box", "With charger.", "supported"),
        ("with charger but no box", "With original box.", "contradicted"),
        ("with charger but no box", "Without box.", "supported"),
        ("with charger but no box", "With cable.", "unsupported"),
        ("no accessories", "With charger.", "contradicted"),
        ("it is 128gb", "It has 128 GB.", "supported"),
        ("it is 100% genuine", "Authentic.", "supported"),
        ("comes in a black box", "It is black.", "unsupported"),
        ("some scratches", "Like new.", "contradicted"),
        ("for sale", "Bought in 2021.", "unsupported"),
        ("bought in 2021", "Bought in 2021.", "supported"),
    ],
)
def test_the_sellers_own_words(message: str, draft: str, verdict: str) -> None:
    found = verdicts(draft, ledger(CATEGORY, seller(message)))
    assert list(found.values()) == [verdict]


def test_the_sellers_last_word_holds() -> None:
    evidence = ledger(CATEGORY, seller("colour is red"), seller("sorry, the colour is blue"))
    assert verdicts("A red phone.", evidence) == {"red": "contradicted"}
    assert verdicts("A blue phone.", evidence) == {"blue": "supported"}


def test_a_quantity_of_another_attribute_is_no_contradiction() -> None:
    evidence = ledger(seller("512 GB SSD"))
    found = find_claims("", "16 GB RAM", LAPTOP, evidence)
    assert [c.verdict for c in judge(found, evidence)] == ["unsupported"]


def test_common_sense_is_scored_apart() -> None:
    assert verdicts("Ideal for school.", ledger()) == {"Ideal for school": "general"}


def test_questions_ask_what_nobody_knows_in_order() -> None:
    known = {"brand": AttributeValue(value="Norvik", source="seller", confidence=1)}
    claim = Claim(
        start=0, end=1, text="x", attribute="model", value="x", verdict="supported", evidence=["e1"]
    )
    doubt = claim.model_copy(update={"attribute": "storage", "verdict": "unsupported"})
    found = questions(PHONE, known, [claim, doubt])
    assert [q.attribute for q in found] == ["storage", "colour", "condition"]
    assert found[0].text.endswith("?") and "128 GB" in found[0].values
    assert questions(PHONE, known, [claim], limit=0) == []


def test_what_was_taken_back_is_asked_first() -> None:
    known = {"brand": AttributeValue(value="Norvik", source="seller", confidence=1)}
    found = questions(PHONE, known, [], taken_back=["condition", "brand", "function"])
    assert [q.attribute for q in found] == ["condition", "model", "storage"]


def test_a_placeholder_is_no_answer() -> None:
    known = {"brand": AttributeValue(value="n/a", source="seller", confidence=1)}
    assert questions(PHONE, known, [])[0].attribute == "brand"


async def test_check_reads_matches_and_judges() -> None:
    evidence = ledger(CATEGORY, reference("brand", "Norvik"), photo("colour", "white"))
    model = ScriptedChatModel(responses=[{"brand": "norvik", "colour": "black"}])
    claims = await acheck(model, "norvik phone", "A black phone.", PHONE, evidence)
    assert [(c.field, c.attribute, c.verdict) for c in claims] == [
        ("title", "brand", "supported"),
        ("description", "colour", "contradicted"),
    ]
    assert claims == await acheck(None, "norvik phone", "A black phone.", PHONE, evidence)
