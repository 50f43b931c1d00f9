"""How a turn's beginning is put on record, so that a replay begins just there.

Rule: a record holds JSON with its keys sorted; where the order of keys means something (attributes
stand as they were found, answers as they were given), the order is recorded beside it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphs.assistant.turn import Json

_ORDERED = ("attributes", "answers")


def recorded(told: Json) -> Json:
    """Return `told` with the order of the keys that the record would lose."""
    return {**told, "order": dict(_orders(told, ""))}


def restored(told: Mapping[str, Any]) -> Json:
    """Return what `recorded` was given."""
    order = told.get("order")
    known: Mapping[str, Any] = order if isinstance(order, Mapping) else {}
    given: Json = _ordered({k: v for k, v in told.items() if k != "order"}, "", known)
    return given


def _orders(value: Any, path: str) -> Iterator[tuple[str, list[str]]]:
    if isinstance(value, Mapping):
        if path.rpartition("/")[2] in _ORDERED and list(value) != sorted(value):
            yield path, list(value)
        for key, inner in value.items():
            yield from _orders(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _orders(inner, f"{path}/{number}")


def _ordered(value: Any, path: str, order: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        keys = [key for key in order.get(path, ()) if key in value]
        keys += [key for key in value if key not in keys]
        return {key: _ordered(value[key], f"{path}/{key}", order) for key in keys}
    if isinstance(value, list):
        return [_ordered(inner, f"{path}/{n}", order) for n, inner in enumerate(value)]
    return value
