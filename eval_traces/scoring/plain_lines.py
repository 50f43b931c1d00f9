"""Lines as our writer writes them, taken apart without building what nobody may ask for.

One rule: text that is not of this plain shape (ids in base64, names of enums, damage) is left to
`otlp`, which knows all that OTLP JSON may be. Syntax is checked whole, all the same.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder

from eval_traces import names
from eval_traces.otlp import Event, parse_request
from eval_traces.scoring.scanned_span import ScannedSpan
from eval_traces.scoring.wire import WireSpan


class _Scope(Struct, gc=False):
    name: str = ""


class _Scoped(Struct, gc=False):
    spans: list[WireSpan] = []
    scope: _Scope | None = None


class _Group(Struct, rename="camel", gc=False):
    scope_spans: list[_Scoped] = []


class _Request(Struct, rename="camel", gc=False):
    resource_spans: list[_Group] | None = None
    resource_logs: list[Any] | None = None


_DECODE = Decoder(_Request).decode_lines


def plain_lines(text: bytes) -> tuple[Sequence[ScannedSpan], Sequence[Event]] | None:
    """Return what all the lines hold, or None where one of them has to be read by `otlp`."""
    spans: list[ScannedSpan] = []
    events: list[Event] = []
    try:
        if not text.isascii():
            text.decode()  # msgspec does not check that what it passes over is UTF-8
        for request in _DECODE(text):
            if request.resource_logs is not None:
                events += parse_request({"resourceLogs": request.resource_logs}).events
            elif request.resource_spans is None:
                return None
            for group in request.resource_spans or ():
                for scoped in group.scope_spans:
                    ours = scoped.scope is not None and scoped.scope.name == names.SCOPE
                    spans += [ScannedSpan.read(span, ours) for span in scoped.spans]
    except (ValueError, RecursionError):  # what msgspec raises are ValueErrors
        return None
    return spans, events
