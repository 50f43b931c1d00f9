"""What is kept of a turn: whose its listing, trace and photos are, and what is counted.

Rule: it reads the turn's events alone, so what a client saw and what was recorded are the same.
"""

import re
import time
from collections.abc import Iterator
from typing import Any

from agent.http.live import Event
from agent.http.metrics import Metrics
from agent.http.registry import Registry

_SHA256 = re.compile(r"[0-9a-f]{64}")
_TRACE = re.compile(r"[0-9a-f]{32}")


class TurnRecord:
    """The record of one turn; it began when this was made."""

    def __init__(self, kind: str, thread_id: str, registry: Registry, metrics: Metrics) -> None:
        self._kind, self._thread_id = kind, thread_id
        self._registry, self._metrics = registry, metrics
        self._began = time.monotonic()
        self._first_token = self._drafted = False

    def saw(self, event: Event) -> None:
        """Take note of an event on its way."""
        kind = event["event"]
        if kind == "token" and not self._first_token:
            self._first_token = True
            self._metrics.first_token.observe(time.monotonic() - self._began)
        elif kind in ("reference", "tool_result"):
            self._note(event)
            self._drafted |= event.get("name") == "draft_listing"

    def done(self, end: Event) -> None:
        """Take note of the listing as it is now."""
        document = end["document"]
        self._note(end)
        self._count(document)
        self._registry.keep_listing(self._thread_id, document)
        self._end("done")

    def failed(self, why: str) -> None:
        """Take note of a turn that was stopped for a reason, or failed."""
        self._end("stopped" if why else "failed")
        if why:
            self._metrics.cancelled.labels(why).inc()

    def _end(self, outcome: str) -> None:
        self._metrics.turn_time.observe(time.monotonic() - self._began)
        self._metrics.turns.labels(self._kind, outcome).inc()

    def _note(self, event: Event) -> None:
        """Note the traces and the market's photos that an event names."""
        for name, value in _texts(event):
            if name == "trace_id" and _TRACE.fullmatch(value):
                self._registry.keep_trace(self._thread_id, value)
            elif name == "photo" and _SHA256.fullmatch(value):
                self._registry.keep_photos(self._thread_id, [value], uploaded=False)

    def _count(self, document: dict[str, Any]) -> None:
        before = self._registry.listing_of(self._thread_id, document["listing_id"])
        metrics = self._metrics
        if before is None and self._drafted:
            metrics.listings.labels(document["mode"], document["status"]).inc()
            metrics.halts.inc(document["status"] == "halted")
            metrics.refusals.inc(document["status"] == "refused")
        published = document.get("published")
        if published and published != (before or {}).get("published"):
            metrics.published.inc()
            metrics.kept.observe(published["kept"])


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """All texts in a JSON value, each with the key that it stands under."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, str(key))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, name)
