"""Thresholds mean what they say, and are found from labelled scores."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing.errors import BadInputError, SettingsError
from tools.visual_search import MatchThresholds, calibrate


def test_meanings_include_their_bounds() -> None:
    thresholds = MatchThresholds(identical=0.9, similar=0.5)
    meanings = [thresholds.meaning(score) for score in (0.9, 0.8999, 0.5, 0.4999)]
    assert meanings == ["identical", "similar", "similar", None]


def test_thresholds_out_of_order_are_refused() -> None:
    for identical, similar in ((0.5, 0.6), (float("nan"), 0.5), (0.9, -2)):
        with pytest.raises(BadInputError, match="must lie between"):
            MatchThresholds(identical=identical, similar=similar)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    thresholds = MatchThresholds(identical=0.91, similar=0.52)
    thresholds.save(tmp_path / "thresholds.json")
    assert MatchThresholds.load(tmp_path / "thresholds.json") == thresholds


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"identical": 0.9}', "similar: Field required"),
        ('{"identical": "high", "similar": 0.5}', "identical: "),
        ('{"identical": 0.4, "similar": 0.5}', "must lie between"),
        ("[]", "the file: "),
        ("", "the file: "),
    ],
)
def test_a_bad_file_is_named_with_its_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "thresholds.json"
    path.write_text(text)
    with pytest.raises(SettingsError) as caught:
        MatchThresholds.load(path)
    assert str(caught.value).startswith(f"{path}: ") and message in str(caught.value)


def test_a_missing_file_and_other_keys(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        MatchThresholds.load(tmp_path / "absent.json")
    path = tmp_path / "thresholds.json"
    path.write_text('{"identical": 0.9, "similar": 0.5, "pairs": 1200}')
    assert MatchThresholds.load(path) == MatchThresholds(0.9, 0.5)


def test_calibration_takes_the_lowest_threshold_that_is_right_often_enough() -> None:
    scores = [0.9, 0.8, 0.7, 0.6, 0.5]
    labels = [True, True, False, True, False]
    assert calibrate(scores, labels, 1.0) == 0.8
    assert calibrate(scores, labels, 0.75) == 0.6
    assert calibrate(scores, labels, 0.5) == 0.5


def test_equal_scores_stand_or_fall_together() -> None:
    assert calibrate([0.9, 0.8, 0.8], [True, True, False], 1.0) == 0.9


def test_where_nothing_will_do_nothing_matches() -> None:
    threshold = calibrate([0.9, 0.8], [False, True], 0.9)
    assert threshold > 0.9


@pytest.mark.parametrize(
    ("scores", "labels", "target"),
    [([], [], 0.9), ([1.0], [], 0.9), ([float("nan")], [True], 0.9), ([1.0], [True], 0.0)],
)
def test_calibration_refuses_nonsense(
    scores: list[float], labels: list[bool], target: float
) -> None:
    with pytest.raises(BadInputError):
        calibrate(scores, labels, target)


@given(
    st.lists(st.tuples(st.integers(-20, 20), st.booleans()), min_size=1, max_size=40),
    st.floats(0.05, 1.0),
)
def test_calibration_agrees_with_trying_every_score(
    pairs: list[tuple[int, bool]], target: float
) -> None:
    scores, labels = [s / 20 for s, _ in pairs], [label for _, label in pairs]

    def good(threshold: float) -> bool:
        taken = [label for score, label in zip(scores, labels, strict=True) if score >= threshold]
        return sum(taken) / len(taken) >= target

    tried = [score for score in sorted(set(scores)) if good(score)]
    found = calibrate(scores, labels, target)
    assert found == tried[0] if tried else found > max(scores)
