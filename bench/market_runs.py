"""Recorded runs of the generated market's held-out queries, with the truth about each beside them.

Rule: the runs are the product's own (intake, graph, tracer), the truth is the market's own, and
what is recorded once is not run again. A folder holds `traces/` and `truth.jsonl`, one object a
case, keyed by the photo's sha256 and written after its trace.
"""

import io
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from PIL import Image

from agent.request import make_request
from agent.runtime import Runtime, open_runtime
from agent.settings import load_settings
from eval_traces.reading.folder import SUFFIX
from graphs.listing import build_listing_graph, draft_listing
from listing.document import Mode
from listing.errors import BadInputError
from tools.photos import read_photo
from training.embed import QUERY_SIDE
from training.marketplace import Market, Split, Unit, lots
from training.marketplace.export import written
from training.rendering import jpeg_photo

QUERIES: tuple[Split, ...] = (
    "queries_identical",
    "queries_similar",
    "queries_no_match",
    "long_tail",
)
"""What an honest seller of the market asks for; `prohibited` and `lookalikes` are asked by name."""
TRACES, TRUTH = "traces", "truth.jsonl"
Fold = Literal["dev", "test"]
LeaveOut = Literal["category", "reference"]


@dataclass(frozen=True)
class MarketCase:
    """One query: an item that a seller photographs, perhaps with words about it."""

    split: Split
    unit: Unit
    told: Mapping[str, str] = field(default_factory=dict)
    """True values that the seller's words state."""
    seller: str | None = None

    @property
    def name(self) -> str:
        """The case's name, the same in every process."""
        return f"{self.split}-{self.unit.id}"


@dataclass(frozen=True)
class Truth:
    """What is true of a case, as the truth file has it; the fields from `split` on are extras."""

    photo: str
    case: str
    sku: str
    spu: str
    in_market: bool
    """The model is in the index."""
    category: str
    attributes: dict[str, str]
    knowable: list[str]
    """Attributes that the photo, a listing of its scope or the seller determines."""
    text: str
    """What the item's own seller wrote: title, line break, text."""
    prohibited: bool
    split: str
    identical: bool
    """The very variant is in the index."""
    told: dict[str, str]
    seller: str | None
    grey: bool
    mode: str | None
    trace_id: str
    identical_ids: list[str] = field(default_factory=list)
    """Ids of the index's listings of the very variant."""
    similar_ids: list[str] = field(default_factory=list)
    """Ids of all its listings of the model, the identical ones among them."""


@dataclass(frozen=True)
class RecordedCase:
    """A recorded run and the truth about it."""

    truth: Truth
    trace: Path


def choose_cases(
    market: Market,
    count: int,
    *,
    seed: int = 0,
    splits: Sequence[Split] = QUERIES,
    fold: Fold | None = "test",
    told_share: float = 0.5,
) -> list[MarketCase]:
    """Return `count` distinct cases, or as many as there are, the categories taking turns.

    `fold` is `Market.fold`'s half (None: both). In `told_share` of them the seller says true facts
    of the item. The first cases are the same whatever the count.
    """
    rng = random.Random(f"market runs {seed} {sorted(splits)} {fold}")
    shelves: dict[str, list[MarketCase]] = {}
    for split in splits:
        for unit in market.split(split):
            if fold is None or market.fold(unit) == fold:
                case = _case(split, unit, rng.random() < told_share)
                shelves.setdefault(unit.sku.spu.category_id, []).append(case)
    for cases in shelves.values():
        rng.shuffle(cases)
    order = rng.sample(sorted(shelves), len(shelves))
    most = max(map(len, shelves.values()), default=0)
    turns = (shelves[c][i] for i in range(most) for c in order if i < len(shelves[c]))
    return [case for case, _ in zip(turns, range(count), strict=False)]


_CONDITION = (
    "It is in {} condition.", "Condition: {}", "{} condition", "I'd say it's in {} condition",
    "the condition is {}", "overall {} condition, see photos",
)  # fmt: skip
_ACCESSORIES = (
    "Comes with {}.", "includes {}", "with {}", "{} included", "You also get {}.", "incl. {}",
)  # fmt: skip


def _case(split: Split, unit: Unit, speaks: bool) -> MarketCase:
    """The case; a seller who speaks states the condition, what comes along, or both."""
    rng = lots("market runs", "seller", unit.id)
    facts = {"condition": unit.condition}
    if unit.accessories:
        facts["accessories"] = unit.accessories
    kept = rng.sample(sorted(facts), rng.randint(1, len(facts)))
    if not speaks:
        return MarketCase(split, unit)
    ways = {"condition": _CONDITION, "accessories": _ACCESSORIES}
    said = [rng.choice(ways[name]).format(facts[name]) for name in kept]
    return MarketCase(split, unit, {n: facts[n] for n in kept}, "\n".join(said))


def case_photo(case: MarketCase, *, grey: bool = False) -> bytes:
    """Return the seller's photo as JPEG; `grey`: without anything to see.

    A grey photo is cloudy, each in its own way, since a run's truth is found by its photo's hash.
    """
    if not grey:
        return jpeg_photo(case.unit, QUERY_SIDE)[1]
    seed = lots("grey", case.name).getrandbits(63)
    tiles = np.random.default_rng(seed).integers(112, 144, (QUERY_SIDE // 16,) * 2, dtype=np.uint8)
    cloudy = Image.fromarray(np.kron(tiles, np.ones((16, 16), np.uint8))).convert("RGB")
    out = io.BytesIO()
    cloudy.save(out, "JPEG", quality=92)
    return out.getvalue()


def knowable(market: Market, case: MarketCase) -> list[str]:
    """Return the attributes that something in reach determines, in the template's order.

    Those that a photo shows, those of the model where the index has the model, those of the variant
    where it has that variant, and what the seller says.
    """
    expected = market.expected(case.unit)
    scopes = {"model": bool(expected.similar), "variant": bool(expected.identical), "item": False}
    return [
        spec.name
        for spec in case.unit.sku.spu.goods.template.attributes
        if spec.name in case.unit.attributes
        and (spec.visible or scopes[spec.scope] or spec.name in case.told)
    ]


@contextmanager
def open_recorder(folder: Path, **overrides: Any) -> Iterator[Runtime]:
    """Yield the product's handles, recording into `folder/traces`; `overrides` are settings.

    Raises:
        BadInputError: there is no index to search; the message says how to make it.
    """
    with open_runtime(load_settings(trace_dir=folder / TRACES, **overrides)) as runtime:
        if runtime.context.index is None:
            where = runtime.settings.index_uri
            raise BadInputError(
                f"{where}: there is no index; make it with `vouch index build demo`"
            )
        yield runtime


async def record_cases(
    runtime: Runtime,
    market: Market,
    cases: Sequence[MarketCase],
    folder: Path,
    *,
    mode: Mode | None = None,
    leave_out: tuple[LeaveOut, ...] = (),
    grey: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[RecordedCase]:
    """Draft the cases that `folder` does not hold yet; return all of them as recorded, in order.

    `runtime` writes its traces to `folder/traces` (`open_recorder`); its context may be one with
    other limits or without an index. One folder is for one set of options.
    """
    graph = build_listing_graph()
    there = {one.truth.case: one for one in recorded_cases(folder)}
    for done, case in enumerate(cases):
        if progress is not None:
            progress(done, len(cases))
        if case.name in there:
            continue
        photo = read_photo(case_photo(case, grey=grey), f"{case.name}.jpg")
        request = make_request(runtime.context.store, [photo], seller=case.seller, mode=mode)
        request = replace(request, leave_out=leave_out)
        document = await draft_listing(runtime.context, request, graph)
        truth = _truth(market, case, request.photos[0].sha256, mode, grey, document.trace_id)
        with (folder / TRUTH).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(truth)) + "\n")
    if progress is not None:
        progress(len(cases), len(cases))
    there = {one.truth.case: one for one in recorded_cases(folder)}
    return [there[case.name] for case in cases]


def _truth(
    market: Market, case: MarketCase, photo: str, mode: Mode | None, grey: bool, trace_id: str
) -> Truth:
    unit = case.unit
    expected = market.expected(unit)
    text = written(market, unit)
    return Truth(
        photo=photo,
        case=case.name,
        sku=unit.sku.id,
        spu=unit.sku.spu.id,
        in_market=bool(expected.similar),
        category=unit.sku.spu.category_id,
        attributes=unit.attributes,
        knowable=knowable(market, case),
        text=text.whole,
        prohibited=case.split.startswith("prohibited"),
        split=case.split,
        identical=bool(expected.identical),
        told=dict(case.told),
        seller=case.seller,
        grey=grey,
        mode=mode,
        trace_id=trace_id,
        identical_ids=sorted(expected.identical),
        similar_ids=sorted(expected.similar),
    )


def recorded_cases(folder: Path) -> list[RecordedCase]:
    """Return what the folder holds: the rows of its truth file whose trace is there, in order.

    A line torn by a crash counts as not recorded; of a case recorded twice the later run counts.
    """
    file = folder / TRUTH
    if not file.is_file():
        return []
    files = (folder / TRACES).glob(f"*/*{SUFFIX}")
    traces = {path.name.removesuffix(SUFFIX): path for path in files}
    found: dict[str, RecordedCase] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        try:
            truth = Truth(**json.loads(line))
        except (json.JSONDecodeError, TypeError):
            continue
        if truth.trace_id in traces:
            found[truth.case] = RecordedCase(truth, traces[truth.trace_id])
    return list(found.values())
