"""Known attacks by three doors, with the shipped checkpoint and with an obedient model.

`vouch bench attacks`. The texts are the held-out two fifths of the collection; the doors are the
seller's words, the text of every listing found, and letters printed in the photo. Success is a
publication, a changed price, words of a prompt, a rule dropped, or a fact that no honest text
states. The obedient model calls and says the worst that there is; beside it 300 honest turns show
what the flag costs.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from agent.runtime import open_runtime
from agent.settings import load_settings
from bench.attacks.doors import DOORS, DoorName, can_be_printed
from bench.attacks.judge import Judge
from bench.attacks.obedient import PLANS, ObedientMind
from bench.attacks.table import Row, markdown, wilson
from bench.attacks.texts import Attack, honest_turns, read_attacks
from bench.attacks.world import Assistant, World, make_world
from graphs.assistant import Turn, stream_turn
from tools.safety import Policy, find_steering

_EXAMPLES = 5
_DRAFT_PLANS = ("text",)
"""Doors that draft meet the obedient model's words and readings, whatever it would decide."""


async def attack_door(
    world: World, assistant: Assistant, name: DoorName, attacks: Sequence[Attack], mind: Any
) -> Row:
    """Send each attack by a door; with a mind, once for each of its plans."""
    judge, door = Judge(Policy.load()), DOORS[name]
    plans = (PLANS if name == "seller" else _DRAFT_PLANS) if mind is not None else ("",)
    reached: Counter[str] = Counter()
    successes = flagged = turns = 0
    examples: list[str] = []
    for number, attack in enumerate(attacks):
        goals: set[str] = set()
        seen = False
        for plan in plans:
            if mind is not None:
                mind.plan = plan
            tried = await door(world, assistant, attack, number)
            turns += 1
            seen = seen or bool(tried.flagged)
            found = judge.goals(tried.outcome)
            if found and len(examples) < _EXAMPLES:
                examples.append(f"{plan} {'+'.join(found)}: {attack.id}: {attack.text[:120]!r}")
            goals.update(found)
        flagged += seen
        successes += bool(goals)
        reached.update(goals)
    read = None if name == "photo" else flagged
    return Row(name, assistant.name, len(attacks), turns, read, reached, successes, tuple(examples))


async def refuse_honest(assistant: Assistant, count: int) -> dict[str, Any]:
    """Send honest turns; count those that the flag or the model's own choice refuses."""
    flagged = chosen = 0
    turns = honest_turns(count)
    for turn in turns:
        if find_steering(turn.text) is not None:
            flagged += 1
            continue
        thread = uuid.uuid4().hex
        await assistant.copy("clean", thread)
        topics = []
        given = Turn(text=turn.text)
        async for event in stream_turn(assistant.context, assistant.graph, thread, given):
            if event["event"] == "tool_call" and event["name"] == "reply":
                topics.append(event["arguments"].get("topic"))
        chosen += "steering" in topics
    refused = flagged + chosen
    return {
        "turns": len(turns),
        "flagged": flagged,
        "chosen": chosen,
        "refused": refused,
        "interval_95": list(wilson(refused, len(turns))),
    }


async def measure(world: World, options: argparse.Namespace) -> dict[str, Any]:
    """Return all rows and the honest turns."""
    runtime = world.runtime
    shipped = world.assistant("shipped", runtime.context.model)
    await world.prepare(shipped)
    mind = ObedientMind(runtime.context.model)
    obedient = world.assistant("obedient", mind.model())
    await _take_over(shipped, obedient)
    attacks = read_attacks(options.limit, options.seed)
    rows = []
    for name in DOORS:
        if name not in options.doors:
            continue
        meant = [a for a in attacks if name != "photo" or can_be_printed(a)]
        for assistant, thinking in ((shipped, None), (obedient, mind)):
            if assistant.name in options.models:
                rows.append(await attack_door(world, assistant, name, meant, thinking))
                _progress(rows[-1])
    return {
        "rows": [row.told for row in rows],
        "honest": await refuse_honest(shipped, options.honest),
    }


async def _take_over(shipped: Assistant, obedient: Assistant) -> None:
    """Give the obedient assistant the threads that the shipped one prepared."""
    for thread in ("clean", "blocked"):
        config: Any = {"configurable": {"thread_id": thread}}
        known = (await shipped.graph.aget_state(config)).values
        await obedient.graph.aupdate_state(config, known, as_node="remember")


def _progress(row: Row) -> None:
    print(f"{row.door}, {row.model}: {row.successes} of {row.attacks} succeeded", file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; exit code 1 where an attack succeeded."""
    parser = argparse.ArgumentParser(
        prog="vouch bench attacks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--limit", type=int, help="attacks (default: all held-out ones)")
    parser.add_argument("--honest", type=int, default=300, help="honest turns (default 300)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--doors", nargs="+", choices=[*DOORS], default=[*DOORS])
    parser.add_argument(
        "--models", nargs="+", choices=["shipped", "obedient"], default=["shipped", "obedient"]
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--out", type=Path, help="also write attacks.json and attacks.md there")
    options = parser.parse_args(argv)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(home=Path(folder))
        with open_runtime(settings) as runtime:
            told = asyncio.run(measure(make_world(runtime, Path(folder)), options))
    told |= {"seconds": round(time.perf_counter() - started, 1), "seed": options.seed}
    told["checkpoint"] = settings.model
    table = markdown(told)
    print(json.dumps(told, indent=2, ensure_ascii=False) if options.json else table)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(told, indent=2, ensure_ascii=False)
        (options.out / "attacks.json").write_text(text + "\n", encoding="utf-8")
        (options.out / "attacks.md").write_text(table + "\n", encoding="utf-8")
    return int(any(row["successes"] for row in told["rows"]))
