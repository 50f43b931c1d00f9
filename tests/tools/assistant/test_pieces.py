"""A message in the pieces that are decided one after the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.assistant import pieces

TEXTS = st.text("ab é，。.!?; \n红128", max_size=60)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("it is black", ["it is black"]),
        ("It is black. It has 64 GB!", ["It is black.", "It has 64 GB!"]),
        ("hello! it's from Norvik\nand 27.5 in", ["hello!", "it's from Norvik", "and 27.5 in"]),
        ("86 incl. shipping. black", ["86 incl. shipping.", "black"]),
        ("是红色的。128GB；九成新", ["是红色的。", "128GB；", "九成新"]),
        ("black / 128 GB / like new", ["black", "/ 128 GB", "/ like new"]),
        ("nice :) . ...", ["nice :) . ..."]),
        ("", []),
    ],
)
def test_a_sentence_is_a_piece_where_that_is_asked_for(text: str, parts: list[str]) -> None:
    assert pieces(text, 600, sentences=True) == parts


def test_otherwise_only_what_is_too_long_is_cut() -> None:
    text = "It is black. It has 64 GB!"
    assert pieces(text, 600) == [text]
    assert pieces(text, 20) == ["It is black.", "It has 64 GB!"]
    assert pieces("one two three four", 9) == ["one two", "three", "four"]


def test_more_sentences_than_may_be_are_not_taken_apart() -> None:
    text = "a. b. c. d."
    assert pieces(text, 600, sentences=True, most=4) == ["a.", "b.", "c.", "d."]
    assert pieces(text, 600, sentences=True, most=3) == [text]


@given(TEXTS, st.integers(1, 20), st.booleans())
def test_nothing_but_white_space_is_lost(text: str, size: int, sentences: bool) -> None:
    parts = pieces(text, size, sentences=sentences)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part.strip() == part != "" and len(part) <= size for part in parts)
