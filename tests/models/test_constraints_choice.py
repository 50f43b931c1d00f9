"""One of the choices and nothing else; and JSON that satisfies its schema."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.errors import BadInputError
from models.constraints import ChoiceConstraint, Constraint, JsonSchemaConstraint, TokenVocabulary
from models.constraints.vocabulary import GRAMMARS
from tests.models.tiny_checkpoints import build_tiny_tokenizer

TOKENIZER = build_tiny_tokenizer()
VOCABULARY = TokenVocabulary(TOKENIZER, size=512, end_id=TOKENIZER.eos_token_id)
CHOICES = st.lists(st.text("abé 1中", min_size=1, max_size=5), min_size=1, max_size=8)


def write(constraint: Constraint, seed: int) -> str:
    state = constraint.start(VOCABULARY)
    choose = random.Random(seed)
    written = b""
    while not state.finished:
        token_id = choose.choice(state.mask().nonzero().flatten().tolist())
        state.advance(token_id)
        written += VOCABULARY.text_bytes(token_id)
    return written.decode()


@given(CHOICES, st.integers(0, 2**32))
def test_the_output_is_one_of_the_choices(choices: list[str], seed: int) -> None:
    assert write(ChoiceConstraint(choices), seed) in choices


@given(CHOICES, st.data())
def test_every_choice_can_be_written(choices: list[str], data: st.DataObject) -> None:
    state = ChoiceConstraint(choices).start(VOCABULARY)
    wanted = data.draw(st.sampled_from(choices))
    for token_id in TOKENIZER.encode(wanted):
        assert state.mask()[token_id]
        state.advance(token_id)
    if not state.finished:
        assert state.mask()[TOKENIZER.eos_token_id]
        state.advance(TOKENIZER.eos_token_id)
    assert state.finished


def test_a_choice_that_begins_another_may_end_or_go_on() -> None:
    written = {write(ChoiceConstraint(["shoe", "shoes"]), seed) for seed in range(40)}
    assert written == {"shoe", "shoes"}


@pytest.mark.parametrize("choices", [[], ["a", ""]])
def test_choices_must_say_something(choices: list[str]) -> None:
    with pytest.raises(BadInputError, match="choices"):
        ChoiceConstraint(choices)


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"used": {"type": "boolean"}, "colour": {"enum": ["red", "grün", None]}},
    "required": ["used", "colour"],
    "additionalProperties": False,
}


def test_json_satisfies_the_schema() -> None:
    for seed in range(20):
        answer = write(JsonSchemaConstraint(SCHEMA), seed)
        values = json.loads(answer)
        assert list(values) == ["used", "colour"]
        assert isinstance(values["used"], bool)
        assert values["colour"] in ("red", "grün", None)


def test_a_grammar_is_compiled_once_while_it_is_in_use_and_few_are_kept() -> None:
    vocabulary = TokenVocabulary(TOKENIZER, size=512, end_id=TOKENIZER.eos_token_id)
    compiled: list[str] = []

    def ask(name: str) -> str:
        return vocabulary.grammar(name, lambda: compiled.append(name) or name)  # type: ignore[func-returns-value]

    for name in ("a", "b", "a"):
        assert ask(name) == name
    assert compiled == ["a", "b"]
    for number in range(GRAMMARS - 1):
        ask(str(number))
    ask("a")
    assert compiled.count("a") == 1
    ask("b")
    assert compiled.count("b") == 2


def test_a_schema_that_is_none_is_refused() -> None:
    with pytest.raises(BadInputError, match="schema"):
        JsonSchemaConstraint({"type": "flower"}).start(VOCABULARY)


def test_a_schema_token_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(ValueError, match="not allowed"):
        JsonSchemaConstraint(SCHEMA).start(VOCABULARY).advance(TOKENIZER.encode("x")[0])
