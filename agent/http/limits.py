"""How often one client may call: a token bucket for each key or address.

Rule: memory is bounded; a bucket that is full again is forgotten, since a new one would be equal.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_CLIENTS = 10_000


@dataclass
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """`per_minute` calls a minute and client, a fifth of them at once; 0 sets no limit."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = max(1.0, per_minute / 5)
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, client: str) -> int:
        """Take one call of a client: 0 where it may be made, else the seconds until it may."""
        if not self._rate:
            return 0
        now = self._clock()
        bucket = self._buckets.pop(client, None) or _Bucket(self._burst, now)
        self._buckets[client] = bucket  # the last used stands last
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now
        self._forget(now)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0
        return max(1, math.ceil((1 - bucket.tokens) / self._rate))

    def _forget(self, now: float) -> None:
        """Let go of full buckets, the longest unused first, and of any beyond the bound."""
        while self._buckets:
            client, oldest = next(iter(self._buckets.items()))
            full = oldest.tokens + (now - oldest.at) * self._rate >= self._burst
            if not full and len(self._buckets) <= MOST_CLIENTS:
                return
            if len(self._buckets) == 1:
                return
            del self._buckets[client]
