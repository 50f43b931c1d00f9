"""Two evaluations: pairs, differences, and what is called a regression."""

import dataclasses

import numpy as np
import pytest

from eval_traces.evaluators import Score
from eval_traces.report import Comparison, Difference, Report, build_report, compare
from listing.errors import BadInputError
from tests.eval_traces.report_runs import market_runs, run

UP, DOWN, NEITHER = "claims.precision", "claims.hallucination", "ladder.questions"


def report(values: dict[str, list[float]], series: str = "a", first: int = 0) -> Report:
    """Runs with these values of metrics, in the order of their cases."""
    count = max(map(len, values.values()))
    runs = [
        run(first + i, {name: v[i] for name, v in values.items() if i < len(v)}, series=series)
        for i in range(count)
    ]
    return build_report(runs)


def of(comparison: Comparison, metric: str) -> Difference:
    return next(d for d in comparison.differences if d.metric == metric)


def test_a_planted_regression_is_caught_and_the_rest_is_left_alone() -> None:
    before = build_report(market_runs(200, seed=1, series="a"))
    after = build_report(market_runs(200, seed=2, worse=0.15, series="b"))
    found = compare(after, before)
    assert {d.metric for d in found.regressions} == {UP, DOWN}
    assert found.pairs == 200
    assert of(found, UP).paired


def test_the_same_runs_do_not_regress() -> None:
    both = build_report(market_runs(60))
    found = compare(both, both)
    assert not found.regressions
    assert {d.outcome for d in found.differences} == {"unchanged"}


@pytest.mark.parametrize(
    ("metric", "shift", "outcome"),
    [
        (UP, -0.2, "regressed"),
        (UP, +0.2, "improved"),
        (DOWN, +0.2, "regressed"),
        (DOWN, -0.2, "improved"),
        (NEITHER, +0.2, "changed"),
        (NEITHER, -0.2, "changed"),
        (UP, 1e-12, "unchanged"),
        (UP, -1e-12, "unchanged"),
    ],
)
def test_the_direction_decides(metric: str, shift: float, outcome: str) -> None:
    values = np.linspace(0.3, 0.7, 20)
    found = compare(
        report({metric: (values + shift).tolist()}, "b"), report({metric: values.tolist()})
    )
    assert of(found, metric).outcome == outcome
    assert of(found, metric).difference == pytest.approx(shift)


def test_a_tolerance_bears_what_it_says_and_no_more() -> None:
    values = np.linspace(0.3, 0.7, 20)
    before = report({UP: values.tolist(), DOWN: values.tolist()})
    after = report({UP: (values - 0.1).tolist(), DOWN: (values + 0.1).tolist()}, "b")
    assert len(compare(after, before, {UP: 0.05}).regressions) == 2
    borne = compare(after, before, {UP: 0.15})
    assert [d.metric for d in borne.regressions] == [DOWN]
    assert of(borne, UP).outcome == "worse within tolerance"
    assert not compare(after, before, {"claims.*": 0.15}).regressions
    assert len(compare(after, before, {"*": 0.15, "claims.*": 0.01}).regressions) == 2


def test_a_tolerance_that_fits_nothing_is_refused() -> None:
    one = report({UP: [0.5, 0.6]})
    with pytest.raises(BadInputError, match=r"tolerance claims\.precison: neither .* claims\.prec"):
        compare(one, one, {"claims.precison": 0.1})
    for bad in (-0.1, float("nan")):
        with pytest.raises(BadInputError, match="0 or more"):
            compare(one, one, {UP: bad})


def test_noise_is_no_regression() -> None:
    """Of 40 metrics that vary by chance alone, one or two may look worse."""
    rng = np.random.default_rng(0)
    names = [f"text.bleu_{i}" for i in range(40)]
    before, after = (dict(zip(names, rng.random((40, 30)).tolist(), strict=True)) for _ in "ab")
    found = compare(report(after, "b"), report(before))
    assert len(found.regressions) <= 4
    assert found.judged == 40


def test_runs_without_a_partner_are_counted_and_do_not_weigh() -> None:
    before = report({UP: [0.5] * 10})
    more = [*[run(i, {UP: 0.5}, series="b") for i in range(4, 10)]]
    more += [run(i, {UP: 0.0}, series="b") for i in range(20, 29)]
    found = compare(build_report(more), before)
    assert (found.pairs, found.only_here, found.only_there) == (6, 9, 4)
    assert of(found, UP).outcome == "unchanged"
    assert of(found, UP).n == 6


def test_runs_of_one_case_go_together_in_the_order_in_which_they_began() -> None:
    before = [run(i, {UP: i / 10}, case="mug") for i in range(5)]
    after = [
        dataclasses.replace(run(i, {UP: i / 10}, case="mug"), trace_id=f"b{9 - i:031x}")
        for i in range(5)
    ]
    found = compare(build_report(after), build_report(before))
    assert found.pairs == 5
    assert of(found, UP).outcome == "unchanged"
    assert (of(found, UP).low, of(found, UP).high) == (pytest.approx(0), pytest.approx(0))


def test_the_same_trace_goes_with_itself_whatever_its_case_is_called() -> None:
    before = build_report([run(i, {UP: i / 9}, case="old") for i in range(9)])
    after = build_report([run(i, {UP: i / 9}, case=f"new-{i}") for i in range(9)])
    assert compare(after, before).pairs == 9


def test_runs_without_a_case_have_no_partner_and_are_compared_as_strangers() -> None:
    rng = np.random.default_rng(1)
    before = build_report([run(i, {UP: v}, case="") for i, v in enumerate(rng.random(50))])
    after = build_report(
        [run(i, {UP: v - 0.6}, case="", series="b") for i, v in enumerate(rng.random(50))]
    )
    found = compare(after, before)
    assert (found.pairs, of(found, UP).paired) == (0, False)
    assert of(found, UP).outcome == "regressed"


def test_a_metric_that_is_gone_is_named_and_so_are_runs_that_lost_it() -> None:
    before = report({UP: [0.5] * 6, DOWN: [0.1] * 6})
    after = report({UP: [0.5] * 4}, "b")
    found = compare(after, before)
    assert [d.metric for d in found.vanished] == [DOWN]
    lost = compare(report({UP: [0.5] * 4, NEITHER: [1.0] * 6}, "b"), before)
    assert (of(lost, UP).lost, of(lost, UP).gained) == (2, 0)


def test_one_pair_decides_nothing() -> None:
    found = compare(report({UP: [0.0]}, "b"), report({UP: [1.0]}))
    assert of(found, UP).outcome == "undecided"
    assert not found.regressions


def test_weights_count_within_pairs() -> None:
    """A run of 90 claims that stays weighs more than nine of one claim that fall."""
    before = [run(0, [Score(UP, 1.0, 90.0)]), *[run(i, {UP: 1.0}) for i in range(1, 10)]]
    after = [
        run(0, [Score(UP, 1.0, 90.0)], series="b"),
        *[run(i, {UP: 0.0}, series="b") for i in range(1, 10)],
    ]
    difference = of(compare(build_report(after), build_report(before)), UP)
    assert difference.after == pytest.approx(90 / 99)


def test_the_calibration_error_is_compared_too() -> None:
    def runs(series: str, sure: float) -> list:
        return [
            run(
                i,
                {"category.confidence": sure, "category.top1": float(i % 10 < 7)},
                series=series,
            )
            for i in range(100)
        ]

    found = compare(build_report(runs("b", 0.99)), build_report(runs("a", 0.72)))
    assert of(found, "category.calibration_error").outcome == "regressed"
