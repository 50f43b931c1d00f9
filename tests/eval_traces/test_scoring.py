"""Scoring many runs: nothing is lost in silence, and scores are written back beside the traces."""

import json
from collections.abc import Iterable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import ClassVar

import pytest

from eval_traces import names, read_trace
from eval_traces.evaluators import STANDARD, Evaluator, Score, ScoredRun, load_evaluators
from eval_traces.scoring.scores import UNREADABLE, RunScores, Sidecars, score_traces
from eval_traces.scoring.sidecar import read_sidecar, sidecar_path
from eval_traces.scoring.truth import Truth, TruthFile, read_truth
from listing.errors import BadInputError, VouchError
from tests.eval_traces.written_runs import PHOTO, WrittenRun, claim, draft


class Words:
    """How long the title is."""

    name: ClassVar[str] = "words"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        if run.document is not None:
            yield Score("words.title", len(run.document["title"].split()), 2.0, label="title")


class Broken:
    name: ClassVar[str] = "broken"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        yield Score("broken.first", 1.0)
        raise KeyError("claims")


class NotANumber:
    name: ClassVar[str] = "nan"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        yield Score("nan.is", float("nan"))


class Dies:
    name: ClassVar[str] = "dies"

    def evaluate(self, run: ScoredRun) -> Iterable[Score]:
        raise SystemExit(9)


def test_an_evaluator_that_fails_is_told_and_not_counted(tmp_path: Path) -> None:
    path = WrittenRun().write(tmp_path, draft())
    (run,) = score_traces([path], [Broken(), NotANumber(), Words()])
    assert [score.name for score in run.scores] == ["words.title"]
    assert run.problems == (
        "evaluator broken: KeyError: 'claims'",
        "evaluator nan: nan.is: not a finite score",
    )


def test_what_is_yielded_says_which_run_it_was(tmp_path: Path) -> None:
    category = {"id": "a", "path": ["Home", "Mugs"], "confidence": 1.0, "alternatives": []}
    path = WrittenRun(5).write(tmp_path, draft(category=category))
    (run,) = score_traces([path], [Words()])
    assert (run.trace_id, run.path, run.status, run.mode) == (
        f"{5:032x}",
        path,
        "drafted",
        "template",
    )
    assert (run.category, run.case, run.has_truth) == ("Mugs", f"photo {PHOTO[:16]}", False)
    assert run.started is not None and run.started.year == 2023
    (known,) = score_traces([path], [Words()], truth=TruthFile(by_photo={PHOTO: Truth("mug 1")}))
    assert (known.case, known.has_truth) == ("mug 1", True)


def test_a_file_that_cannot_be_read_is_told_and_the_next_is_scored(tmp_path: Path) -> None:
    bad = tmp_path / "a.otlp.jsonl"
    bad.write_text("garbage\n")
    good = WrittenRun().write(tmp_path, draft())
    first, gone, second = score_traces([bad, tmp_path / "no.jsonl", good], [Words()])
    assert (first.status, first.path, first.scores) == (UNREADABLE, bad, ())
    assert "holds no recorded run" in first.problems[0] and "line 1" in first.problems[0]
    assert gone.status == UNREADABLE and "cannot be read" in gone.problems[0]
    assert second.status == "drafted" and len(second.scores) == 1


def test_a_run_of_a_newer_version_is_refused_in_words(tmp_path: Path) -> None:
    newer = WrittenRun(1).write(tmp_path, draft(), **{names.TRACE_SCHEMA: "vouch.trace/2"})
    later = WrittenRun(2).write(tmp_path, draft(schema="vouch.listing/2"))
    for path, told in ((newer, "vouch.trace/2"), (later, "vouch.listing/2")):
        (run,) = score_traces([path], [Words()])
        assert run.status == UNREADABLE and not run.scores
        assert told in run.problems[0] and "update vouch" in run.problems[0]


def test_damage_is_a_problem_of_its_run(tmp_path: Path) -> None:
    path = WrittenRun().write(tmp_path, draft())
    path.write_text(path.read_text() + "garbage\n")
    (run,) = score_traces([path], [Words()])
    assert len(run.scores) == 1
    assert [p[:8] + p[-11:] for p in run.problems] == ["line 2: passed over"]


def files(folder: Path, count: int) -> list[Path]:
    made = []
    for number in range(1, count + 1):
        written = WrittenRun(number)
        written.node("choose_mode", route="template")
        made.append(written.write(folder, draft(claims=[claim("brand", f"b{number}")])))
    return made


def test_processes_give_the_same_in_the_same_order(tmp_path: Path) -> None:
    paths = files(tmp_path, 75)
    paths[40].write_text("garbage")
    evaluators = [Words(), Broken(), *(make() for make in STANDARD)]
    truth = TruthFile(by_photo={PHOTO: Truth("mug", attributes={"brand": "b7"})})
    alone = list(score_traces(paths, evaluators, truth=truth))
    shared = list(score_traces(paths, evaluators, truth=truth, processes=2))
    assert shared == alone
    assert len(alone) == 75


def test_a_process_that_dies_is_told(tmp_path: Path) -> None:
    with pytest.raises(VouchError, match="--processes 1"):
        list(score_traces(files(tmp_path, 3), [Dies()], processes=2))


def test_nobody_has_to_read_to_the_end(tmp_path: Path) -> None:
    runs = score_traces(files(tmp_path, 70), [Words()], processes=2)
    assert next(iter(runs)).status == "drafted"
    runs.close()  # type: ignore[attr-defined]


def test_scores_go_beside_the_trace_and_never_into_it(tmp_path: Path) -> None:
    written = WrittenRun()
    audit = written.node("audit_draft")
    path = written.write(tmp_path, draft(claims=[claim("brand", "Acme")]))
    before = path.read_bytes()
    evaluators = load_evaluators().chosen
    (run,) = score_traces([path], [Words(), *evaluators], sidecars=Sidecars())
    assert path.read_bytes() == before
    beside = sidecar_path(tmp_path, run.trace_id)
    assert beside.name == f"{run.trace_id}.eval.jsonl"
    back = read_sidecar(beside)
    root = written.root
    assert back == tuple(
        s._replace(span_id=s.span_id or root, value=float(s.value)) for s in run.scores
    )
    assert {s.span_id for s in back if s.name == "claims.precision"} == {audit}
    request = json.loads(beside.read_text())
    record = request["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    assert (record["eventName"], record["traceId"]) == ("gen_ai.evaluation.result", run.trace_id)
    (again,) = score_traces([path], [Words()], sidecars=Sidecars())
    assert [score.name for score in read_sidecar(beside)] == ["words.title"]
    assert again.problems == ()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([path.name, beside.name])
    assert read_trace(path).complete


def test_sidecars_in_another_folder_and_one_that_cannot_be_written(tmp_path: Path) -> None:
    path = WrittenRun().write(tmp_path, draft())
    place = tmp_path / "report" / "scores"
    (run,) = score_traces([path], [Words()], sidecars=Sidecars(place))
    assert read_sidecar(sidecar_path(place, run.trace_id))[0].weight == 2.0
    blocked = tmp_path / "file"
    blocked.write_text("")
    (run,) = score_traces([path], [Words()], sidecars=Sidecars(blocked))
    assert len(run.scores) == 1 and "could not be written" in run.problems[0]


def test_a_sidecar_that_cannot_be_read(tmp_path: Path) -> None:
    bad = tmp_path / "a.eval.jsonl"
    bad.write_text("garbage\n")
    with pytest.raises(BadInputError, match=r"a\.eval\.jsonl, line 1"):
        read_sidecar(bad)
    with pytest.raises(BadInputError, match="cannot be read"):
        read_sidecar(tmp_path / "no.eval.jsonl")


def entry(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, f"{__name__}:{value}", "vouch.evaluators")


def test_evaluators_of_other_packages_are_found_by_their_entry() -> None:
    found = load_evaluators(["words"], entries=[entry("words", "Words")])
    assert [type(e) for e in found.chosen] == [Words]
    everything = load_evaluators(
        entries=[
            entry("words", "Words"),
            entry("gone", "Gone"),
            entry("path", "Path"),
            entry("ladder", "Words"),
        ]
    )
    known = {e.name for e in everything.chosen}
    assert {"words", "ladder", "category"} <= known
    assert set(everything.skipped) >= {"gone", "path", f"ladder ({__name__}:Words)"}
    assert "cannot be loaded" in everything.skipped["gone"]
    assert "no evaluator" in everything.skipped["path"]


def test_a_name_that_is_not_known_names_those_that_are() -> None:
    with pytest.raises(BadInputError, match=r"'claim'.*claim_precision"):
        load_evaluators(["claim"])
    with pytest.raises(BadInputError, match=r"gone.*cannot be loaded"):
        load_evaluators(["gone"], entries=[entry("gone", "Gone")])


class NeedsMore(Words):
    name: ClassVar[str] = "more"
    requires: ClassVar[tuple[str, ...]] = ("no_such_package",)


def test_an_evaluator_without_its_package_is_left_out_and_said() -> None:
    found = load_evaluators(entries=[entry("more", "NeedsMore")])
    assert found.skipped == {"more": "needs no_such_package, which is not installed"}
    with pytest.raises(BadInputError, match="no_such_package"):
        load_evaluators(["more"], entries=[entry("more", "NeedsMore")])


def test_every_evaluator_has_a_name_of_its_own() -> None:
    names_ = [make().name for make in STANDARD]
    assert len(set(names_)) == len(names_)
    assert all(isinstance(make(), Evaluator) for make in STANDARD)


def truth_file(folder: Path, *rows: object) -> Path:
    path = folder / "truth.jsonl"
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows) + "\n")
    return path


def test_truth_is_found_by_trace_thread_or_any_photo(tmp_path: Path) -> None:
    a, b, c = (f"{n}" * 64 for n in "abc")
    path = truth_file(
        tmp_path,
        {"photo": f"sha256:{a}", "case": "one", "attributes": {"brand": "x"}, "wear": 2},
        {"photo": b, "trace_id": "1" * 32, "case": "two"},
        {"photo": b, "trace_id": "2" * 32, "case": "three"},
        {"thread_id": "t1", "case": "four", "knowable": []},
        {"photo": c},
    )
    truth = read_truth(path)
    assert len(truth) == 5

    def case(trace: str = "", thread: str = "", *photos: str) -> str | None:
        found = truth.find(trace, thread, photos)
        return found.case if found else None

    assert case("1" * 32, "", a) == "two"
    assert case("2" * 32) == "three"
    assert case("9" * 32, "t1", a) == "four"
    assert case("", "", c, a) == c[:12]
    assert case("", "", "d" * 64, a) == "one"
    assert case("", "", b) == "two"
    assert case("", "", "d" * 64) is None
    one = truth.by_photo[a]
    assert (one.attributes, one.extra, one.knowable) == ({"brand": "x"}, {"wear": 2}, None)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["nonsense"], "line 1: not JSON"),
        ([{"photo": "a" * 64}, {"photo": "A"}], "line 2: photo"),
        ([{"case": "x"}], "line 1: none of photo, trace_id, thread_id"),
        ([{"photo": "a" * 64}, {"photo": "a" * 64}], "line 2: photo aaaaaaaaaaaa….*earlier line"),
        ([{"photo": "a" * 64, "attributes": {"size": 3}}], r"line 1: attributes\.size"),
        ([[1]], "line 1: the line"),
    ],
)
def test_a_wrong_truth_file_names_line_and_key(
    tmp_path: Path, rows: list[object], told: str
) -> None:
    with pytest.raises(BadInputError, match=rf"truth\.jsonl, {told}"):
        read_truth(truth_file(tmp_path, *rows))


def test_a_run_that_was_scored_is_plain_data(tmp_path: Path) -> None:
    (run,) = score_traces(files(tmp_path, 1), [Words()])
    assert isinstance(run, RunScores)
    assert run.recorded == {}
