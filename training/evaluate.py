"""`vouch bench checkpoint`: what the checkpoint can do on held-out queries, with n and intervals.

Everything goes through the product's own path (engine, constrained decoding, tools). Queries show
looks and sellers that training never saw; thresholds were set on the `dev` half, so retrieval is
reported on the `test` half. Intervals are 95 % bootstraps over cases.
"""

import argparse
import asyncio
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.language_models import BaseChatModel

from listing import AttributeTemplate
from models.decoding import image_block
from models.embedder import QwenVLEmbedder
from models.loading import load_chat_model
from models.prompts import render
from tools.attribute_extract import aextract_attributes
from tools.category import apredict_category, photo_question
from tools.normalise import same_value
from tools.photo_attributes import acheck_value, aread_photo_attribute
from tools.safety import Policy
from tools.safety.photos import check_photos
from tools.visual_search import MatchThresholds
from training.card import HEAD, line, write_card
from training.embed import INDEX_SIDE, QUERY_SIDE, THRESHOLDS, unit_vectors
from training.instructions import RISKS
from training.marketplace.market import Split
from training.marketplace.texts import seller_text
from training.marketplace.units import Unit
from training.real import annotated_titles, data_folder, real_photos
from training.rendering import World, jpeg_photo, open_world

SHIPPED = Path(__file__).parents[1] / "models" / "checkpoints" / "vouch-small"


@dataclass
class Row:
    """One figure of the table; `values` are per-case scores in [0, 1]."""

    name: str
    target: float | None = None
    values: list[float] = field(default_factory=list)
    note: str = ""

    @property
    def mean(self) -> float:
        """The figure."""
        return float(np.mean(self.values)) if self.values else float("nan")

    def interval(self, seed: int = 0) -> tuple[float, float]:
        """95 % bootstrap interval over cases (1,000 resamples)."""
        values, rng = np.asarray(self.values), np.random.default_rng(seed)
        if not len(values):
            return (float("nan"), float("nan"))
        means = values[rng.integers(0, len(values), (1000, len(values)))].mean(axis=1)
        low, high = np.quantile(means, (0.025, 0.975))
        return (float(low), float(high))

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON."""
        low, high = self.interval()
        kept = {k: v for k, v in asdict(self).items() if k != "values"}
        return {
            **kept,
            "value": round(self.mean, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "n": len(self.values),
        }


@dataclass(frozen=True)
class Subject:
    """What is measured."""

    model: BaseChatModel
    embedder: QwenVLEmbedder
    thresholds: MatchThresholds
    world: World
    policy: Policy

    def picture(self, unit: Unit) -> list[dict[str, Any]]:
        """The content block of a unit's photo, as a seller would take it."""
        return [image_block(jpeg_photo(unit, QUERY_SIDE)[1])]


def open_subject(checkpoint: Path, seed: int = 0) -> Subject:
    """Load a checkpoint folder with its head and thresholds."""
    model = load_chat_model(str(checkpoint))
    embedder = QwenVLEmbedder.load(model.engine, checkpoint)  # type: ignore[attr-defined]
    thresholds = MatchThresholds.load(checkpoint / THRESHOLDS)
    return Subject(model, embedder, thresholds, open_world(seed), Policy.load())


def sample(subject: Subject, splits: Sequence[Split], n: int) -> list[Unit]:
    """`n` units of the `test` half of some splits, always the same ones."""
    market = subject.world.market
    units = [u for s in splits for u in market.split(s) if market.fold(u) == "test"]
    return random.Random(f"evaluate {splits}").sample(units, min(n, len(units)))


async def seeing(subject: Subject, n: int) -> list[Row]:
    """Category, colour, yes/no checks and the risk class, from one photo each."""
    top1, top5 = Row("category top-1", 0.95), Row("category top-5")
    colour, check = Row("colour from photo", 0.93), Row("yes/no check of a stated colour")
    rng = random.Random("checks")
    units = sample(subject, ("queries_identical", "queries_similar", "queries_no_match"), n)
    for unit in units:
        block = subject.picture(unit)
        taxonomy = subject.world.taxonomy
        found = await apredict_category(subject.model, block, taxonomy, threshold=0.0)
        ids = [found.id, *(a.id for a in found.alternatives)] if found else []
        top1.values.append(float(ids[:1] == [unit.sku.spu.category_id]))
        top5.values.append(float(unit.sku.spu.category_id in ids[:5]))
        spec = taxonomy.template(unit.sku.spu.category_id).get("colour")
        if spec is None:
            continue
        read = await aread_photo_attribute(subject.model, block, spec)
        colour.values.append(float(read is not None and read.value == unit.sku.colour))
        truth = rng.random() < 0.5
        others = [c for c in spec.values if c != unit.sku.colour]
        stated = unit.sku.colour if truth else rng.choice(others)
        yes = await acheck_value(subject.model, block, spec, stated)
        check.values.append(float((yes >= 0.5) == truth))
    return [top1, top5, colour, check]


async def safety(subject: Subject, n: int) -> list[Row]:
    """Prohibited goods stopped, allowed ones let through."""
    caught, passed = Row("prohibited item flagged"), Row("allowed item not blocked")
    like = Row("look-alike not blocked")
    for unit in sample(subject, ("prohibited",), n):
        block = subject.picture(unit)
        found = await check_photos(subject.model, block, subject.policy)
        caught.values.append(float(bool(found)))
    plan: list[tuple[Row, Sequence[Split]]] = [
        (passed, ("queries_identical", "queries_no_match", "long_tail")),
        (like, ("lookalikes",)),
    ]
    for row, splits in plan:
        for unit in sample(subject, splits, n):
            block = subject.picture(unit)
            found = await check_photos(subject.model, block, subject.policy)
            row.values.append(float(not any(f.action == "block" for f in found)))
    assert set(RISKS.values()) <= {c.label for c in subject.policy.photo_classes}
    return [caught, passed, like]


@dataclass
class Counts:
    """True positives, predicted and gold values of one case."""

    right: int
    predicted: int
    gold: int


def micro_f1(cases: Sequence[Counts]) -> float:
    """F1 over all values of all cases."""
    right = sum(c.right for c in cases)
    return 2 * right / max(1, sum(c.predicted + c.gold for c in cases))


def f1_row(name: str, cases: Sequence[Counts], target: float | None = None) -> dict[str, Any]:
    """Micro-F1 with its bootstrap interval over cases."""
    rng = np.random.default_rng(0)
    draws = [
        micro_f1([cases[i] for i in rng.integers(0, len(cases), len(cases))]) for _ in range(500)
    ]
    low, high = np.quantile(draws, (0.025, 0.975))
    return {
        "name": name,
        "target": target,
        "note": "",
        "value": round(micro_f1(cases), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "n": len(cases),
    }


async def reading(subject: Subject, n: int) -> list[dict[str, Any]]:
    """Attribute extraction from sellers' texts, and from real annotated titles."""
    cases, valid = [], Row("extraction: valid JSON", 1.0)
    for i, unit in enumerate(sample(subject, ("queries_identical", "queries_no_match"), n)):
        written = seller_text(unit, random.Random(f"evaluate {i}"))
        template = unit.sku.spu.goods.template
        found = await aextract_attributes(subject.model, written.whole, template)
        cases.append(compare(written.stated, {v.attribute: v.value for v in found}))
        valid.values.append(float(await _valid(subject, written.whole, template)))
    rows = [f1_row("extraction micro-F1 (market texts)", cases, 0.97), valid.as_dict()]
    folder = data_folder()
    if folder is not None:
        titles = [t for t in annotated_titles(folder) if t.held_out]
        chosen = random.Random("titles").sample(titles, min(n, len(titles)))
        real = []
        for title in chosen:
            template = open_template(title.attributes)
            found = await aextract_attributes(subject.model, title.title, template)
            real.append(compare(title.attributes, {v.attribute: v.value for v in found}))
        rows.append(f1_row("extraction micro-F1 (real titles)", real))
    return rows


def open_template(names: Sequence[str] | dict[str, str]) -> AttributeTemplate:
    """A template of open attributes with these names."""
    from listing import AttributeSpec

    return AttributeTemplate(
        attributes=tuple(AttributeSpec(name=n, label=n.replace("_", " ")) for n in names)
    )


def compare(gold: dict[str, str], found: dict[str, str]) -> Counts:
    """Count values that are right up to normalisation."""
    right = sum(1 for n, v in found.items() if n in gold and same_value(n, v, gold[n]))
    return Counts(right, len(found), len(gold))


async def _valid(subject: Subject, text: str, template: AttributeTemplate) -> bool:
    """Whether the constrained answer is one JSON object with exactly the asked fields."""
    from langchain_core.messages import HumanMessage

    prompt = render("extract", text=text, attributes=list(template.names))
    bound = subject.model.bind(spans={"text": text, "fields": list(template.names)})
    answer = await bound.ainvoke([HumanMessage(prompt.text)])
    try:
        return list(json.loads(answer.text)) == list(template.names)
    except json.JSONDecodeError:
        return False


async def writing(subject: Subject, n: int) -> list[Row]:
    """Descriptions from photo, category and reference values: are the values stated?"""
    each, whole = (
        Row("description: each given value stated"),
        Row("description: all given reference values right", 0.95),
    )
    wins = Row("wrong reference colour: the photo wins")
    for i, unit in enumerate(sample(subject, ("queries_identical", "queries_no_match"), n)):
        rng = random.Random(f"writing {i}")
        one = unit.sku.spu.goods
        scopes = {a.name: a.scope for a in one.template.attributes}
        given = {k: v for k, v in unit.attributes.items() if scopes[k] != "item"}
        lie = rng.random() < 0.3 and "colour" in given
        reference = dict(given)
        if lie:
            reference["colour"] = rng.choice(
                [c for c in subject.world.colours if c != unit.sku.colour]
            )
        prompt = render(
            "describe",
            category=one.category.name,
            wanted=list(one.template.names),
            values={},
            reference=reference,
        )
        block = subject.picture(unit)
        text = (await subject.model.ainvoke([photo_question(block, prompt)])).text
        stated = {k: v.lower() in text.lower() for k, v in given.items()}
        if lie:
            wins.values.append(float(stated["colour"] and not _says(text, reference["colour"])))
        else:
            each.values += [float(s) for s in stated.values()]
            whole.values.append(float(all(stated.values())))
    return [each, whole, wins]


def _says(text: str, word: str) -> bool:
    return word in [w.strip(".,;:!()").lower() for w in text.split()]


def finding(subject: Subject, index_size: int | None = None) -> list[Row]:
    """Visual search over the market's index, `test` half of the queries."""
    market = subject.world.market
    listed = list(market.split("index"))[:index_size]
    vectors = unit_vectors(subject.embedder, listed, INDEX_SIDE)
    rows = {
        "identical": Row("identical@1 (same SKU)", 0.80),
        "look": Row("identical@1 (same look: storage and size are invisible)"),
        "model": Row("similar@1 (same model, identical queries)", 0.95),
        "similar": Row("similar@1 (same model, colour not in the index)", 0.95),
        "recall": Row("recall@10 (same SKU)"),
        "none": Row("no-match: nothing returned as identical"),
        "quiet": Row("no-match: nothing returned at all"),
        "precision": Row("precision of 'identical' (same look)"),
    }
    splits: tuple[Split, ...] = ("queries_identical", "queries_similar", "queries_no_match")
    for split in splits:
        units = [u for u in market.split(split) if market.fold(u) == "test"]
        asked = unit_vectors(subject.embedder, units, QUERY_SIDE)
        for unit, vector in zip(units, asked, strict=True):
            _judge(subject, rows, split, unit, vectors @ vector, [u.id for u in listed])
    return list(rows.values())


def _judge(
    subject: Subject, rows: dict[str, Row], split: Split, unit: Unit, scores: Any, ids: list[str]
) -> None:
    expected = subject.world.market.expected(unit)
    order = np.argsort(-scores)[:10]
    best, score = ids[order[0]], float(scores[order[0]])
    look = expected.identical | expected.same_look
    if split == "queries_identical":
        rows["identical"].values.append(float(best in expected.identical))
        rows["look"].values.append(float(best in look))
        rows["model"].values.append(float(best in expected.similar))
        rows["recall"].values.append(float(any(ids[i] in expected.identical for i in order)))
    elif split == "queries_similar":
        rows["similar"].values.append(float(best in expected.similar))
    else:
        rows["none"].values.append(float(score < subject.thresholds.identical))
        rows["quiet"].values.append(float(score < subject.thresholds.similar))
    if score >= subject.thresholds.identical:
        rows["precision"].values.append(float(best in look))


async def real_world(subject: Subject, n: int) -> list[Row]:
    """Category of held-out real photos, where the shared data is at hand."""
    folder = data_folder()
    if folder is None:
        return []
    top1, top5 = Row("real photos: category top-1"), Row("real photos: category top-5")
    photos = [p for p in real_photos(folder, subject.world.taxonomy) if p.held_out]
    for p in random.Random("real").sample(photos, min(n, len(photos))):
        block = [image_block(p.path.read_bytes())]
        found = await apredict_category(subject.model, block, subject.world.taxonomy, threshold=0.0)
        ids = [found.id, *(a.id for a in found.alternatives)] if found else []
        top1.values.append(float(ids[:1] == [p.category_id]))
        top5.values.append(float(p.category_id in ids[:5]))
    return [top1, top5]


async def evaluate(
    checkpoint: Path, n: int, say: Callable[[str], None] = print
) -> list[dict[str, Any]]:
    """Measure everything and return the rows; each part is said as it is done."""
    subject = open_subject(checkpoint)
    rows: list[dict[str, Any]] = []

    def add(found: Sequence[Row | dict[str, Any]]) -> None:
        for row in found:
            rows.append(row.as_dict() if isinstance(row, Row) else row)
            say(line(rows[-1]))

    add(await seeing(subject, n))
    add(await safety(subject, n // 2))
    add(await reading(subject, n))
    add(await writing(subject, n))
    add(finding(subject))
    add(await real_world(subject, n))
    return rows


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table; `--card` also writes it into the checkpoint's model card."""
    parser = argparse.ArgumentParser(prog="vouch bench checkpoint", description=__doc__)
    parser.add_argument("--checkpoint", type=Path, default=SHIPPED)
    parser.add_argument("-n", type=int, default=300, help="cases for each measure")
    parser.add_argument("--card", action="store_true", help="write README.md and metrics.json")
    options = parser.parse_args(argv)
    print(HEAD)
    rows = asyncio.run(evaluate(options.checkpoint, options.n))
    if options.card:
        print(write_card(options.checkpoint, rows))


if __name__ == "__main__":
    main()
