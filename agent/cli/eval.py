"""`vouch eval`: scores recorded runs without any model."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.console import examples, print_json, progress, say, stdout
from agent.cli.eval_scoring import Scoring, prepare
from agent.settings import load_settings
from listing.errors import BadInputError

if TYPE_CHECKING:  # brings polars
    from eval_traces.report import Comparison, Report
    from eval_traces.scoring.scores import Sidecars

REGRESSED = 3
EXAMPLES = examples(
    "vouch eval eval_traces/golden",
    "vouch eval traces --truth truth.jsonl --report report",
    "vouch eval traces --truth truth.jsonl --against report --tolerance claims.precision=0.01",
)


_Traces = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="TRACES",
        help="Trace files, folders and globs. Default: VOUCH_TRACE_DIR.",
        show_default=False,
    ),
]
_Truth = Annotated[
    Path | None, typer.Option(metavar="FILE", help="What is true of the items: JSON lines.")
]
_Expected = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Which way each case should go: YAML.")
]
_Prices = Annotated[
    Path | None, typer.Option(metavar="FILE", help="What a million tokens of a model cost: YAML.")
]
_Names = Annotated[
    str | None,
    typer.Option(metavar="NAME,...", help="Only these. Default: all that are installed."),
]
_Folder = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Write page, JSON, CSV and the sidecars here.")
]
_Baseline = Annotated[
    Path | None,
    typer.Option(metavar="BASELINE", help="Compare with an earlier report, or with traces."),
]
_Borne = Annotated[
    list[str] | None,
    typer.Option(metavar="METRIC=X", help="How much worse is borne, again for more; * matches."),
]
_Processes = Annotated[
    int | None,
    typer.Option(min=1, max=64, metavar="N", help="Default: one, or all cores for many."),
]
_NoSidecar = Annotated[
    bool, typer.Option("--no-sidecar", help="Do not write scores back beside the traces.")
]


def evaluate(
    traces: _Traces = None,
    truth: _Truth = None,
    trajectories: _Expected = None,
    prices: _Prices = None,
    evaluators: _Names = None,
    report: _Folder = None,
    against: _Baseline = None,
    tolerance: _Borne = None,
    processes: _Processes = None,
    seed: Annotated[int, typer.Option(help="Of the intervals' resampling.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    no_sidecar: _NoSidecar = False,
) -> None:
    """Score recorded runs: no model, no network. Exits 3 when it regressed against a baseline."""
    from eval_traces.scoring.scan_paths import find_traces
    from eval_traces.scoring.scores import Sidecars

    borne = _tolerances(tolerance or [], against)
    scoring = prepare(truth, trajectories, prices, evaluators, processes)
    traces = traces or [str(load_settings().traces)]
    files = find_traces(traces)
    sidecars = None if no_sidecar else Sidecars(report / "scores" if report else None)
    made = _scored(scoring, files, sidecars, seed, {"traces": " ".join(traces)})
    compared = _compared(made, against, borne, scoring, seed) if against else None
    if report is not None:
        _write(made, report, compared)
    _show(made, compared, as_json)
    scoring.tell()
    _regressed(compared)


def _scored(
    scoring: Scoring,
    files: "Sequence[Path]",
    sidecars: "Sidecars | None",
    seed: int,
    about: dict[str, str],
) -> "Report":
    """The report of the files; BadInputError when not one of them could be scored."""
    from eval_traces.report import build_report

    with progress("scoring") as tick:
        runs = scoring.runs(files, sidecars, tick)
        made = build_report(runs, seed=seed, about={**scoring.about, **about})
    scoring.check(len(files))
    return made


def _show(made: "Report", compared: "Comparison | None", as_json: bool) -> None:
    from eval_traces.report import render_summary, to_document

    if as_json:
        print_json(to_document(made, compared))
    else:
        stdout().print(render_summary(made, compared))


def _regressed(compared: "Comparison | None") -> None:
    """Leave with `REGRESSED` where a metric fell further than is borne."""
    if compared is not None and compared.regressions:
        named = ", ".join(d.metric for d in compared.regressions)
        say(f"regressed against {compared.baseline}: {named}")
        raise typer.Exit(REGRESSED)


def _compared(
    made: "Report", against: Path, borne: dict[str, float], scoring: Scoring, seed: int
) -> "Comparison":
    from eval_traces.report import build_report, compare, find_report, load_report
    from eval_traces.scoring.scan_paths import find_traces

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
