"""The figures of the page as geometry: where each mark stands, in the units of its drawing.

The template draws them; nothing here is markup. Horizontal places of bars and intervals run from 0
to `WIDE`, and are stretched to whatever width the page has.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval_traces.report.aggregates import CalibrationBin
from eval_traces.report.statistics import Floats

WIDE = 1000.0
PLOT_WIDTH, PLOT_HEIGHT = 320.0, 110.0
SQUARE = 260.0
_BINS = 24
_WHOLE = 30


@dataclass(frozen=True)
class Scale:
    """A straight axis from `low` to `high`."""

    low: float
    high: float

    def at(self, value: float, length: float = WIDE) -> float:
        """Return the place of a value, held within the axis."""
        if self.high <= self.low:
            return 0.0
        share = (value - self.low) / (self.high - self.low)
        return round(min(1.0, max(0.0, share)) * length, 2)

    def ticks(self, count: int = 4) -> tuple[float, ...]:
        """Return round values within the axis."""
        step = _round_step((self.high - self.low) / count)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return tuple(round(i * step, 10) for i in range(first, last + 1))


UNIT = Scale(0.0, 1.0)


@dataclass(frozen=True)
class Whisker:
    """A figure with its interval on an axis; `zero` where the axis has one to cross."""

    value: float
    low: float | None
    high: float | None
    zero: float | None = None


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: its corner and size, and what it counts."""

    x: float
    y: float
    width: float
    height: float
    low: float
    high: float
    runs: int


@dataclass(frozen=True)
class Tick:
    """A mark on an axis."""

    place: float
    value: float


@dataclass(frozen=True)
class Histogram:
    """How the runs spread over a metric."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    middle: float
    """Place of the median."""
    median: float
    most: int
    """Runs in the highest bar."""
    beyond: int
    """Runs past the right end, counted in the last bar."""


@dataclass(frozen=True)
class Dot:
    """One bin of a reliability curve."""

    x: float
    y: float
    radius: float
    bin: CalibrationBin


@dataclass(frozen=True)
class Part:
    """One piece of a bar of shares."""

    key: str
    runs: int
    share: float
    x: float
    width: float
    colour: int


def whisker(value: float, low: float | None, high: float | None, scale: Scale) -> Whisker:
    """Return the places of a figure and its interval."""
    ends = [None if end is None else scale.at(end) for end in (low, high)]
    zero = scale.at(0.0) if scale.low < 0 < scale.high else None
    return Whisker(scale.at(value), ends[0], ends[1], zero)


def around_zero(values: Sequence[float]) -> Scale:
    """Return an axis with 0 in the middle that holds all values."""
    reach = max((abs(value) for value in values), default=0.0) or 1.0
    return Scale(-reach * 1.05, reach * 1.05)


def close_around(values: Sequence[float], *, share: bool) -> Scale:
    """Return an axis with round ends that holds all values closely, a share's within 0 to 1."""
    low, high = min(values), max(values)
    step = _round_step(max(high - low, 0.02 * max(abs(high), abs(low)), 0.01) / 2)
    scale = Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step)
    return Scale(max(0.0, scale.low), min(1.0, scale.high)) if share else scale


def from_zero(values: Sequence[float]) -> Scale:
    """Return an axis from 0 that holds all values."""
    return Scale(0.0, max(values, default=0.0) * 1.02 or 1.0)


def histogram(values: Floats, *, share: bool) -> Histogram:
    """Return the spread of values: shares over 0 to 1, others up to their 99th percentile.

    Whole numbers of a short range have a bar each.
    """
    most = float(np.quantile(values, 0.99, method="higher"))
    narrow = not share and most - float(values.min()) < _WHOLE
    whole = narrow and bool((values == np.round(values)).all())
    scale = UNIT if share else _axis(values)
    if whole:
        scale = Scale(float(values.min()) - 0.5, most + 0.5)
    bins = round(scale.high - scale.low) if whole else _BINS
    edges = np.linspace(scale.low, scale.high, bins + 1)
    counts, _ = np.histogram(np.clip(values, scale.low, scale.high), bins=edges)
    median = float(np.median(values))
    return Histogram(
        bars=_bars(counts.tolist(), edges + 0.5 if whole else edges, whole=whole),
        ticks=tuple(Tick(scale.at(t, PLOT_WIDTH), t) for t in scale.ticks()),
        middle=scale.at(median, PLOT_WIDTH),
        median=median,
        most=int(counts.max()),
        beyond=int((values > scale.high).sum()),
    )


def _bars(counts: Sequence[int], edges: Floats, *, whole: bool) -> tuple[Bar, ...]:
    """The bars that have runs; those of whole numbers stand for their lower edge alone."""
    width, most = PLOT_WIDTH / len(counts), max(counts)
    bars = []
    for place, count in enumerate(counts):
        if count:
            height = round(max(1.5, count / most * PLOT_HEIGHT), 2)
            corner = round(place * width + 0.75, 2), round(PLOT_HEIGHT - height, 2)
            low = float(edges[place])
            high = low if whole else float(edges[place + 1])
            bars.append(Bar(*corner, round(width - 1.5, 2), height, low, high, count))
    return tuple(bars)


def reliability(bins: Sequence[CalibrationBin]) -> tuple[Dot, ...]:
    """Return the dots of a reliability curve, their area by the number of runs."""
    most = max(b.n for b in bins)
    return tuple(
        Dot(
            UNIT.at(b.confidence, SQUARE),
            round(SQUARE - UNIT.at(b.correct, SQUARE), 2),
            round(2.5 + 6.5 * math.sqrt(b.n / most), 2),
            b,
        )
        for b in bins
    )


def parts(counts: Sequence[tuple[str, int]]) -> tuple[Part, ...]:
    """Return the pieces of a bar of shares, in the given order."""
    total = sum(runs for _, runs in counts) or 1
    found, x = [], 0.0
    for place, (key, runs) in enumerate(counts):
        width = round(runs / total * WIDE, 2)
        found.append(Part(key, runs, runs / total, round(x, 2), width, place % 8))
        x += width
    return tuple(found)


def _axis(values: Floats) -> Scale:
    low, high = float(values.min()), float(np.quantile(values, 0.99))
    if low >= 0 and low < 0.5 * high:
        low = 0.0
    if high <= low:
        low, high = low - 0.5, low + 0.5
    step = _round_step((high - low) / 4)
    return Scale(math.floor(low / step) * step, math.ceil(high / step) * step)


def _round_step(rough: float) -> float:
    """The next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= rough * 0.999)
