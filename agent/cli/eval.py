"""`vouch eval`: scores recorded runs without any model."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.console import Tick, examples, print_json, progress, say, stdout
from agent.settings import load_settings
from listing.errors import BadInputError

if TYPE_CHECKING:  # brings polars
    from eval_traces.evaluators import Evaluator
    from eval_traces.report import Comparison, Report
    from eval_traces.scoring import RunScores, Sidecars
    from eval_traces.trajectories import Trajectories
    from eval_traces.truth import TruthFile

REGRESSED = 3
_FEW = 100
"""Files up to which one process is faster than starting more."""
_TOLD = 8
EXAMPLES = examples(
    "vouch eval eval_traces/golden",
    "vouch eval traces --truth truth.jsonl --report report",
    "vouch eval traces --truth truth.jsonl --against report --tolerance claims.precision=0.01",
)


def evaluate(
    traces: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TRACES",
            help="Trace files, folders and globs. Default: VOUCH_TRACE_DIR.",
            show_default=False,
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What is true of the items: JSON lines."),
    ] = None,
    trajectories: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Which way each case should go: YAML."),
    ] = None,
    prices: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What a million tokens of a model cost: YAML."),
    ] = None,
    evaluators: Annotated[
        str | None,
        typer.Option(metavar="NAME,...", help="Only these. Default: all that are installed."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write page, JSON, CSV and the sidecars here."),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="BASELINE", help="Compare with an earlier report, or with traces."),
    ] = None,
    tolerance: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC=X", help="How much worse is borne, again for more; * matches."
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(min=1, max=64, metavar="N", help="Default: one, or all cores for many."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals' resampling.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    no_sidecar: Annotated[
        bool, typer.Option("--no-sidecar", help="Do not write scores back beside the traces.")
    ] = False,
) -> None:
    """Score recorded runs: no model, no network. Exits 3 when it regressed against a baseline."""
    from eval_traces.report import build_report, render_summary, to_document
    from eval_traces.scan_paths import find_traces
    from eval_traces.scoring import Sidecars

    borne = _tolerances(tolerance or [], against)
    scoring = _prepare(truth, trajectories, prices, evaluators, processes)
    traces = traces or [str(load_settings().traces)]
    files = find_traces(traces)
    sidecars = None if no_sidecar else Sidecars(report / "scores" if report else None)
    with progress("scoring") as tick:
        runs = scoring.runs(files, sidecars, tick)
        about = {**scoring.about, "traces": " ".join(traces)}
        made = build_report(runs, seed=seed, about=about)
    scoring.check(len(files))
    compared = _compared(made, against, borne, scoring, seed) if against else None
    if report is not None:
        _write(made, report, compared)
    if as_json:
        print_json(to_document(made, compared))
    else:
        stdout().print(render_summary(made, compared))
    scoring.tell()
    if compared is not None and compared.regressions:
        named = ", ".join(d.metric for d in compared.regressions)
        say(f"regressed against {compared.baseline}: {named}")
        raise typer.Exit(REGRESSED)


@dataclass
class _Scoring:
    """What scores, and what was met on the way."""

    evaluators: "Sequence[Evaluator]"
    truth: "TruthFile | None"
    trajectories: "Trajectories | None"
    processes: int | None
    about: dict[str, str]
    skipped: dict[str, str]
    unreadable: list[str] = field(default_factory=list)
    scored: int = 0
    judged: int = 0
    """Runs that the truth file knows."""
    cases: set[str] = field(default_factory=set)
    """Cases of the trajectory file that a run was checked by."""

    def runs(
        self, files: "Sequence[Path]", sidecars: "Sidecars | None", tick: Tick | None
    ) -> "Iterator[RunScores]":
        """Yield the scores of all runs, those of unreadable files too, and note what was met."""
        from eval_traces.scoring import UNREADABLE, score_traces
        from eval_traces.trajectories import PASSED

        processes = self.processes or (1 if len(files) <= _FEW else os.cpu_count() or 1)
        found = score_traces(
            files, self.evaluators, truth=self.truth, processes=processes, sidecars=sidecars
        )
        for done, run in enumerate(found, start=1):
            if tick is not None:
                tick(done, max(done, len(files)))
            if run.status == UNREADABLE:
                self.unreadable.append(f"{run.path}: {'; '.join(run.problems)}")
            else:
                self.scored += 1
                self.judged += run.has_truth
                self.cases.update(s.label or "" for s in run.scores if s.name == PASSED)
            yield run

    def check(self, files: int) -> None:
        """BadInputError when not one run could be scored."""
        if not self.scored:
            first = self.unreadable[0]
            raise BadInputError(f"none of {files} files holds a run that can be scored; {first}")

    def tell(self) -> None:
        """Say on stderr what was left out: files, evaluators, cases."""
        for reason in self.unreadable[:_TOLD]:
            say(f"not scored: {reason}")
        if len(self.unreadable) > _TOLD:
            say(f"not scored: {len(self.unreadable) - _TOLD} more files")
        for name, reason in self.skipped.items():
            say(f"evaluator {name} is left out: {reason}")
        if self.truth is not None and self.judged < self.scored:
            say(f"the truth file knows {self.judged} of {self.scored} runs")
        if self.trajectories is not None:
            unmet = sorted(self.trajectories.cases.keys() - self.cases)
            if unmet:
                say(f"trajectories: no run of case {', '.join(unmet)}")


def _prepare(
    truth: Path | None,
    trajectories: Path | None,
    prices: Path | None,
    evaluators: str | None,
    processes: int | None,
) -> _Scoring:
    from eval_traces.evaluators import Cost, Evaluator, load_evaluators, read_prices
    from eval_traces.trajectories import TrajectoryCheck, read_trajectories
    from eval_traces.truth import read_truth

    extra: list[Evaluator] = []
    expected = read_trajectories(trajectories) if trajectories else None
    if expected is not None:
        extra.append(TrajectoryCheck(expected))
    if prices is not None:
        extra.append(Cost(read_prices(prices)))
    chosen = [n.strip() for n in evaluators.split(",") if n.strip()] if evaluators else None
    loaded = load_evaluators(chosen, extra=extra)
    given = {"truth": truth, "trajectories": trajectories, "prices": prices}
    about = {name: str(path) for name, path in given.items() if path is not None}
    about["evaluators"] = ", ".join(e.name for e in loaded.chosen)
    return _Scoring(
        loaded.chosen,
        read_truth(truth) if truth else None,
        expected,
        processes,
        about,
        dict(loaded.skipped),
    )


def _compared(
    made: "Report", against: Path, borne: dict[str, float], scoring: _Scoring, seed: int
) -> "Comparison":
    from eval_traces.report import build_report, compare, find_report, load_report
    from eval_traces.scan_paths import find_traces

    if find_report(against) is not None:
        baseline = load_report(against)
    else:
        files = find_traces([against])
        with progress("scoring the baseline") as tick:
            baseline = build_report(scoring.runs(files, None, tick), seed=seed)
    return compare(made, baseline, borne, name=str(against))


def _write(made: "Report", folder: Path, compared: "Comparison | None") -> None:
    from eval_traces.audit import read_audit, render_audit_page
    from eval_traces.reading.reader import read_trace
    from eval_traces.report import write_report
    from tools.photos import PhotoStore

    store = PhotoStore(load_settings().photo_folder)

    def audit_page(trace: Path) -> str:
        return render_audit_page(read_audit(read_trace(trace), store))

    say(f"report: {write_report(made, folder, compared, audit_page)}")


def _tolerances(given: Iterable[str], against: Path | None) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in given:
        metric, equals, number = text.partition("=")
        try:
            found[metric.strip()] = float(number)
        except ValueError:
            equals = ""
        if not equals or not metric.strip() or not found.get(metric.strip(), 0) >= 0:
            raise BadInputError(
                f"--tolerance {text!r}: write METRIC=X, X a number from 0, as claims.precision=0.01"
            )
    if found and against is None:
        raise BadInputError("--tolerance: is for a comparison; add --against BASELINE")
    return found
