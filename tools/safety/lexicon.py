"""Word lists that an operator brings: JSON Lines of {"term", "lang", "category"}, read into terms.

Big lists are noisy, so short terms are left out and the default action is to warn.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from listing.errors import SettingsError
from tools.safety.matching import MAX_MATCH, Term, make_term
from tools.safety.rules import LexiconSpec


class LexiconEntry(BaseModel):
    """One line of a lexicon; other keys (source, licence) are ignored."""

    model_config = ConfigDict(extra="ignore")

    term: str = Field(min_length=1)
    lang: str = ""
    category: str = ""


def read_lexicon(path: Path, spec: LexiconSpec, key: int) -> Iterator[Term]:
    """Yield the terms of the lexicon that `spec` takes, each with `key`.

    Raises:
        SettingsError: the file is missing or a line is not of the form; the message has the line.
    """
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    entry = _entry(path, number, line)
                    if _is_taken(entry, spec):
                        yield from _usable(entry.term, spec, key)
    except OSError as error:
        raise SettingsError(f"{path}: cannot read lexicon {spec.id!r}: {error.strerror}") from None


def _entry(path: Path, number: int, line: str) -> LexiconEntry:
    try:
        return LexiconEntry.model_validate(json.loads(line))
    except json.JSONDecodeError as error:
        raise SettingsError(f"{path}:{number}: is not a JSON object: {error.msg}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{path}:{number}: {key}: {first['msg']}") from None


def _is_taken(entry: LexiconEntry, spec: LexiconSpec) -> bool:
    return (not spec.languages or entry.lang in spec.languages) and (
        not spec.categories or entry.category in spec.categories
    )


def _usable(text: str, spec: LexiconSpec, key: int) -> Iterator[Term]:
    term = make_term(text, key)
    if term is None or len(text) > MAX_MATCH:
        return
    if len(term.letters) * (2 if term.unspaced else 1) >= spec.shortest:
        yield term
