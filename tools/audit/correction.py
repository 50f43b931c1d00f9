"""What may stand in the place of a contradicted value: the evidence's own, of the same form."""

import re

from listing import Claim, EvidenceLedger
from tools.normalise import announced, is_placeholder, parse_quantity

_NAMES = ("brand", "model", "title", "author")
_SIZE = re.compile(r"(?:eu|us|uk)?\s?(?:\d{1,3}(?:[.,]5)?|[xX]{0,3}[sSmMlL])", re.IGNORECASE)


def correction(claim: Claim, text: str, ledger: EvidenceLedger) -> str | None:
    """Return the words that may replace a contradicted claim in `text`, or None.

    They are the value of the evidence that contradicts it, if it has the form of what it replaces:
    a word for a word, a quantity for a quantity of the same kind, a size for a size. A name is
    replaced in a title, or where the text announces it ("made by"), else it may name another thing.
    """
    if claim.verdict != "contradicted":
        return None
    for evidence_id in claim.evidence:
        item = ledger.get(evidence_id)
        if item is None or item.attribute != claim.attribute or not item.value:
            continue
        if not is_placeholder(item.value) and _same_form(claim, text, item.value):
            return item.value
    return None


def _same_form(claim: Claim, text: str, value: str) -> bool:
    words, name = claim.text, claim.attribute
    if name == "accessories":
        return False
    if name == "condition":
        return words.isalpha() and value.isalpha()
    if name in _NAMES:
        return claim.field == "title" or announced(name, text, claim.start, claim.end)
    if name == "size" and _SIZE.fullmatch(words) and _SIZE.fullmatch(value):
        return True
    old, new = parse_quantity(words), parse_quantity(value)
    if old or new:
        return bool(old and new and old.unit.dimension == new.unit.dimension)
    return words.replace(" ", "").isalpha() and value.isalpha()
