"""The nouns keep their promises."""

import json

import pytest
from pydantic import ValidationError

from listing import EvidenceLedger, ListingDocument, MarketListing, Photo


def test_a_document_has_every_field_of_the_contract_even_when_empty() -> None:
    document = json.loads(
        ListingDocument(listing_id="x", status="manual", mode="manual").model_dump_json()
    )
    assert document["schema"] == "vouch.listing/1"
    assert set(document) == {
        "schema", "listing_id", "trace_id", "thread_id", "status", "mode", "photos", "category",
        "references", "attributes", "title", "description", "language", "price", "claims",
        "evidence", "questions", "safety", "quality", "warnings", "timings_ms", "model",
        "asking_price", "published",
    }  # fmt: skip
    assert document["safety"] == {"photos": [], "text": [], "halted": False, "notice": None}
    assert ListingDocument(**document) == ListingDocument.model_validate(document)


def test_the_ledger_numbers_evidence_and_keeps_equal_items_once() -> None:
    ledger = EvidenceLedger()
    one = ledger.add("seller", "seller:1", "Velo", attribute="brand", value="Velo")
    two = ledger.add("photo", "photo:x", "colour: red")
    again = ledger.add("seller", "seller:1", "Velo", attribute="brand", value="Velo", span_id="a")
    assert (one.id, two.id, again.id, len(ledger)) == ("e1", "e2", "e1", 2)
    assert ledger.get("e2") == two and ledger.get("e9") is None


def test_a_photo_is_named_by_a_hash() -> None:
    with pytest.raises(ValidationError):
        Photo(sha256="../../etc/passwd", width=1, height=1)


def test_a_market_listing_refuses_unknown_keys() -> None:
    with pytest.raises(ValidationError, match="prise"):
        MarketListing.model_validate({"id": "1", "title": "Mug", "prise": 3})
