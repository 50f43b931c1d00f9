"""How sure a figure over runs is: each is a function of sums over runs, and is resampled as one.

A run is the unit: its rows are drawn together, however many claims it has. Up to `PLAIN` runs the
bootstrap is the plain one (runs drawn with replacement). Beyond, runs that are alike are counted
first, and the counts are drawn from the multinomial: the same distribution, at the cost of the
different runs only. Where more than `PLAIN` differ, the sums are drawn from the normal distribution
that they tend to, with their own mean and covariance; `tests/eval_traces/test_report_statistics.py`
holds each of these against the plain one.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Combine = Callable[[Floats], Floats]
"""Turns sums `(..., k)` into figures `(...)`; NaN where the sums say nothing."""
Method = Literal["bootstrap", "normal", "wilson"]

RESAMPLES = 2000
LEVEL = 0.95
PLAIN = 500
"""Runs, or different runs, up to which the bootstrap is drawn run by run."""
_KEPT = 8
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """Where the figure lies with the stated confidence, and how that was found."""

    low: float
    high: float
    method: Method


def ratio(sums: Floats) -> Floats:
    """Combine `(..., 2)` sums of value x weight and of weight into the weighted mean."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(sums[..., 0] / sums[..., 1])


class Resampler:
    """Draws sums over runs again and again; the same seed and rows give the same draws."""

    def __init__(
        self, seed: int, resamples: int = RESAMPLES, level: float = LEVEL, plain: int = PLAIN
    ) -> None:
        """Draw `resamples` times for intervals of `level`; `plain` is the limit of the module."""
        self.seed = seed
        self.resamples = resamples
        self.level = level
        self._plain = plain
        self._times: OrderedDict[tuple[int, int], Floats] = OrderedDict()

    def sums(self, rows: Floats, *, stream: int = 0) -> tuple[Floats, Method]:
        """Return `(resamples, k)` sums over the `(n, k)` rows redrawn, and how they were drawn.

        Draws of different `stream` are independent of one another.
        """
        if len(rows) <= self._plain:
            return self._drawn(len(rows), stream) @ rows, "bootstrap"
        rng = np.random.default_rng([self.seed, len(rows), stream])
        alike = _alike(rows, self._plain)
        if alike is None:
            return _normal_sums(rows, self.resamples, rng), "normal"
        different, counts = alike
        times = rng.multinomial(len(rows), counts / len(rows), size=self.resamples)
        return times.astype(np.float64) @ different, "bootstrap"

    def interval(
        self,
        rows: Floats,
        combine: Combine = ratio,
        *,
        share: bool = False,
        basic: bool = False,
    ) -> Interval | None:
        """Return the interval of `combine` of the sums of rows `(n, k)`; None for n < 2.

        The percentiles are expanded for small n (Hesterberg, "What Teachers Should Know About the
        Bootstrap", 2015, section 5.3). `basic` mirrors them at the figure, for one that resampling
        shifts (a sum of absolute differences; of one that is truly 0 it still misses 0 in a quarter
        of cases). When `share` is set and all runs say 0, or all 1,
        resampling cannot vary anything, and Wilson's score interval over the runs is returned.
        """
        n = len(rows)
        if n < 2:
            return None
        value = float(combine(rows.sum(axis=0)))
        if share and value in (0.0, 1.0):
            return _wilson(value, n, self.level)
        sums, method = self.sums(rows)
        low, high = self._percentiles(combine(sums), n)
        if basic:
            low, high = 2 * value - high, 2 * value - low
        if share:
            low, high = max(0.0, low), min(1.0, high)
        return Interval(low, high, method)

    def difference(
        self, before: Floats, after: Floats, combine: Combine = ratio, *, paired: bool
    ) -> Interval | None:
        """Return the interval of `combine(after) - combine(before)`; None for n < 2 on a side.

        `paired` rows belong together and are drawn together.
        """
        n = min(len(before), len(after))
        if n < 2:
            return None
        if paired:
            width = before.shape[1]
            sums, method = self.sums(np.hstack([before, after]))
            drawn = combine(sums[:, width:]) - combine(sums[:, :width])
        else:
            old, method = self.sums(before, stream=1)
            new, _ = self.sums(after, stream=2)
            drawn = combine(new) - combine(old)
        return Interval(*self._percentiles(drawn, n), method)

    def _percentiles(self, drawn: Floats, n: int) -> tuple[float, float]:
        tail = expanded_tail(n, self.level)
        low, high = np.nanquantile(drawn, [tail, 1 - tail])
        return float(low), float(high)

    def _drawn(self, n: int, stream: int) -> Floats:
        """How often each of n runs is drawn, `(resamples, n)`; the last few are kept."""
        key = (n, stream)
        if key not in self._times:
            rng = np.random.default_rng([self.seed, n, stream])
            drawn = rng.integers(0, n, size=(self.resamples, n))
            drawn += np.arange(self.resamples)[:, None] * n
            counts = np.bincount(drawn.ravel(), minlength=self.resamples * n)
            self._times[key] = counts.reshape(self.resamples, n).astype(np.float64)
            if len(self._times) > _KEPT:
                self._times.popitem(last=False)
        self._times.move_to_end(key)
        return self._times[key]


def quantile_interval(ordered: Floats, share: float, level: float = LEVEL) -> Interval | None:
    """Return the interval of a quantile from the order of values; None where n is too small.

    The ranks between which the quantile lies follow the binomial of (n, share), here by its normal
    approximation, whatever the distribution of the values is.
    """
    n = len(ordered)
    reach = _NORMAL.inv_cdf((1 + level) / 2) * math.sqrt(n * share * (1 - share))
    low, high = math.floor(n * share - reach), math.ceil(n * share + reach)
    if low < 1 or high > n:
        return None
    return Interval(float(ordered[low - 1]), float(ordered[high - 1]), "normal")


def expanded_tail(n: int, level: float = LEVEL) -> float:
    """Return the share to cut off at each end of n runs' resampled figures; 0 for n below 5.

    `Phi(-sqrt(n / (n - 1)) * t(n - 1))`, which makes up for the bootstrap's narrowness.
    """
    if n < 5:
        return 0.0
    return _NORMAL.cdf(-math.sqrt(n / (n - 1)) * _student(n - 1, level))


def _student(freedom: int, level: float) -> float:
    """Student's t quantile from the normal one (Abramowitz and Stegun 26.7.5)."""
    z = _NORMAL.inv_cdf((1 + level) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _wilson(value: float, n: int, level: float) -> Interval:
    """Wilson's interval for a share that is 0 or 1."""
    squared = _NORMAL.inv_cdf((1 + level) / 2) ** 2
    if value == 0.0:
        return Interval(0.0, squared / (n + squared), "wilson")
    return Interval(n / (n + squared), 1.0, "wilson")


def _alike(rows: Floats, most: int) -> tuple[Floats, NDArray[np.int64]] | None:
    """The different rows in a fixed order, and how many runs have each; None if over `most`."""
    if len(np.unique(rows[: 2 * most], axis=0)) > most:
        return None
    frame = pl.DataFrame(rows, schema=[f"c{i}" for i in range(rows.shape[1])], orient="row")
    counted = frame.group_by(frame.columns).len("runs").sort(frame.columns)
    if len(counted) > most:
        return None
    return (
        counted.select(frame.columns).to_numpy().astype(np.float64),
        counted["runs"].to_numpy().astype(np.int64),
    )


def _normal_sums(rows: Floats, resamples: int, rng: np.random.Generator) -> Floats:
    """Sums drawn from the normal distribution that resampled sums tend to."""
    n, width = rows.shape
    mean = rows.mean(axis=0)
    centred = rows - mean
    spread, axes = np.linalg.eigh(centred.T @ centred)
    scale = axes * np.sqrt(np.clip(spread, 0.0, None))
    return np.asarray(rng.standard_normal((resamples, width)) @ scale.T + n * mean)
