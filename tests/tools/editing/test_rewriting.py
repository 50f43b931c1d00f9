import asyncio
from typing import Any

import pytest

from listing import ListingDocument
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
from tools.editing import Edited

SHORT = f"{TITLE}\nNorvik K7 phone, 128 GB, blue."


def rewrite(answer: Any, wish: str, document: ListingDocument | None = None) -> Edited:
    model = ScriptedChatModel(responses=[answer])
    return asyncio.run(editor().rewrite(model, document or phone(), wish))


def test_a_rewriting_that_keeps_the_facts_stands() -> None:
    edited = rewrite(SHORT, "shorter")
    assert edited.document.description == "Norvik K7 phone, 128 GB, blue."
    assert edited.says == "Shorter now, with the same facts."
    assert edited.data["as_written"]
    check_offsets(edited.document)


def test_the_model_is_asked_as_it_was_taught_and_streams() -> None:
    model = ScriptedChatModel(responses=[SHORT])
    seen: list[str] = []
    asyncio.run(editor().rewrite(model, phone(), "shorter", on_token=seen.append))
    assert model.calls[0].text.startswith("Rewrite this listing: make it shorter.")
    assert f"{TITLE}\n{TEXT}" in model.calls[0].text
    assert "".join(seen) == SHORT


def test_a_fact_made_up_is_cut_and_one_lost_is_said_again() -> None:
    long = (
        "Norvik K7 phone\nHello! I am selling my Norvik K7 phone, bought in 2021, waterproof. It"
        " has 128 GB of storage. I would be happy to hear from you, please do ask me anything!"
    )
    edited = rewrite(long, "longer", phone("Norvik K7 phone"))
    text = edited.document.description
    assert edited.changed
    assert "waterproof" not in text and "2021" not in text
    assert text.endswith("The colour is blue.")
    assert not edited.data["as_written"]
    assert not false_claims(edited.document)


def test_a_fact_that_is_known_but_left_out_by_hand_is_not_put_in() -> None:
    document = phone("Norvik K7 phone", "I am selling a Norvik K7 phone. Any questions? Just ask!")
    edited = rewrite("Norvik K7 phone\nNorvik K7 phone in blue.", "shorter", document)
    assert "blue" not in edited.document.description


def test_what_cannot_be_mended_leaves_the_text_and_is_said() -> None:
    edited = rewrite("Foo\nThis waterproof Zanta Q5 was made in 2012.", "warmer")
    assert not edited.changed
    assert edited.document.description == TEXT
    assert "did not keep to the facts" in edited.says


@pytest.mark.parametrize(
    ("answer", "wish", "reason"),
    [
        (f"{TITLE}\n{TEXT} It has 128 GB. Do ask!", "shorter", "rewrite_not_shorter"),
        (f"{TITLE}\nNorvik K7 phone, 128 GB, blue.", "longer", "rewrite_not_longer"),
        (f"{TITLE}\n{TEXT}", "plainer", "rewrite_same"),
        (f"{TITLE}\nNorvik K7 phone, 128 GB, blue. Call 0151 23456789.", "plainer",
         "rewrite_blocked"),
        ("", "shorter", "rewrite_failed"),
        ("x", "greener", "rewrite_wish"),
    ],
)  # fmt: skip
def test_a_miss_keeps_the_old_text(answer: str, wish: str, reason: str) -> None:
    edited = rewrite(answer, wish)
    assert edited.data["reason"] == reason
    assert (edited.document.title, edited.document.description) == (TITLE, TEXT)


def test_no_forbidden_word_is_streamed() -> None:
    seen: list[str] = []
    model = ScriptedChatModel(responses=[f"{TITLE}\nNorvik K7. Call 0151 23456789 now."])
    asyncio.run(editor().rewrite(model, phone(), "shorter", on_token=seen.append))
    assert "23456789" not in "".join(seen)


def test_a_short_text_keeps_names_and_the_sellers_facts_and_tells_the_rest() -> None:
    document = state(phone("Norvik K7 phone"), "condition", "good").document
    edited = rewrite("Norvik K7 phone\nNorvik K7, good condition.", "shorter", document)
    assert edited.document.description == "Norvik K7, good condition."
    assert edited.says.startswith("Shorter now, with the same facts. It leaves out:")
    assert set(edited.data["left_out"]) == {"128 GB", "blue"}
    lost = rewrite("Norvik K7 phone\nNorvik K7 phone.", "shorter", document)
    assert "good" in lost.document.description


def test_repeated_sentences_are_said_once() -> None:
    stutter = f"{TITLE}\nNorvik K7 phone. It is blue. It is blue. It is blue. It has 128 GB."
    edited = rewrite(stutter, "plainer")
    assert edited.document.description == "Norvik K7 phone. It is blue. It has 128 GB."


def test_without_a_model_or_a_text_it_says_so() -> None:
    none = asyncio.run(editor().rewrite(None, phone(), "shorter"))
    assert none.data["reason"] == "rewrite_no_model"
    empty = phone().model_copy(update={"title": "", "description": ""})
    assert rewrite(SHORT, "shorter", empty).data["reason"] == "rewrite_empty"
