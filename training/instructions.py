"""Instruction samples in IPL's forms (arXiv 2410.16977, section 4.2), of market and real data.

Rules: an answer states what the prompt or the photo determines and nothing else; a reference that
contradicts what the photo shows loses to the photo; names in text tasks are endless, never learned.
"""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

from models.prompts import render
from training.marketplace.goods import goods
from training.marketplace.marked import Marked
from training.marketplace.texts import (
    Draft,
    Wish,
    WrittenListing,
    honest_draft,
    rewrite_pair,
    seller_text,
    synthetic_listing,
    synthetic_message,
)
from training.marketplace.truths import synthetic_truth
from training.marketplace.units import Unit
from training.real import AnnotatedTitle, RealPhoto
from training.rendering import World
from training.sequences import Sample

WISHES = get_args(Wish)
RISKS = {
    "handgun": "weapon",
    "combat_knife": "weapon",
    "pill_bottle": "medicine",
    "cigarettes": "tobacco",
    "liquor_bottle": "alcohol",
    "banknotes": "money",
    "fireworks": "fireworks",
    "syringe": "drug paraphernalia",
}
"""The risk label (of `tools/policies`) that a kind of prohibited goods is taught as."""
REAL_RISKS = {
    "weapon_firearm": "weapon",
    "currency": "money",
    "live_animal": "live animal",
    "live_animal_protected_species": "live animal",
}


@dataclass
class PhotoTasks:
    """Makes the samples of one photo. `row` is its row in the feature cache."""

    world: World
    rng: random.Random = field(default_factory=random.Random)

    def category(self, row: int, category_id: str) -> Sample:
        """The category's name from the photo."""
        category = self.world.taxonomy.get(category_id)
        assert category is not None
        return Sample("category", render("category").text, category.name, (row,))

    def colour(self, row: int, colour: str) -> Sample:
        """The colour from the photo."""
        return Sample("colour", render("photo_attribute", label="colour").text, colour, (row,))

    def check(self, row: int, colour: str) -> Sample:
        """Yes or no to a stated colour, evenly."""
        stated = colour
        if self.rng.random() < 0.5:
            stated = self.rng.choice([c for c in self.world.colours if c != colour])
        prompt = render("photo_check", label="colour", value=stated).text
        return Sample("check", prompt, "yes" if stated == colour else "no", (row,))

    def safety(self, row: int, risk: str) -> Sample:
        """The class of risk, or none."""
        return Sample("safety", render("photo_safety").text, risk, (row,))

    def describe(self, rows: Sequence[int], unit: Unit) -> Sample:
        """A listing from photos and a random part of what may be known (IPL table 2's inputs)."""
        rng = self.rng
        one = unit.sku.spu.goods
        known, reference = self._known(unit)
        mode = rng.choices(("image_only", "template", "reference"), (1, 2, 5))[0]
        if mode == "image_only":
            known, reference = ({}, {}) if rng.random() < 0.7 else (known, {})
        elif mode == "template":
            known, reference = (known if rng.random() < 0.6 else {}), {}
        stated = {**reference, **known}
        if "colour" not in known:
            stated["colour"] = unit.sku.colour  # the photo wins over any reference
        order = [n for n in one.template.names if n in stated]
        stated = {n: stated[n] for n in order}
        draft = honest_draft(one.kind, one.category.name, stated, rng)
        prompt = render(
            "describe",
            category=None if mode == "image_only" else one.category.name,
            wanted=[] if mode == "image_only" else list(one.template.names),
            values=self._shuffle(known),
            reference=self._shuffle(reference),
        )
        return Sample(f"describe_{mode}", prompt.text, as_text(draft), tuple(rows))

    def _shuffle(self, values: dict[str, str]) -> dict[str, str]:
        if self.rng.random() < 0.6:
            return values
        return dict(self.rng.sample(list(values.items()), len(values)))

    def _known(self, unit: Unit) -> tuple[dict[str, str], dict[str, str]]:
        """Split the truth into what seller or photo said and what a reference says."""
        rng = self.rng
        template = unit.sku.spu.goods.template
        truth = dict(unit.attributes)
        fresh = synthetic_truth(rng, unit.sku.spu.goods)
        if rng.random() < 0.6:  # other products' values, so that values are copied, not remembered
            truth |= {n: v for n, v in fresh.items() if n != "colour"}
        known: dict[str, str] = {}
        reference: dict[str, str] = {}
        share = rng.choice((0.3, 0.7, 0.95))
        for spec in template.attributes:
            value = truth.get(spec.name)
            if value is None or rng.random() > share:
                continue
            if spec.scope == "item" or rng.random() < 0.4:
                known[spec.name] = value
            else:
                reference[spec.name] = value
        if "colour" in reference and rng.random() < 0.35:
            reference["colour"] = rng.choice(
                [c for c in self.world.colours if c != unit.sku.colour]
            )
        return known, reference

    def describe_real(self, row: int, photo: RealPhoto) -> Sample:
        """A listing of a real photo: its category and what little is known of it."""
        category = self.world.taxonomy.get(photo.category_id)
        assert category is not None
        told = self.rng.random() < 0.7
        colour = photo.colour if photo.colour in self.world.colours else None
        values = {"colour": colour} if colour else {}
        prompt = render(
            "describe",
            category=category.name if told else None,
            wanted=list(category.template.names) if told else [],
            values={},
            reference={},
        )
        kind = next((k for k, g in goods().items() if g.category.id == category.id), None)
        draft = honest_draft(kind, category.name, values, self.rng)
        return Sample("describe_real", prompt.text, as_text(draft), (row,))


def as_text(draft: Draft) -> str:
    """Join a draft as the model writes it: title, empty line, description."""
    return f"{draft.title}\n\n{draft.description}"


def extraction(written: WrittenListing, names: Sequence[str], rng: random.Random) -> Sample:
    """Read a listing's attributes as JSON: verbatim values, null where nothing is stated."""
    asked = list(names)
    if rng.random() < 0.4:
        asked = [n for n in asked if rng.random() < 0.75] or asked
    text = written.whole
    answer = {n: written.stated.get(n) for n in asked}
    prompt = render("extract", text=text, attributes=asked).text
    return Sample("extract", prompt, json.dumps(answer, ensure_ascii=False))


def message_extraction(said: Marked, names: Sequence[str]) -> Sample:
    """The same over what a seller says beside the photos, which often names no brand or model."""
    stated = {span.attribute: span.value for span in said.spans()}
    prompt = render("extract", text=said.text, attributes=list(names)).text
    answer = {n: stated.get(n) for n in names}
    return Sample("extract_message", prompt, json.dumps(answer, ensure_ascii=False))


def title_extraction(title: AnnotatedTitle, rng: random.Random, others: Sequence[str]) -> Sample:
    """The same over a real title that a person annotated; other names are asked too: null."""
    asked = [*title.attributes, *rng.sample(list(others), rng.randint(0, 2))]
    asked = rng.sample(list(dict.fromkeys(asked)), len(dict.fromkeys(asked)))
    answer = {n: title.attributes.get(n) for n in asked}
    prompt = render("extract", text=title.title, attributes=asked).text
    return Sample("extract_real", prompt, json.dumps(answer, ensure_ascii=False))


def draft_extraction(draft: Draft, stated: dict[str, str], names: Sequence[str]) -> Sample:
    """Extraction over our own drafts: what the audit reads claims with."""
    text = f"{draft.title}\n{draft.description}"
    answer = {n: stated.get(n) for n in names}
    answer = {n: v if v is not None and v in text else None for n, v in answer.items()}
    prompt = render("extract", text=text, attributes=list(names)).text
    return Sample("extract_draft", prompt, json.dumps(answer, ensure_ascii=False))


def text_samples(
    world: World, titles: Sequence[AnnotatedTitle], count: int, seed: int
) -> list[Sample]:
    """Return `count` text-only samples: extraction, rewriting, describing without a photo."""
    rng = random.Random(f"text {seed}")
    kinds = [k for k in goods() if k not in RISKS]
    units = world.market.split("train")
    others = sorted({n for t in titles for n in t.attributes})
    samples: list[Sample] = []
    while len(samples) < count:
        draw = rng.random()
        if draw < 0.15:
            kind = rng.choice(kinds)
            said = synthetic_message(rng, kind)
            samples.append(message_extraction(said, goods()[kind].template.names))
        elif draw < 0.45:
            kind = rng.choice(kinds)
            written = synthetic_listing(rng, kind)
            names = goods()[kind].template.names
            samples.append(extraction(written, names, rng))
        elif draw < 0.60:
            unit = rng.choice(units)
            written = seller_text(unit, rng)
            samples.append(extraction(written, unit.sku.spu.goods.template.names, rng))
        elif draw < 0.74 and titles:
            samples.append(title_extraction(rng.choice(titles), rng, others))
        elif draw < 0.91:
            samples.append(_draft_sample(rng, rng.choice(kinds)))
        else:
            samples.append(_rewrite_sample(rng, rng.choice(kinds)))
    return samples


def _some_values(rng: random.Random, kind: str) -> dict[str, str]:
    truth = synthetic_truth(rng, goods()[kind])
    share = rng.choice((0.4, 0.8, 1.0))
    return {n: v for n, v in truth.items() if rng.random() < share}


def _draft_sample(rng: random.Random, kind: str) -> Sample:
    one = goods()[kind]
    values = _some_values(rng, kind)
    draft = honest_draft(kind, one.category.name, values, rng)
    if rng.random() < 0.5:
        return draft_extraction(draft, values, one.template.names)
    split = rng.random()
    own = {a.name for a in one.template.attributes if a.scope == "item"}
    known = {n: v for n, v in values.items() if n in own or rng.random() < split}
    reference = {n: v for n, v in values.items() if n not in known}
    prompt = render(
        "describe",
        category=one.category.name,
        wanted=list(one.template.names),
        values=known,
        reference=reference,
    )
    return Sample("describe_text", prompt.text, as_text(draft))


def _rewrite_sample(rng: random.Random, kind: str) -> Sample:
    draft = honest_draft(kind, goods()[kind].category.name, _some_values(rng, kind), rng)
    pair = rewrite_pair(draft, rng.choice(WISHES), rng)
    prompt = render("rewrite", draft=as_text(pair.draft), wish=pair.words)
    return Sample("rewrite", prompt.text, as_text(pair.target))
