"""The ablation: each setting gives the writer what its name says, and the table judges honestly."""

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.messages import BaseMessage
from PIL import Image

from agent.runtime import Runtime
from agent.settings import Settings
from bench import ablation
from bench.ablation_runs import SETTINGS, Setting, folder_of, record_setting
from bench.ablation_table import COLUMNS, SIMILARITY, Ablation, table
from bench.market_runs import MarketCase, case_photo, choose_cases
from eval_traces import open_trace, read_trace
from eval_traces.evaluators import Score, load_evaluators
from eval_traces.report import Report, build_report
from eval_traces.scoring.scores import RunScores
from graphs.listing import ListingContext
from listing import MarketListing
from listing.errors import BadInputError
from models.scripted import ScriptedChatModel
from tests.graphs.conftest import ColourEmbedder, Script
from tools.photos import PhotoStore, read_photo
from tools.safety import Policy
from tools.taxonomy import market_taxonomy
from tools.visual_search import MatchThresholds, SqliteIndex
from training.marketplace import Market, build_market

BY_NAME = {s.name: s for s in SETTINGS}


@dataclass
class World:
    """One case, a market that holds the same thing, and a model that notes what it is shown."""

    case: MarketCase
    category: str
    script: Script
    wrote_from: list[tuple[str, Image.Image]]
    folder: Path

    @contextmanager
    def recorder(self, folder: Path) -> Iterator[Runtime]:
        """As `open_recorder`, with scripted words and a market of one listing."""
        home = self.folder / "home"
        store, embedder = PhotoStore(home / "photos"), ColourEmbedder()
        index = SqliteIndex(home / "index", dimension=3, embedder_name=embedder.name)
        photo = store.put(read_photo(case_photo(self.case), "photo.jpg"))
        unit = self.case.unit
        row = MarketListing(
            id="m1", title="Ad", text="made by Velo", category_id=unit.sku.spu.category_id
        )
        vectors = embedder.embed([store.open_image(photo.sha256)])
        index.add([row], vectors, [[photo.sha256]])
        context = ListingContext(
            model=ScriptedChatModel(responses=self.script),
            taxonomy=market_taxonomy(),
            store=store,
            policy=Policy.load(),
            tracer=open_trace(folder / "traces"),
            embedder=embedder,
            index=index,
            thresholds=MatchThresholds(identical=0.999, similar=0.999),
        )
        yield Runtime(Settings(home=home), context)
        index.close()
        context.tracer.close()


@pytest.fixture(scope="module")
def market() -> Market:
    return build_market(0)


@pytest.fixture
def world(market: Market, tmp_path: Path) -> World:
    (case,) = choose_cases(market, 1, told_share=0.0)
    leaf = market_taxonomy().get(case.unit.sku.spu.category_id)
    assert leaf is not None
    script, seen = Script(), []

    def write(messages: list[BaseMessage], kwargs: dict[str, Any]) -> str:
        content = messages[-1].content
        assert isinstance(content, list)
        (block,) = [b for b in content if isinstance(b, dict) and b["type"] == "image"]
        picture = Image.open(io.BytesIO(base64.b64decode(block["base64"])))
        seen.append((messages[-1].text, picture.convert("RGB")))
        return "A Velo\n\nA thing by Velo. Questions are welcome."

    def categorise(messages: list[BaseMessage], kwargs: dict[str, Any]) -> dict[str, float]:
        return {leaf.path[-1]: 0.99}

    script.answers["Which category"] = categorise
    script.answers["Write a second-hand listing"] = write
    script.reading(Velo={"brand": "Velo"})
    return World(case, leaf.path[-1], script, seen, tmp_path)


def run(world: World, market: Market, setting: Setting) -> None:
    record_setting(setting, market, [world.case], world.folder, recorder=world.recorder)


def is_flat(picture: Image.Image) -> bool:
    """Whether there is nothing to see but shades of grey close together."""
    return float(np.asarray(picture, float).std()) < 20


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)
def test_a_setting_gives_the_writer_what_its_name_says(
    world: World, market: Market, setting: Setting
) -> None:
    run(world, market, setting)
    ((prompt, picture),) = world.wrote_from
    assert (f"Category: {world.category}" in prompt) == ("category" not in setting.leave_out)
    found = "reference" not in setting.leave_out and setting.blind != "run"
    assert ("brand: Velo" in prompt) == found, "a grey photo finds nothing in the market"
    assert is_flat(picture) == (setting.blind != "no")


def test_a_writer_that_sees_grey_is_told_what_the_photo_showed(
    world: World, market: Market
) -> None:
    run(world, market, BY_NAME["all"])
    run(world, market, BY_NAME["all_writer_grey"])
    (seeing, photo), (blind, grey) = world.wrote_from
    assert seeing == blind and photo.size == grey.size


def test_what_is_recorded_is_not_run_again(world: World, market: Market) -> None:
    run(world, market, BY_NAME["all"])
    asked = len(world.script.asked)
    run(world, market, BY_NAME["all"])
    assert len(world.script.asked) == asked
    (trace,) = folder_of(world.folder, BY_NAME["all"]).glob("traces/*/*.jsonl")
    assert read_trace(trace).complete


def test_a_setting_is_scored_from_its_record_alone(world: World, market: Market) -> None:
    run(world, market, BY_NAME["all"])
    report = ablation.score_setting(
        BY_NAME["all"], [world.case], world.folder, load_evaluators().chosen
    )
    assert report.runs == 1 and not report.problems
    missing = {c.metric for c in COLUMNS} - set(report.figures)
    assert missing == {SIMILARITY}, "SIM needs a model"


def test_queries_that_the_market_holds_can_be_scored_alone(world: World, market: Market) -> None:
    run(world, market, BY_NAME["photo"])
    held = bool(market.expected(world.case.unit).similar)
    assert not held, "the first case is one that nobody else sells"
    with pytest.raises(BadInputError, match="holds no recorded run"):
        ablation.score_setting(BY_NAME["photo"], [world.case], world.folder, [], in_market=True)
    assert ablation.score_setting(BY_NAME["photo"], [world.case], world.folder, []).runs == 1


def test_nothing_recorded_is_said_so(world: World) -> None:
    with pytest.raises(BadInputError, match="holds no recorded run"):
        ablation.score_setting(BY_NAME["all"], [world.case], world.folder, [])


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(BadInputError, match="--settings photos: is none of photo, "):
        ablation.main(["--settings", "photos"])


def report(name: str, bleu: float, accuracy: float, n: int = 40) -> Report:
    """A report of n runs whose scores lie around the given figures."""
    noise = np.linspace(-0.05, 0.05, n)
    return build_report(
        RunScores(
            trace_id=f"{name}-{i}",
            path=Path("run"),
            case=f"case {i}",
            mode="reference",
            status="drafted",
            category="Mugs",
            started=datetime(2026, 1, 1, tzinfo=UTC),
            scores=(
                Score("text.bleu_1", bleu + noise[(7 * i + len(name)) % n]),
                Score("truth.attribute_accuracy", accuracy + noise[i]),
            ),
        )
        for i in range(n)
    )


@pytest.fixture
def made() -> Ablation:
    reports = {"all": report("all", 0.20, 0.75), "all_grey": report("all_grey", 0.20, 0.30)}
    return Ablation(reports, {"SIM": "not measured"})


def test_our_figures_stand_under_those_of_ipl(made: Ablation) -> None:
    lines = made.markdown().splitlines()
    theirs = next(x for x in lines if x.startswith("| IPL: photo + category + reference"))
    ours = next(x for x in lines if x.startswith("| ours: photo + category + reference"))
    assert lines.index(theirs) < lines.index(ours)
    head = [c.strip() for c in lines[0].split("|")]
    cells = {h: c.strip() for h, c in zip(head, ours.split("|"), strict=True)}
    assert (cells["n"], cells["ACC"], cells["BLEU1"], cells["SIM"]) == ("40", "0.750", "0.200", "—")
    assert "0.718" in theirs and "SIM: not measured" in lines


def test_a_metric_that_does_not_move_without_the_photo_is_marked(made: Ablation) -> None:
    (control,) = made.controls
    assert (control.moves("text.bleu_1"), control.moves("truth.attribute_accuracy")) == (
        False,
        True,
    )
    marked = [x for x in made.markdown().splitlines() if "does not measure sight" in x]
    assert len(marked) == 1 and marked[0].startswith("| BLEU1")
    told = {m["figure"]: m["measures_sight"] for m in made.as_json()["blind"][0]["moved"]}
    assert told == {"ACC": True, "BLEU1": False}


def test_figures_come_with_n_and_interval(made: Ablation) -> None:
    (whole, _) = made.as_json()["settings"]
    accuracy = whole["figures"]["ACC"]
    assert accuracy["n"] == 40 and accuracy["low"] < accuracy["value"] < accuracy["high"]
    assert whole["figures"]["SIM"] is None


def test_a_table_is_aligned() -> None:
    assert table([["a", "bb"], ["ccc", "d"]]).splitlines() == [
        "| a   | bb |",
        "| --- | -- |",
        "| ccc | d  |",
    ]
