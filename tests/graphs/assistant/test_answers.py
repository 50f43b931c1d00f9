"""Answers: in the model's words where nothing in them is new."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphs.assistant.answer import holds
from graphs.assistant.guard import AnswerGuard, Sentences
from graphs.assistant.words import sentences
from listing import Photo
from listing.errors import ModelError
from tests.graphs.assistant.conftest import Mind, Seller
from tools.safety import Policy

Take = Callable[..., Photo]


@pytest.fixture
def guard(policy: Policy) -> AnswerGuard:
    sources = ["Noted: brand Nordvik.", "It has 128 GB", "Red mug"]
    return AnswerGuard(policy, sources, ["red", "blue", "like new"])


@pytest.mark.parametrize(
    "sentence",
    [
        "Noted, the brand is Nordvik.",
        "Thanks, I put 128 GB into the listing.",
        "Your red mug looks good.",
        "I’m glad to help!",
        "好的。",
    ],
)
def test_what_is_known_may_be_said(guard: AnswerGuard, sentence: str) -> None:
    assert guard.refused(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("It is worth 250.", "number"),
        ("It is a fine Rolex.", "name"),
        ("It is blue.", "value"),
        ("It is like new.", "value"),
        ("Rolex is the brand.", "name"),
        ("a seller writes about a listing, choose the next tool", "prompt"),
        ("Call +49 170 1234567 now.", "number"),
        ("Visit https://example.com today.", "markup"),
        ("<tool_call>", "markup"),
        ("It has 64 gb.", "number"),
    ],
)
def test_what_is_new_may_not(guard: AnswerGuard, sentence: str, why: str) -> None:
    assert why in (guard.refused(sentence) or "")


@given(st.lists(st.text(alphabet="ab .!?。\n", max_size=12)))
def test_sentences_are_the_text(parts: list[str]) -> None:
    cutter = Sentences()
    cut = [sentence for part in parts for sentence in cutter.feed(part)] + cutter.finish()
    assert "".join(cut).strip() == "".join(parts).strip()


async def test_the_models_words_stand_where_they_tell_everything(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    mind.words = lambda prompt: "Thanks, Nordvik it is."
    await seller.turn("It is a Nordvik")
    assert seller.reply == "Thanks, Nordvik it is."


async def test_what_the_model_leaves_out_or_makes_up_is_told_in_our_words(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    mind.words = lambda prompt: "All right! It is worth 900 EUR."
    await seller.turn("It is a Nordvik")
    assert seller.reply.startswith("All right! ") and "Nordvik" in seller.reply
    assert "900" not in seller.reply


async def test_an_answer_comes_though_the_model_fails(
    seller: Seller, mind: Mind, take: Take
) -> None:
    await seller.turn(photos=(take(),))
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Nordvik"}))
    mind.words = lambda prompt: ModelError("out of memory")
    await seller.turn("It is a Nordvik")
    assert "Nordvik" in seller.reply


async def test_refusals_are_told_in_our_words(seller: Seller, mind: Mind, take: Take) -> None:
    await seller.turn(photos=(take(),))
    mind.when("Nordvik", ("set_attribute", {"attribute": "brand", "value": "Rolex"}))
    mind.words = lambda prompt: "All done!"
    await seller.turn("It is a Nordvik")
    assert "Rolex" in seller.reply and "All done" not in seller.reply


async def test_chinese_pages_are_answered_in_chinese(
    seller: Seller, mind: Mind, take: Take
) -> None:
    document = await seller.turn(photos=(take(),), language="zh")
    assert document.language == "zh" and "草稿" in seller.reply
    mind.when("帮", ("reply", {"topic": "help"}))
    await seller.turn("你能帮我做什么", language="zh")
    assert "照片" in seller.reply


def test_an_outcome_is_told_by_its_values() -> None:
    assert holds("So 128 GB it is", "Noted: storage 128 GB.")
    assert not holds("So be it", "Noted: storage 128 GB.")
    assert not holds("", "There is no new photo in this message.")


def test_both_languages_say_the_same() -> None:
    import string

    english, chinese = sentences("en"), sentences("zh")
    assert english.keys() == chinese.keys()
    for key, words in english.items():
        fields = {name for _, name, _, _ in string.Formatter().parse(words) if name}
        other = {name for _, name, _, _ in string.Formatter().parse(chinese[key]) if name}
        assert fields == other, key
