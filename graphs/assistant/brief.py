"""What the model is shown of a thread; every part of it has a bound.

Rule: no photo and no retrieved text is in it, so that neither can give orders.
"""

from graphs.assistant.context import AssistantContext
from graphs.assistant.state import AssistantState, document_of, template_of
from listing import ListingDocument
from tools.assistant import PRICE, TurnBrief
from tools.assistant.brief import done_line

_VALUE_CHARS = 80
_TITLE_CHARS = 120
_TAKES_PHOTOS = ("add_photos", "draft_listing")


def brief_of(state: AssistantState, context: AssistantContext) -> TurnBrief:
    """Return what the model is shown; every part of it has a bound.

    A model that is given one sentence at a time is not told what the sentences before it came to:
    it would look for their calls in this one.
    """
    document, limits = document_of(state), context.limits
    cut = limits.line_chars
    before = state.get("talk", [])[:-1][-2 * limits.max_earlier :]
    who = {"seller": "Seller", "assistant": "You"}
    made = [c for c in state.get("calls", []) if c["by"] == "model"][-limits.max_calls :]
    new_photos = len(state["turn"].get("photos", []))
    if limits.sentence_wise:
        new_photos = 0 if any(c["name"] in _TAKES_PHOTOS for c in made) else new_photos
        made = [c for c in made if c["piece"] == state["piece"]]
    return TurnBrief(
        message=state["pieces"][state["piece"]],
        title=document.title[:_TITLE_CHARS],
        facts=_facts(document),
        attributes=list(template_of(document, context.listing.taxonomy).names),
        asked=[question.attribute for question in document.questions],
        photos=len(state.get("photos", [])),
        new_photos=new_photos,
        earlier=[f"{who[m['role']]}: {' '.join(m['text'].split())[:cut]}" for m in before],
        summary=summary_of(state.get("digests", []), limits.summary_chars),
        done=[done_line(c["name"], c["args"], c["ok"], c.get("note", "")) for c in made],
    )


def _facts(document: ListingDocument) -> dict[str, str]:
    facts = {name: v.value[:_VALUE_CHARS] for name, v in document.attributes.items()}
    if document.asking_price is not None:
        asked = document.asking_price
        facts[PRICE] = f"{asked.amount:g} {asked.currency}".strip()
    return facts


def summary_of(digests: list[str], most: int) -> str:
    """Return the last digests in one line of at most `most` characters."""
    kept: list[str] = []
    for digest in reversed(digests):
        if len("; ".join([digest, *kept])) > most:
            break
        kept.insert(0, digest)
    return "; ".join(kept)
