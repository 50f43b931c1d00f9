"""What Prometheus reads of the service, in a registry of its own.

Rule: labels come from closed sets (routes, kinds, statuses), never from what a client sent.
"""

from collections.abc import Callable
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.outputs import LLMResult
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60, 120)
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)


class Metrics:
    """The service's counters."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        of = self._counter
        self.requests = of("requests", "Answered requests", "method", "route", "status")
        self.turns = of("turns", "Turns by how they ended", "kind", "end")
        self.listings = of("listings", "Listings drafted", "mode", "status")
        self.halts = of("halts", "Drafts that a rule halted")
        self.refusals = of("refusals", "Photos or kinds of goods that were refused")
        self.tokens = of("tokens", "Tokens of model calls", "direction")
        self.rate_limited = of("rate_limited", "Calls refused for their rate")
        self.queue_refused = of("queue_refused", "Turns refused for a full queue")
        self.cancelled = of("cancelled", "Turns stopped before their end", "why")
        self.published = of("published", "Listings published")
        self.first_token = self._histogram("first_token_seconds", "From request to first token")
        self.turn_time = self._histogram("turn_seconds", "From request to the turn's end")
        self.kept = Histogram(
            "vouch_kept_share",
            "Share of the draft kept at publication",
            buckets=SHARES,
            registry=self.registry,
        )

    def watch(self, name: str, help_text: str, read: Callable[[], float]) -> None:
        """Add a gauge that is read when Prometheus asks."""
        Gauge(f"vouch_{name}", help_text, registry=self.registry).set_function(read)

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self.registry)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(f"vouch_{name}", help_text, labels, registry=self.registry)

    def _histogram(self, name: str, help_text: str) -> Histogram:
        return Histogram(f"vouch_{name}", help_text, buckets=SECONDS, registry=self.registry)


class TokenCount(BaseCallbackHandler):
    """Counts the tokens of every model call by the usage that the model reports."""

    def __init__(self, metrics: Metrics) -> None:
        self._tokens = metrics.tokens

    def on_llm_end(self, response: LLMResult, **kwargs: Any) -> None:
        """Add a finished call."""
        for generation in (g for batch in response.generations for g in batch):
            usage = getattr(getattr(generation, "message", None), "usage_metadata", None) or {}
            self._tokens.labels("input").inc(usage.get("input_tokens", 0))
            self._tokens.labels("output").inc(usage.get("output_tokens", 0))
