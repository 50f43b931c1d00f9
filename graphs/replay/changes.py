"""What a replay changes: `--set KEY=JSON` read into edits of input, settings, prompts and state."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from graphs.listing.context import Limits
from graphs.listing.edits import StateEdit
from listing.errors import BadInputError
from models.prompts import prompt_names
from tools.visual_search import MatchThresholds

MODES = ("reference", "template", "image_only", "manual")


@dataclass(frozen=True)
class Changes:
    """What is to differ from the recorded run; empty for a plain replay."""

    given: tuple[str, ...] = ()
    """The changes as they were written."""
    start: str = ""
    """The node from which the replay goes on live; empty for none."""
    seller: str | None = None
    mode: str | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Prompt name -> template text."""
    state: Mapping[str, Sequence[StateEdit]] = field(default_factory=dict)
    """Node -> what to set before it runs."""


def read_changes(given: Sequence[str], nodes: Collection[str]) -> Changes:
    """Read `KEY=JSON` texts; a value that is no JSON is taken as a text.

    Keys: `seller`, `mode`, `limits.NAME`, `thresholds.NAME`, `prompt.NAME` (the path of a template
    file), or `NODE.KEY[.KEY...]` for the state before a node.

    Raises:
        BadInputError: a key or value that cannot be; names it and says what there is.
    """
    parts: dict[str, dict[str, Any]] = {"limits": {}, "thresholds": {}, "prompts": {}, "input": {}}
    state: dict[str, list[StateEdit]] = defaultdict(list)
    for text in given:
        key, equals, value = text.partition("=")
        head, _, rest = key.strip().partition(".")
        where = f"--set {key.strip()}"
        if not equals or not head:
            raise BadInputError(f"--set {text!r}: write KEY=JSON, such as limits.max_chars=200")
        read = _read(value)
        if head in ("seller", "mode") and not rest:
            parts["input"][head] = _input(where, head, read)
        elif head == "limits":
            parts["limits"][rest] = _number(where, rest, read, Limits())
        elif head == "thresholds":
            parts["thresholds"][rest] = _number(where, rest, read, MatchThresholds(1.0, 1.0))
        elif head == "prompt":
            parts["prompts"][rest] = _prompt(where, rest, read)
        elif head in nodes and rest:
            state[head].append(_state_edit(where, rest, read))
        else:
            raise BadInputError(
                f"{where}: no such thing to set; there are seller, mode, limits.NAME, "
                f"thresholds.NAME, prompt.NAME and NODE.KEY of the nodes {', '.join(sorted(nodes))}"
            )
    return Changes(
        tuple(given),
        **parts["input"],
        limits=parts["limits"],
        thresholds=parts["thresholds"],
        prompts=parts["prompts"],
        state=dict(state),
    )


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return value


def _input(where: str, head: str, value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise BadInputError(f"{where}: must be a text or null")
    if head == "mode" and value not in (None, *MODES):
        raise BadInputError(f"{where}: must be one of {', '.join(MODES)}")
    return value


def _number(where: str, name: str, value: Any, defaults: Limits | MatchThresholds) -> Any:
    known = {f.name: getattr(defaults, f.name) for f in fields(defaults)}
    if name not in known:
        raise BadInputError(f"{where}: there are only {', '.join(known)}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInputError(f"{where}: must be a number, not {value!r}")
    return type(known[name])(value)


def _prompt(where: str, name: str, value: Any) -> str:
    if name not in prompt_names():
        raise BadInputError(f"{where}: there are the prompts {', '.join(prompt_names())}")
    if not isinstance(value, str):
        raise BadInputError(f"{where}: give the path of a template file")
    if "\n" in value or value.lstrip().startswith("{#"):
        return value
    try:
        return Path(value).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{where}: {value}: cannot be read ({error})") from None


def _state_edit(where: str, path: str, value: Any) -> StateEdit:
    try:
        return StateEdit(tuple(path.split(".")), value)
    except BadInputError as error:
        raise BadInputError(f"{where}: {error}") from None
