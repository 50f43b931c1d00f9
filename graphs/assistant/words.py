"""What the assistant itself says, in the language of the page.

Rule: every sentence stands in a file; both files have the same keys and fields.
"""

import functools
from importlib.resources import files
from typing import Any

import yaml

from graphs.assistant.turn import Language


@functools.cache
def sentences(language: Language) -> dict[str, str]:
    """Return all sentences of a language by key."""
    file = files("graphs.assistant").joinpath("words", f"{language}.yaml")
    loaded: dict[str, str] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return loaded


def say(key: str, language: Language, **values: Any) -> str:
    """Return one sentence with its fields filled; KeyError where it or a field is missing."""
    return sentences(language)[key].format(**values)
