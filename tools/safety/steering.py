"""Texts that give orders to the assistant instead of telling about an item.

Rule: what a seller, another listing or a photo's lettering says is data. A text that steers is
flagged and changes nothing; a plain wish about one's own listing ("shorter, please") is none.
Cues are read from `steering.yaml` beside this file and weighed; see `steering_cues`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from listing import SafetyFinding
from tools.safety.normalise import fold
from tools.safety.steering_cues import Place, SteeringCues
from tools.safety.steering_hidden import hidden_texts, repeats_itself

SHIPPED_CUES = Path(__file__).with_name("steering.yaml")
"""The cues that come with the program."""

RULE = "steering"
NOTICE: Mapping[Place, str] = {
    "seller": "This reads as orders to the assistant. It changes nothing; please tell about the "
    "item only.",
    "reference": "A listing found in the market gives orders to the assistant. It is left out.",
}
_LIMIT = 20_000
"""Code points that are read; a text is weighed as far as that."""


def find_steering(
    text: str, where: Place = "seller", *, cues: SteeringCues | None = None
) -> SafetyFinding | None:
    """Return a warning where `text` steers the assistant, None where it tells about an item.

    `start` and `end` are code-point offsets of the strongest cue in `text`; both are None where the
    orders were encoded. `reference` weighs a retrieved listing or a photo's lettering: words that a
    seller may say to the assistant ("can you tell me ...") count for more there. `cues` are the
    operator's own; None takes those that come with the program. Linear in the text.
    """
    known = shipped_cues() if cues is None else cues
    folded = fold(text[:_LIMIT])
    strength, span = known.weigh(folded, where)
    if strength < known.threshold and repeats_itself(folded.text):
        strength, span = known.threshold, (0, len(folded.original))
    if strength < known.threshold:
        if not _hides_orders(text[:_LIMIT], where, known, strength):
            return None
        span = None
    start, end = span or (None, None)
    return SafetyFinding(
        rule=RULE, risk="L9", action="warn", where=where, start=start, end=end, notice=NOTICE[where]
    )


@cache
def shipped_cues() -> SteeringCues:
    """Return the cues that come with the program, read once."""
    return SteeringCues.load(SHIPPED_CUES)


def _hides_orders(text: str, where: Place, cues: SteeringCues, seen: int) -> bool:
    """Tell whether what is encoded in `text` steers, or a text that asks carries code at all."""
    for hidden in hidden_texts(text):
        if seen > 0 and hidden.encoded:
            return True
        if cues.weigh(fold(hidden.text), where)[0] >= cues.threshold:
            return True
    return False
