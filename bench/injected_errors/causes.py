"""Why an uninjected draft says something false: which step brought the wrong value in.

Rule: the cause is where the value came from, told by the market's truth about photo and references.
"""

from bench.injected_errors.drafts import RecordedDraft
from bench.injected_errors.statements import Statement
from bench.injected_errors.values import agrees
from bench.injected_errors.vouching import UNKNOWN
from listing import Evidence
from training.marketplace import Market
from training.marketplace.export import written

CAUSES = {
    "seller misread": "extraction read the seller's message wrongly",
    "photo misread": "the photo was read wrongly",
    "wrong match": "a listing of another model or variant counted as similar or identical",
    "reference misread": "extraction read a listing wrongly",
    "reference wrong": "the listing's own seller misstated it",
    "another slot": "a vouched value stated as another attribute",
    "garbled": "a word that is nobody's: the model's own",
    "not vouched for": "true or not, nothing in the ledger says it",
}


def cause(market: Market, draft: RecordedDraft, statement: Statement) -> str:
    """Return the key of `CAUSES` for a false statement."""
    name, words = statement.attribute, statement.words
    said = [e for e in draft.evidence if e.value and e.attribute == name]
    sources = [e for e in said if agrees(name, words, str(e.value)) or words == e.value]
    for item in sources:
        if item.kind in ("seller", "photo"):
            return f"{item.kind} misread"
    found = [_listing_cause(market, name, item) for item in sources]
    if found:
        return min(found, key=list(CAUSES).index)
    others = [e for e in draft.evidence if e.value and e.attribute != name]
    if any(agrees(str(e.attribute), words, str(e.value)) for e in others):
        return "another slot"
    return "garbled" if name == UNKNOWN else "not vouched for"


def _listing_cause(market: Market, name: str, item: Evidence) -> str:
    """What is wrong with a listing that states the false value."""
    unit = next((u for u in market.split("index") if item.source == f"listing:{u.id}"), None)
    true = unit.attributes.get(name, "") if unit else ""
    if unit is None or agrees(name, str(item.value), true):
        return "wrong match"
    return "reference wrong" if name in written(market, unit).wrong else "reference misread"
