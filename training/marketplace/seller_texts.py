"""Listings as real sellers write them: colloquial, incomplete, misspelt, sometimes wrong.

One rule: whatever is stated is known with its place in the text, so the gold answer of extraction
is exact however bad the spelling. `synthetic_listing` writes about goods outside the market, under
names without end, so that a model learns to read names and not to know them.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from listing import SpannedValue
from training.marketplace.forms import misspelt, written_form
from training.marketplace.goods import DATA, Goods, goods
from training.marketplace.lots import chance, shuffled
from training.marketplace.marked import Marked, filled, joined, slots, words_of
from training.marketplace.names import town
from training.marketplace.truths import synthetic_price, synthetic_truth
from training.marketplace.units import Unit

_WORD = re.compile(r"[A-Za-z]{5,}")
_STATED = {"brand": 0.93, "model": 0.9, "title": 0.97, "author": 0.85, "colour": 0.62}
_STATED |= {"condition": 0.7, "storage": 0.8, "size": 0.75, "accessories": 0.85}
_USUAL = 0.55  # how often any other attribute is stated
_PAIRS = (("brand", "model"), ("title", "author"))


@dataclass(frozen=True)
class WrittenListing:
    """A seller's text. Offsets of `spans` are into `whole`, the title, a line break and the text.

    `meant` holds the canonical value of each stated attribute; for those in `wrong` it is not in
    `truth`. `contact` and `spam` say whether the text has off-platform contact or shouting adverts.
    """

    title: str
    text: str
    spans: tuple[SpannedValue, ...]
    meant: dict[str, str]
    truth: dict[str, str]
    wrong: frozenset[str]
    contact: bool
    spam: bool

    @property
    def whole(self) -> str:
        """What a reader reads."""
        return f"{self.title}\n{self.text}"

    @property
    def stated(self) -> dict[str, str]:
        """Each stated attribute with its value as written, by its first statement."""
        return {span.attribute: span.value for span in self.spans}


@dataclass(frozen=True)
class _Pen:
    """One seller at one listing: the lots, the care taken, and the words for the thing."""

    rng: random.Random
    noise: float
    goods: Goods
    noun: str
    town: str
    handle: str
    price: str
    dear: str

    def written(self, pattern: str, values: Mapping[str, str]) -> Marked:
        """Returns a pattern filled, each value in a form of its own."""
        forms = {
            name: written_form(self.rng, name, values[name], self.noise)
            for name in slots(pattern)
            if name in values
        }
        spec = next((self.goods.template.get(name) for name in forms), None)
        return filled(
            pattern, forms, noun=self.noun, town=self.town, price=self.price, dear=self.dear,
            handle=self.handle, label=spec.label if spec else "",
        )  # fmt: skip


@lru_cache(maxsize=1)
def _phrases() -> dict[str, Any]:
    text = (DATA / "seller_phrases.yaml").read_text(encoding="utf-8")
    raw: dict[str, Any] = yaml.safe_load(text)
    return raw


def seller_text(unit: Unit, rng: random.Random, *, noise: float | None = None) -> WrittenListing:
    """Returns the text that the unit's seller writes; `noise` in [0, 1] defaults to their haste."""
    return _listing(
        unit.sku.spu.goods, unit.attributes, unit.price, rng,
        unit.seller.haste if noise is None else noise, unit.seller.town, unit.seller.name,
    )  # fmt: skip


def synthetic_listing(
    rng: random.Random, kind: str, *, noise: float | None = None
) -> WrittenListing:
    """Returns a text about goods that the market does not have, under invented names."""
    one = goods()[kind]
    noise = rng.betavariate(1.6, 2.2) if noise is None else noise
    truth, price, place = synthetic_truth(rng, one), synthetic_price(rng), town(rng)
    return _listing(one, truth, price, rng, noise, place, f"user{rng.randint(10, 9999)}")


def synthetic_message(rng: random.Random, kind: str) -> Marked:
    """Returns what a seller says beside the photos: mostly of this item, often of no attribute."""
    one = goods()[kind]
    pen = _Pen(
        rng, rng.betavariate(1.6, 2.2), one, rng.choice((one.bare, *one.casual)), town(rng),
        f"user{rng.randint(10, 9999)}", f"{synthetic_price(rng):g}€", "",
    )  # fmt: skip
    truth = synthetic_truth(rng, one)
    own = {spec.name for spec in one.template.attributes if spec.scope == "item"}
    names = [n for n in truth if chance(rng, 0.7 if n in own else 0.1)]
    phrases = _phrases()
    count = rng.choices((0, 1, 2), (50, 35, 15))[0] if names else rng.randint(1, 2)
    chat = [pen.written(line, {}) for line in rng.sample(phrases["chatter"], count)]
    facts = [
        words_of(rng.choice(phrases["message_leads"])) + fact
        for fact in _facts(pen, truth, shuffled(rng, names))
    ]
    said = shuffled(rng, facts + chat)
    if chance(rng, 0.5):
        said = [part.sentence(rng.choice((".", ".", "!", ""))) for part in said]
    return _careless(pen, joined(said, rng.choice((" ", "\n", ", "))))


def _listing(
    one: Goods,
    truth: Mapping[str, str],
    price: float,
    rng: random.Random,
    noise: float,
    place: str,
    handle: str,
) -> WrittenListing:
    asked, dear = f"{price:g}", f"{price * rng.uniform(1.4, 2.6):.0f}"
    money = rng.choice(("{} EUR", "{}€", "€{}", "{} euro", "{}"))
    pen = _Pen(
        rng, noise, one, rng.choice((one.bare, *one.casual)), place,
        handle.replace(".", ""), money.format(asked), money.format(dear),
    )  # fmt: skip
    told = {n: v for n, v in truth.items() if chance(rng, _STATED.get(n, _USUAL))}
    wrong = _mistake(pen, told)
    title, rest = _title(pen, told)
    spam, contact = chance(rng, 0.03), chance(rng, 0.035)
    body = _body(pen, told, rest, spam=spam, contact=contact)
    whole = _careless(pen, title + words_of("\n") + body)
    head, _, tail = whole.text.partition("\n")
    meant = {name: told[name] for name in dict.fromkeys(whole.attributes)}
    return WrittenListing(head, tail, whole.spans(), meant, dict(truth), wrong, contact, spam)


def _mistake(pen: _Pen, told: dict[str, str]) -> frozenset[str]:
    """Changes one stated value in about one listing of twenty, and returns which."""
    open_to_it = [n for n in told if n != "accessories" and len(pen.goods.values(n)) > 1]
    if not open_to_it or not chance(pen.rng, 0.05):
        return frozenset()
    name = pen.rng.choice(open_to_it)
    others = [value for value in pen.goods.values(name) if value != told[name]]
    told[name] = pen.rng.choice(others)
    return frozenset((name,))


def _title(pen: _Pen, told: Mapping[str, str]) -> tuple[Marked, list[str]]:
    """Returns the title and the attributes that are left for the text."""
    rng = pen.rng
    names = [n for n in ("brand", "model", "title", "author") if n in told]
    if names and chance(rng, 0.1):
        names.pop(rng.randrange(len(names)))
    if chance(rng, 0.12):
        rng.shuffle(names)
    others = [n for n in told if n not in ("brand", "model", "title", "author", "accessories")]
    extra = rng.sample(others, min(len(others), rng.choices((0, 1, 2, 3), (35, 35, 20, 10))[0]))
    glue = rng.choice((" ", " ", " ", ", ", " - ", " / "))
    parts = [pen.written(f"{{{name}}}", told) for name in names]
    noun = [words_of(pen.noun)] if not names or chance(rng, 0.6) else []
    head = joined(shuffled(rng, [joined(parts, " "), *noun]) if chance(rng, 0.3)
                  else [joined(parts, " "), *noun], " ")  # fmt: skip
    tail = [pen.written(_short(rng, name), told) for name in extra]
    ordered = [*tail, head] if tail and chance(rng, 0.12) else [head, *tail]
    opening = pen.written(rng.choice(_phrases()["openings_of_title"]), {})
    closing = pen.written(rng.choice(_phrases()["closings_of_title"]), {})
    return opening + joined(ordered, glue) + closing, [
        n for n in told if n not in (*names, *extra) or chance(rng, 0.25)
    ]


def _short(rng: random.Random, name: str) -> str:
    """Returns how an attribute is put into a title."""
    if name in {"size", "strings", "wheel_size", "scale"} and chance(rng, 0.6):
        return {"size": "size {size}", "strings": "{strings}-string"}.get(name, f"{{{name}}}")
    return f"{{{name}}}"


def _body(
    pen: _Pen, told: Mapping[str, str], rest: list[str], *, spam: bool, contact: bool
) -> Marked:
    rng, phrases = pen.rng, _phrases()
    facts = _facts(pen, told, shuffled(rng, rest))
    style = rng.random()
    count = rng.choices((0, 1, 2, 3, 4), (15, 30, 30, 15, 10))[0]
    chat = [pen.written(line, {}) for line in rng.sample(phrases["chatter"], count)]
    if chance(rng, 0.35):
        facts.insert(0, pen.written(rng.choice(phrases["openers"]), {}))
    if spam:
        chat.append(pen.written(rng.choice(phrases["spam"]), {}))
    if contact:
        chat.append(pen.written(rng.choice(phrases["contact"]), {}))
    if style < 0.2:
        return joined([*facts, *chat], "\n")
    if style < 0.4:
        return joined([joined(facts, ", "), *chat], ". ")
    if style < 0.55:
        return joined([*chat, joined(facts, ", ")], ". ") + words_of(rng.choice(phrases["tails"]))
    mixed = facts + chat if chance(rng, 0.5) else shuffled(rng, facts + chat)
    lines = [part.sentence(rng.choice((".", ".", ".", "!", ","))) for part in mixed]
    return joined(lines, " ")


def _facts(pen: _Pen, told: Mapping[str, str], names: list[str]) -> list[Marked]:
    """Returns one phrase for each attribute, brand and model (title and author) often in one."""
    rng, says = pen.rng, _phrases()["says"]
    found = []
    for one, other in _PAIRS:
        if one in names and other in names and chance(rng, 0.7):
            found.append(pen.written(rng.choice(says[f"{one}+{other}"]), told))
            names = [n for n in names if n not in (one, other)]
    listed = chance(rng, 0.15)
    for name in names:
        pattern = f"{{label}}: {{{name}}}" if listed else rng.choice(says[name])
        found.append(pen.written(pattern, told))
    return found


def _careless(pen: _Pen, whole: Marked) -> Marked:
    """Returns the text with the seller's slips: misspelt words, no capitals, all capitals."""
    rng, noise = pen.rng, pen.noise

    def slip(found: re.Match[str]) -> str:
        return misspelt(rng, found[0]) if chance(rng, 0.07 * noise) else found[0]

    whole = whole.rewritten(lambda words: _WORD.sub(slip, words))
    style = rng.random()
    if style < 0.35 * noise:
        return whole.rewritten(str.lower, str.lower)
    if style < 0.4 * noise:
        return whole.rewritten(str.upper, str.upper)
    return whole
