"""The sentences of an honest listing, from the phrase file and the values that they state.

One rule: a sentence states the values that it was given and no other; it agrees with its noun in
number and article.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

from training.marketplace.goods import DATA
from training.marketplace.lots import chance, shuffled
from training.marketplace.marked import Marked, filled, joined, words_of
from training.marketplace.nouns import Noun, with_articles

ENDS = ("condition", "accessories")
_TITLE = {"memory": "{memory} RAM", "size": "size {size}", "strings": "{strings} strings"}
_TITLE |= {"scale": "scale {scale}", "wheel_size": "{wheel_size} wheels"}
_TITLE |= {"age_group": "ages {age_group}"}


@lru_cache(maxsize=1)
def phrases() -> dict[str, Any]:
    """Returns the phrase file; `general` holds common sense by kind of goods."""
    raw: dict[str, Any] = yaml.safe_load((DATA / "draft_phrases.yaml").read_text(encoding="utf-8"))
    return raw


@dataclass(frozen=True)
class Desk:
    """What one draft is written from."""

    rng: random.Random
    noun: Noun
    kind: str | None
    values: Mapping[str, str]
    labels: Mapping[str, str]

    def fill(self, pattern: str, **plain: str) -> Marked:
        """Returns a pattern filled with values and the words that agree with noun and values."""
        own = re.match(r"(an?|the|my|one|two|all|no) ", self.values.get("accessories", "").lower())
        words = {**self.noun.words, "the": "" if own else "the ", **plain}
        return with_articles(filled(pattern, self.values, **words))

    def pick(self, *path: str) -> str:
        """Returns one phrase of those at a place of the phrase file."""
        found: Any = phrases()
        for key in path:
            found = found[key]
        return str(self.rng.choice(found))


def title_part(desk: Desk, name: str) -> Marked:
    """Returns a value as a title names it: "128 GB", "size M"."""
    if relabelled(desk, name):
        return desk.fill(f"{desk.labels[name]} {{{name}}}")
    return desk.fill(_TITLE.get(name, f"{{{name}}}"))


def ends(desk: Desk) -> list[Marked]:
    """Returns the sentences on condition and accessories."""
    given = [name for name in ENDS if name in desk.values]
    plain = len(desk.values.get("condition", "").split()) <= 2
    if len(given) == 2 and plain and chance(desk.rng, 0.3):
        return [desk.fill(desk.pick("condition+accessories"))]
    found = []
    for name in given:
        long = name == "condition" and not plain
        found.append(desk.fill(desk.pick("long_condition" if long else name)).sentence())
    return found


def details(desk: Desk, names: Sequence[str], most: int) -> list[Marked]:
    """Returns the sentences on all other values, with up to `most` values in one."""
    rng = desk.rng
    order = shuffled(rng, names) if chance(rng, 0.35) else list(names)
    has: list[Marked] = []
    are: list[Marked] = []
    own: list[Marked] = []
    for name in order:
        forms = [form for form in ("has", "is") if name in phrases()[form]]
        if relabelled(desk, name) or not forms:
            own.append(_labelled(desk, name))
            continue
        form = rng.choice(forms)
        (has if form == "has" else are).append(desk.fill(desk.pick(form, name)))
    if most > 1 and has and are and len(has) + len(are) < 4 and chance(rng, 0.35):
        return shuffled(rng, [_both(desk, are, has), *own])
    groups = [("has_frames", has[i : i + most]) for i in range(0, len(has), most)]
    groups += [("is_frames", are[i : i + most]) for i in range(0, len(are), most)]
    return shuffled(rng, [*(_framed(desk, frames, group) for frames, group in groups), *own])


def relabelled(desk: Desk, name: str) -> bool:
    """Returns whether the template calls a size or a material by another name ("case size")."""
    return name in ("size", "material") and desk.labels[name] != name


def _labelled(desk: Desk, name: str) -> Marked:
    pattern = desk.pick("labelled").replace("{value}", f"{{{name}}}")
    return desk.fill(pattern, label=desk.labels[name]).sentence()


def _both(desk: Desk, are: list[Marked], has: list[Marked]) -> Marked:
    start = desk.fill(desk.rng.choice(("{It} {is} ", "The {bare} {is} ")))
    return (start + _listed(are) + desk.fill(" and {has} ") + _listed(has)).sentence()


def _framed(desk: Desk, frames: str, group: list[Marked]) -> Marked:
    before, after = desk.pick(frames).split("{list}")
    return (desk.fill(before) + _listed(group) + words_of(after)).sentence()


def _listed(parts: list[Marked]) -> Marked:
    if len(parts) < 2:
        return joined(parts, "")
    return joined(parts[:-1], ", ") + words_of(" and ") + parts[-1]
