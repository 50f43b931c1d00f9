import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listing import ListingDocument, Photo
from tests.tools.editing.listings import check_offsets, editor, false_claims, phone, state
from tools.editing import changes, undo


def test_a_fact_against_the_draft_is_corrected_in_place() -> None:
    edited = state(phone(), "storage", "256 GB")
    document = edited.document
    assert document.title == "Norvik K7 phone, 256 GB, blue"
    assert document.description == (
        "I am selling a Norvik K7 phone. It has 256 GB of storage. The colour is blue."
    )
    assert edited.says == "Changed storage from 128 GB to 256 GB."
    value = document.attributes["storage"]
    assert (value.value, value.source, value.confidence) == ("256 GB", "seller", 1.0)
    check_offsets(document)
    assert not false_claims(document)


def test_a_name_is_corrected_wherever_the_draft_took_it_for_the_things() -> None:
    document = state(phone(), "brand", "Vantor").document
    assert document.title == "Vantor K7 phone, 128 GB, blue"
    assert document.description.startswith("I am selling a Vantor K7 phone.")
    assert not false_claims(document)


def test_a_fact_that_the_draft_lacks_is_added_as_a_sentence_and_asked_no_more() -> None:
    document = phone()
    assert "condition" in [q.attribute for q in document.questions]
    edited = state(document, "condition", "as good as new")
    assert edited.document.description.endswith("The colour is blue. Condition: like new.")
    assert edited.document.attributes["condition"].value == "like new"
    assert "condition" not in [q.attribute for q in edited.document.questions]
    claim = next(c for c in edited.document.claims if c.attribute == "condition")
    assert claim.verdict == "supported"
    check_offsets(edited.document)


def test_the_quoted_words_are_evidence_with_their_place() -> None:
    message = "oh, it has 256gb, sorry"
    edited = editor().state_fact(
        phone(), "storage", "256gb", source="seller:3", text=message, start=11, end=16,
        span_id="f" * 16,
    )  # fmt: skip
    item = edited.document.evidence[-1]
    assert (item.kind, item.source, item.text) == ("seller", "seller:3", "256gb")
    assert (item.attribute, item.value, item.start, item.end) == ("storage", "256 GB", 11, 16)
    assert item.span_id == "f" * 16


def test_the_same_again_changes_nothing_and_says_so() -> None:
    once = state(phone(), "colour", "red").document
    again = state(once, "colour", "Red", 3)
    assert not again.changed
    assert again.document == once
    assert again.says == "The listing already says colour red."


def test_a_confirmed_value_is_the_sellers_from_then_on() -> None:
    before = phone()
    edited = state(before, "colour", "blue")
    assert edited.changed
    assert edited.document.attributes["colour"].source == "seller"
    assert edited.document.description == before.description
    colour = next(c for c in edited.document.claims if c.attribute == "colour")
    assert edited.document.evidence[-1].id in colour.evidence


def test_the_last_word_holds_even_when_it_was_said_before() -> None:
    document = phone()
    for colour in ("red", "green", "red"):  # from one source, as edits by hand are
        document = state(document, "colour", colour, 2).document
    assert document.title == "Norvik K7 phone, 128 GB, red"
    assert document.attributes["colour"].value == "red"
    assert not false_claims(document)


def test_what_is_taken_back_leaves_the_text_and_is_not_asked() -> None:
    edited = state(phone(), "storage", None)
    document = edited.document
    assert "128" not in document.title + document.description
    assert document.description == "I am selling a Norvik K7 phone. The colour is blue."
    assert "storage" not in document.attributes
    assert "storage" not in [q.attribute for q in document.questions]
    assert "storage" not in [q.attribute for q in editor().ask(document, 9)]
    assert edited.says == "Took storage 128 GB out of the listing."
    assert not state(document, "storage", None, 3).changed
    back = state(document, "storage", "64 GB", 4).document
    assert "64 GB" in back.description
    assert not false_claims(back)


def test_taking_one_fact_back_keeps_the_others_of_its_sentence() -> None:
    text = "The Norvik K7 phone is blue in colour and has 128 GB of storage."
    document = state(phone("Norvik K7 phone", text), "colour", None).document
    assert "blue" not in document.title + document.description
    assert "128 GB" in document.description
    assert not false_claims(document)


def test_accessories_add_up_over_messages_and_are_replaced_in_a_form() -> None:
    one = state(phone(), "accessories", "charger").document
    two = editor().state_fact(
        one, "accessories", "case", source="seller:3", text="a case comes with it too"
    )
    assert two.document.attributes["accessories"].value == "case and charger"
    assert "case" in two.document.description
    assert not false_claims(two.document)
    only = state(two.document, "accessories", "case", 4).document
    assert only.attributes["accessories"].value == "case"
    none = editor().state_fact(
        two.document, "accessories", "no charger", source="seller:5", text="no charger, sorry"
    )
    assert "no charger" in none.document.attributes["accessories"].value
    assert not false_claims(none.document)


@pytest.mark.parametrize("attribute", ["condition", "storage"])
def test_a_word_that_stands_in_for_a_value_changes_nothing(attribute: str) -> None:
    edited = state(phone(), attribute, "see photos")
    assert not edited.changed and edited.document == phone()
    assert "no value" in edited.says


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("colour", "red and black"),
        ("condition", "works, but the screen is scratched"),
        ("storage", "big"),
        ("storage", "500 GB SSD"),
        ("accessories", "charger, box and two cables"),
        ("accessories", "nothing"),
        ("model", "K7 Pro Max 2022"),
        ("brand", "Apple Inc."),
    ],
)
def test_free_words_are_the_sellers_to_choose(attribute: str, value: str) -> None:
    edited = state(phone(), attribute, value)
    assert edited.changed
    assert not false_claims(edited.document), edited.document.description
    assert "." * 2 not in edited.says
    assert not state(edited.document, attribute, value, 3).changed


@pytest.mark.parametrize(
    ("said", "meant"), [("9成新", "good"), ("95新", "like new"), ("七成新", "fair")]
)
def test_chinese_tenths_of_new_are_a_condition(said: str, meant: str) -> None:
    value = state(phone(), "condition", said).document.attributes["condition"].value
    assert value == meant


def test_an_emptied_field_takes_the_fact_back() -> None:
    assert "storage" not in state(phone(), "storage", " ").document.attributes


def test_contact_data_does_not_enter_the_listing() -> None:
    before = phone()
    edited = state(before, "model", "call 0151 23456789")
    assert not edited.changed
    assert edited.document == before


def test_a_document_without_text_takes_the_fact_and_gets_no_text() -> None:
    empty = phone().model_copy(update={"title": "", "description": "", "claims": []})
    document = state(empty, "condition", "good").document
    assert document.attributes["condition"].value == "good"
    assert (document.title, document.description) == ("", "")


def test_skipping_is_fine() -> None:
    edited = editor().skip(phone(), "condition")
    assert edited.says == "All right, condition stays open."
    assert "condition" not in [q.attribute for q in edited.document.questions]
    assert not editor().skip(edited.document, "condition").changed


def test_questions_are_at_most_three_in_the_sellers_language() -> None:
    bare = phone().model_copy(update={"attributes": {}, "claims": [], "title": "x"})
    assert len(editor().ask(bare)) == 3
    asked = editor("zh").ask(phone())
    assert [q.attribute for q in asked] == ["condition", "accessories"]
    assert asked[0].text.startswith("成色")
    assert "几乎全新" in asked[0].values
    answered = editor("zh").state_fact(
        phone(), "condition", asked[0].values[1], source="seller:2", text=asked[0].values[1]
    )
    assert answered.document.attributes["condition"].value == "like new"
    assert answered.says == "已记下：成色为几乎全新。"


def test_the_seller_names_the_category() -> None:
    photo = Photo(sha256="0" * 64, width=8, height=8)
    unfiled = phone().model_copy(update={"category": None, "photos": [photo]})
    assert editor().ask(unfiled)[0].attribute == "category"
    edited = state(unfiled, "category", "phone")
    assert edited.document.category is not None
    assert edited.document.category.id == "el-4-8-5"
    assert not state(unfiled, "category", "unicorn").changed
    refused = state(unfiled, "category", "handgun")
    assert not refused.changed and refused.document == unfiled


_FACTS = st.one_of(
    st.tuples(st.just("colour"), st.sampled_from(["red", "navy", "black", None])),
    st.tuples(st.just("storage"), st.sampled_from(["64gb", "256 GB", "1 TB", None])),
    st.tuples(st.just("condition"), st.sampled_from(["new", "some scratches", "like new", None])),
    st.tuples(st.just("accessories"), st.sampled_from(["charger", "case", "no charger", None])),
    st.tuples(st.just("brand"), st.sampled_from(["Vantor", "Norvik", None])),
    st.tuples(st.just("model"), st.sampled_from(["Z3", "K7 Pro", None])),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(_FACTS, min_size=1, max_size=5))
def test_whatever_is_stated_holds_and_every_edit_can_be_undone(
    facts: list[tuple[str, str | None]],
) -> None:
    document = phone()
    for n, (attribute, value) in enumerate(facts, start=2):
        after = ListingDocument.model_validate_json(
            state(document, attribute, value, n).document.model_dump_json()
        )
        assert undo(after, changes(document, after)) == document
        assert not false_claims(after), after.description
        check_offsets(after)
        stated = {c.attribute for c in after.claims if c.verdict == "supported"}
        if value is None:
            assert attribute not in after.attributes
            assert attribute not in stated, (after.title, after.description)
        else:
            assert attribute in stated, (after.title, after.description)
        kept = set(document.attributes) - {attribute}
        assert {n: document.attributes[n] for n in kept} == {n: after.attributes[n] for n in kept}
        document = after


@pytest.mark.parametrize("attribute", ["weight", "year"])
def test_an_attribute_that_the_template_lacks_can_be_stated(attribute: str) -> None:
    value = {"weight": "180 g", "year": "2022"}[attribute]
    document = state(phone(), attribute, value).document
    assert document.attributes[attribute].value == value
    assert value in document.description
