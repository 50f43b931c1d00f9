"""Edits of a graph's state before a node runs: how a replay asks "what if?".

An edit names a key of the state and a path below it; it changes a copy, so that what a checkpoint
holds is never touched.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from listing.errors import BadInputError


class Edit(Protocol):
    """Sets the value at `path` (keys, and indexes of lists) to `value`."""

    @property
    def path(self) -> tuple[str, ...]:
        """The state's key, then the way below it."""
        ...

    @property
    def value(self) -> Any:
        """What to set."""
        ...


S = TypeVar("S", bound=Mapping[str, Any])


def apply_edits(
    node: str, state: S, edits: Mapping[str, Sequence[Edit]]
) -> tuple[S, dict[str, Any]]:
    """Return the state as `node` shall see it, and the changed keys, to go into its update.

    A path may add a key to an object; an index must be there. BadInputError names the path.
    """
    changed: dict[str, Any] = {}
    for edit in edits.get(node, ()):
        key = edit.path[0]
        before = changed.get(key, copy.deepcopy(state.get(key)))
        changed[key] = _with(before, edit.path[1:], edit.value, f"{node}.{'.'.join(edit.path)}")
    edited: Any = {**state, **changed}
    return edited, changed


def _with(value: Any, path: Sequence[str], new: Any, where: str) -> Any:
    """`value` with `new` at `path`."""
    if not path:
        return new
    head, rest = path[0], path[1:]
    if isinstance(value, dict) or value is None:
        value = value or {}
        return {**value, head: _with(value.get(head), rest, new, where)}
    if isinstance(value, list) and head.isdigit() and int(head) < len(value):
        at = int(head)
        return [*value[:at], _with(value[at], rest, new, where), *value[at + 1 :]]
    if isinstance(value, list):
        raise BadInputError(f"{where}: {head!r} is no index of its {len(value)} items")
    raise BadInputError(f"{where}: {head!r} cannot be set below a {type(value).__name__}")
