"""What a replay changes: `--set KEY=JSON` read into edits of input, settings, prompts and state."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from graphs.assistant.context import AssistantLimits
from graphs.assistant.state import AssistantState
from graphs.edits import Edit
from graphs.listing.context import Limits
from graphs.listing.edits import ADDED_UP, StateEdit
from graphs.listing.mode import LADDER
from graphs.replay.nodes import GraphName
from listing.errors import BadInputError
from models.prompts import prompt_names
from tools.visual_search import MatchThresholds


@dataclass(frozen=True)
class TurnEdit:
    """Set the value at `path` of the assistant's state to `value`."""

    path: tuple[str, ...]
    value: Any


@dataclass(frozen=True)
class _Subject:
    """What of a graph's run can be changed."""

    inputs: Mapping[str, Sequence[str]]
    """Inputs with the values that they may have; none for any text."""
    limits: tuple[Any, ...]
    """Defaults whose numbers can be set."""
    edit: Callable[[tuple[str, ...], Any], Edit]


@dataclass(frozen=True)
class Changes:
    """What is to differ from the recorded run; empty for a plain replay."""

    given: tuple[str, ...] = ()
    """The changes as they were written."""
    start: str = ""
    """The node from which the replay goes on live; empty for none."""
    inputs: Mapping[str, str | None] = field(default_factory=dict)
    """What the run is given otherwise: `seller`, `mode`, a turn's `message`; None: without it."""
    limits: Mapping[str, Any] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    prompts: Mapping[str, str] = field(default_factory=dict)
    """Prompt name -> template text."""
    state: Mapping[str, Sequence[Edit]] = field(default_factory=dict)
    """Node -> what to set before it runs."""


def read_changes(
    given: Sequence[str], nodes: Collection[str], graph: GraphName = "listing"
) -> Changes:
    """Read `KEY=JSON` texts; a value that is no JSON is taken as a text.

    Keys: `seller` (of a turn: `message`, `language`), `mode`, `limits.NAME`, `thresholds.NAME`,
    `prompt.NAME` (the path of a template file), or `NODE.KEY[.KEY...]` for the state before a node.

    Raises:
        BadInputError: a key or value that cannot be; names it and says what there is.
    """
    parts: dict[str, dict[str, Any]] = {"limits": {}, "thresholds": {}, "prompts": {}, "inputs": {}}
    state: dict[str, list[Edit]] = defaultdict(list)
    subject = _SUBJECTS[graph]
    for text in given:
        key, equals, value = text.partition("=")
        head, _, rest = key.strip().partition(".")
        where = f"--set {key.strip()}"
        if not equals or not head:
            raise BadInputError(f"--set {text!r}: write KEY=JSON, such as limits.max_chars=200")
        read = _read(value)
        if head in subject.inputs and not rest:
            parts["inputs"][head] = _input(where, read, subject.inputs[head])
        elif head == "limits":
            parts["limits"][rest] = _number(where, rest, read, *subject.limits)
        elif head == "thresholds":
            parts["thresholds"][rest] = _number(where, rest, read, MatchThresholds(1.0, 1.0))
        elif head == "prompt":
            parts["prompts"][rest] = _prompt(where, rest, read)
        elif head in nodes and rest:
            state[head].append(_state_edit(where, rest, read, subject))
        else:
            given_otherwise = ", ".join(subject.inputs)
            raise BadInputError(
                f"{where}: no such thing to set; there are {given_otherwise}, limits.NAME, "
                f"thresholds.NAME, prompt.NAME and NODE.KEY of the nodes {', '.join(sorted(nodes))}"
            )
    return Changes(
        tuple(given),
        inputs=parts["inputs"],
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


def _input(where: str, value: Any, values: Sequence[str]) -> str | None:
    if value is not None and not isinstance(value, str):
        raise BadInputError(f"{where}: must be a text or null")
    if values and value not in (None, *values):
        raise BadInputError(f"{where}: must be one of {', '.join(values)}")
    return value


def _number(where: str, name: str, value: Any, *defaults: Any) -> Any:
    known = {f.name: getattr(d, f.name) for d in defaults for f in fields(d)}
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


def _state_edit(where: str, path: str, value: Any, subject: _Subject) -> Edit:
    try:
        return subject.edit(tuple(path.split(".")), value)
    except BadInputError as error:
        raise BadInputError(f"{where}: {error}") from None


def _turn_edit(path: tuple[str, ...], value: Any) -> Edit:
    known = sorted(AssistantState.__annotations__.keys() - ADDED_UP)
    if path[0] not in known:
        raise BadInputError(f"the state has no such key to set; it has {', '.join(known)}")
    return TurnEdit(path, value)


_SUBJECTS: Mapping[GraphName, _Subject] = {
    "listing": _Subject({"seller": (), "mode": LADDER}, (Limits(),), StateEdit),
    "assistant": _Subject(
        {"message": (), "mode": LADDER, "language": ("en", "zh")},
        (AssistantLimits(), Limits()),
        _turn_edit,
    ),
}
