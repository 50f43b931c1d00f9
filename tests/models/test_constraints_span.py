"""A span value can only be what the text says; whatever the text, whatever the model."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.errors import BadInputError
from models.constraints import SpanConstraint, TokenVocabulary
from models.constraints.automaton import AutomatonState
from models.constraints.words import word_ends, word_spans, word_starts
from tests.models.tiny_checkpoints import build_tiny_tokenizer

TOKENIZER = build_tiny_tokenizer()
VOCABULARY = TokenVocabulary(TOKENIZER, size=512, end_id=TOKENIZER.eos_token_id)
TEXTS = st.text(
    st.sampled_from('ab1 2\n"\\/<,:{}éß́\u0000\u200b中文ไทย😀') | st.characters(codec="utf-8"),
    max_size=24,
)


def write(constraint: SpanConstraint, seed: int) -> str:
    """What a model that picks any allowed token would write."""
    state = constraint.start(VOCABULARY)
    choose = random.Random(seed)
    written = b""
    while not state.finished:
        token_id = choose.choice(state.mask().nonzero().flatten().tolist())
        state.advance(token_id)
        written += VOCABULARY.text_bytes(token_id)
    return written.decode()


def accepts(constraint: SpanConstraint, text: str) -> bool:
    automaton = constraint.automaton
    state: Any = automaton.initial
    for byte in text.encode():
        assert byte in set(automaton.next_bytes(state)) or automaton.step(state, byte) is None
        state = automaton.step(state, byte)
        if state is None:
            return False
    return automaton.accepts(state)


@given(TEXTS, st.integers(1, 4))
def test_all_spans_are_listed_up_to_a_length(text: str, longest: int) -> None:
    listed = word_spans(text, len(text) + 1)
    assert set(listed) == spans(text)
    assert len(set(listed)) == len(listed)
    short = word_spans(text, longest)
    assert set(short) <= set(listed)
    assert set(word_spans(text, 1)) <= set(short)


def spans(text: str) -> set[str]:
    ends = word_ends(text)
    return {text[start:end] for start in word_starts(text) for end in ends if end > start}


@given(TEXTS, st.integers(0, 2**32))
def test_every_answer_is_json_of_spans(text: str, seed: int) -> None:
    answer = write(SpanConstraint(text, ["brand", "größe"]), seed)
    values = json.loads(answer)
    assert list(values) == ["brand", "größe"]
    assert answer == json.dumps(values, ensure_ascii=False)
    assert set(values.values()) <= spans(text) | {None}


@given(TEXTS, st.data())
def test_every_span_can_be_answered(text: str, data: st.DataObject) -> None:
    possible = st.sampled_from([None, *sorted(spans(text))])
    values = {"a": data.draw(possible), "b": data.draw(possible)}
    assert accepts(SpanConstraint(text, ["a", "b"]), json.dumps(values, ensure_ascii=False))


@given(st.text("abXY 12.-", max_size=12), st.text("abXY 12.-", min_size=1, max_size=4))
def test_nothing_else_can_be_answered(text: str, value: str) -> None:
    answer = json.dumps({"a": value})
    assert accepts(SpanConstraint(text, ["a"]), answer) == (value in whole_words(text))


def whole_words(text: str) -> set[str]:
    def joined(left: str, right: str) -> bool:
        return (left.isalpha() and right.isalpha()) or (left.isdigit() and right.isdigit())

    return {
        text[start:end]
        for start in range(len(text))
        for end in range(start + 1, len(text) + 1)
        if not text[start].isspace()
        and not text[end - 1].isspace()
        and not (start > 0 and joined(text[start - 1], text[start]))
        and not (end < len(text) and joined(text[end - 1], text[end]))
    }


@given(TEXTS, st.integers(0, 2**32))
def test_the_mask_is_what_the_automaton_can_consume(text: str, seed: int) -> None:
    constraint = SpanConstraint(text, ["brand", "size"])
    state = constraint.start(VOCABULARY)
    assert isinstance(state, AutomatonState)
    choose = random.Random(seed)
    for _ in range(6):
        if state.finished:
            break
        allowed = set(state.allowed())
        assert allowed == {token for token in range(512) if consumable(constraint, state, token)}
        state.advance(choose.choice(sorted(allowed)))


def consumable(constraint: SpanConstraint, state: Any, token_id: int) -> bool:
    if token_id in VOCABULARY.tokenizer.added_tokens_decoder:
        return False
    after: Any = state._state
    for byte in VOCABULARY.text_bytes(token_id):
        after = None if after is None else constraint.automaton.step(after, byte)
    return after is not None and VOCABULARY.text_bytes(token_id) != b""


def test_a_token_may_straddle_the_end_of_a_value() -> None:
    (straddling,) = TOKENIZER.encode('",')
    state = SpanConstraint("Apple iPhone", ["brand", "model"]).start(VOCABULARY)
    for token_id in TOKENIZER.encode('{"brand": "Apple'):
        state.advance(token_id)
    assert state.mask()[straddling]
    state.advance(straddling)
    assert not state.mask()[straddling]


def test_a_value_is_never_half_a_word() -> None:
    constraint = SpanConstraint("iPhone 13 Pro, 128GB", ["a"])
    for whole in ("iPhone", "128", "GB", "128GB", "13 Pro", "iPhone 13 Pro, 128GB"):
        assert accepts(constraint, json.dumps({"a": whole}))
    for part in ("Phone", "iPhon", "28GB", "3 Pro", "128G", "13 ", ""):
        assert not accepts(constraint, json.dumps({"a": part}))


def test_scripts_without_spaces_have_words_everywhere() -> None:
    assert spans("九成新") >= {"九", "成新", "九成新"}


def test_a_text_that_says_nothing_leaves_only_null() -> None:
    assert write(SpanConstraint(" \n", ["a", "b"]), seed=1) == '{"a": null, "b": null}'


def test_a_token_that_is_not_allowed_is_refused() -> None:
    state = SpanConstraint("Apple", ["a"]).start(VOCABULARY)
    with pytest.raises(ValueError, match="not allowed"):
        state.advance(TOKENIZER.encode("x")[0])


@pytest.mark.parametrize("fields", [[], ["a", "a"]])
def test_fields_must_be_named_once(fields: list[str]) -> None:
    with pytest.raises(BadInputError, match="fields"):
        SpanConstraint("Apple", fields)
