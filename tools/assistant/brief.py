"""What the model reads before it chooses a tool or answers: the listing in a few lines.

Rule: the seller's message and everything retrieved stand at the end and are named as data; a long
thread is told by its summary, so that the prompt has a bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.prompts import RenderedPrompt, render


@dataclass(frozen=True)
class TurnBrief:
    """One turn as the model sees it."""

    message: str
    title: str = ""
    """Of the present draft; empty where there is none."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Attribute name -> value that the draft may state, the price among them."""
    attributes: Sequence[str] = ()
    """Names that the category's template has, in its order."""
    asked: Sequence[str] = ()
    """Attributes that the seller is asked about, the last asked first."""
    photos: int = 0
    new_photos: int = 0
    """Photos that came with this message."""
    earlier: Sequence[str] = ()
    """The last lines of the talk, each `Seller: ...` or `You: ...`."""
    summary: str = ""
    """What came before them."""
    done: Sequence[str] = ()
    """Calls of this turn with what came of them, in a line each."""


def turn_prompt(brief: TurnBrief) -> RenderedPrompt:
    """Return the prompt under which the model chooses the next call."""
    return render("turn", brief=brief)


def answer_prompt(message: str, outcomes: Sequence[str], language: str) -> RenderedPrompt:
    """Return the prompt under which the model words its answer; `outcomes` are all it may state."""
    return render("answer", message=message, outcomes=list(outcomes), language=language)


def done_line(name: str, arguments: Mapping[str, object], ok: bool = True, note: str = "") -> str:
    """Return one line of `TurnBrief.done`: `set_attribute storage: 128 GB`, `rewrite shorter`.

    A call that failed begins with `failed:`; `note` says in a few words why, or what came of it.
    """
    given = dict(arguments)
    said = [str(value) for key, value in given.items() if key != "attribute" and value is not None]
    if "attribute" in given:
        value = " ".join(said) or ("taken back" if "value" in given else "")
        said = [f"{given['attribute']}: {value}" if value else str(given["attribute"])]
    line = " ".join([*([] if ok else ["failed:"]), name, *said])
    return f"{line} ({note})" if note else line
