"""The listings that the model learns to write: pleasant, plain, and only what is given.

One rule: every given value stands in the description exactly once, word for word, and nothing
else in it can be checked. What varies is order, sentence and tone, never the facts.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from listing import SpannedValue
from training.marketplace.goods import goods
from training.marketplace.lots import chance
from training.marketplace.marked import Marked, joined, words_of
from training.marketplace.nouns import article, noun_of
from training.marketplace.sentences import (
    ENDS,
    Desk,
    details,
    ends,
    phrases,
    relabelled,
    title_part,
)

Style = Literal["plain", "short", "long", "warm", "bare"]
_NAMES = ("brand", "model", "title", "author")
_INSIDE = {"colour": " in {colour}", "storage": " with {storage} of storage"}
_INSIDE |= {"size": " in size {size}", "material": " made of {material}"}


@dataclass(frozen=True)
class Draft:
    """A listing with what it states. Spans are of the first statement of each value, by field."""

    title: str
    description: str
    kind: str | None
    category_name: str | None
    values: dict[str, str]
    title_spans: tuple[SpannedValue, ...]
    description_spans: tuple[SpannedValue, ...]


def honest_draft(
    kind: str | None,
    category_name: str | None,
    values: Mapping[str, str],
    rng: random.Random,
    *,
    style: Style = "plain",
) -> Draft:
    """Returns a draft that states exactly `values`: attribute names to the words to state.

    The kind may be unknown: then the category's name gives the noun, and without one it is "item".
    """
    known = goods().get(kind or "")
    specs = known.template.attributes if known else ()
    labels = {name: name.replace("_", " ") for name in values} | {s.name: s.label for s in specs}
    given = {name: value for name, value in values.items() if value}
    desk = Desk(rng, noun_of(kind, category_name), kind, given, labels)
    title = _title(desk)
    body = _compact(desk) if style == "short" else _prose(desk, style)
    return Draft(title.text, body.text, kind, category_name, given, title.spans(), body.spans())


def _title(desk: Desk) -> Marked:
    rng, values = desk.rng, desk.values
    names = _name(desk)
    rest = [n for n in values if n not in (*_NAMES, *ENDS)]
    picked = rng.sample(rest, min(len(rest), rng.choice((1, 2, 2, 3))))
    rest = [name for name in rest if name in picked]
    if not names.pieces:
        head = words_of(desk.noun.lead + desk.noun.bare)
    elif "title" in values or chance(rng, 0.4):
        head = names
    else:
        head = names + words_of(" " + desk.noun.bare)
    if "colour" in rest and chance(rng, 0.35):
        rest.remove("colour")
        head = head + desk.fill(" in {colour}")
    elif "storage" in rest and head == names and chance(rng, 0.6):
        rest.remove("storage")
        head = head + desk.fill(" {storage}")
    parts = [head, *(title_part(desk, name) for name in rest)]
    if "condition" in values and chance(rng, 0.12):
        parts.append(desk.fill("{condition} condition"))
    return joined(parts, rng.choice((", ", ", ", " – "))).sentence("")


def _name(desk: Desk) -> Marked:
    """Returns the names that are given: "Tarvox N4", "The Salt Choir by Alda Merin"."""
    if "title" in desk.values:
        return desk.fill("{title} by {author}" if "author" in desk.values else "{title}")
    return joined([desk.fill(f"{{{n}}}") for n in ("brand", "model") if n in desk.values], " ")


def _thing(desk: Desk, left: list[str]) -> Marked:
    """Returns the item with its names and perhaps one more value; removes those from `left`."""
    names = _name(desk)
    for name in names.attributes:
        left.remove(name)
    if "title" in names.attributes:
        whole = words_of(desk.rng.choice(("copy of ", "book ", ""))) + names
    else:
        before = Marked()
        if "colour" in left and chance(desk.rng, 0.25):
            left.remove("colour")
            before = desk.fill("{colour} ")
        between = words_of(" ") if names.pieces else Marked()
        whole = words_of(desk.noun.lead) + before + names + between + words_of(desk.noun.bare)
    inside = [n for n in _INSIDE if n in left and not relabelled(desk, n)]
    if inside and chance(desk.rng, 0.45):
        name = desk.rng.choice(inside)
        left.remove(name)
        whole = whole + desk.fill(_INSIDE[name])
    return whole


def _opening(desk: Desk, left: list[str], pattern: str) -> Marked:
    thing = _thing(desk, left)
    before, slot, after = _split(pattern)
    if slot != "thing":
        one = article(thing.text) + " "
        before += one.capitalize() if slot == "A_thing" else one
    return (words_of(before) + thing + words_of(after)).sentence()


def _split(pattern: str) -> tuple[str, str, str]:
    before, _, rest = pattern.partition("{")
    slot, _, after = rest.partition("}")
    return before, slot, after


def _prose(desk: Desk, style: Style) -> Marked:
    rng = desk.rng
    left = list(desk.values)
    pattern = desk.pick("warm_openings" if style == "warm" else "openings")
    while desk.values.get("condition") == "new" and "second-hand" in pattern.lower():
        pattern = desk.pick("openings")
    opening = _opening(desk, left, pattern)
    most = 1 if style == "bare" or (style == "long" and chance(rng, 0.5)) else 3
    middle, last = details(desk, [n for n in left if n not in ENDS], most), ends(desk)
    facts = last + middle if chance(rng, 0.2) else middle + last
    parts = [opening, *facts, *_remarks(desk, style, bool(facts))]
    return joined(parts, " ")


def _remarks(desk: Desk, style: Style, told: bool) -> list[Marked]:
    """Returns the sentences without facts."""
    rng, found = desk.rng, []
    if style == "bare":
        return [] if desk.values else [words_of(desk.pick("nothing_known"))]
    general = phrases()["general"].get(desk.kind or "", ())
    if general and chance(rng, 1.0 if style == "long" else 0.12):
        found.append(rng.choice(general))
    if style == "long":
        found += rng.sample(phrases()["padding"], rng.choice((1, 2)))
    if not told and not desk.values:
        found.append(desk.pick("nothing_known"))
    elif style == "warm":
        found.append(desk.pick("warm_closings"))
    elif style == "long" or chance(rng, 0.5):
        found.append(desk.pick("closings"))
    return [words_of(text) for text in found]


def _compact(desk: Desk) -> Marked:
    """Returns everything in one sentence, the shortest form that still reads."""
    left = list(desk.values)
    parts = [_thing(desk, left)]
    for name in left:
        if name == "condition":
            short = len(desk.values[name].split()) <= 2
            parts.append(desk.fill("{condition} condition" if short else "condition: {condition}"))
        elif name == "accessories":
            parts.append(desk.fill("with {accessories}"))
        else:
            parts.append(title_part(desk, name))
    if not desk.values:
        parts.append(words_of("details on request"))
    return joined(parts, ", ").sentence()
