"""The stream guard, measured: what it catches, what leaks, what it halts for nothing, and its cost.

Harmful drafts are the rules' own `must` cases set into the middle of clean listings; clean drafts
are real listings. In the same run a guard without hold-back, which checks the whole text at every
token and shows it at once, is the peer. Texts come from `VOUCH_SHARED_DATA`; without them a few
sentences of our own stand in, and the output says so.
"""

import argparse
import json
import os
import random
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.safety import Policy, StreamGuard

_OWN = (
    "Blue bicycle, two years old, with small scratches on the frame and new tyres.",
    "Black headphones in good condition, with cable and case. Bought in 2021.",
    "Wooden chair, 45 cm wide, one leg was glued. Stands firmly.",
    "Phone with 128 GB, the screen has no scratches. The charger is included.",
)
_TOKEN = re.compile(r"\s?\w{1,5}|\s?[^\w\s]|\s")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a guard showed of one draft, and whether it stopped it."""

    text: str
    halted: bool


@dataclass(frozen=True, slots=True)
class Score:
    """One guard over all drafts."""

    caught: int
    leaking: int
    leaked_tokens: int
    false_halts: int
    altered: int
    ms_per_1000_tokens: float


def data_folder() -> Path:
    """Return the folder of the shared data; it may not exist."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    return Path(os.environ.get("VOUCH_SHARED_DATA", beside))


def clean_drafts(limit: int) -> list[str]:
    """Return up to `limit` real listings, or our own sentences where the data is absent."""
    file = data_folder() / "listings" / "listings.jsonl"
    if not file.is_file():
        return list(_OWN)
    with file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    texts = [f"{row['title']}. {row['description'] or ''}".strip() for row in rows]
    random.Random(7).shuffle(texts)
    return texts[:limit]


def harmful_drafts(policy: Policy, clean: Sequence[str]) -> list[tuple[str, str]]:
    """Return (draft, harmful part) for every `must` case of rules that halt a stream."""
    cases = [
        text
        for rule in policy.rules
        if rule.halts_stream and "description" in rule.spec.places
        for text in rule.spec.must
    ]
    around = [text for text in clean if len(text) > 60] or list(clean)
    return [
        (f"{around[i % len(around)]}\n{case}\n{around[(i + 1) % len(around)]}", case)
        for i, case in enumerate(cases)
    ]


def guarded(policy: Policy, text: str) -> Shown:
    """Show `text` token by token through the stream guard."""
    guard = StreamGuard(policy, "description")
    shown = ""
    for token in _TOKEN.findall(text):
        step = guard.feed(token)
        shown += step.release
        if step.done:
            break
    shown += guard.finish().release
    return Shown(shown, guard.finding is not None)


def unguarded(policy: Policy, text: str) -> Shown:
    """The peer: show every token at once and check all of the text after each."""
    shown = ""
    for token in _TOKEN.findall(text):
        shown += token
        if any(f.action == "block" for f in policy.check_text(shown, "description")):
            return Shown(shown, True)
    return Shown(shown, False)


def measure(
    show: Callable[[Policy, str], Shown],
    policy: Policy,
    clean: Sequence[str],
    harmful: Sequence[tuple[str, str]],
) -> Score:
    """Run one guard over all drafts; time is that of the clean ones, in CPU seconds."""
    caught = leaking = leaked = 0
    for draft, case in harmful:
        result = show(policy, draft)
        at = draft.index(case)
        matches = [
            f.start
            for f in policy.check_text(draft, "description")
            if f.action == "block" and f.start is not None
        ]
        first = min((m for m in matches if m >= at), default=at)
        caught += result.halted
        over = _TOKEN.findall(result.text[first:])
        leaking += bool(over)
        leaked += len(over)
    halts = altered = tokens = 0
    started = time.process_time()
    for text in clean:
        result = show(policy, text)
        halts += result.halted
        altered += not result.halted and result.text != text
        tokens += len(_TOKEN.findall(text))
    spent = time.process_time() - started
    return Score(caught, leaking, leaked, halts, altered, spent / tokens * 1e6)


def with_word_lists() -> Policy | None:
    """Return the policy with the shared word lists set to block, or None where they are absent.

    Such lists are noisy: this row is about cost at that many terms, not about a policy to run.
    """
    names = ("profanity.jsonl", "zh_sensitive_terms.jsonl")
    files = [file for name in names if (file := data_folder() / "safety" / name).is_file()]
    if not files:
        return None
    lexicons = [
        {"id": file.stem.replace("_", "-"), "path": str(file), "action": "block", "shortest": 4}
        for file in files
    ]
    with tempfile.TemporaryDirectory() as folder:
        extra = Path(folder) / "word-lists.yaml"
        extra.write_text(json.dumps({"lexicons": lexicons}), encoding="utf-8")
        return Policy.load(extra=[extra])


def blocked_listings(policy: Policy, clean: Sequence[str]) -> list[str]:
    """Return one line for each clean listing with a blocking finding: rule, match, its words."""
    return [
        f"{first.rule}: {text[first.start : first.end]!r} in {text[:80]!r}"
        for text in clean
        if (found := [f for f in policy.check_text(text, "description") if f.action == "block"])
        for first in found[:1]
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the measurement; `--json` prints one JSON document instead. Returns 0."""
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m bench.stream_guard")
    parser.add_argument("--drafts", type=int, default=1000, help="clean drafts (default 1000)")
    parser.add_argument("--peer-drafts", type=int, default=100, help="clean drafts for the peer")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(argv)
    started = time.process_time()
    policy = Policy.load()
    load_s = time.process_time() - started
    clean = clean_drafts(given.drafts)
    harmful = harmful_drafts(policy, clean)
    rows = {
        "stream guard": (len(clean), measure(guarded, policy, clean, harmful)),
        "no hold-back, whole text each token": (
            min(given.peer_drafts, len(clean)),
            measure(unguarded, policy, clean[: given.peer_drafts], harmful),
        ),
    }
    terms = {"stream guard": policy.term_count}
    large = with_word_lists()
    if large is not None:
        name = "stream guard, large word lists that block"
        terms[name] = large.term_count
        rows[name] = (len(clean), measure(guarded, large, clean, harmful))
    report = [
        {
            "guard": name,
            "terms": terms.get(name, policy.term_count),
            "harmful_n": len(harmful),
            "caught": score.caught,
            "drafts_leaking": score.leaking,
            "leaked_tokens_per_draft": round(score.leaked_tokens / max(1, len(harmful)), 2),
            "clean_n": n,
            "false_halts_per_1000": round(1000 * score.false_halts / n, 2),
            "altered": score.altered,
            "ms_per_1000_tokens": round(score.ms_per_1000_tokens, 1),
        }
        for name, (n, score) in rows.items()
    ]
    if given.json:
        print(json.dumps({"load_cpu_s": round(load_s, 3), "rows": report}, ensure_ascii=False))
        return 0
    source = "real listings" if len(clean) > len(_OWN) else "our own sentences (no shared data)"
    print(
        f"policy: {len(policy.rules)} rules, loaded in {load_s:.3f} CPU s; clean drafts: {source}"
    )
    for row in report:
        print(", ".join(f"{key} {value}" for key, value in row.items()))
    every = clean_drafts(100_000)
    blocked = blocked_listings(policy, every)
    rate = 1000 * len(blocked) / len(every)
    print(
        f"blocked by the whole check: {rate:.2f} per 1,000 of {len(every)} clean listings; first:"
    )
    print("\n".join(blocked[:20]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
