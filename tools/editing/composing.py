"""A listing put together from what is vouched for, by templates, in Chinese or English.

Rule: it states the values that the draft stated and no other; sentences that no template can say
stand in the seller's words. What it says is read back by the audit, as any draft is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from listing import AttributeSpec, Claim, ListingDocument
from tools.editing.catalogue import Catalogue, catalogue
from tools.editing.own_words import own_passages, sentences, text_of
from tools.editing.reading import DraftReader
from tools.editing.spans import Span
from tools.normalise import same_value
from tools.normalise.canonical import accessory_set
from tools.normalise.kinds import SINGULAR

_HEAD = ("brand", "model", "title", "author")
_IN_TITLE = ("storage", "memory", "size", "colour", "condition")
_QUOTED = re.compile(r"卖家原话：“([^”]*)”")
_TALK = ("general", "price")


@dataclass(frozen=True)
class Fact:
    """A value that the draft states and somebody vouches for."""

    spec: AttributeSpec
    value: str


@dataclass(frozen=True)
class Told:
    """Everything that a draft tells: values, known claims beyond them, sentences as they are."""

    facts: tuple[Fact, ...]
    statements: tuple[Claim, ...]
    own: tuple[str, ...]


@dataclass(frozen=True)
class Composed:
    """A title and a description."""

    title: str
    description: str


def told(reader: DraftReader, document: ListingDocument, language: str) -> Told:
    """Return what the document's draft tells, as far as `language` has templates for it."""
    template = reader.template(document)
    good = [c for c in document.claims if c.verdict == "supported" and c.value]
    names = [n for n in template.names if any(c.attribute == n for c in good)]
    plain = ("condition", "accessories", "colour")
    names += [n for n in plain if n not in names and any(c.attribute == n for c in good)]
    facts = tuple(
        Fact(reader.spec(document, n), _value(document, n, [c for c in good if c.attribute == n]))
        for n in names
    )
    words = catalogue(language)
    rest = [c for c in good if c.attribute not in names and c.attribute not in _TALK]
    known = {(c.attribute, c.value): c for c in rest if words.statement(c.attribute, c.value)}
    other = [c for c in rest if (c.attribute, c.value) not in known]
    other += [c for f in facts for c in good if c.attribute == f.spec.name and not _same(f, c)]
    return Told(facts, tuple(known.values()), tuple(_sentences(document, other, language)))


def _same(fact: Fact, claim: Claim) -> bool:
    if fact.spec.name == "accessories":
        return True
    return same_value(fact.spec.name, fact.value, claim.value)


def _value(document: ListingDocument, name: str, claims: Sequence[Claim]) -> str:
    """The known value where the draft states it, else what the draft says."""
    if name == "accessories":
        things = {i for c in claims for i in accessory_set(c.value)}
        some = {i for i in things if i != "none"}
        return " and ".join(sorted(some or things))
    known = document.attributes.get(name)
    if known and any(same_value(name, known.value, c.value) for c in claims):
        return known.value
    return claims[0].value


def _sentences(document: ListingDocument, claims: Sequence[Claim], language: str) -> list[str]:
    """Sentences that hold these claims or the seller's own hand, once each, in text order."""
    text = document.description
    spans = [Span(c.start, c.end) for c in claims if c.field == "description"]
    if document.language == language:
        spans += own_passages(document, "description")
    found = []
    for sentence in sentences(text):
        if any(s.touches(*sentence) for s in spans):
            words = text[sentence.start : sentence.end]
            quoted = _QUOTED.search(words)
            found.append(quoted[1] if quoted else words)
    found += [
        text_of(document, c.field)[c.start : c.end] for c in claims
        if c.field == "title" and not any(c.text.casefold() in f.casefold() for f in found)
    ]  # fmt: skip
    return list(dict.fromkeys(found))


def compose(
    reader: DraftReader, document: ListingDocument, language: str, style: str = "plain"
) -> Composed:
    """Return the draft's facts as a listing in `language`.

    `style` is plain, shorter, longer, warmer or plainer. The facts are the same in each.
    """
    what = told(reader, document, language)
    if language == "zh":
        return _chinese(reader, document, what, style)
    return _english(reader, document, what)


def _by_name(what: Told) -> dict[str, Fact]:
    return {fact.spec.name: fact for fact in what.facts}


def _chinese(reader: DraftReader, document: ListingDocument, what: Told, style: str) -> Composed:
    words, facts = catalogue("zh"), _by_name(what)
    kind, count = _kind_zh(reader, document)
    name = _name_zh(facts, kind)
    tail = [words.value(n, facts[n].value) for n in _IN_TITLE if n in facts]
    title = " ".join([name, *tail])
    head = {n for n in _HEAD if n != "author" or "title" in facts}
    rest = [f for f in what.facts if f.spec.name not in (*head, "accessories")]
    extra = [words.fact(f.spec.name, f.value, f.spec)
             for f in what.facts if f.spec.name == "accessories"]  # fmt: skip
    stated = (words.statement(c.attribute, c.value) or "" for c in what.statements)
    extra += [words.file.facts["statement"].format(value=value) for value in stated]
    own = [_own_zh(words, sentence) for sentence in what.own]
    if style == "plainer":
        lines = [words.labelled(f.spec.name, f.value, f.spec) for f in what.facts
                 if f.spec.name != "accessories"]  # fmt: skip
        return Composed(title, "\n".join([*lines, *extra, *own]) or title)
    opening = words.file.facts["opening"]
    count += " " if name[0].isascii() else ""
    if style == "longer":
        body = opening.format(count=count, name=name, details="")
        body += "".join(words.labelled(f.spec.name, f.value, f.spec) for f in rest)
    else:
        details = "".join("，" + _inline(words, f) for f in rest)
        body = opening.format(count=count, name=name, details=details)
    end = "" if style == "shorter" else words.file.facts["end_warm" if style == "warmer" else "end"]
    return Composed(title, body + "".join(extra) + "".join(own) + end)


def _own_zh(words: Catalogue, sentence: str) -> str:
    """A sentence that no template can say: Chinese as it is, anything else as a quotation."""
    if re.search(r"[\u3400-\u9fff]", sentence):
        return sentence if sentence[-1] in "。！？”" else sentence + "。"
    return words.file.facts["quote"].format(value=sentence)


def _inline(words: Catalogue, fact: Fact) -> str:
    name = fact.spec.name
    own_label = fact.spec.label.replace(" ", "_") != name and fact.spec.label != "connection"
    pattern = words.file.inline.get(name)
    if pattern is None or own_label:
        pattern = words.file.inline["default"]
    label = words.label(name, fact.spec)
    return pattern.format(label=label, value=words.value(name, fact.value))


def _kind_zh(reader: DraftReader, document: ListingDocument) -> tuple[str, str]:
    """What the thing is called, and how many of it: 手机, 一部."""
    file = catalogue("zh").file
    category = reader.taxonomy.get(document.category.id) if document.category else None
    if category is None or not category.path_zh:
        return file.facts["thing"], file.measure["default"]
    own = category.path_zh[-1]
    counts = [file.measure[name] for name in category.path_zh[::-1] if name in file.measure]
    return file.kinds.get(own, own), counts[0] if counts else file.measure["default"]


def _name_zh(facts: dict[str, Fact], kind: str) -> str:
    if "title" in facts:
        author = f" {facts['author'].value} 著" if "author" in facts else ""
        return f"《{facts['title'].value}》{author}"
    names = [facts[n].value for n in ("brand", "model") if n in facts]
    return " ".join([*names, kind])


def _english(reader: DraftReader, document: ListingDocument, what: Told) -> Composed:
    words, facts = catalogue("en"), _by_name(what)
    noun = _noun(document)
    if "title" in facts:
        name = facts["title"].value
        name += f" by {facts['author'].value}" if "author" in facts else ""
        opening = words.file.facts["opening_book"].format(name=name)
    else:
        name = " ".join([*(facts[n].value for n in ("brand", "model") if n in facts), noun])
        pair = noun.split()[-1] in ("shoes", "sneakers", "headphones", "skates", "trousers")
        article = "a pair of" if pair else "an" if name[0].lower() in "aeiou" else "a"
        opening = words.file.facts["opening"].format(article=article, name=name)
    tail = [facts[n].value for n in _IN_TITLE if n in facts and n != "condition"]
    title = ", ".join([name[:1].upper() + name[1:], *tail])
    head = {n for n in _HEAD if n != "author" or "title" in facts}
    body = [words.fact(f.spec.name, f.value, f.spec) for f in what.facts if f.spec.name not in head]
    body += [words.statement(c.attribute, c.value) or "" for c in what.statements]
    return Composed(title, " ".join([opening, *(b for b in body if b), *what.own]))


def _noun(document: ListingDocument) -> str:
    if document.category is None:
        return "item"
    words = document.category.path[-1].split()
    last = words[-1].lower()
    if last in ("sneakers", "headphones", "trousers", "skates", "shoes", "shorts"):
        return " ".join(words).lower()
    for ending, instead in SINGULAR:
        if re.search(ending, last):
            last = re.sub(ending, instead, last)
            break
    return " ".join([*(w.lower() for w in words[:-1]), last])
