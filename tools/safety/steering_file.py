"""The form of the file of steering cues, and its reading.

Rule: words are written as people write them, every cue brings the cases that prove it, and a broken
file stops the start-up with the file and what is wrong where.
"""

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from listing.errors import SettingsError

GroupPair = Annotated[list[str], Field(min_length=2, max_length=2)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class CueSpec(_Strict):
    """One cue: what shows it, how much it counts, and the cases that prove it."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    weight: int = Field(ge=1, le=4)
    weight_in_reference: int | None = Field(default=None, ge=1, le=4)
    """In a retrieved listing or a photo; the same where not given."""
    words: list[str] = Field(default_factory=list)
    """Each alone shows the cue; `*` at the end takes any ending."""
    near: list[GroupPair] = Field(default_factory=list)
    """Pairs of groups that show it when a word of each stands within `within` characters."""
    within: int = Field(default=30, ge=1, le=200)
    patterns: list[str] = Field(default_factory=list)
    """Expressions over the folded text; `{group}` stands for any of a group's words."""
    unless: list[str] = Field(default_factory=list)
    """Expressions; a hit inside one of their matches does not count."""
    must: list[str] = Field(min_length=1)
    """Texts that show the cue."""
    may: list[str] = Field(default_factory=list)
    """Texts that do not."""


class CueFile(_Strict):
    """The file: how much makes steering, groups of words, cues."""

    threshold: int = Field(default=2, ge=1)
    groups: dict[str, list[str]] = Field(default_factory=dict)
    cues: list[CueSpec] = Field(min_length=1)
    steers: list[str] = Field(default_factory=list)
    """Whole messages that must be flagged."""
    honest: list[str] = Field(default_factory=list)
    """Whole messages that must not be."""


def read_cue_file(file: Path) -> CueFile:
    """Return the file's content.

    Raises:
        SettingsError: it cannot be read, is no YAML or breaks the form; names file and place.
    """
    try:
        data: Any = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is not UTF-8 text (byte {error.start})") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise SettingsError(f"{file}:{line}: is not valid YAML: {error.problem}") from None
    try:
        return CueFile.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{file}: {place}: {first['msg']}") from None
