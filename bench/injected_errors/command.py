"""`vouch bench injected_errors`: how well the audit finds what is false, by kind of error.

Recorded runs of held-out queries (made once, kept under VOUCH_HOME/bench) get one error each, in
wordings of two sets: the audit may be mended by the development set, on queries of the `dev` half
of the market, and is measured by the held-out set, on those of the `test` half. The same drafts
without audit are the peer, in the same run. Definitions: `bench.injected_errors.tally`.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel

from agent.runtime import open_runtime
from agent.settings import load_settings
from bench.injected_errors.audited import audited
from bench.injected_errors.drafts import RecordedDraft, open_drafts
from bench.injected_errors.failures import failure_rows, write_failures
from bench.injected_errors.inject import InjectedDraft, injected_drafts
from bench.injected_errors.report import Part, as_json, part, table
from bench.injected_errors.statements import Judge
from bench.injected_errors.tally import Tally, tally_injected, tally_natural, tally_recorded
from bench.injected_errors.wording import SETS, WordingSet
from bench.market_runs import Fold, choose_cases, open_recorder, record_cases, recorded_cases
from tools.taxonomy import market_taxonomy
from training.marketplace import build_market

_FOLDS: dict[WordingSet, Fold] = {"development": "dev", "held_out": "test"}
_CASES: dict[WordingSet, int] = {"development": 200, "held_out": 400}


@dataclass(frozen=True)
class _Scored:
    """The tallies of a set, read in one way, with the failures of each."""

    tallies: list[Tally]
    failures: list[dict[str, Any]]


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table for each set and reading, or one JSON document; return 0."""
    options = _parser().parse_args(argv)
    home = load_settings().home_folder / "bench" / "injected_errors"
    folder = options.folder or home
    judge = Judge(build_market(options.seed))
    parts: list[Part] = []
    failures: list[dict[str, Any]] = []
    about: dict[str, Any] = {"seed": options.seed, "n": options.n}
    with ExitStack() as stack:
        model: BaseChatModel | None = None
        for name in SETS if options.set == "both" else (options.set,):
            drafts = _drafts(folder / _FOLDS[name], judge, name, options)
            made = injected_drafts(judge, drafts, name, options.n, options.seed)
            _say(f"{name}: {len(made)} injected drafts of {len(drafts)} recorded runs")
            scored = asyncio.run(_score(judge, None, drafts, made, "matching"))
            parts.append(part(name, "recorded", [tally_recorded(judge, d) for d in drafts]))
            parts.append(part(name, "matching", scored.tallies))
            found = scored.failures
            if options.with_model:
                if model is None:
                    context = stack.enter_context(open_runtime(load_settings())).context
                    model = context.model
                    about["model"] = context.model_info and context.model_info.model_dump()
                some = made[: options.with_model]
                few = drafts[: options.with_model]
                scored = asyncio.run(_score(judge, model, few, some, "model"))
                parts.append(part(name, "model", scored.tallies))
                found = [*found, *scored.failures]
            if name == "development":
                failures = found
    if options.failures:
        write_failures(options.failures, failures)
    if options.json:
        print(json.dumps(as_json(parts, **about), indent=1))
    else:
        print("\n".join(table(one) for one in parts))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="vouch bench injected_errors", description=__doc__)
    parser.add_argument("-n", type=int, default=2000, help="injected drafts of each set")
    parser.add_argument(
        "--with-model", type=int, default=300, metavar="N", help="so many also read by the model"
    )
    parser.add_argument("--set", choices=("both", *SETS), default="both", help="wordings")
    parser.add_argument("--runs", type=int, help="recorded runs of a set (200 and 400)")
    parser.add_argument(
        "--folder", type=Path, help="where runs are kept; removed, they are made anew"
    )
    parser.add_argument("--failures", type=Path, help="write the development set's failures here")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _drafts(
    folder: Path, judge: Judge, name: WordingSet, options: argparse.Namespace
) -> list[RecordedDraft]:
    """The recorded runs of a set, recorded first where they are missing."""
    count = options.runs or _CASES[name]
    cases = choose_cases(judge.market, count, seed=options.seed, fold=_FOLDS[name])
    there = {one.truth.case: one for one in recorded_cases(folder)}
    if all(case.name in there for case in cases):
        recorded = [there[case.name] for case in cases]
    else:
        with open_recorder(folder) as runtime:
            work = record_cases(runtime, judge.market, cases, folder, progress=_progress)
            recorded = asyncio.run(work)
    return open_drafts(recorded, market_taxonomy())


async def _score(
    judge: Judge,
    model: BaseChatModel | None,
    drafts: Sequence[RecordedDraft],
    made: Sequence[InjectedDraft],
    reading: str,
) -> _Scored:
    """Audit the injected drafts, then the natural ones as the model wrote them."""
    tallies: list[Tally] = []
    failures: list[dict[str, Any]] = []
    for done, one in enumerate(made):
        result = await audited(model, one.draft, one.text)
        tallies.append(tally_injected(judge, one, result))
        failures += failure_rows(tallies[-1], reading, one.draft, result, one)
        if done % 100 == 0:
            _say(f"{reading}: {done} of {len(made)} injected drafts audited")
    for draft in drafts:
        result = await audited(model, draft, draft.first)
        tallies.append(tally_natural(judge, draft, result))
        failures += failure_rows(tallies[-1], reading, draft, result, None)
    return _Scored(tallies, failures)


def _progress(done: int, count: int) -> None:
    if done % 20 == 0 or done == count:
        _say(f"recording runs: {done} of {count}")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
