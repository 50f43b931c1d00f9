"""A replay for people and for programs: the first divergence, then what it did to the listing."""

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from agent.cli.console import visible
from agent.cli.follow import call_line
from graphs.replay import Difference, Replay
from graphs.replay.listing_diff import ClaimChange, FieldChange
from listing import Claim

_CLIP = 400
_SHOWN = 8
_WORDS = {
    "route": "took another way",
    "input": "started from another state",
    "call": "made another call",
    "arguments": "asked for something else",
    "order": "made its calls in another order",
    "answer": "got another answer",
    "ending": "ended otherwise",
    "output": "left another result",
}


def show_replay(replay: Replay, console: Console) -> None:
    """Print the replay: verdict, first divergence, the listings' difference, what was not asked."""
    for line in _lines(replay):
        console.print(line, soft_wrap=True)


def replay_document(replay: Replay) -> dict[str, Any]:
    """Return the replay as JSON data, schema `vouch.replay/1`."""
    listing = replay.listing
    found = [asdict(d) for d in replay.differences]
    return {
        "schema": "vouch.replay/1",
        "trace_id": replay.recorded.trace_id,
        "replay_trace_id": replay.replayed.trace_id,
        "diverged": replay.diverged,
        "first_divergence": found[0] if found else None,
        "differences": found,
        "stopped": replay.stopped or None,
        "live": list(replay.live),
        "answered": {"exact": replay.answered, "by_turn": replay.answered_by_turn},
        "unasked": [
            {"place": str(call.place), "span_id": call.span.span_id} for call in replay.unasked
        ],
        "settings": [asdict(change) for change in replay.settings],
        "listing": {
            "identical": listing.identical,
            "fields": [asdict(change) for change in listing.fields],
            "claims": [
                {
                    "before": c.before.model_dump(mode="json") if c.before else None,
                    "after": c.after.model_dump(mode="json") if c.after else None,
                }
                for c in listing.claims
            ],
        }
        if listing
        else None,
        "document": replay.document.model_dump(mode="json") if replay.document else None,
        "seconds": round(replay.seconds, 3),
    }


def show_thread(turns: Sequence[Replay], console: Console) -> None:
    """Print each turn of a thread in a line, and under it the first step that differs."""
    for number, turn in enumerate(turns, start=1):
        style = "bold yellow" if turn.diverged else "green"
        verdict = "diverged" if turn.diverged else "identical"
        line = Text(f"{number}  {turn.recorded.trace_id[:12]}  ", style="dim")
        line.append(f"{verdict}  ", style=style).append(_clip(_given(turn)))
        console.print(line, soft_wrap=True)
        for found in turn.differences[:1]:
            for part in _both_sides(found):
                console.print(part, soft_wrap=True)
        if turn.stopped:
            console.print(Text(f"  stopped: {turn.stopped}", style="red"), soft_wrap=True)


def thread_document(turns: Sequence[Replay]) -> dict[str, Any]:
    """Return the replays of a thread's turns as JSON data, schema `vouch.replay_thread/1`."""
    return {
        "schema": "vouch.replay_thread/1",
        "thread_id": turns[0].recorded.thread_id,
        "diverged": any(turn.diverged for turn in turns),
        "turns": [{"given": _given(turn), **replay_document(turn)} for turn in turns],
    }


def _given(turn: Replay) -> str:
    """What the seller gave: words, a button, an answer, changes by hand, photos."""
    told = turn.recorded.root.input
    told = told if isinstance(told, dict) else {}
    given = told.get("turn") or {}
    if told.get("answer"):
        return f"(answer) {_words(next(iter(told['answer'].values())))}"
    if told.get("resumed"):
        return "(went on)"
    if text := given.get("text"):
        return visible(" ".join(str(text).split()))
    if call := given.get("call"):
        return call_line(f"({call['name']})", call.get("args") or {})
    if edits := given.get("edits"):
        return f"(by hand) {', '.join(str(e.get('attribute') or e['field']) for e in edits)}"
    return f"({len(given.get('photos', []))} photos)"


def _lines(replay: Replay) -> Iterator[Text]:
    yield _head(replay)
    if replay.diverged:
        yield Text("diverged", style="bold yellow")
    else:
        yield Text(
            "identical: the same steps, the same listing, ids and times aside", style="green"
        )
    for change in replay.settings:
        yield Text(f"setting {change.name}: {change.recorded} -> {change.replayed}")
    if replay.differences:
        first, *rest = replay.differences
        yield Text("\nFirst divergence", style="bold")
        yield from _both_sides(first)
        if rest:
            yield Text("Then also", style="bold")
            yield from (Text(f"  {_told(d)}") for d in rest)
    if replay.stopped:
        yield Text(f"\nStopped: {replay.stopped}; run that step for real with --live", style="red")
    yield from _listing(replay)
    if replay.unasked:
        yield Text("\nRecorded, never asked for", style="bold")
        shown = replay.unasked[:_SHOWN]
        yield from (Text(f"  {c.place}  span {c.span.span_id}") for c in shown)
        if len(replay.unasked) > len(shown):
            yield Text(f"  and {len(replay.unasked) - len(shown)} more")


def _head(replay: Replay) -> Text:
    live = f"live: {', '.join(replay.live)}" if replay.live else "no model loaded"
    calls = f"{replay.answered} calls answered from the record"
    if replay.answered_by_turn:
        calls += f", {replay.answered_by_turn} with what was recorded in their place"
    line = Text(f"replay of {replay.recorded.trace_id[:12]}", style="bold")
    if replay.replayed.path is not None:
        line.append(f" as {replay.replayed.trace_id[:12]}")
    return line.append(f"  {calls}; {live}; {replay.seconds:.2f} s", style="dim")


def _told(found: Difference) -> str:
    where = f", at {found.where}" if found.where else ""
    return f"{found} {_WORDS[found.what]}{where}"


def _both_sides(found: Difference) -> Iterator[Text]:
    yield Text(f"  {_told(found)}")
    yield from _minus_plus(found.recorded, found.replayed)


def _minus_plus(before: Any, after: Any) -> Iterator[Text]:
    """Both sides, long texts by the lines that differ."""
    one, two = _words(before), _words(after)
    if "\n" in one and "\n" in two:
        lines = difflib.unified_diff(one.splitlines(), two.splitlines(), lineterm="", n=1)
        for line in list(lines)[2:]:
            style = {"-": "red", "+": "green"}.get(line[:1], "dim")
            yield Text(f"    {_clip(line)}", style=style)
        return
    yield Text(f"    - {_clip(one)}", style="red")
    yield Text(f"    + {_clip(two)}", style="green")


def _words(value: Any) -> str:
    return visible(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _clip(text: str) -> str:
    return text if len(text) <= _CLIP else text[: _CLIP - 1] + "…"


def _listing(replay: Replay) -> Iterator[Text]:
    if replay.listing is None:
        if replay.document is None:
            yield Text("\nNo listing: the replay did not come to one", style="bold")
        return
    if replay.listing.identical:
        if replay.diverged:
            yield Text("\nThe listing is the same", style="bold")
        return
    yield Text("\nThe listing", style="bold")
    for change in replay.listing.fields:
        yield from _field(change)
    for claim in replay.listing.claims:
        yield from _claim(claim)


def _field(change: FieldChange) -> Iterator[Text]:
    yield Text(f"  {change.field}")
    yield from _minus_plus(change.before, change.after)


def _claim(change: ClaimChange) -> Iterator[Text]:
    claim = change.claim
    yield Text(f"  claim {claim.attribute} = {claim.value} ({claim.field})")
    for sign, side, style in (("-", change.before, "red"), ("+", change.after, "green")):
        yield Text(f"    {sign} {_verdict(side)}", style=style)


def _verdict(claim: Claim | None) -> str:
    if claim is None:
        return "not stated"
    proof = f" [{', '.join(claim.evidence)}]" if claim.evidence else ""
    return visible(f"{claim.text!r} {claim.verdict}{proof}")
