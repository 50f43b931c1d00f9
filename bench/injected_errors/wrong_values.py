"""Values that are false of an item: the market's own, real ones from outside of it, invented ones.

Rule: a value is offered only where the judge finds it false and the draft does not have it already.
"""

import random
import re
from collections.abc import Callable, Iterator

from bench.injected_errors.drafts import RecordedDraft
from bench.injected_errors.statements import Judge
from bench.injected_errors.values import tokens
from bench.injected_errors.wording import Wording
from training.marketplace import synthetic_brand, synthetic_model
from training.marketplace.names import synthetic_author, synthetic_title
from training.marketplace.units import CONDITIONS

_TRIES = 60
_OF_MARKET = 0.5
_GRADES = ("Pro", "Plus", "Max", "II", "Lite")
_SHOES = {"US": (33.0, 31.0), "UK": (33.5, 32.5)}
"""What a maker adds to a size to get the European one, for men and for women."""
_TOO_NEAR = 2.0


def wrong_value(
    rng: random.Random, judge: Judge, draft: RecordedDraft, attribute: str, words: Wording
) -> str | None:
    """Return a false value for an attribute of the draft; None where none was found."""
    there = tokens(draft.text.title) + tokens(draft.text.description)
    for _ in range(_TRIES):
        value = _offered(rng, judge, draft, attribute, words)
        if value is None or not judge.fault(draft, attribute, value):
            continue
        new = [w for w in tokens(value) if w not in there]
        if new and not _same_shoe(value, draft.truth.attributes.get(attribute, "")):
            return value
    return None


def _offered(
    rng: random.Random, judge: Judge, draft: RecordedDraft, attribute: str, words: Wording
) -> str | None:
    """One value, of the market in half of the cases; it may yet be true."""
    if attribute == "accessories":
        return _accessories(rng, draft, words)
    if attribute == "condition":
        return _condition(rng, draft, words)
    invent = _invented(rng, draft, attribute)
    others = [invent] if invent else []
    if outside := words.values.get(attribute):
        others.append(lambda: rng.choice(outside))
    if not others or rng.random() < _OF_MARKET:
        return _of_market(rng, judge, draft, attribute)
    return rng.choice(others)()


def _of_market(
    rng: random.Random, judge: Judge, draft: RecordedDraft, attribute: str
) -> str | None:
    category = draft.truth.category
    spus = [s for s in judge.market.catalogue.spus if s.category_id == category]
    stated = sorted({s.attributes[attribute] for s in spus if attribute in s.attributes})
    spec = draft.true_template.get(attribute)
    values = sorted({*stated, *(spec.values if spec else ())})
    return rng.choice(values) if values else None


def _invented(rng: random.Random, draft: RecordedDraft, attribute: str) -> Callable[[], str] | None:
    kind = draft.truth.sku.rsplit("-", 1)[0].split("-")[0]
    graded = f"{draft.truth.attributes.get('model', '')} {rng.choice(_GRADES)}"
    ways: dict[str, Callable[[], str]] = {
        "brand": lambda: synthetic_brand(rng),
        "model": lambda: graded if rng.random() < 0.4 else synthetic_model(rng, kind),
        "title": lambda: synthetic_title(rng),
        "author": lambda: synthetic_author(rng),
    }
    return ways.get(attribute)


def _accessories(rng: random.Random, draft: RecordedDraft, words: Wording) -> str:
    spec = draft.true_template.get("accessories")
    listed = [v for v in (spec.values if spec else ()) if v != "none"]
    outside, own = words.values["accessories"], [f"the {v}" for v in listed]
    true = set(tokens(draft.truth.attributes.get("accessories", "")))
    pool = [v for v in (*outside, *own) if not true & set(tokens(v))]
    count = 2 if rng.random() < 0.3 else 1
    return " and ".join(rng.sample(pool, min(count, len(pool))))


def _condition(rng: random.Random, draft: RecordedDraft, words: Wording) -> str:
    told = draft.truth.told.get("condition")
    meanings = {**{c: c for c in CONDITIONS}, **words.conditions}
    return rng.choice([w for w, meaning in meanings.items() if meaning != told])


def _same_shoe(value: str, true: str) -> bool:
    """Another country's size may be the same shoe."""
    stated, european = re.match(r"(US|UK) (\d+)", value), re.match(r"EU (\d+(?:\.5)?)", true)
    if stated is None or european is None:
        return False
    sizes: Iterator[float] = (float(stated[2]) + more for more in _SHOES[stated[1]])
    return any(abs(size - float(european[1])) < _TOO_NEAR for size in sizes)
