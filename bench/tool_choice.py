"""`vouch bench tool_choice`: held-out turns played through the model, call by call.

Turns are generated from patterns and names that training never used. Each is played as serving
plays it: sentence by sentence where the checkpoint asks for that, the turn's prompt, a forced call
under the grammar of all tools, the call's line in the next prompt, until the model replies, repeats
itself or has made `MOST` calls. A value is right when it means what the message says (`same_value`,
`read_price`). Intervals are 95 % bootstraps over turns.
"""

import argparse
import asyncio
import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage

from agent.runtime import sentence_wise
from bench.tool_choice_table import Figure, markdown
from graphs.assistant import AssistantLimits
from models.loading import load_chat_model
from tools.assistant import PRICE, TurnBrief, pieces, turn_prompt, with_tools
from tools.editing.prices import read_price
from tools.normalise import same_value
from training.assistant import KINDS, Call, GeneratedTurn, after, generated_turn
from training.assistant.wordings import Split
from training.evaluate import SHIPPED

MOST = 7
"""Calls of one turn at most, the reply among them."""


@dataclass
class Played:
    """A turn with what the model called, and the milliseconds of each decision."""

    turn: GeneratedTurn
    calls: list[Call]
    ms: list[float] = field(default_factory=list)

    def tools_right(self) -> bool:
        """Whether the same tools were called, each as often; a closing `done` is no call."""
        return sorted(map(_kind_of, _acts(self.turn.calls))) == sorted(
            map(_kind_of, _acts(self.calls))
        )

    def right(self) -> bool:
        """Whether every call was made with its arguments, and no other."""
        left = _acts(self.calls)
        for expected in _acts(self.turn.calls):
            found = next((c for c in left if same_call(expected, c)), None)
            if found is None:
                return False
            left.remove(found)
        return not left

    def facts(self) -> tuple[int, int, int]:
        """Return how many facts were stated, kept, and wrongly added or changed."""
        stated = [c for c in self.turn.calls if c.name == "set_attribute"]
        noted = [c for c in self.calls if c.name == "set_attribute"]
        kept = sum(any(same_call(s, n) for n in noted) for s in stated)
        added = sum(not any(same_call(s, n) for s in stated) for n in noted)
        return len(stated), kept, added


def _acts(calls: Iterable[Call]) -> list[Call]:
    return [c for c in calls if c.arguments.get("topic") != "done"]


def _kind_of(call: Call) -> str:
    return f"{call.name} {call.arguments.get('attribute', '')}"


def same_call(expected: Call, made: Call) -> bool:
    """Return whether a call does what is expected: the same arguments, values up to writing."""
    if expected.name != made.name:
        return False
    keys = {*expected.arguments, *made.arguments}
    return all(_same(k, expected, made) for k in keys)


def _same(key: str, expected: Call, made: Call) -> bool:
    one, two = expected.arguments.get(key), made.arguments.get(key)
    if one is None or two is None or one == two:
        return one == two
    if key == "words":
        return one.casefold() == two.casefold()
    name = expected.arguments.get("attribute")
    if key != "value" or name is None:
        return False
    if name == PRICE:
        price = read_price(one)
        return price is not None and price == read_price(two)
    return one.casefold() == two.casefold() or same_value(name, one, two)


def held_out_turns(count: int, seed: int, split: Split = "held_out") -> list[GeneratedTurn]:
    """Return the turns of a seed: kinds and languages in the shares of training."""
    rng = random.Random(f"tool choice {seed}")
    return [generated_turn(rng, split) for _ in range(count)]


async def play(model: BaseChatModel, turn: GeneratedTurn) -> Played:
    """Play one turn to its end, piece by piece of its message as the model reads it best."""
    limits = AssistantLimits(sentence_wise=sentence_wise(model))
    played, brief = Played(turn, []), turn.brief
    size, most = limits.piece_chars, limits.max_pieces
    for piece in pieces(brief.message, size, sentences=limits.sentence_wise, most=most):
        brief = await _play_piece(model, replace(brief, message=piece, done=()), played)
    if any(call.name != "reply" for call in played.calls):
        played.calls = [call for call in played.calls if not _idle(call)]
    return played


async def _play_piece(model: BaseChatModel, brief: TurnBrief, played: Played) -> TurnBrief:
    """Let the model call until it replies, and return the brief as it is then."""
    bound, made = with_tools(model, brief.attributes, brief.message), list[Call]()
    for _ in range(MOST):
        started = time.perf_counter()
        call = await _choose(bound, brief)
        played.ms.append(1000 * (time.perf_counter() - started))
        if call is None or call in made:
            break
        made.append(call)
        if call.name == "reply":
            break
        brief = after(brief, call)
    played.calls += [call for call in made if call not in played.calls]
    added = any(call.name in ("add_photos", "draft_listing") for call in made)
    return replace(brief, new_photos=0 if added else brief.new_photos)


def _idle(call: Call) -> bool:
    """A reply that the assistant leaves out where something was done."""
    return call.name == "reply" and call.arguments.get("topic") in ("small_talk", "unclear")


async def _choose(bound: Any, brief: TurnBrief) -> Call | None:
    message = await bound.ainvoke([HumanMessage(turn_prompt(brief).text)])
    if not message.tool_calls:
        return None
    made = message.tool_calls[0]
    given = {k: v for k, v in made["args"].items() if v is not None or k == "value"}
    return Call(made["name"], given)


def figures(played: Sequence[Played]) -> list[Figure]:
    """Return the rows of the table: all turns, each language, each kind."""
    groups = {"all": list(played)}
    groups |= {code: [p for p in played if p.turn.language == code] for code in ("en", "zh")}
    groups |= {kind: [p for p in played if p.turn.kind == kind] for kind in KINDS}
    return [_figure(name, found) for name, found in groups.items() if found]


def _figure(name: str, played: Sequence[Played]) -> Figure:
    facts = np.array([p.facts() for p in played]).sum(axis=0)
    tools = np.array([p.tools_right() for p in played], float)
    right = np.array([p.right() for p in played], float)
    ms = [m for p in played for m in p.ms]
    return Figure(
        name, len(played), float(tools.mean()), _interval(tools), float(right.mean()),
        _interval(right), int(facts[0]), int(facts[1]), int(facts[2]), float(np.median(ms)),
    )  # fmt: skip


def _interval(values: Any, draws: int = 1000) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (draws, len(values)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def wrong(played: Sequence[Played]) -> list[dict[str, Any]]:
    """Return the turns that went wrong: message, expected and made calls."""
    return [
        {
            "kind": p.turn.kind,
            "message": p.turn.brief.message,
            "asked": list(p.turn.brief.asked),
            "expected": [[c.name, dict(c.arguments)] for c in _acts(p.turn.calls)],
            "made": [[c.name, dict(c.arguments)] for c in p.calls],
        }
        for p in played
        if not p.right()
    ]


async def measure(model: BaseChatModel, turns: Sequence[GeneratedTurn]) -> list[Played]:
    """Play all turns, one after the other."""
    return [await play(model, turn) for turn in turns]


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table; `--json` prints one JSON document with every turn that went wrong."""
    parser = argparse.ArgumentParser(prog="vouch bench tool_choice", description=__doc__)
    parser.add_argument("--model", default=str(SHIPPED), help="checkpoint or model to measure")
    parser.add_argument("--turns", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--trained", action="store_true", help="training's own patterns instead")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--wrong", type=Path, help="write the wrong turns here, a JSON line each")
    options = parser.parse_args(argv)
    split: Split = "train" if options.trained else "held_out"
    turns = held_out_turns(options.turns, options.seed, split)
    played = asyncio.run(measure(load_chat_model(options.model), turns))
    rows, missed = figures(played), wrong(played)
    if options.wrong:
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in missed)
        options.wrong.write_text(lines, encoding="utf-8")
    if options.json:
        told = {"seed": options.seed, "rows": [row.as_json() for row in rows], "wrong": missed}
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        print(markdown(rows))


if __name__ == "__main__":
    main()
