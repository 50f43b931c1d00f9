"""Which mode a run can honestly take: a pure function of what came back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from listing import CategoryPrediction, Reference
from listing.document import Mode

CERTAIN = 0.8
"""From this probability on, no retrieved listing overrules the predicted category."""
LADDER: tuple[Mode, ...] = ("reference", "template", "image_only", "manual")


@dataclass(frozen=True)
class Decision:
    """The mode with its reason, and the references that fit the category."""

    mode: Mode
    reason: str
    references: tuple[Reference, ...]
    category_id: str | None
    """The category to go on with: the predicted one, or the one that references agree on."""


def choose_mode(
    category: CategoryPrediction | None, references: Sequence[Reference], cap: Mode | None
) -> Decision:
    """Take the best mode that the findings allow and `cap` permits.

    Where the prediction is missing or unsure, identical listings that agree on a category name it.

    References of another category than the predicted one are left out: a picture that looks alike
    but is another kind of thing vouches for nothing.
    """
    category_id = category.id if category else None
    if category is None or category.confidence < CERTAIN:
        category_id = _agreed(references) or category_id
    fitting = tuple(r for r in references if r.category_id in (None, category_id))
    if category_id and fitting:
        best, reason = 0, f"{len(fitting)} of {len(references)} references fit the category"
    elif category_id:
        reason = "references are of another category" if references else "no reference is near"
        best = 1
    else:
        best, reason = 2, "no category is likely enough" + ("" if references else ", no reference")
    limit = LADDER.index(cap) if cap else 0
    if limit > best:
        best, reason = limit, f"capped at {cap} by the caller; otherwise: {reason}"
    mode = LADDER[best]
    used = fitting if mode == "reference" else ()
    return Decision(mode, reason, used, category_id if mode != "image_only" else None)


def _agreed(references: Sequence[Reference]) -> str | None:
    """The category of at least two identical references, none disagreeing."""
    named = Counter(r.category_id for r in references if r.category_id and r.match == "identical")
    if len(named) == 1 and (best := named.most_common(1)[0])[1] >= 2:
        return best[0]
    return None
