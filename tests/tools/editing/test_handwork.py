import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from listing import ListingDocument
from listing.claim import ClaimField
from models.scripted import ScriptedChatModel
from tests.tools.editing.listings import (
    TEXT,
    TITLE,
    check_offsets,
    editor,
    false_claims,
    phone,
    state,
)
from tools.editing import Edited, changes, undo
from tools.editing.own_words import own_passages


def write(
    document: ListingDocument,
    text: str,
    field: ClaimField = "description",
    source: str = "seller:2",
    model: ScriptedChatModel | None = None,
) -> Edited:
    return asyncio.run(editor().edit_text(model, document, field, text, source=source))


def test_the_text_stands_exactly_as_written_and_what_is_new_is_the_sellers() -> None:
    text = TEXT + "  Works perfectly,\n bought in 2021!"
    edited = write(phone(), text)
    document = edited.document
    assert document.description == text
    assert not false_claims(document)
    new = [c for c in document.claims if c.attribute in ("function", "history")]
    sources = {e.id: e.source for e in document.evidence}
    assert new and all(sources[i] == "seller:2" for c in new for i in c.evidence)
    old = next(c for c in document.claims if c.attribute == "colour")
    assert [sources[i] for i in old.evidence] == ["photo:" + "0" * 64]
    check_offsets(document)


def test_a_value_written_by_hand_becomes_the_sellers() -> None:
    edited = write(phone(), TEXT.replace("128 GB", "256 GB"))
    assert edited.document.attributes["storage"].value == "256 GB"
    assert edited.document.attributes["storage"].source == "seller"
    assert edited.document.title == TITLE.replace("128 GB", "256 GB")
    assert not false_claims(edited.document)
    assert edited.says == "The text is as you wrote it. New from you: storage 256 GB."


def test_a_fact_left_out_is_not_put_back() -> None:
    document = write(phone("Norvik K7 phone"), "A Norvik K7 phone.").document
    assert document.description == "A Norvik K7 phone."
    after = state(document, "condition", "good", 3).document
    assert "128" not in after.description
    assert "blue" not in after.description


def test_the_same_text_changes_nothing_and_an_empty_title_is_refused() -> None:
    assert not write(phone(), TEXT).changed
    assert write(phone(), " ", "title").document.title == TITLE
    assert write(phone(), "", "description").document.description == ""


def test_own_words_are_not_reworded_by_a_fact_on_something_else() -> None:
    text = TEXT + " My cat slept on it, good times."
    document = write(phone(), text).document
    after = state(document, "condition", "fair", 3).document
    after = state(after, "storage", None, 4).document
    assert "My cat slept on it, good times." in after.description
    assert "Condition: fair." in after.description


def test_own_words_yield_to_the_sellers_new_word_on_the_very_attribute() -> None:
    document = write(phone(), "Lovely thing with 128 GB inside, like I said.").document
    smaller = "Lovely thing with 64 GB inside, like I said."
    document = write(document, smaller, source="seller:3").document
    after = state(document, "storage", "512 GB", 4).document
    assert after.description == "Lovely thing with 512 GB inside, like I said."
    assert own_passages(after, "description")
    assert not [c for c in after.claims if c.attribute == "storage" and c.verdict != "supported"]


def test_the_hand_survives_json() -> None:
    document = write(phone(), TEXT + " Sings well at night.").document
    again = ListingDocument.model_validate_json(document.model_dump_json())
    assert own_passages(again, "description") == own_passages(document, "description") != []


def test_contact_data_stays_but_is_said() -> None:
    text = TEXT + " Works perfectly, call 0151 23456789."
    edited = write(phone(), text)
    assert edited.document.description == text
    assert "telephone number" in edited.says
    assert any(f.action == "block" for f in edited.document.safety.text)
    assert edited.document.safety.notice
    assert all("23456789" not in e.text for e in edited.document.evidence)
    works = next(c for c in edited.document.claims if c.attribute == "function")
    assert works.verdict == "supported"
    clean = write(edited.document, TEXT, source="seller:3")
    assert not clean.document.safety.text and clean.document.safety.notice is None


def test_a_contradiction_within_the_written_text_is_said_and_left() -> None:
    text = TEXT + " Really 512 GB."
    edited = write(phone(), text)
    assert edited.document.description == text
    assert "“128 GB”" in edited.says


def test_a_chinese_text_makes_a_chinese_listing() -> None:
    edited = write(phone(), "转让一部手机，红色，几乎全新。")
    assert edited.document.language == "zh"
    assert edited.document.attributes["colour"].value == "red"
    assert edited.document.attributes["condition"].value == "like new"
    claims = {c.text: c.verdict for c in edited.document.claims if c.field == "description"}
    assert claims == {"红色": "supported", "几乎全新": "supported"}


def test_a_models_guess_at_a_name_does_not_overrule_a_known_one() -> None:
    guess = ScriptedChatModel(responses=[{"brand": "Battery", "model": "replaced"}])
    edited = write(phone(), TEXT + " Battery replaced last year.", model=guess)
    assert edited.document.attributes["brand"].value == "Norvik"
    assert edited.document.attributes["model"].value == "K7"


def test_a_new_name_in_the_place_of_the_old_is_the_things_name() -> None:
    edited = write(phone(), "Vantor Z9 phone, 128 GB, blue", "title")
    assert edited.document.attributes["brand"].value == "Vantor"
    assert edited.document.attributes["model"].value == "Z9"
    assert edited.document.description.startswith("I am selling a Vantor Z9 phone.")


_PIECES = st.lists(
    st.sampled_from(
        ["It is red.", "64 GB", "no charger", "like new", "Call me!", "非常好用", "好的，红色。",
         "Norvik", "K7", "\n", "(", "€ 50", "I'm", "some scratches", "Works perfectly.", "  "]
    ),
    max_size=6,
).map(" ".join)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(_PIECES | st.text(max_size=60), st.sampled_from(["title", "description"]))
def test_whatever_is_written_stands_and_can_be_undone(text: str, field: ClaimField) -> None:
    before = phone()
    after = write(before, text, field).document
    written = after.title if field == "title" else after.description
    assert written == (text.strip() or TITLE if field == "title" else text)
    assert undo(ListingDocument.model_validate_json(after.model_dump_json()),
                changes(before, after)) == before  # fmt: skip
    check_offsets(after)
