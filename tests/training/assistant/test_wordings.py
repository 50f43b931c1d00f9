"""Patterns are split for good, and their choices are made."""

import random
import re

import pytest

from training.assistant.wordings import Language, Wordings, expanded, read_data, share_of

SLOT = re.compile(r"\{\w+\}")
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def places(raw: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if isinstance(raw, dict):
        return [found for key, value in raw.items() for found in places(value, (*path, key))]
    return [path]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_pattern_with_words_is_in_both_splits(language: Language) -> None:
    train, held = Wordings(language, "train"), Wordings(language, "held_out")
    apart = 0
    for path in places(read_data(language)):
        if path[0] in ("shared", "langs"):
            assert train.all(*path) == held.all(*path)
            continue
        both = set(train.all(*path)) & set(held.all(*path))
        assert not any(re.search(r"\w", SLOT.sub("", pattern)) for pattern in both), path
        apart += len(set(held.all(*path)) - both)
    assert apart > 150


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_know_the_same_kinds_of_patterns(language: Language) -> None:
    other = read_data("zh" if language == "en" else "en")
    known = {path[:2] for path in places(read_data(language)) if path[0] != "langs"}
    assert known <= {path[:2] for path in places(other)}


def test_the_choices_of_a_pattern_are_made_from_the_inside() -> None:
    rng = random.Random(0)
    found = {expanded(rng, "(a|b (c|d)) {x}( please|)") for _ in range(200)}
    assert found == {f"{one} {{x}}{end}" for one in ("a", "b c", "b d") for end in ("", " please")}


def test_the_share_of_a_text_is_its_own_and_stays() -> None:
    assert share_of("make it shorter") == share_of("make it shorter")
    assert 0 <= share_of("undo") < 1
    assert share_of("undo") != share_of("Undo")
