"""What a seller states of the item, or takes back: into ledger, attributes and draft.

Rule: the value is written as the template spells it, the words are kept as they were said, and the
same statement twice changes nothing.
"""

import re
from dataclasses import dataclass

from listing import AttributeSpec, AttributeValue, ListingDocument
from tools.editing.catalogue import Catalogue, catalogue
from tools.editing.corrections import NewFact
from tools.editing.edited import Edited
from tools.editing.facts import drop_fact, put_fact, same_fact, states
from tools.editing.own_words import OPEN, said
from tools.editing.reading import DraftReader
from tools.normalise import displayed, is_placeholder
from tools.normalise.canonical import accessory_set
from tools.safety import redact_contacts

_NAMES = ("brand", "model")
_ARTICLE = re.compile(r"^(?:[Tt]he|an?|[Ii]t'?s|[Ii]t is)\s+(?=\S*[A-Za-z])")
_NOTHING = ("nothing", "no", "none", "no accessories")
"""How sellers say that nothing comes along."""


@dataclass(frozen=True)
class Message:
    """Where the seller said something: `text[start:end]` of the message `source`."""

    source: str
    text: str = ""
    start: int | None = None
    end: int | None = None
    span_id: str = ""

    @property
    def words(self) -> str:
        """The quoted words, the whole message where no place is given; without contact data."""
        placed = self.start is not None and self.end is not None
        return redact_contacts(self.text[self.start : self.end] if placed else self.text)


@dataclass(frozen=True)
class Statements:
    """Enters statements into documents; says what came of them in the reader's language."""

    reader: DraftReader

    @property
    def words(self) -> Catalogue:
        """The words of the seller's language."""
        return catalogue(self.reader.language)

    def state(
        self, document: ListingDocument, spec: AttributeSpec, value: str, message: Message
    ) -> Edited:
        """Return the document with the value as the seller's word."""
        value = self.words.read_value(spec.name, catalogue("zh").read_value(spec.name, value))
        if is_placeholder(value) and value.casefold() not in _NOTHING:
            label = self.words.label(spec.name, spec)
            says = self.words.say("unclear_value", value=value, label=label)
            return Edited(document, says, changed=False)
        shown = _shown(document, spec, value, message.text)
        if shown != "none" and (notice := self._forbidden(shown)):
            return Edited(document, self.words.say("blocked", notice=notice), changed=False)
        before = document.attributes.get(spec.name)
        if _known(document, spec, shown, before):
            return Edited(document, self._say("already", spec, shown), changed=False)
        after, item = said(
            document, message.source, message.words or shown, span_id=message.span_id,
            attribute=spec.name, value=shown, start=message.start, end=message.end,
        )  # fmt: skip
        stated = AttributeValue(value=shown, source="seller", confidence=1.0, evidence=[item.id])
        after = after.model_copy(update={"attributes": {**after.attributes, spec.name: stated}})
        after = put_fact(self.reader, after, NewFact(spec, shown, before, message.source))
        data = {"attribute": spec.name, "value": shown}
        if before is None or same_fact(spec.name, before.value, shown):
            return Edited(after, self._say("stated", spec, shown), data=data)
        old = self.words.value(spec.name, before.value)
        return Edited(after, self._say("corrected", spec, shown, old=old), data=data)

    def take_back(self, document: ListingDocument, spec: AttributeSpec, message: Message) -> Edited:
        """Return the document without the attribute; it is not asked again."""
        before = document.attributes.get(spec.name)
        stated = [c for c in document.claims if c.attribute == spec.name and c.value]
        if before is None and not stated:
            label = self.words.label(spec.name, spec)
            return Edited(document, self.words.say("not_stated", label=label), changed=False)
        after = _left_open(document, spec.name, message)
        rest = {n: v for n, v in after.attributes.items() if n != spec.name}
        after = after.model_copy(update={"attributes": rest})
        after = drop_fact(self.reader, after, spec, message.source)
        value = before.value if before else stated[0].value
        return Edited(after, self._say("taken_back", spec, value), data={"attribute": spec.name})

    def skip(self, document: ListingDocument, spec: AttributeSpec, message: Message) -> Edited:
        """Return the document with the question left open."""
        after = _left_open(document, spec.name, message)
        after = after.model_copy(update={"questions": self.reader.questions(after)})
        says = self.words.say("skipped", label=self.words.label(spec.name, spec))
        return Edited(after, says, changed=after != document)

    def _say(self, key: str, spec: AttributeSpec, value: str, **more: str) -> str:
        label = self.words.label(spec.name, spec)
        return self.words.say(key, label=label, value=self.words.value(spec.name, value), **more)

    def _forbidden(self, words: str) -> str | None:
        """What the rules say against these words in a description; None where nothing."""
        found = self.reader.policy.check_text(words, "description")
        return next((f.notice for f in found if f.action == "block"), None)


def _left_open(document: ListingDocument, attribute: str, message: Message) -> ListingDocument:
    return said(
        document, message.source, message.words, span_id=message.span_id, attribute=attribute,
        value=OPEN,
    )[0]  # fmt: skip


def _shown(document: ListingDocument, spec: AttributeSpec, value: str, text: str) -> str:
    """The value as the template spells it; what comes along adds up over messages."""
    shown = displayed(spec, _ARTICLE.sub("", value) if spec.name in _NAMES else value)
    if spec.name != "accessories":
        return shown
    if shown.casefold() in _NOTHING:
        return "none"
    before = document.attributes.get(spec.name)
    whole = text.strip().casefold() == value.strip().casefold()  # a form's field, not a message
    if whole or before is None or before.source != "seller":
        return shown
    items, old = set(accessory_set(shown)), set(accessory_set(before.value)) - {"none"}
    if "none" in items or not old:
        return shown
    bare = {item.removeprefix("no ") for item in items}
    kept = {item for item in old if item.removeprefix("no ") not in bare}
    return " and ".join(sorted(kept | items))


def _known(
    document: ListingDocument, spec: AttributeSpec, value: str, before: AttributeValue | None
) -> bool:
    """The seller said so before, and the draft says it wherever it can."""
    if before is None or before.source != "seller":
        return False
    if not same_fact(spec.name, before.value, value):
        return False
    text = document.title.strip() or document.description.strip()
    there = value.casefold() in f"{document.title}\n{document.description}".casefold()
    return not text or there or states(document, spec, value)
