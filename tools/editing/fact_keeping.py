"""Whether a new text keeps to the facts of the old one, and a single attempt to make it so.

Rule: every claim of the old draft that is vouched for must still be made, and none that is new.
"""

from collections.abc import Sequence

from listing import Claim, EvidenceLedger, ListingDocument
from tools.audit import revise
from tools.editing.catalogue import catalogue
from tools.editing.facts import appended
from tools.editing.own_words import sentences
from tools.editing.reading import DraftReader
from tools.normalise import canonical, same_value
from tools.normalise.canonical import accessory_set

NAMED = ("brand", "model", "title", "author")
"""What even a short text says."""


def lost_facts(before: Sequence[Claim], after: Sequence[Claim], text: str = "") -> list[Claim]:
    """Return the claims that were vouched for before and are stated no more, once each.

    What `text` still says word for word is not lost, whatever the language around it.
    """
    now = {(c.attribute, item) for c in after if c.verdict == "supported" for item in _items(c)}
    found: dict[tuple[str, str], Claim] = {}
    for claim in before:
        if claim.verdict == "supported" and claim.value and not (text and claim.text in text):
            for item in _items(claim):
                if (claim.attribute, item) not in now and not _alike(claim, item, after):
                    found.setdefault((claim.attribute, item), claim)
    return list({id(c): c for c in found.values()}.values())


def _items(claim: Claim) -> tuple[str, ...]:
    if claim.attribute == "accessories":
        return accessory_set(claim.value)
    return (canonical(claim.attribute, claim.value),)


def _alike(claim: Claim, item: str, after: Sequence[Claim]) -> bool:
    """Said in other words: a size in another system, part of a maker's name."""
    return any(
        c.attribute == claim.attribute and c.verdict == "supported"
        and (same_value(c.attribute, c.value, item)
             or (c.attribute in ("brand", "author")
                 and set(canonical(c.attribute, claim.value).split())
                 & set(canonical(c.attribute, c.value).split())))
        for c in after
    )  # fmt: skip


def distinct(claims: Sequence[Claim]) -> set[tuple[str, str]]:
    """Return attribute and canonical value of the claims that are vouched for."""
    return {
        (c.attribute, canonical(c.attribute, c.value)) for c in claims if c.verdict == "supported"
    }


def reread(
    reader: DraftReader, document: ListingDocument, title: str, description: str
) -> ListingDocument:
    """Return the document with these texts, read without what was read of the old ones."""
    texts = {"title": title, "description": description, "claims": []}
    return reader.refreshed(document.model_copy(update=texts))


def made_up(before: ListingDocument, after: ListingDocument) -> list[Claim]:
    """Return the claims of `after` that nobody vouches for, or that `before` did not make."""
    return [
        c
        for c in after.claims
        if c.verdict != "general" and (c.verdict != "supported" or lost_facts([c], before.claims))
    ]


def without_made_up(
    reader: DraftReader, document: ListingDocument, title: str, description: str
) -> ListingDocument | None:
    """Return the document with the new texts less what they make up; None where some is left.

    The old title stays where the new one loses a fact or makes one up.
    """
    if title != document.title:
        trial = reread(reader, document, title or document.title, "")
        old = [c for c in document.claims if c.field == "title"]
        if lost_facts(old, trial.claims) or made_up(document, trial):
            title = document.title
    new = reread(reader, document, title, without_repeats(description))
    false = made_up(document, new)
    if false:
        told = [c for c in new.claims if c not in false]
        done = revise(
            new.title,
            new.description,
            [*told, *(c.model_copy(update={"verdict": "unsupported"}) for c in false)],
            EvidenceLedger(document.evidence),
            category_name=document.category.path[-1] if document.category else "",
            template=reader.template(document),
        )
        new = reread(reader, document, done.title, done.description)
    return None if not new.description.strip() or made_up(document, new) else new


def without_repeats(text: str) -> str:
    """Return the text without sentences that it has before, whole or as a beginning."""
    kept: list[str] = []
    told: list[str] = []
    for start, end in sentences(text):
        words = text[start:end]
        key = words.casefold().rstrip(".!?。！？ ")
        if key and not any(other.startswith(key) for other in told):
            told.append(key)
            kept.append(words)
    return text if len(kept) == len(sentences(text)) else " ".join(kept)


def said_again(
    reader: DraftReader, new: ListingDocument, old: ListingDocument, lost: Sequence[Claim]
) -> ListingDocument:
    """Return the new text with what it lost, in a template's sentence or in the old one."""
    words = catalogue("zh" if new.language == "zh" else "en")
    for claim in lost:
        if not lost_facts([claim], new.claims):
            continue
        known = reader.template(old).get(claim.attribute) is not None
        if known or claim.attribute in ("condition", "accessories", "colour"):
            spec = reader.spec(old, claim.attribute)
            sentence = words.fact(claim.attribute, claim.value, spec)
        else:
            sentence = _sentence_of(old, claim)
        text = new.description.rstrip()
        text += "" if text.endswith((*".!?。！？”",)) else "."
        new = reread(reader, old, new.title, appended(text, sentence))
    return new


def _sentence_of(document: ListingDocument, claim: Claim) -> str:
    """The sentence of the old description that makes the claim; the claim's words of a title."""
    text = document.description
    if claim.field == "description":
        for span in sentences(text):
            if span.touches(claim.start, claim.end):
                return text[span.start : span.end]
    return f"{claim.text[:1].upper()}{claim.text[1:]}."
