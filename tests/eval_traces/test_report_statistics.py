"""Intervals: do they cover, does weighting hold, do the quick ways agree with the plain one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from eval_traces.report.aggregates import CalibrationError
from eval_traces.report.statistics import (
    Resampler,
    expanded_tail,
    quantile_interval,
    ratio,
)
from eval_traces.report.table import Column

Floats = NDArray[np.float64]


def rows_of(values: Floats, weights: Floats | None = None) -> Floats:
    weights = np.ones_like(values) if weights is None else weights
    return np.column_stack([values * weights, weights])


def plain_bootstrap(rows: Floats, resamples: int, seed: int) -> Floats:
    """The textbook's: runs drawn with replacement, one resample at a time."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(resamples):
        drawn = rows[rng.integers(0, len(rows), len(rows))]
        found.append(drawn[:, 0].sum() / drawn[:, 1].sum())
    return np.array(found)


def coverage(draw, truth: float, *, trials: int = 300, share: bool = False) -> float:
    """How often the interval holds the true figure."""
    hits, resampler = 0, Resampler(0, 1000)
    for trial in range(trials):
        interval = resampler.interval(draw(trial), share=share)
        assert interval is not None
        hits += interval.low <= truth <= interval.high
    return hits / trials


@pytest.mark.parametrize("n", [12, 40, 200])
def test_the_interval_of_a_mean_covers_it_as_often_as_it_says(n: int) -> None:
    def draw(trial: int) -> Floats:
        return rows_of(np.random.default_rng([7, trial]).normal(3.0, 1.0, n))

    assert 0.91 <= coverage(draw, 3.0) <= 0.985


def test_the_interval_of_a_share_covers_it_even_where_most_samples_have_no_case() -> None:
    def draw(trial: int) -> Floats:
        return rows_of((np.random.default_rng([8, trial]).random(60) < 0.01).astype(float))

    assert coverage(draw, 0.01, share=True) >= 0.93


def test_runs_with_many_claims_move_together() -> None:
    """Claims of one run are alike; a bootstrap over claims would be far too narrow here."""

    def draw(trial: int) -> Floats:
        rng = np.random.default_rng([9, trial])
        sizes = rng.integers(2, 20, 80).astype(float)
        return rows_of((rng.random(80) < 0.7).astype(float), sizes)

    assert 0.90 <= coverage(draw, 0.7) <= 0.985


@given(
    values=st.lists(st.floats(-100, 100), min_size=2, max_size=40),
    weights=st.lists(st.integers(1, 20), min_size=40, max_size=40),
    factor=st.floats(0.01, 100),
)
@settings(max_examples=60, deadline=None)
def test_the_interval_holds_the_figure_lies_within_the_values_and_ignores_the_unit_of_weight(
    values: list[float], weights: list[int], factor: float
) -> None:
    given_values = np.array(values)
    given_weights = np.array(weights[: len(values)], float)
    interval = Resampler(0, 400).interval(rows_of(given_values, given_weights))
    scaled = Resampler(0, 400).interval(rows_of(given_values, given_weights * factor))
    assert interval is not None and scaled is not None
    slack = 1e-9 * (1 + np.abs(given_values).max())
    assert given_values.min() - slack <= interval.low <= interval.high
    assert interval.high <= given_values.max() + slack
    assert math.isclose(interval.low, scaled.low, rel_tol=1e-6, abs_tol=1e-6)
    assert math.isclose(interval.high, scaled.high, rel_tol=1e-6, abs_tol=1e-6)


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=30), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_a_weight_counts_as_often_as_it_says_for_the_figure(values: list[float], at: int) -> None:
    weights = np.ones(len(values))
    weights[at % len(values)] = 3.0
    repeated = np.repeat(np.array(values), weights.astype(int))
    assert ratio(rows_of(np.array(values), weights).sum(axis=0)) == pytest.approx(repeated.mean())


def test_the_plain_bootstrap_is_what_is_drawn() -> None:
    rng = np.random.default_rng(3)
    rows = rows_of(rng.random(50), rng.integers(1, 9, 50).astype(float))
    ours = ratio(Resampler(0, 6000).sums(rows)[0])
    theirs = plain_bootstrap(rows, 6000, seed=1)
    assert ours.mean() == pytest.approx(theirs.mean(), abs=0.002)
    assert np.quantile(ours, [0.025, 0.5, 0.975]) == pytest.approx(
        np.quantile(theirs, [0.025, 0.5, 0.975]), abs=0.006
    )


@pytest.mark.parametrize(
    ("draw", "method"),
    [
        (lambda rng, n: (rng.random(n) < 0.03).astype(float), "bootstrap"),
        (lambda rng, n: rng.integers(0, 6, n).astype(float), "bootstrap"),
        (lambda rng, n: rng.lognormal(0.0, 0.8, n), "normal"),
    ],
)
def test_the_quick_ways_for_many_runs_agree_with_the_plain_one(draw, method: str) -> None:
    values = draw(np.random.default_rng(4), 1200)
    rows = rows_of(values)
    quick = Resampler(0, 4000).interval(rows)
    plain = Resampler(0, 4000, plain=5000).interval(rows)
    assert quick is not None and plain is not None
    assert (quick.method, plain.method) == (method, "bootstrap")
    width = plain.high - plain.low
    assert quick.low == pytest.approx(plain.low, abs=0.08 * width)
    assert quick.high == pytest.approx(plain.high, abs=0.08 * width)


def test_a_single_run_has_no_interval_and_few_have_a_wide_one() -> None:
    assert Resampler(0).interval(rows_of(np.array([0.4]))) is None
    few = Resampler(0).interval(rows_of(np.array([0.1, 0.9])))
    assert few is not None
    assert (few.low, few.high) == (pytest.approx(0.1), pytest.approx(0.9))


def test_where_all_runs_agree_a_share_still_has_room_and_a_time_has_none() -> None:
    all_right = Resampler(0).interval(rows_of(np.ones(20)), share=True)
    assert all_right is not None
    assert (all_right.high, all_right.method) == (1.0, "wilson")
    assert all_right.low == pytest.approx(0.839, abs=0.001)
    none = Resampler(0).interval(rows_of(np.zeros(20)), share=True)
    assert none is not None
    assert (none.low, none.high) == (0.0, pytest.approx(0.161, abs=0.001))
    same = Resampler(0).interval(rows_of(np.full(20, 2.5)))
    assert same is not None
    assert same.low == same.high == pytest.approx(2.5)


def test_the_same_seed_gives_the_same_interval_and_another_seed_another() -> None:
    rows = rows_of(np.random.default_rng(5).random(30))
    assert Resampler(3).interval(rows) == Resampler(3).interval(rows)
    assert Resampler(3).interval(rows) != Resampler(4).interval(rows)


def test_tails_are_cut_less_for_fewer_runs() -> None:
    tails = [expanded_tail(n) for n in (2, 8, 30, 10_000)]
    assert tails == sorted(tails)
    assert tails[0] == 0.0
    assert tails[-1] == pytest.approx(0.025, abs=1e-4)
    assert expanded_tail(5) == pytest.approx(0.0009, abs=2e-4)  # t(4) = 2.776


def test_pairs_are_drawn_together() -> None:
    """Runs differ a lot from one another, and little from their partners."""
    rng = np.random.default_rng(6)
    before = rows_of(rng.normal(0, 10, 60))
    after = rows_of(before[:, 0] + 0.5 + rng.normal(0, 0.1, 60))
    resampler = Resampler(0)
    paired = resampler.difference(before, after, paired=True)
    strangers = resampler.difference(before, after, paired=False)
    assert paired is not None and strangers is not None
    assert 0.4 < paired.low < 0.5 < paired.high < 0.6
    assert strangers.high - strangers.low > 20 * (paired.high - paired.low)


def test_quantiles_are_bounded_by_order_where_there_are_enough_runs() -> None:
    ordered = np.arange(1.0, 201.0)
    middle = quantile_interval(ordered, 0.5)
    assert middle is not None
    assert middle.low < 100.5 < middle.high
    assert middle.high - middle.low == pytest.approx(2 * 1.96 * math.sqrt(50), abs=2)
    assert quantile_interval(ordered[:20], 0.95) is None


def test_the_interval_of_a_median_covers_it() -> None:
    hits = 0
    for trial in range(400):
        drawn = np.sort(np.random.default_rng([10, trial]).lognormal(0, 1, 101))
        interval = quantile_interval(drawn, 0.5)
        assert interval is not None
        hits += interval.low <= 1.0 <= interval.high
    assert 0.92 <= hits / 400 <= 0.99


def calibration(confidence: Floats, correct: Floats) -> tuple[CalibrationError, Floats]:
    error = CalibrationError("error", "sure", "right")
    runs = np.arange(len(confidence), dtype=np.uint32)
    columns = [Column(runs, values, np.ones_like(values)) for values in (confidence, correct)]
    return error, error.summands(columns)


def test_calibration_error_is_the_textbook_one() -> None:
    sure = np.array([0.95, 0.95, 0.85, 0.15, 1.0])
    right = np.array([1.0, 0.0, 1.0, 0.0, 1.0])
    error, rows = calibration(sure, right)
    # Bin of 0.9 to 1: three runs, sure by 2.9, right 2; 0.8 to 0.9: 0.85 and 1; 0.1 to 0.2: 0.15.
    assert float(error.combine(rows.sum(axis=0))) == pytest.approx((0.9 + 0.15 + 0.15) / 5)


@pytest.mark.parametrize(("off", "least"), [(0.0, 65), (0.15, 90)])
def test_the_interval_of_a_calibration_error_is_not_shifted_by_resampling(
    off: float, least: int
) -> None:
    """Chance alone makes the error larger, and resampling adds chance to chance.

    At no error at all the mirrored interval holds 0 in three of four cases only.
    """
    hits, resampler = 0, Resampler(0, 500)
    for trial in range(100):
        rng = np.random.default_rng([11, trial])
        sure = rng.uniform(0.5, 1.0, 300)
        right = (rng.random(300) < sure - off).astype(float)
        error, rows = calibration(sure, right)
        interval = resampler.interval(rows, error.combine, basic=True)
        assert interval is not None
        hits += interval.low <= off <= interval.high
    assert hits >= least
