"""Spans and values of OTLP JSON as our writer writes them: the types that a line is decoded into.

One rule: what has another type does not decode, and is left to `otlp`. The value of an attribute
stays the bytes that it is until somebody asks for it.
"""

from msgspec import Raw, Struct
from msgspec.json import Decoder

from eval_traces.otlp import Attribute, Scalar


class Pair(Struct, gc=False):
    """An attribute."""

    key: str
    value: Raw


class _Status(Struct, gc=False):
    code: int = 0
    message: str = ""


class WireSpan(Struct, rename="camel", gc=False):
    """A span; times in nanoseconds since 1970, as texts."""

    trace_id: str
    span_id: str
    name: str
    start_time_unix_nano: str
    end_time_unix_nano: str
    attributes: list[Pair] = []
    parent_span_id: str | None = None
    status: _Status | None = None


class _Items(Struct, gc=False):
    values: list["_Value"] = []


class _Value(Struct, rename="camel", gc=False):
    string_value: str | None = None
    int_value: str | int | None = None
    bool_value: bool | None = None
    double_value: float | str | None = None
    array_value: _Items | None = None

    def scalar(self) -> Scalar | None:
        """Return a value that is no list; None for kinds that we never write."""
        if self.string_value is not None:
            return self.string_value
        if self.int_value is not None:
            return int(self.int_value)
        if self.double_value is not None:
            return float(self.double_value)
        return self.bool_value


_DECODE = Decoder(_Value).decode


def plain_value(value: Raw) -> Attribute:
    """Return an attribute's value as Python has it; None where it is of a wrong type."""
    try:
        found = _DECODE(value)
        if found.array_value is None:
            return found.scalar()
        items = [item.scalar() for item in found.array_value.values]
        return [item for item in items if item is not None]
    except ValueError:
        return None
