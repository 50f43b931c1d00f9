"""A small real world for the graph: store, index, taxonomy, policy, tracer; scripted words."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.messages import BaseMessage
from PIL import Image

from eval_traces import find_trace, open_memory_trace, open_trace, read_trace
from graphs.listing import Limits, ListingContext
from graphs.replay import Ground, Replay, listing_nodes, read_changes, replay_listing
from listing import MarketListing, Photo
from models.scripted import ScriptedChatModel
from tools.photos import PhotoStore, read_photo
from tools.safety import Policy
from tools.taxonomy import market_taxonomy
from tools.visual_search import MatchThresholds, SqliteIndex

MUG = "hg-11-10-5-5"


class ColourEmbedder:
    """Mean colour as a vector: enough for one red mug to find another."""

    name = "mean-colour"
    dimension = 3

    def embed(self, images: Sequence[Image.Image], keys: Sequence[str] | None = None) -> Any:
        means = [np.asarray(i.convert("RGB"), np.float32).mean((0, 1)) + 1 for i in images]
        found = np.stack(means)
        return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def jpeg(colour: str, size: tuple[int, int] = (320, 240)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


class Script:
    """Answers by what is asked; tests replace single answers by a value or an exception."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {
            "class of risk": {"none": 0.99},
            "Which category": {"Mugs": 0.9, "Lamps": 0.05},
            "What is the colour": {"red": 0.95},
            "Answer yes or no": {"yes": 0.9, "no": 0.1},
            "Read the listing": {},
            "Write a second-hand listing": "Red mug\n\nA red mug. Questions are welcome.",
        }
        self.asked: list[str] = []

    def __call__(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> Any:
        text = messages[-1].text
        for key, answer in self.answers.items():
            if key in text:
                self.asked.append(key)
                return answer(messages, kwargs) if callable(answer) else answer
        raise AssertionError(f"nothing scripted for: {text[:80]}")

    def reading(self, **by_text: dict[str, str]) -> None:
        """Script extraction: for each marker in the text read, the fields found."""

        def answer(messages: list[BaseMessage], kwargs: dict[str, Any]) -> Any:
            text = kwargs["spans"]["text"]
            for marker, values in by_text.items():
                if marker in text:
                    return {k: v for k, v in values.items() if v in text}
            return {}

        self.answers["Read the listing"] = answer


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy.load()


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def store(tmp_path: Path) -> PhotoStore:
    return PhotoStore(tmp_path / "photos")


@pytest.fixture
def take(store: PhotoStore) -> Callable[..., Photo]:
    def put(colour: str = "red", size: tuple[int, int] = (320, 240)) -> Photo:
        return store.put(read_photo(jpeg(colour, size), f"{colour}.jpg"))

    return put


@pytest.fixture
def context(tmp_path: Path, script: Script, store: PhotoStore, policy: Policy) -> ListingContext:
    return ListingContext(
        model=ScriptedChatModel(responses=script),
        taxonomy=market_taxonomy(),
        store=store,
        policy=policy,
        tracer=open_trace(tmp_path / "traces"),
        limits=Limits(deadline_s=20),
    )


@pytest.fixture
def with_index(
    tmp_path: Path, context: ListingContext, take: Callable[..., Photo]
) -> Callable[..., ListingContext]:
    """The context with an index that holds the given listings, each with a photo of a colour."""

    def build(*rows: tuple[str, MarketListing], identical: float = 0.999) -> ListingContext:
        embedder = ColourEmbedder()
        index = SqliteIndex(tmp_path / "index", dimension=3, embedder_name=embedder.name)
        photos = [take(colour) for colour, _ in rows]
        images = [context.store.open_image(p.sha256) for p in photos]
        if rows:
            index.add([r for _, r in rows], embedder.embed(images), [[p.sha256] for p in photos])
        thresholds = MatchThresholds(identical=identical, similar=0.95)
        return replace(context, embedder=embedder, index=index, thresholds=thresholds)

    return build


async def replayed(context: ListingContext, trace_id: str, *changes: str) -> Replay:
    """The recorded run replayed with today's rules, without a model."""
    trace = read_trace(find_trace(context.tracer.folder or Path(), trace_id))
    ground = Ground(context.taxonomy, context.policy, context.store, context.versions)
    edits = read_changes(changes, listing_nodes())
    return await replay_listing(trace, ground, open_memory_trace(), edits)


def mug_listing(id: str, text: str, **more: Any) -> MarketListing:
    given = {"category_id": MUG, "price": 8.0, **more}
    return MarketListing(id=id, title="Mug", text=text, **given)
