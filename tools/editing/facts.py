"""One fact in a draft: made to say it, or to say nothing of it.

Rule: what contradicts the seller's word is corrected in place, what cannot be is cut and said anew,
and a cut takes no other fact along.
"""

from collections.abc import Sequence

from listing import AttributeSpec, ListingDocument
from listing.claim import ClaimField
from tools.editing.catalogue import catalogue
from tools.editing.corrections import FIELDS, NewFact, cut, replaced
from tools.editing.reading import DraftReader
from tools.normalise import canonical, same_value
from tools.normalise.canonical import accessory_set

NOTHING_SAID = ("Details on request.", "")
"""Descriptions that state nothing, and give way to the first fact."""
_ROUNDS = 3


def states(document: ListingDocument, spec: AttributeSpec, value: str) -> bool:
    """Return whether a claim that is vouched for states the value; of several things each."""
    if spec.name == "accessories":
        return set(accessory_set(value)) <= _told_things(document)
    return any(
        same_value(spec.name, c.value, value)
        for c in document.claims
        if c.attribute == spec.name and c.verdict == "supported"
    )


def put_fact(reader: DraftReader, document: ListingDocument, fact: NewFact) -> ListingDocument:
    """Return the document with a draft that states the fact and nothing against it.

    The value is in the ledger already. A document without any text gets none, and a sentence that
    the rules forbid is not written.
    """
    corrected = correct(reader, document, fact)
    document = kept_facts(reader, document, corrected, fact.spec)
    text = document.title.strip() or document.description.strip()
    if not text or states(document, fact.spec, fact.value):
        return document
    words = catalogue("zh" if document.language == "zh" else "en")
    spec, missing = fact.spec, _missing(document, fact)
    longer = document
    for sentence in (
        words.fact(spec.name, missing, spec),
        words.labelled(spec.name, missing, spec),
    ):
        if any(f.action == "block" for f in reader.policy.check_text(sentence, "description")):
            return document
        text = appended(document.description, sentence)
        longer = reader.refreshed(document.model_copy(update={"description": text}))
        if states(longer, spec, fact.value):
            break
    return longer


def correct(
    reader: DraftReader,
    document: ListingDocument,
    fact: NewFact,
    fields: Sequence[ClaimField] = FIELDS,
) -> ListingDocument:
    """Return the document without contradictions of the fact in `fields`."""
    document = reader.refreshed(document)
    for _ in range(_ROUNDS):
        wrong = [
            c
            for c in document.claims
            if c.attribute == fact.spec.name and c.verdict == "contradicted" and c.field in fields
        ]
        if not wrong:
            break
        after = replaced(reader, document, fact, wrong)
        if after is None:
            after = cut(reader, document, wrong, fact.source, fields)
        if _same_text(after, document):
            break
        document = after
    return document


def drop_fact(
    reader: DraftReader, document: ListingDocument, spec: AttributeSpec, source: str
) -> ListingDocument:
    """Return the document with a draft that says nothing of the attribute."""
    before = document = reader.refreshed(document)
    for _ in range(_ROUNDS):
        claims = [c for c in document.claims if c.attribute == spec.name]
        if not claims:
            break
        shorter = cut(reader, document, claims, source)
        if _same_text(shorter, document):
            break
        document = shorter
    return kept_facts(reader, before, document, spec)


def kept_facts(
    reader: DraftReader, before: ListingDocument, after: ListingDocument, spec: AttributeSpec
) -> ListingDocument:
    """Return `after` with those known facts stated anew that went with what was cut."""
    told = {c.attribute for c in before.claims if c.verdict == "supported"} - {spec.name}
    words = catalogue("zh" if after.language == "zh" else "en")
    for name in sorted(told & after.attributes.keys()):
        other, value = reader.spec(after, name), after.attributes[name].value
        if states(before, other, value) and not states(after, other, value):
            text = appended(after.description, words.fact(name, value, other))
            after = reader.refreshed(after.model_copy(update={"description": text}))
    return after


def appended(text: str, sentence: str) -> str:
    """Return the text with one more sentence, on a line of its own after an unfinished one.

    A Chinese closing sentence of the catalogue stays last.
    """
    if text.strip() in NOTHING_SAID:
        return sentence
    text = text.rstrip()
    for end in ("end", "end_warm"):
        close = catalogue("zh").file.facts[end]
        if text.endswith(close):
            return text.removesuffix(close) + sentence + close
    if text[-1] in "。！？”":
        return text + sentence
    return f"{text} {sentence}" if text[-1] in ".!?" else f"{text}\n{sentence}"


def same_fact(attribute: str, one: str, other: str) -> bool:
    """Return whether both values are the same to the market."""
    if attribute == "accessories":
        return accessory_set(one) == accessory_set(other)
    return canonical(attribute, one) == canonical(attribute, other)


def _same_text(one: ListingDocument, other: ListingDocument) -> bool:
    return (one.title, one.description) == (other.title, other.description)


def _missing(document: ListingDocument, fact: NewFact) -> str:
    """What of the value the draft does not say yet: of accessories only those left out."""
    if fact.spec.name != "accessories":
        return fact.value
    told = _told_things(document)
    return " and ".join(i for i in accessory_set(fact.value) if i not in told) or fact.value


def _told_things(document: ListingDocument) -> set[str]:
    return {
        item
        for c in document.claims
        if c.attribute == "accessories" and c.verdict == "supported"
        for item in accessory_set(c.value)
    }
