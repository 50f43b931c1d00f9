import pytest

from listing import Claim
from tests.tools.editing.listings import TEXT, editor, phone, state
from tools.editing import Editor


@pytest.mark.parametrize("words", ["blue", "Blue", "colour", "the colour", "颜色", "蓝色", "navy"])
def test_any_wording_of_a_claim_is_explained(words: str) -> None:
    edited = editor().explain(phone(), words)
    assert edited.says == "“blue” (colour): the photo shows it."
    assert not edited.changed
    assert edited.data["claim"]["verdict"] == "supported"
    assert edited.data["evidence"][0]["kind"] == "photo"


def test_each_kind_of_evidence_is_told_as_what_it_is() -> None:
    document = state(phone(), "condition", "as good as new").document
    explain = editor().explain
    assert explain(document, "storage").says == (
        "“128 GB” (storage): a listing of the same product says so: “Norvik K7 128 GB”, “128 GB”."
    )
    assert explain(document, "like new").says == (
        "“like new” (condition): your own words: “as good as new”."
    )
    assert editor("zh").explain(document, "成色").says == (
        "“like new”（成色）：这是你自己说的：“as good as new”。"
    )


def test_what_nobody_vouches_for_is_said() -> None:
    document = phone(description=TEXT + " Waterproof. It is perfect for everyday use.")
    assert "Nobody vouches for “Waterproof”" in editor().explain(document, "waterproof").says
    assert "common sense" in editor().explain(document, "perfect for everyday use").says


def test_a_contradiction_names_what_says_otherwise() -> None:
    document = phone(title="Norvik K7 phone, red")
    assert editor().explain(document, "red").says == (
        "“red” (colour) is not right: the photo shows blue."
    )


def test_words_without_a_fact_are_told_apart_from_unknown_ones() -> None:
    explain = editor().explain
    assert "states no fact" in explain(phone(), "selling").says
    unknown = explain(phone(), "unicorn").says
    assert unknown.startswith("“unicorn” is not in the listing. You can ask about")
    assert "storage" in unknown
    empty = {"title": "", "description": "", "attributes": {}, "claims": []}
    nothing = explain(phone().model_copy(update=empty), "unicorn")
    assert nothing.says == "There is nothing in the listing yet to ask about."


def test_price_category_and_unstated_values_are_explained() -> None:
    explain = editor().explain
    assert "no prices" in explain(phone().model_copy(update={"price": None}), "price").says
    assert explain(phone(), "price").says == "A similar thing is offered for 80 EUR."
    priced = editor().set_price(phone(), 70, "EUR", source="seller:2", text="70").document
    assert explain(priced, "price").says.startswith("70 EUR is what you ask.")
    assert explain(phone(), "category").says.startswith("It is filed under Mobile phones")
    quiet = phone("Norvik K7 phone", "I am selling a Norvik K7 phone.")
    assert explain(quiet, "colour").says == (
        "Colour: blue, though the text does not say so; the photo shows blue."
    )


def test_the_claim_in_the_data_is_the_documents() -> None:
    document = phone()
    claim = Claim.model_validate(Editor.explain(editor(), document, "K7").data["claim"])
    assert claim in document.claims
