"""What category and references are worth to a draft: IPL's Table 7, with blind controls.

The same held-out queries of the generated market are drafted in each setting and recorded; then the
records alone are scored. A metric that does not move when the photo is greyed out is marked: it
does not measure sight.

    vouch bench ablation -n 200

Runs are kept under `--folder`, and what is there is not run again.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from agent.settings import load_settings
from bench.ablation_runs import SETTINGS, Setting, folder_of, record_setting
from bench.ablation_table import Ablation
from bench.market_runs import QUERIES, TRUTH, MarketCase, choose_cases, recorded_cases
from eval_traces.evaluators import Evaluator, Evaluators, load_evaluators
from eval_traces.report import Report, build_report
from eval_traces.scoring.scores import score_traces
from eval_traces.scoring.truth import read_truth
from listing.errors import BadInputError
from training.marketplace import build_market

_SAY_EVERY_S = 15.0
Say = Callable[[str], None]


def main(argv: Sequence[str] | None = None) -> int:
    """Record what is missing, score all of it, print the tables."""
    options = _parser().parse_args(argv)
    folder = options.folder or load_settings().home_folder / "bench" / "ablation"
    settings = _chosen(options.settings)
    market = build_market()
    cases = choose_cases(market, options.n, seed=options.seed, told_share=0.0)
    if not options.score_only:
        for setting in settings:
            record_setting(setting, market, cases, folder, _progress(setting.label, _say))
    given = load_evaluators(extra=_similarity(options.similarity))
    reports = {
        s.name: score_setting(
            s, cases, folder, given.chosen, options.seed, in_market=options.in_market
        )
        for s in settings
    }
    ablation = Ablation(reports, _about(options, reports, given))
    if options.json:
        print(json.dumps(ablation.as_json(), indent=2, ensure_ascii=False))
    else:
        print(ablation.markdown())
    return 0


def score_setting(
    setting: Setting,
    cases: Sequence[MarketCase],
    folder: Path,
    evaluators: Sequence[Evaluator],
    seed: int = 0,
    *,
    in_market: bool = False,
) -> Report:
    """Return the report of a setting's recorded runs of those cases, without any model.

    `in_market`: only of queries whose model the market holds.

    Raises:
        BadInputError: not one of the cases is recorded.
    """
    own, wanted = folder_of(folder, setting), {case.name for case in cases}
    there = [one for one in recorded_cases(own) if one.truth.case in wanted]
    traces = [one.trace for one in there if one.truth.in_market or not in_market]
    if not traces:
        raise BadInputError(f"{own}: holds no recorded run; run it without --score-only")
    runs = score_traces(traces, evaluators, truth=read_truth(own / TRUTH))
    return build_report(runs, seed=seed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vouch bench ablation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-n", type=int, default=200, help="queries, the same in each setting")
    parser.add_argument("--seed", type=int, default=0, help="of the choice and the intervals")
    parser.add_argument("--folder", type=Path, help="where runs are kept (default: under home)")
    parser.add_argument("--settings", help="only these, by comma; see the JSON's names")
    parser.add_argument("--score-only", action="store_true", help="draft nothing")
    parser.add_argument(
        "--in-market",
        action="store_true",
        help="score only the queries whose model the market holds, as over 90 % of IPL's",
    )
    parser.add_argument(
        "--similarity",
        type=Path,
        metavar="MODEL",
        help="folder of a text encoder for SIM (BERTScore); without it SIM is not measured",
    )
    parser.add_argument("--json", action="store_true")
    return parser


def _chosen(named: str | None) -> list[Setting]:
    if named is None:
        return list(SETTINGS)
    by_name = {s.name: s for s in SETTINGS}
    unknown = [n for n in named.split(",") if n not in by_name]
    if unknown:
        raise BadInputError(f"--settings {unknown[0]}: is none of {', '.join(by_name)}")
    return [by_name[n] for n in named.split(",")]


def _similarity(model: Path | None) -> list[Evaluator]:
    if model is None:
        return []
    from bench.bertscore import BertScore

    return [BertScore.load(model)]


def _about(
    options: argparse.Namespace, reports: Mapping[str, Report], given: Evaluators
) -> dict[str, str]:
    """What the reader must know of the figures."""
    sim = "not measured: no text encoder was given (--similarity MODEL)"
    if options.similarity:
        sim = f"BERTScore F1 by {options.similarity}"
    kept = ", those whose model the market holds" if options.in_market else ""
    return {
        "cases": f"{options.n} of {', '.join(QUERIES)}, test half, seed {options.seed}{kept}",
        "reference text": "what each item's own seller wrote",
        "ACC": "over what a draft states; what it leaves out lowers `facts told`",
        "blind controls": "a grey picture still shows grey: a colour read off it counts as false",
        "SIM": sim,
        "compare with care": "IPL's data are real and private, ours are generated",
        **{f"skipped {name}": reason for name, reason in given.skipped.items()},
        **_recorded(reports.values()),
        **_problems(reports),
    }


def _recorded(reports: Iterable[Report]) -> dict[str, str]:
    """What the runs say of themselves, the prompts on one line."""
    found: dict[str, set[str]] = {}
    for report in reports:
        for name, values in report.recorded.items():
            found.setdefault(name, set()).update(values)
    told = {name: ", ".join(sorted(values)) for name, values in found.items()}
    prompts = [
        f"{n.removeprefix('prompt ')} {v}" for n, v in told.items() if n.startswith("prompt ")
    ]
    kept = {name: value for name, value in told.items() if not name.startswith("prompt ")}
    return {**kept, "prompts": ", ".join(prompts)} if prompts else kept


def _problems(reports: Mapping[str, Report]) -> dict[str, str]:
    """What could not be scored, by setting."""
    found = {}
    for name, report in reports.items():
        told = [f"{p.text} ({p.runs} runs)" for p in report.problems]
        if told:
            found[f"problems in {name}"] = "; ".join(told)
    return found


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _progress(label: str, say: Say) -> Callable[[int, int], None]:
    """Tell how far a setting is, at its ends and now and then between."""
    told = [-_SAY_EVERY_S]

    def tell(done: int, total: int) -> None:
        now = time.monotonic()
        if done == total or now - told[0] >= _SAY_EVERY_S:
            told[0] = now
            say(f"{label}: {done} of {total}")

    return tell


if __name__ == "__main__":
    sys.exit(main())
