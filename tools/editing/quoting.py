"""Whether the seller's message really says a value, and where.

Rule: what the message only denies ("not blue", 不是红色), asks ("is it blue?") or says of another
attribute does not count. Writings that mean the same do: 128gb, dark blue as "blue", 红色 as "red".
"""

import re
from collections.abc import Iterator, Sequence

from listing import AttributeSpec, AttributeTemplate, SpannedValue
from tools.audit.data import audit_wording
from tools.audit.matching import slot_of
from tools.editing.catalogue import catalogue
from tools.editing.prices import find_prices, read_price
from tools.editing.spans import Span
from tools.normalise import (
    attribute_key,
    known_value,
    mentions,
    parse_quantity,
    phrase_key,
    same_value,
    siblings,
)
from tools.normalise.canonical import accessory_set
from tools.normalise.data import flexible, wording

_DENIED = re.compile(
    r"(?:(?:don't|do not|didn't|doesn't|not|never)\s+(?:think|believe|say|said|mean|sure)\s+"
    r"(?:that\s+|if\s+)?"
    r"(?:it'?s|it is|this is|it was|it has|it had|the \w+ is)?\s*(?:an?\s+|in\s+|the\s+)?"
    r"|(?:instead of|rather than|other than|anything but|no longer|forget(?: about)?|remove|delete)"
    r"\s+(?:the\s+|it\s+|an?\s+)?"
    r"|(?:isn't|aren't|wasn't|not|never|no)\s+(?:(?:actually|quite|in|of|at|size|model|all)\s+)*)$",
    re.IGNORECASE,
)
_DENIED_ZH = re.compile(
    r"(?:不是|并非|不算|不属于|不叫|没有?|没带|不带|不含|无|未|别写|不要写|去掉|删掉)[是的有]?\s*$"
)
_WRONG_AFTER = re.compile(
    r"^\s*(?:is|was)\s+(?:wrong|not right|incorrect|not true)|^\s*(?:不对|是错的|错了)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n。！？；;]*(?:\.(?=\d)[^.!?\n。！？；;]*)*[.!?\n。！？；;]?")
_ASKS = re.compile(
    r"^\W*(?:(?:and|so|but|hm+|well|ok(?:ay)?)\W+)?(?:is|are|was|does|did|has|have|why|where|what|"
    r"which|who|how|when)\b.*\?$",
    re.IGNORECASE | re.DOTALL,
)
_ASKS_ZH = re.compile(r"(?:吗|么|呢)\s*[?？]?\s*[。]?$|^(?:为什么|为啥|怎么|哪里)")


def quoted(message: str, spec: AttributeSpec | None, value: str) -> Span | None:
    """Return where `message` says `value` of the attribute, or None where it does not.

    `spec` None: `value` is a price, or words of no attribute in particular. `message[start:end]`
    is never empty; of several places the first that is meant counts. Of several things at once
    ("charger and case") each must be said; the span then reaches from the first to the last.
    """
    if not value.strip():
        return None
    if spec is None:
        if read_price(value) is not None:
            return _price(message, value)
        spec = AttributeSpec(name="statement", label="statement")
    if spec.name == "accessories" and len(items := _things(value)) > 1:
        spans = [quoted(message, spec, item) for item in items]
        found = [s for s in spans if s]
        if len(found) == len(spans):
            return Span(min(s.start for s in found), max(s.end for s in found))
        return None
    places = sorted(set(_places(message, spec, value)))
    return next((p for p in places if _meant(message, spec, p)), None)


def stated_quantities(
    message: str, template: AttributeTemplate, taken: Sequence[SpannedValue]
) -> list[SpannedValue]:
    """Return the known quantities that the message states and `taken` lacks: "128 GB" of storage.

    Only where the words can mean but one attribute and one of its known values.
    """
    found: dict[Span, list[AttributeSpec]] = {}
    for spec in template.attributes:
        for value in spec.values:
            if parse_quantity(value) is not None and (place := quoted(message, spec, value)):
                found.setdefault(place, []).append(spec)
    known = {value.attribute for value in taken}
    return [
        SpannedValue(
            attribute=specs[0].name, value=message[place.start : place.end],
            start=place.start, end=place.end,
        )
        for place, specs in sorted(found.items())
        if len(specs) == 1
        and specs[0].name not in known
        and sum(specs == others for others in found.values()) == 1
        and not any(v.start < place.end and place.start < v.end for v in taken)
    ]  # fmt: skip


def _things(value: str) -> tuple[str, ...]:
    return tuple(part for part in accessory_set(value) if part)


def _price(message: str, value: str) -> Span | None:
    wanted = read_price(value)
    if wanted is None:
        return None
    for place in find_prices(message):
        same = place.price.amount == wanted.amount
        agrees = not wanted.currency or place.price.currency in ("", wanted.currency)
        if same and agrees and not _denied(message, place.start):
            return Span(place.start, place.end)
    free = wanted.amount == 0 and read_price(message) == wanted
    return Span(0, len(message)) if free else None


def _places(message: str, spec: AttributeSpec, value: str) -> Iterator[Span]:
    """Where the value may be said: verbatim, as a quantity, by another word for it."""
    yield from _verbatim(message, value)
    for found in mentions(spec.name, message, (value,)):
        yield Span(found.start, found.end)
    known = known_value(spec.name, value, spec.values) if spec.values else None
    for form in catalogue("zh").forms(spec.name, known or value, heard=True):
        for match in re.finditer(flexible(form), message, re.IGNORECASE):
            yield Span(match.start(), match.end())
    if attribute_key(spec.name) in wording().dimensions and value.strip().isdigit():
        for found in mentions(spec.name, message):
            if same_value(spec.name, found.value, value):
                yield Span(found.start, found.end)


def _verbatim(message: str, value: str) -> Iterator[Span]:
    """The value as written, whatever case and gaps; never a part of a word or of a number."""
    words = value.strip()
    if not phrase_key(words):
        return
    pattern = flexible(words)
    if words[0].isdigit():
        pattern = r"(?<![\d.,:/])" + pattern
    if words[-1].isdigit():
        pattern += r"(?![\d:/]|[.,]\d)"
    flags = re.NOFLAG if len(words) == 1 else re.IGNORECASE
    for match in re.finditer(pattern, message, flags):
        if len(words) > 1 or message[max(0, match.start() - 1) : match.start()] not in ("'", "’"):
            yield Span(match.start(), match.end())


def _meant(message: str, spec: AttributeSpec, place: Span) -> bool:
    """The seller states it: neither denied nor asked nor said of a sibling attribute."""
    if _denied(message, place.start) or _WRONG_AFTER.match(message[place.end :]):
        return False
    return not _asked(message, place) and not _of_another(message, spec, place)


def _denied(message: str, start: int) -> bool:
    before = message[max(0, start - 60) : start]
    if _DENIED.search(before) or _DENIED_ZH.search(before):
        return True
    return audit_wording().negated(message, start)


def _asked(message: str, place: Span) -> bool:
    for sentence in _SENTENCE.finditer(message):
        if sentence.start() <= place.start < sentence.end():
            words = sentence[0].strip()
            return bool(_ASKS.match(words) or _ASKS_ZH.search(words))
    return False


def _of_another(message: str, spec: AttributeSpec, place: Span) -> bool:
    """A quantity that the message calls by a sibling's name: 8 GB of RAM is no storage."""
    quantity = parse_quantity(message[place.start : place.end])
    if quantity is None or slot_of(spec.name, message, *place):
        return False
    return any(slot_of(other, message, *place) for other in siblings(spec.name))
