"""What vouches for words of a listing, told to its seller.

Rule: only what the document holds is told; where nobody vouches, that is said.
"""

import re
from collections.abc import Callable, Iterator

from listing import Claim, Evidence, ListingDocument
from listing.claim import ClaimField
from tools.editing.catalogue import Catalogue, catalogue
from tools.editing.edited import Edited
from tools.editing.own_words import own_passages, text_of
from tools.editing.prices import show_price
from tools.editing.reading import DraftReader
from tools.normalise import attribute_key, mentions, phrase_key, same_value
from tools.normalise.data import flexible

_FIELDS: tuple[ClaimField, ClaimField] = ("title", "description")


def explain(reader: DraftReader, document: ListingDocument, words: str) -> Edited:
    """Return the document as it is, and who vouches for `words`.

    They may be any words of the draft, an attribute's name or label in English or Chinese, or a
    value. `data` has `claim` (None where no claim is meant) and `evidence`, as JSON.
    """
    say = catalogue(reader.language)
    asked = words.strip().strip("\"'“”‘’.?？。!「」").strip()
    name = _attribute(reader, document, asked)
    if name == "price":
        return Edited(document, _price(say, document), changed=False, data=_data(None, []))
    if name == "category" and document.category is not None:
        key = "why_category_seller" if _seller_filed(document) else "why_category"
        named = _category(reader, document)
        return Edited(document, say.say(key, value=named), changed=False, data=_data(None, []))
    claim = _claim(reader, document, asked, name)
    if claim is not None:
        return _told(reader, document, claim)
    if (known := name or _holder(document, asked)) in document.attributes:
        return _known(reader, document, known or "")
    return _no_claim(reader, document, asked)


def _attribute(reader: DraftReader, document: ListingDocument, asked: str) -> str | None:
    """The attribute that the words name, by its key or by a label of either language."""
    key = phrase_key(asked).removeprefix("the ")
    names = [*reader.template(document).names, *document.attributes, "price", "category"]
    names += [c.attribute for c in document.claims]
    for name in dict.fromkeys(names):
        spec = reader.spec(document, name)
        labels = {name.replace("_", " "), spec.label}
        labels |= {catalogue(code).label(name, spec) for code in ("en", "zh")}
        if key in {phrase_key(label) for label in labels}:
            return name
    found = attribute_key(asked)
    return found if found in names else None


def _claim(
    reader: DraftReader, document: ListingDocument, asked: str, name: str | None
) -> Claim | None:
    """The claim that is meant: word for word, of the attribute, around the words, by value."""
    claims = sorted(document.claims, key=lambda c: c.verdict == "supported")
    key = phrase_key(asked)
    named = _named_within(reader, document, key)
    tests: list[Callable[[Claim], bool]] = [
        lambda c: bool(key) and phrase_key(c.text) == key,
        lambda c: c.attribute == name and bool(c.value),
        lambda c: any(f == c.field and s < c.end and c.start < e
                      for f, s, e in _occurrences(document, asked)),
        lambda c: bool(key) and bool(c.value) and _means(c, asked),
        lambda c: c.attribute in named,
    ]  # fmt: skip
    for test in tests:
        if (found := next((c for c in claims if test(c)), None)) is not None:
            return found
    return None


def _named_within(reader: DraftReader, document: ListingDocument, key: str) -> set[str]:
    """The attributes whose label is among the words asked about, or whose claim is."""
    found = set()
    for claim in document.claims:
        spec = reader.spec(document, claim.attribute)
        labels = {catalogue(code).label(claim.attribute, spec) for code in ("en", "zh")}
        if any(re.search(flexible(word), key, re.I) for word in (*labels, claim.text) if word):
            found.add(claim.attribute)
    return found


def _means(claim: Claim, asked: str) -> bool:
    if same_value(claim.attribute, claim.value, asked):
        return True
    value = catalogue("zh").read_value(claim.attribute, asked)
    return same_value(claim.attribute, claim.value, value) or any(
        same_value(claim.attribute, claim.value, m.value) for m in mentions(claim.attribute, asked)
    )


def _occurrences(document: ListingDocument, asked: str) -> Iterator[tuple[ClaimField, int, int]]:
    if asked:
        for field in _FIELDS:
            pattern = re.escape(asked)
            if asked.isascii():
                pattern = rf"(?<!\w){pattern}(?!\w)"
            for match in re.finditer(pattern, text_of(document, field), re.IGNORECASE):
                yield field, match.start(), match.end()


def _holder(document: ListingDocument, asked: str) -> str | None:
    """The attribute that has this value, though the draft does not state it."""
    zh = catalogue("zh")
    for name, value in document.attributes.items():
        if asked and same_value(name, value.value, zh.read_value(name, asked)):
            return name
    return None


def _told(reader: DraftReader, document: ListingDocument, claim: Claim) -> Edited:
    say = catalogue(reader.language)
    label = say.label(claim.attribute, reader.spec(document, claim.attribute))
    items = _items(document, claim.evidence)
    data = _data(claim, items)
    names = {"words": claim.text, "label": label}
    if claim.verdict == "contradicted" and items:
        other = _other(say, document, items[0])
        text = say.say("why_contradicted", other=other, **names)
    elif claim.verdict == "supported" and items:
        text = _vouched(say, document, items[0], names)
    else:
        key = "why_general" if claim.verdict == "general" else "why_unsupported"
        text = say.say(key, **names)
    return Edited(document, text, changed=False, data=data)


def _vouched(
    say: Catalogue, document: ListingDocument, item: Evidence, names: dict[str, str]
) -> str:
    if item.kind == "seller":
        return say.say("why_seller", quote=_quote(item), **names)
    if item.kind == "photo":
        return say.say("why_photo", **names)
    found = next((r for r in document.references if f"listing:{r.id}" == item.source), None)
    alike = found is not None and found.match == "identical"
    key = "why_listing" if alike else "why_listing_similar"
    return say.say(key, title=_title(document, item), quote=_quote(item), **names)


def _other(say: Catalogue, document: ListingDocument, item: Evidence) -> str:
    if item.kind == "seller":
        return say.say("why_other_seller", quote=_quote(item))
    if item.kind == "photo":
        return say.say("why_other_photo", value=say.value(item.attribute or "", item.value or ""))
    return say.say("why_other_listing", title=_title(document, item), quote=_quote(item))


def _quote(item: Evidence) -> str:
    words = " ".join(item.text.split())
    return words if len(words) <= 160 else words[:159].rstrip() + "…"


def _title(document: ListingDocument, item: Evidence) -> str:
    found = next((r.title for r in document.references if f"listing:{r.id}" == item.source), None)
    return found or item.source.removeprefix("listing:")


def _known(reader: DraftReader, document: ListingDocument, name: str) -> Edited:
    """A value that is known, though the draft does not state it."""
    say, stated = catalogue(reader.language), document.attributes[name]
    items = _items(document, stated.evidence)
    label = say.label(name, reader.spec(document, name))
    value = say.value(name, stated.value)
    other = _other(say, document, items[0]) if items else stated.source
    text = say.say("why_value", label=label[:1].upper() + label[1:], value=value, other=other)
    return Edited(document, text, changed=False, data=_data(None, items))


def _no_claim(reader: DraftReader, document: ListingDocument, asked: str) -> Edited:
    say = catalogue(reader.language)
    for field, start, end in _occurrences(document, asked):
        own = any(s.start <= start and end <= s.end for s in own_passages(document, field))
        key = "why_hand" if own else "why_plain"
        return Edited(document, say.say(key, words=asked), changed=False, data=_data(None, []))
    if document.category and asked and asked.casefold() in _category_names(reader, document):
        text = say.say("why_category", value=_category(reader, document))
        return Edited(document, text, changed=False, data=_data(None, []))
    names = dict.fromkeys([*document.attributes, *(c.attribute for c in document.claims)])
    labels = [
        say.label(n, reader.spec(document, n)) for n in names if n not in ("statement", "general")
    ]
    if not labels:
        return Edited(document, say.say("why_nothing"), changed=False, data=_data(None, []))
    facts = say.say("and").join(labels[:8])
    text = say.say("why_unknown", words=asked, facts=facts)
    return Edited(document, text, changed=False, data=_data(None, []))


def _price(say: Catalogue, document: ListingDocument) -> str:
    parts = []
    if document.asking_price is not None:
        price = document.asking_price
        shown = show_price(price.amount, price.currency)
        parts.append(say.say("why_asking", price=shown))
    if document.price is not None:
        band = document.price
        count = sum(r.price is not None for r in document.references)
        low, high = (show_price(a, band.currency) for a in (band.low, band.high))
        key = "why_price" if count > 1 else "why_price_one"
        parts.append(say.say(key, low=low, high=high, count=count))
    return " ".join(parts) or say.say("why_no_price")


def _category(reader: DraftReader, document: ListingDocument) -> str:
    if document.category is None:
        return ""
    known = reader.taxonomy.get(document.category.id)
    if reader.language == "zh" and known and known.path_zh:
        return known.path_zh[-1]
    return document.category.path[-1]


def _category_names(reader: DraftReader, document: ListingDocument) -> set[str]:
    known = reader.taxonomy.get(document.category.id) if document.category else None
    both = (*known.path, *known.path_zh) if known else ()
    return {name.casefold() for name in both} | {name.casefold().rstrip("s") for name in both}


def _seller_filed(document: ListingDocument) -> bool:
    return any(e.kind == "seller" and e.attribute == "category" for e in document.evidence)


def _items(document: ListingDocument, ids: list[str]) -> list[Evidence]:
    by_id = {e.id: e for e in document.evidence}
    return [by_id[i] for i in ids if i in by_id]


def _data(claim: Claim | None, items: list[Evidence]) -> dict[str, object]:
    return {
        "claim": claim.model_dump(mode="json") if claim else None,
        "evidence": [item.model_dump(mode="json") for item in items],
    }
