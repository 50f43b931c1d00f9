"""Runs into columns: what is counted, what is not, and how much memory a run costs."""

import subprocess
import sys
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval_traces.evaluators import Score
from eval_traces.report.table import collect
from tests.eval_traces.report_runs import market_runs, run, unreadable


def test_a_run_without_a_score_does_not_count_in_the_metric() -> None:
    table = collect([run(1, {"a": 1.0, "b": 2.0}), run(2, {"a": 0.0})])
    assert table.column("a").values.tolist() == [1.0, 0.0]
    assert table.column("b").values.tolist() == [2.0]
    assert table.column("c").values.tolist() == []


@given(
    st.lists(
        st.tuples(st.floats(-50, 50), st.floats(0, 9)),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=60, deadline=None)
def test_several_scores_of_one_name_are_their_weighted_mean(
    pairs: list[tuple[float, float]],
) -> None:
    column = collect([run(1, [Score("a", v, w) for v, w in pairs])]).column("a")
    weight = sum(w for _, w in pairs)
    assert column.weights.sum() == pytest.approx(weight)
    assert column.summands.sum(axis=0)[0] == pytest.approx(
        sum(v * w for v, w in pairs), rel=1e-9, abs=1e-9
    )


def test_weights_stay_with_their_runs() -> None:
    runs = [run(i, [Score("a", i, 1.0 if i < 3 else i), Score("b", i)]) for i in (4, 1, 3, 2)]
    table = collect(runs)
    assert table.column("a").values.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert table.column("a").weights.tolist() == [1.0, 1.0, 3.0, 4.0]
    assert table.column("b").weights.tolist() == [1.0] * 4
    assert table.column("b").summands.tolist() == [[float(i), 1.0] for i in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (Score("a", float("nan")), "not a finite number"),
        (Score("a", float("inf")), "not a finite number"),
        (Score("a", 1.0, float("nan")), "not a finite number"),
        (Score("a", 1.0, -1.0), "below 0"),
    ],
)
def test_a_score_that_is_no_number_is_told_and_not_counted(score: Score, said: str) -> None:
    table = collect([run(1, [score, Score("b", 1.0)])])
    assert "a" not in table.columns
    assert table.column("b").values.tolist() == [1.0]
    (problem,) = table.problems
    assert said in problem.text


def test_unreadable_files_are_told_and_are_no_runs() -> None:
    table = collect([unreadable("/x.jsonl", "cut"), run(1, {"a": 1.0}), unreadable("/y", "cut")])
    assert (len(table.runs), table.unreadable) == (1, 2)
    assert [(p.text, p.whole) for p in table.problems] == [
        ("/x.jsonl: cut", True),
        ("/y: cut", True),
    ]


def test_the_same_trace_counts_once_and_that_is_told() -> None:
    table = collect([run(1, {"a": 1.0}), run(1, {"a": 0.0})])
    assert table.column("a").values.tolist() == [1.0]
    assert "counts once" in table.problems[0].text


def test_problems_alike_are_counted_together_and_their_kinds_are_bounded() -> None:
    many = [run(i, {}, problems=("evaluator x: no", f"odd {i}")) for i in range(700)]
    problems = collect(many).problems
    assert (problems[0].text, problems[0].runs) == ("evaluator x: no", 700)
    assert problems[0].example.endswith("a0.otlp.jsonl")
    assert len(problems) < 510
    assert sum(p.runs for p in problems) == 1400


def test_the_order_of_reading_does_not_show() -> None:
    runs = market_runs(40)
    one, other = collect(runs), collect(reversed(runs))
    assert one.dense.equals(other.dense)


def test_labels_say_why() -> None:
    table = collect(market_runs(40))
    (label,) = table.labels["ladder.degraded.search_similar"]
    assert (label.text, label.runs) == ("the index <i>did not</i> answer", 5)


def test_blind_controls_are_marked() -> None:
    table = collect([run(1, {"control.grey": 1.0}), run(2, {"control.grey": 0.0})])
    assert table.values("control") == ["grey", ""]


def test_a_run_costs_little_memory() -> None:
    """60 metrics a run; the flat arrays and the run's few texts are all that stays."""
    names = [f"metric.{i}" for i in range(60)]
    tracemalloc.start()
    table = collect(run(i, dict.fromkeys(names, 0.5)) for i in range(500))
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(table.runs) == 500
    assert kept / 500 < 60 * 40 + 1500
    assert peak / 500 < 60 * 110 + 3000


def test_reports_need_neither_model_nor_graph() -> None:
    code = (
        "import sys, eval_traces.report;"
        "bad = {'torch', 'transformers', 'langgraph', 'langchain_core', 'matplotlib'};"
        "print(sorted(bad & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
