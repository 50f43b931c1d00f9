"""A title or description that the seller wrote by hand.

Rule: it stands exactly as written. What it newly says is vouched for by the seller, what it leaves
unchanged keeps its evidence, and what it left out is not put back.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from listing import AttributeValue, Claim, ListingDocument, SpannedValue
from listing.claim import ClaimField
from tools.attribute_extract import aextract_attributes
from tools.audit import draft_text
from tools.editing.catalogue import catalogue
from tools.editing.corrections import NewFact
from tools.editing.edited import Edited
from tools.editing.facts import correct
from tools.editing.own_words import merged, said, text_of
from tools.editing.reading import DraftReader
from tools.editing.spans import Span
from tools.normalise import announced, displayed, same_value
from tools.normalise.canonical import accessory_set
from tools.normalise.data import wording
from tools.normalise.kinds import NAMES
from tools.safety import redact_contacts

_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+|[^\w\s]")
_CJK = re.compile(r"[\u3400-\u9fff]")
_CLAUSE = re.compile(
    r"[^\s.,;:!?\n，。；：！？](?:[^.,;:!?\n，。；：！？]*[^\s.,;:!?\n，。；：！？])?"
)
_OTHER: dict[ClaimField, ClaimField] = {"title": "description", "description": "title"}


async def edit_text(
    reader: DraftReader,
    model: BaseChatModel | None,
    document: ListingDocument,
    field: ClaimField,
    new_text: str,
    *,
    source: str,
    config: RunnableConfig | None = None,
) -> Edited:
    """Return the document with `new_text` in the field; `says` names what the rules object to."""
    words = catalogue(reader.language)
    new_text = new_text.strip() if field == "title" else new_text
    if field == "title" and not new_text:
        return Edited(document, words.say("empty_title"), changed=False)
    if new_text == text_of(document, field):
        return Edited(document, words.say("edit_nothing"), changed=False)
    written = changed_spans(text_of(document, field), new_text)
    after = document.model_copy(update={field: new_text})
    after = after.model_copy(update={"language": _language(after)})
    readings = await _read(reader, model, after, config)
    after = reader.refreshed(after, readings)
    new = [c for c in after.claims if c.field == field and _touched(c, written)]
    stated = _stated(reader, document, after, field, new, readings)
    after = _vouched(after, field, written, new, stated, source)
    after = reader.refreshed(after, readings)
    for name, value in stated.items():
        spec = reader.spec(after, name)
        fact = NewFact(spec, value, document.attributes.get(name), source)
        after = correct(reader, after, fact, fields=(_OTHER[field],))
    return Edited(after, _says(words_of=reader, after=after, field=field, stated=stated),
                  data={"stated": stated})  # fmt: skip


def changed_spans(old: str, new: str) -> list[Span]:
    """Return the runs of whole words of `new` that are not taken over from `old`, in order."""
    ours = [m.group().casefold() for m in _TOKEN.finditer(old)]
    places = list(_TOKEN.finditer(new))
    theirs = [m.group().casefold() for m in places]
    found = []
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    for kind, _, _, start, end in matcher.get_opcodes():
        if kind in ("insert", "replace") and start < end:
            span = Span(places[start].start(), places[end - 1].end())
            if any(c.isalnum() for c in new[span.start : span.end]):
                found.append(span)
    return found


def _language(document: ListingDocument) -> str:
    """The language of the text as it stands: zh where most of its letters are Chinese."""
    text = document.description or document.title
    letters = sum(c.isalpha() for c in text)
    if not letters:
        return document.language
    chinese = len(_CJK.findall(text))
    if 3 * chinese > letters:
        return "zh"
    return "en" if document.language == "zh" and not chinese else document.language


async def _read(
    reader: DraftReader,
    model: BaseChatModel | None,
    document: ListingDocument,
    config: RunnableConfig | None,
) -> list[SpannedValue]:
    """The model's readings; names only where they look like one: it guesses at those."""
    if model is None:
        return []
    text = draft_text(document.title, document.description)
    found = await aextract_attributes(model, text, reader.template(document), config=config)
    return [v for v in found if v.attribute not in NAMES or _name_like(text, v)]


def _name_like(text: str, value: SpannedValue) -> bool:
    inside = text[: value.start].rstrip()[-1:] not in ("", ".", "!", "?", "\n")
    return any(c.isdigit() for c in value.value) or (inside and value.value[:1].isupper())


def _touched(claim: Claim, written: Sequence[Span]) -> bool:
    return bool(claim.value) and any(s.touches(claim.start, claim.end) for s in written)


def _stated(
    reader: DraftReader,
    before: ListingDocument,
    after: ListingDocument,
    field: ClaimField,
    new: Sequence[Claim],
    readings: Sequence[SpannedValue],
) -> dict[str, str]:
    """The attributes that the new words state, each with the first value that they give it."""
    template = reader.template(after)
    stated = _renamed(before, field, new)
    for claim in new:
        spec = template.get(claim.attribute)
        if spec is None or spec.name in stated or claim.value.startswith("no "):
            continue
        if spec.name in NAMES and not _is_name(before, after, field, claim, readings):
            continue
        if spec.name == "accessories":
            here = [c for c in after.claims if c.attribute == spec.name]
            things = {i for c in here if c.verdict == "supported" or c in new
                      for i in accessory_set(c.value) if not i.startswith("no ")}  # fmt: skip
            stated[spec.name] = " and ".join(sorted(things))
            continue
        known = not spec.values or displayed(spec, claim.value) in spec.values
        if known or spec.name in wording().dimensions:
            stated[spec.name] = displayed(spec, claim.value)
    return stated


def _renamed(before: ListingDocument, field: ClaimField, new: Sequence[Claim]) -> dict[str, str]:
    """Maker and model where the field had both and now has one unknown name with a code in it."""
    here = {c.attribute for c in before.claims if c.field == field and c.verdict == "supported"}
    names = [c for c in new if c.attribute in ("brand", "model")]
    if len(names) != 1 or not {"brand", "model"} <= here:
        return {}
    maker, _, code = names[0].text.partition(" ")
    if not code or not any(ch.isdigit() for ch in code) or any(ch.isdigit() for ch in maker):
        return {}
    return {"brand": maker, "model": code}


def _is_name(
    before: ListingDocument,
    after: ListingDocument,
    field: ClaimField,
    claim: Claim,
    readings: Sequence[SpannedValue],
) -> bool:
    """The words are called a name, were read as one, or stand where the draft had one."""
    text = text_of(after, field)
    if announced(claim.attribute, text, claim.start, claim.end):
        return True
    if any(v.attribute == claim.attribute and v.value == claim.text for v in readings):
        return True
    listed = (e.value for e in before.evidence if e.kind == "reference" and e.value
              and e.attribute == claim.attribute)  # fmt: skip
    if any(same_value(claim.attribute, value, claim.value) for value in listed):
        return True
    if claim.attribute == "model" and any(c.isdigit() for c in claim.text):
        return any(
            c.attribute == "brand" and c.field == field and text[c.end : claim.start].isspace()
            for c in after.claims
        )
    return any(
        c.attribute == claim.attribute and c.field == field and c.text not in text
        for c in before.claims
    )


def _vouched(
    document: ListingDocument,
    field: ClaimField,
    written: Sequence[Span],
    new: Sequence[Claim],
    stated: dict[str, str],
    source: str,
) -> ListingDocument:
    """The document with values and passages in the ledger; passages last, so that they hold."""
    text = text_of(document, field)
    attributes = dict(document.attributes)
    for name, value in stated.items():
        claim = next((c for c in new if c.attribute == name), None)
        start = claim.start if claim and claim.text != value else text.find(value)
        end = claim.end if claim and claim.text != value else start + len(value)
        document, item = said(
            document, source, text[start:end], attribute=name, value=value, start=start, end=end
        )
        attributes[name] = AttributeValue(
            value=value, source="seller", confidence=1.0, evidence=[item.id]
        )
    whole = merged([*written, *(Span(c.start, c.end) for c in new)])
    for span in whole:
        for start, end in _without_contacts(text, span):
            document, _ = said(document, source, text[start:end], start=start, end=end)
    return document.model_copy(update={"attributes": attributes})


def _without_contacts(text: str, span: Span) -> list[Span]:
    """The passage, or those of its clauses that hold no contact data, which no record keeps."""
    words = text[span.start : span.end]
    if redact_contacts(words) == words:
        return [span]
    clauses = (Span(span.start + m.start(), span.start + m.end()) for m in _CLAUSE.finditer(words))
    return [c for c in clauses if redact_contacts(text[c.start : c.end]) == text[c.start : c.end]]


def _says(
    *, words_of: DraftReader, after: ListingDocument, field: ClaimField, stated: dict[str, str]
) -> str:
    words = catalogue(words_of.language)
    parts = [words.say(f"{field}_edited")]
    if stated:
        facts = (
            f"{words.label(name, words_of.spec(after, name))} {words.value(name, value)}"
            for name, value in stated.items()
        )
        parts.append(words.say("edit_found", facts=words.say("and").join(facts)))
    against = dict.fromkeys(
        f"“{c.text}”" for c in after.claims if c.verdict == "contradicted" and c.attribute in stated
    )
    if against:
        parts.append(words.say("edit_against", words=words.say("and").join(against)))
    notices = dict.fromkeys(f.notice for f in after.safety.text if f.where == field)
    if notices:
        parts.append(words.say("rules", notices=" ".join(notices)))
    return (" " if words.language == "en" else "").join(parts)
