"""The steps of a turn: what the model reads before each of its calls.

Rule: every call adds a line to what is done, in the words of `done_line`, so that the next call
follows from the prompt alone.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

from tools.assistant import PRICE, TurnBrief, done_line
from training.assistant.parts import Call
from training.assistant.turns import GeneratedTurn
from training.assistant.values import mistyped
from training.marketplace.lots import chance

_FAULTS = (
    "not in the message",
    "not a value of it",
    "refused",
    "there is no text yet",
    "no new photo",
    "the rules of the market block it",
    "one change a message",
)
_NO_PHOTO = "there is no photo"
_ASKED = ("publish", "ask_seller")


def turn_steps(turn: GeneratedTurn, rng: random.Random) -> Iterator[tuple[TurnBrief, Call]]:
    """Yield what the model reads before each call of the turn, and the call.

    Now and then a call before failed: a value that was copied wrongly is to be given again, any
    other failure is left behind.
    """
    brief = turn.brief
    told = chance(rng, 0.8)
    for expected in turn.calls:
        value = expected.arguments.get("value")
        if value and expected.name == "set_attribute" and chance(rng, 0.05):
            wrong = {**expected.arguments, "value": mistyped(rng, value)}
            line = done_line(expected.name, wrong, False, _FAULTS[0])
            yield replace(brief, done=(*brief.done, line)), expected
        yield brief, expected
        ok, note = _came_of(brief, expected, rng)
        brief = after(brief, expected, ok=ok, note=note, told=told)


def _came_of(brief: TurnBrief, made: Call, rng: random.Random) -> tuple[bool, str]:
    """Return whether a call went well in this telling, and the note on it."""
    if made.name == "draft_listing" and not brief.photos:
        return False, _NO_PHOTO
    if chance(rng, 0.04):
        return False, rng.choice(_FAULTS)
    if made.name in _ASKED and chance(rng, 0.7):
        return True, "the seller is asked"
    return True, rng.choice(("no change", "nothing to take back")) if chance(rng, 0.04) else ""


def after(
    brief: TurnBrief, made: Call, *, ok: bool = True, note: str = "", told: bool = True
) -> TurnBrief:
    """Return the brief after a call: a line more done and, where `told`, the facts as they are."""
    done = (*brief.done, done_line(made.name, made.arguments, ok, note))
    if made.name != "set_attribute" or not ok or not told:
        return replace(brief, done=done)
    name, value = str(made.arguments["attribute"]), made.arguments["value"]
    facts = {k: v for k, v in brief.facts.items() if k != name}
    if value is not None:
        facts[name] = value
    order = [n for n in (*brief.attributes, PRICE) if n in facts]
    return replace(brief, done=done, facts={n: facts[n] for n in order})
