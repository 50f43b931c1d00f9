"""What the seller is to be told of a turn: pure functions over the log of its calls.

Rule: a failure is told unless the same was done right afterwards; nothing is told twice.
"""

from collections.abc import Sequence

from graphs.assistant.state import AssistantState
from graphs.assistant.task import language_of
from graphs.assistant.turn import Json
from graphs.assistant.words import say


def outcomes(state: AssistantState) -> list[str]:
    """Return the sentences that the seller has not been told yet, in order."""
    calls = untold(state)
    told = [call["says"] for call in calls if call["says"]]
    if not told and any(call.get("fault") for call in calls):
        told = [say("wrong_call", language_of(state))]
    return list(dict.fromkeys(told))


def untold(state: AssistantState) -> list[Json]:
    """Return the calls that the seller has not been told of.

    Left out is what was done right later, and where something was done: the answer to a sentence
    of small talk, and a wrong call for words that the message says only to deny them.
    """
    calls = state.get("calls", [])[state.get("told", 0) :]
    kept = [call for n, call in enumerate(calls) if not _mended(call, calls[n + 1 :])]
    said = "\n".join(state.get("pieces", [])).casefold()
    busy = any(call["name"] != "reply" and call["ok"] for call in kept)
    return [call for call in kept if not (busy and (_idle(call) or _denied(call, said)))]


def _denied(call: Json, said: str) -> bool:
    """Whether a call took up words that stand in the message without being stated there."""
    value = call["args"].get("value")
    wrong = call.get("fault") and call["name"] == "set_attribute"
    return bool(wrong and value) and str(value).casefold() in said


def _idle(call: Json) -> bool:
    return call["name"] == "reply" and call["args"].get("topic") in ("small_talk", "unclear")


def _mended(call: Json, later: Sequence[Json]) -> bool:
    """Whether a wrong call was followed by a right one of the same kind."""
    if not call.get("fault"):
        return False
    about = call["args"].get("attribute")
    return any(
        c["ok"] and c["name"] == call["name"] and about in (None, c["args"].get("attribute"))
        for c in later
    )
