"""The folder is kept within its limits, and nothing younger or needed is ever removed."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval_traces import Retention, open_trace, remove_trace
from eval_traces.writing.retention import GRACE_S, OPEN_S, Sweeper, sweep

DAY = 86_400.0
NOW = 2_000_000_000.0


def put(folder: Path, number: int, age_s: float, size: int = 100, end: str = ".otlp.jsonl") -> Path:
    day = time.strftime("%Y-%m-%d", time.gmtime(NOW - age_s))
    path = folder / day / f"{number:032x}{end}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    os.utime(path, (NOW - age_s, NOW - age_s))
    return path


def left(folder: Path) -> set[Path]:
    return {p for p in folder.rglob("*") if p.is_file()}


def test_the_older_go_and_the_younger_stay(tmp_path: Path) -> None:
    old = put(tmp_path, 1, 31 * DAY)
    young = put(tmp_path, 2, 29 * DAY)
    assert sweep(tmp_path, Retention(max_age_days=30), now=NOW) == [old]
    assert left(tmp_path) == {young} and not old.parent.exists()


def test_the_oldest_go_first_until_the_rest_fits(tmp_path: Path) -> None:
    paths = [put(tmp_path, n, (10 - n) * DAY, size=100) for n in range(10)]
    assert sweep(tmp_path, Retention(max_bytes=350), now=NOW) == paths[:7]
    assert left(tmp_path) == set(paths[7:])
    assert sweep(tmp_path, Retention(max_bytes=350), now=NOW) == []


def test_without_limits_nothing_goes(tmp_path: Path) -> None:
    put(tmp_path, 1, 9999 * DAY)
    assert sweep(tmp_path, Retention(), now=NOW) == [] and len(left(tmp_path)) == 1
    assert sweep(tmp_path / "nowhere", Retention(max_bytes=1), now=NOW) == []


def test_a_run_goes_with_its_scores_and_stays_with_them(tmp_path: Path) -> None:
    old, scores = put(tmp_path, 1, 40 * DAY), put(tmp_path, 1, 40 * DAY, end=".eval.jsonl")
    scored_today = put(tmp_path, 2, 40 * DAY)
    fresh = put(tmp_path, 2, 2 * DAY, end=".eval.jsonl").rename(
        scored_today.with_name(f"{2:032x}.eval.jsonl")
    )
    assert set(sweep(tmp_path, Retention(max_age_days=30), now=NOW)) == {old, scores}
    assert left(tmp_path) == {scored_today, fresh}


def test_a_run_that_may_be_open_is_let_be(tmp_path: Path) -> None:
    open_run = put(tmp_path, 1, OPEN_S - 60, end=".otlp.jsonl.partial")
    crashed = put(tmp_path, 2, OPEN_S + 60, end=".otlp.jsonl.partial")
    just_ended = put(tmp_path, 3, GRACE_S - 60)
    ended = put(tmp_path, 4, GRACE_S + 60)
    limits = Retention(max_age_days=0.001, max_bytes=1)
    assert set(sweep(tmp_path, limits, now=NOW)) == {crashed, ended}
    assert left(tmp_path) == {open_run, just_ended}


def test_what_is_not_a_run_of_ours_is_let_be(tmp_path: Path) -> None:
    old = put(tmp_path, 1, 99 * DAY)
    others = [
        old.with_name("notes.txt"),
        old.with_name("short.otlp.jsonl"),
        tmp_path / f"{7:032x}.otlp.jsonl",
        tmp_path / "golden" / f"{8:032x}.otlp.jsonl",
    ]
    (tmp_path / "golden").mkdir()
    outside = tmp_path.parent / f"{tmp_path.name}-outside" / "2020-01-01"
    outside.mkdir(parents=True)
    others.append(outside / f"{9:032x}.otlp.jsonl")
    for other in others:
        other.write_text("mine")
        os.utime(other, (0, 0))
    (tmp_path / "2020-01-01").symlink_to(outside, target_is_directory=True)
    link = old.with_name(f"{6:032x}.otlp.jsonl")
    link.symlink_to(others[-1])
    assert sweep(tmp_path, Retention(max_age_days=1), now=NOW) == [old]
    assert all(other.read_text() == "mine" for other in [*others, link])


def test_a_file_that_cannot_be_removed_is_let_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stuck, other = put(tmp_path, 1, 50 * DAY), put(tmp_path, 2, 45 * DAY)
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == stuck:
            raise PermissionError(13, "no", str(path))
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    assert sweep(tmp_path, Retention(max_age_days=30), now=NOW) == [other]
    assert left(tmp_path) == {stuck} and "cannot be removed" in caplog.text


RUNS = st.lists(st.tuples(st.floats(0, 90 * DAY), st.integers(0, 2000), st.booleans()), max_size=12)


@settings(max_examples=60, deadline=None)
@given(RUNS, st.sampled_from([0, 1, 30]), st.sampled_from([0, 1000, 5000]))
def test_nothing_goes_that_need_not(
    tmp_path_factory: pytest.TempPathFactory,
    runs: list[tuple[float, int, bool]],
    days: int,
    size: int,
) -> None:
    folder = tmp_path_factory.mktemp("r")
    ages = {}
    for number, (age, weight, ended) in enumerate(runs):
        end = ".otlp.jsonl" if ended else ".otlp.jsonl.partial"
        ages[put(folder, number, age, weight, end)] = (age, weight, ended)
    gone = sweep(folder, Retention(max_age_days=days, max_bytes=size), now=NOW)
    kept = {path: ages[path] for path in left(folder)}
    assert set(gone) | set(kept) == set(ages)
    spared = {p for p, (age, _, ended) in ages.items() if age < (GRACE_S if ended else OPEN_S)}
    assert not spared & set(gone)
    total = sum(weight for _, weight, _ in kept.values())
    for path in set(kept) - spared:  # what could go and stayed is within both limits
        assert not days or kept[path][0] <= days * DAY + 1
        assert not size or total <= size
    for path in gone:  # what went was too old, or did not fit with all that is younger
        age, weight, _ = ages[path]
        younger = sum(w for p, (a, w, _) in ages.items() if p != path and a <= age)
        assert (days and age > days * DAY - 1) or (size and younger + weight > size)


def test_the_tracer_tidies_up_at_its_start_and_keeps_its_own_runs(tmp_path: Path) -> None:
    stale = put(tmp_path, 1, 0)
    os.utime(stale, (0, 0))
    tracer = open_trace(tmp_path, retention=Retention(max_age_days=1, max_bytes=1))
    with tracer.run("listing") as run:
        pass
    tracer.close()
    assert not stale.exists()
    assert run.path is not None and run.path.exists()
    assert remove_trace(tmp_path, run.trace_id) == run.path


def test_a_tracer_without_limits_removes_nothing(tmp_path: Path) -> None:
    stale = put(tmp_path, 1, 0)
    os.utime(stale, (0, 0))
    open_trace(tmp_path).close()
    assert stale.exists()


def test_the_folder_is_looked_at_now_and_then_only(tmp_path: Path) -> None:
    sweeper = Sweeper(tmp_path, Retention(max_age_days=1))
    sweeper.close()
    stale = put(tmp_path, 1, 0)
    os.utime(stale, (0, 0))
    sweeper.run_ended()
    sweeper.close()
    assert stale.exists()


def test_a_folder_that_cannot_be_read_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(path: object) -> None:
        raise PermissionError(13, "no")

    put(tmp_path, 1, 0)
    monkeypatch.setattr(os, "scandir", refuse)
    Sweeper(tmp_path, Retention(max_age_days=1)).close()
    assert "could not be tidied up" in caplog.text
