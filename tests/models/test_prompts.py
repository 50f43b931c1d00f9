"""Prompts are files with a version, and training and serving read the same."""

import pytest

from listing.errors import SettingsError
from models.prompts import prompt_names, render
from tools.assistant import TurnBrief

VARIABLES = {
    "answer": {"message": "it is red", "outcomes": ["The colour is now red."], "language": "en"},
    "category": {},
    "choose": {"choices": ["a"]},
    "describe": {"category": "Mugs", "wanted": ["brand"], "values": {"colour": "red"},
                 "reference": {"brand": "Velo"}},
    "extract": {"text": "Red mug", "attributes": ["colour"]},
    "photo_attribute": {"label": "colour"},
    "photo_check": {"label": "colour", "value": "red"},
    "photo_safety": {},
    "revise": {"draft": "Red mug", "remove": ["128 GB"]},
    "rewrite": {"draft": "Red mug", "wish": "shorter"},
    "spans": {"fields": ["colour"]},
    "turn": {"brief": TurnBrief("it is red")},
}  # fmt: skip


@pytest.mark.parametrize("name", prompt_names())
def test_every_prompt_renders_and_names_its_version(name: str) -> None:
    prompt = render(name, **VARIABLES[name])
    assert prompt.text and "{" not in prompt.text.replace('{"', "")
    assert prompt.metadata == {"prompt_name": name, "prompt_version": prompt.version}
    assert prompt.version >= 1


def test_a_describe_prompt_without_facts_has_no_empty_headings() -> None:
    text = render("describe", category=None, wanted=[], values={}, reference={}).text
    assert "Known" not in text and "Category" not in text


def test_a_missing_variable_or_prompt_is_named() -> None:
    with pytest.raises(SettingsError, match="label"):
        render("photo_attribute")
    with pytest.raises(SettingsError, match="nonsense"):
        render("nonsense")
