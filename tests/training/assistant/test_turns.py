"""What is expected of a generated turn can be read from it, and can be carried out."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tools.assistant import PRICE, TOOLS, read_arguments, turn_prompt
from training.assistant import (
    KINDS,
    Call,
    GeneratedTurn,
    after,
    generated_turn,
    generated_turns,
    turn_steps,
)
from training.assistant.values import NAMES
from training.assistant.wordings import Split

SPLITS: tuple[Split, ...] = ("train", "held_out")


def turns(split: Split, count: int = 700) -> Iterator[GeneratedTurn]:
    rng = random.Random(f"test {split}")
    return (generated_turn(rng, split) for _ in range(count))


@pytest.mark.parametrize("split", SPLITS)
def test_every_value_is_a_stretch_of_the_message(split: Split) -> None:
    for turn in turns(split):
        for call in turn.calls:
            for key in ("value", "words"):
                said = call.arguments.get(key)
                assert said is None or said in turn.brief.message, (turn.brief.message, call)


@pytest.mark.parametrize("split", SPLITS)
def test_every_call_is_one_of_the_tools_with_valid_arguments(split: Split) -> None:
    for turn in turns(split):
        for call in turn.calls:
            read_arguments(call.name, call.arguments)
            name = call.arguments.get("attribute")
            assert name is None or name in (*turn.brief.attributes, PRICE)


def test_a_turn_ends_with_one_reply_and_states_no_attribute_twice() -> None:
    for turn in turns("train"):
        assert [c.name for c in turn.calls].index("reply") == len(turn.calls) - 1
        named = [c.arguments["attribute"] for c in turn.calls if c.name == "set_attribute"]
        assert len(set(named)) == len(named)


def test_every_kind_and_both_languages_and_all_tools_come_up() -> None:
    found = list(turns("train", 3000))
    assert {t.kind for t in found} == set(KINDS)
    assert {c.name for t in found for c in t.calls} == set(TOOLS)
    chinese = sum(t.language == "zh" for t in found) / len(found)
    assert 0.2 < chinese < 0.3


def test_equal_seeds_make_equal_turns() -> None:
    one, two = (
        [generated_turn(random.Random(i), "train") for i in range(30)] for _ in range(2)
    )  # fmt: skip
    assert one == two


def test_the_held_out_turns_have_names_of_their_own() -> None:
    names = {
        split: {
            value.lower()
            for turn in turns(split, 2000)
            for name, value in turn.stated.items()
            if name in NAMES and value
        }
        for split in SPLITS
    }
    assert len(names["train"]) > 200
    assert not names["train"] & names["held_out"]


def test_a_price_that_is_only_asked_about_is_not_set() -> None:
    rng = random.Random(1)
    asked = [generated_turn(rng, "train", "price_asked") for _ in range(50)]
    assert {c.name for t in asked for c in t.calls} == {"suggest_price", "reply"}
    assert not any(t.stated for t in asked)


def test_the_steps_grow_by_a_line_each_and_show_the_new_facts() -> None:
    rng = random.Random(3)
    turn = generated_turn(rng, "train", "facts", "en")
    brief = turn.brief
    for number, call in enumerate(turn.calls):
        assert len(brief.done) == number
        brief = after(brief, call)
    for name, value in turn.stated.items():
        assert brief.facts[name] == value
        assert f"- set_attribute {name}: {value}" in turn_prompt(brief).text


def test_a_fact_taken_back_is_gone_from_the_brief() -> None:
    turn = generated_turn(random.Random(5), "train", "take_back", "en")
    [name] = turn.stated
    assert turn.stated[name] is None
    assert name in turn.brief.facts
    left = after(turn.brief, Call("set_attribute", {"attribute": name, "value": None}))
    assert name not in left.facts
    assert left.done == (f"set_attribute {name}: taken back",)


def test_a_value_that_was_copied_wrongly_is_to_be_given_again() -> None:
    rng = random.Random(11)
    again = 0
    for turn in turns("train", 400):
        for brief, call in turn_steps(turn, rng):
            failed = [line for line in brief.done if line.startswith("failed: set_attribute")]
            if failed and "(not in the message)" in failed[-1] and call.name == "set_attribute":
                again += f"{call.arguments['attribute']}: " in failed[-1]
    assert again > 5


def test_turns_of_one_scene_differ_in_the_message_alone() -> None:
    rng = random.Random(21)
    for _ in range(40):
        found = generated_turns(rng, "train", 4)
        assert len(found) == 4
        assert len({turn_prompt(replace(t.brief, message="")).text for t in found}) == 1
