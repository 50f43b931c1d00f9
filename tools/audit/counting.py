"""How many things a text offers: "two chairs", "4 blue mugs", "a pair".

That two make one pair of shoes states nothing; that there are two chairs does.
"""

import functools
import re
from collections.abc import Iterable, Iterator

from listing.claim import ClaimField
from tools.audit.candidate import ClaimCandidate
from tools.audit.data import audit_wording
from tools.normalise import canonical
from tools.normalise.data import wording
from tools.normalise.kinds import SINGULAR
from tools.taxonomy import market_taxonomy

QUANTITY = "quantity"
_GROUPS = {"pair", "couple", "duo", "trio", "twin", "dozen"}


def counted(field: ClaimField, text: str) -> Iterator[ClaimCandidate]:
    """Yield numbers of things of a kind that the shipped taxonomy names."""
    for match in _counted_kinds().finditer(text):
        value = canonical(QUANTITY, match[1])
        yield ClaimCandidate(field, match.start(), match.end(), match[0], QUANTITY, value)


def without_pairs(
    claims: Iterable[ClaimCandidate], texts: Iterable[str]
) -> Iterator[ClaimCandidate]:
    """Yield the claims but for "pair", where `texts` name goods that come in pairs."""
    paired: bool | None = None
    for claim in claims:
        if claim.attribute == QUANTITY and claim.text.casefold() == "pair":
            if paired is None:
                paired = any(audit_wording().pairs.search(text) for text in texts)
            if paired:
                continue
        yield claim


@functools.cache
def _counted_kinds() -> re.Pattern[str]:
    whole = {word for word, number in wording().numbers.items() if number == int(number) > 1}
    numbers = whole - _GROUPS
    heads = {c.name.casefold().split()[-1] for c in market_taxonomy().leaves}
    plural = {head for head in heads if any(re.search(end, head) for end, _ in SINGULAR)}
    kinds = sorted(plural - set(wording().cues), key=len, reverse=True)
    return re.compile(
        rf"(?<![\w.,:/])(\d{{1,2}}|{'|'.join(sorted(numbers, key=len, reverse=True))})\s+"
        rf"(?:[a-z]+\s+){{0,2}}?(?:{'|'.join(map(re.escape, kinds))})(?!\w)",
        re.IGNORECASE,
    )
