"""A drafted listing to edit: a phone, vouched for by photo, listing and seller."""

from listing import (
    AttributeValue,
    CategoryPrediction,
    EvidenceLedger,
    ListingDocument,
    PriceBand,
    Reference,
)
from tools.editing import Edited, Editor
from tools.editing.reading import DraftReader
from tools.safety import Policy
from tools.taxonomy import market_taxonomy

POLICY = Policy.load()
TAXONOMY = market_taxonomy()
TITLE = "Norvik K7 phone, 128 GB, blue"
TEXT = "I am selling a Norvik K7 phone. It has 128 GB of storage. The colour is blue."


def editor(language: str = "en", languages: tuple[str, ...] = ("en",)) -> Editor:
    return Editor(TAXONOMY, POLICY, language, languages)


def phone(title: str = TITLE, description: str = TEXT) -> ListingDocument:
    """Brand, model and storage from a listing, the colour from the photo."""
    ledger = EvidenceLedger()
    ledger.add("category", "category:el-4-8-5", "Mobile phones")
    ledger.add("template", "category:el-4-8-5", "core attributes: brand, model, storage, colour")
    attributes = {}
    found = (
        ("photo", "photo:" + "0" * 64, "colour", "blue"),
        ("reference", "listing:r1", "brand", "Norvik"),
        ("reference", "listing:r1", "model", "K7"),
        ("reference", "listing:r1", "storage", "128 GB"),
    )
    for kind, source, name, value in found:
        item = ledger.add(kind, source, value, attribute=name, value=value)
        attributes[name] = AttributeValue(
            value=value, source=kind, confidence=0.9, evidence=[item.id]
        )
    reference = Reference(
        id="r1", score=0.95, match="identical", title="Norvik K7 128 GB", text="works", price=90.0
    )
    document = ListingDocument(
        listing_id="one",
        status="drafted",
        mode="reference",
        category=CategoryPrediction(
            id="el-4-8-5", path=["Electronics", "Mobile phones"], confidence=0.9
        ),
        references=[reference],
        attributes=attributes,
        title=title,
        description=description,
        price=PriceBand(low=80, suggested=90, high=100, currency="EUR"),
        evidence=list(ledger),
    )
    return DraftReader(TAXONOMY, POLICY).refreshed(document)


def state(document: ListingDocument, attribute: str, value: str | None, n: int = 2) -> Edited:
    """What the seller says in a message of its own."""
    return editor().state_fact(
        document, attribute, value, source=f"seller:{n}", text=value or f"not the {attribute}"
    )


def false_claims(document: ListingDocument) -> list[str]:
    return [c.text for c in document.claims if c.verdict in ("unsupported", "contradicted")]


def check_offsets(document: ListingDocument) -> None:
    """Every claim stands where it says it does, and what vouches for it is in the ledger."""
    ids = {e.id for e in document.evidence}
    assert len(ids) == len(document.evidence)
    for claim in document.claims:
        text = document.title if claim.field == "title" else document.description
        assert text[claim.start : claim.end] == claim.text
        assert set(claim.evidence) <= ids
    for value in document.attributes.values():
        assert value.evidence and set(value.evidence) <= ids
