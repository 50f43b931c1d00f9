"""Statements of the condition beyond the known wordings, and the flaws that they name.

"In top shape" grades the item with whatever word; "a bit scratched" names a flaw, which a grade
alone does not vouch for: somebody has to have said that it is scratched.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from listing.claim import ClaimField
from tools.audit.candidate import ClaimCandidate
from tools.audit.data import audit_wording
from tools.normalise import canonical, same_value
from tools.normalise.data import canonical_values

_GRADED = re.compile(
    r"(?<!\w)(?:(?:in|of)\s+"
    r"(?:(?:a|an|the|its|very|really|such|still|quite|truly|absolutely|overall|generally)\s+)*"
    r"(?P<before>[\w\-’']+(?:\s+[\w\-’']+)?)\s+(?:condition|shape|state|nick|order)(?!\w)"
    r"|(?:condition|state|shape)(?:\s*:|\s+(?:is|remains|has stayed))\s*"
    r"(?:(?:a|an|the|very|really|still|quite)\s+)*"
    r"(?P<after>[\w\-’']+(?:\s+[\w\-’']+)?))",
    re.IGNORECASE,
)
_NO_GRADE = re.compile(
    r"(?:(?:this|that|the|its|same|described|following|current|whole|overall|general|given|what|"
    r"which|working|as|see|shown|pictured|alphabetical|any|every|each|short|chronological|liquid|"
    r"solid|your|my|their|our|another|above|below)"
    r"(?:\s+\w+)?)",
    re.IGNORECASE,
)


def graded(
    field: ClaimField, text: str, found: Sequence[ClaimCandidate]
) -> Iterator[ClaimCandidate]:
    """Yield grades in words that the wording data does not know ("in top shape")."""
    for match in _GRADED.finditer(text):
        group = "before" if match["before"] else "after"
        start, end = match.span(group)
        if _NO_GRADE.fullmatch(match[group]):
            continue
        if any(start < claim.end and claim.start < end for claim in found):
            continue
        value = canonical("condition", match[group])
        yield ClaimCandidate(field, start, end, text[start:end], "condition", value)


def compare_condition(
    claim: ClaimCandidate, stated: str, words: str
) -> Literal["same", "other"] | None:
    """Return how the condition `stated`, said in `words`, bears on the claim.

    A flaw is vouched for by words that name it, and denied by words that deny it or by a grade of
    like new and better; from a middling grade nothing follows. Grades compare as values.
    """
    named, grade = flaws(claim.text), grade_of(stated)
    if not named:
        if same_value("condition", claim.value, stated):
            return "same"
        return "other" if grade is not None and grade_of(claim.value) is not None else None
    there, gone = flaws(words) - denied_flaws(words), denied_flaws(words)
    spotless = grade is not None and grade >= 2 and not there
    if grade_of(claim.value) in (2, 3):  # the claim denies the flaw
        if named & there:
            return "other"
        return "same" if named & gone or spotless else None
    if named & there:
        return "same"
    return "other" if named & gone or spotless else None


def flaws(text: str) -> frozenset[str]:
    """Return the flaws that the text names, each by its stem: "scratch", "dent"."""
    return frozenset(match[1].casefold() for match in audit_wording().flaw.finditer(text))


def denied_flaws(text: str) -> frozenset[str]:
    """Return the flaws that the text says there are none of."""
    wording = audit_wording()
    return frozenset(
        match[1].casefold()
        for match in wording.flaw.finditer(text)
        if wording.negated(text, match.start())
    )


def grade_of(value: str) -> int | None:
    """Return how good a condition is, 3 for new to 0 for fair; None where the value is no grade."""
    order = ("fair", "good", "like new", "new")
    value = canonical("condition", value)
    return order.index(value) if value in order and value in canonical_values("condition") else None
