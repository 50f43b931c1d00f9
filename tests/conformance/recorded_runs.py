"""Runs of the real listing graph, recorded for other projects' tools to read; scripted words."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval_traces import open_trace
from graphs.listing import Limits, ListingContext, ListingRequest, build_listing_graph
from graphs.listing import draft_listing as draft
from models.scripted import ScriptedChatModel
from tests.graphs.conftest import ColourEmbedder, Script, jpeg, mug_listing
from tools.photos import PhotoStore, read_photo
from tools.safety import Policy
from tools.taxonomy import market_taxonomy
from tools.visual_search import MatchThresholds, SqliteIndex

REFERENCE, REFUSED, FAILED = "reference", "refused", "failed"
TITLE = "Velo Nord mug, 300 ml"


async def record_runs(folder: Path) -> dict[str, Path]:
    """Record one run a name and return the trace files.

    `reference`: two evidence sources, a revision and an evaluation; `refused`: stopped by a photo
    rule; `failed`: the model breaks while it looks at the photo, and the run goes on with less.
    """
    scripts = {REFERENCE: _reference(), REFUSED: _refused(), FAILED: _failed()}
    store = PhotoStore(folder / "photos")
    photo = store.put(read_photo(jpeg("red"), "red.jpg"))
    context = ListingContext(
        model=ScriptedChatModel(responses=[]),
        taxonomy=market_taxonomy(),
        store=store,
        policy=Policy.load(),
        tracer=open_trace(folder / "traces", version="0.0.0"),
        embedder=ColourEmbedder(),
        index=_market(folder, store, photo.sha256),
        thresholds=MatchThresholds(identical=0.999, similar=0.95),
        limits=Limits(deadline_s=20),
    )
    graph, files = build_listing_graph(), {}
    for name, script in scripts.items():
        handles = replace(context, model=ScriptedChatModel(responses=script))
        document = await draft(handles, ListingRequest((photo,), "condition: good"), graph)
        (files[name],) = (folder / "traces").glob(f"*/{document.trace_id}.otlp.jsonl")
    context.tracer.close()
    return files


def _market(folder: Path, store: PhotoStore, photo: str) -> SqliteIndex:
    embedder = ColourEmbedder()
    index = SqliteIndex(folder / "index", dimension=3, embedder_name=embedder.name)
    rows = [mug_listing("m1", f"{TITLE}, red. line\u2028separator")]
    index.add(rows, embedder.embed([store.open_image(photo)]), [[photo]])
    return index


def _reference() -> Script:
    script = Script()
    found: Mapping[str, Mapping[str, str]] = {
        "good": {"condition": "good"},
        "Nord": {"brand": "Velo", "model": "Nord", "capacity": "300 ml"},
    }
    script.reading(**{k: dict(v) for k, v in found.items()})
    script.answers["Write a second-hand listing"] = (
        f"{TITLE}\n\nRed Velo Nord mug, it holds 300 ml. It is made of steel."
    )
    return script


def _refused() -> Script:
    script = Script()
    script.answers["class of risk"] = {"weapon": 0.97, "none": 0.02}
    return script


def _failed() -> Script:
    script = Script()

    def broken(messages: object, kwargs: object) -> Any:
        raise ConnectionError("the model is gone")

    script.answers["Which category"] = broken
    return script
