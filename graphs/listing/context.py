"""The handles that nodes work with; they never enter the state, so they are never checkpointed."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from eval_traces import ChatSpans, RunSpan, RunTracer
from graphs.calls import LiveCalls, ToolCalls
from graphs.edits import Edit
from listing import ModelInfo
from models.decoding import image_block
from models.prompts import prompt_versions
from tools.photos import PhotoStore
from tools.safety import Policy
from tools.taxonomy import Taxonomy
from tools.visual_search import ListingIndex, MatchThresholds

if TYPE_CHECKING:  # its module brings torch, which a replay does without
    from models.embedder import ImageEmbedder

STRICTEST = MatchThresholds(identical=1.0, similar=1.0)
"""Until thresholds are calibrated, only the very same photo matches."""


@dataclass(frozen=True)
class Limits:
    """Numbers that steer a run."""

    deadline_s: float = 60.0
    max_chars: int = 1200
    max_new_tokens: int = 256
    top_k: int = 8
    read_references: int = 3
    """How many references are read for attributes."""
    category_threshold: float = 0.35
    photo_threshold: float = 0.8
    """Below it a reading of the photo does not count (0.8: right in 0.996 of 241 dev photos)."""
    max_revisions: int = 2


@dataclass(frozen=True)
class ListingContext:
    """What a run needs of the world. Without `index` or `embedder` nothing is found."""

    model: BaseChatModel
    taxonomy: Taxonomy
    store: PhotoStore
    policy: Policy
    tracer: RunTracer
    embedder: "ImageEmbedder | None" = None
    index: ListingIndex | None = None
    thresholds: MatchThresholds = STRICTEST
    limits: Limits = field(default_factory=Limits)
    model_info: ModelInfo | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    """What else a run depends on: the code's version, hashes of taxonomy and policies."""
    calls: ToolCalls = field(default_factory=LiveCalls)
    edits: Mapping[str, Sequence[Edit]] = field(default_factory=dict)
    """By node: what to change in the state before it runs."""
    about: Mapping[str, str] = field(default_factory=dict)
    """Attributes of the run's root span beyond the usual: what a replay replays."""
    on_start: Callable[[RunSpan, asyncio.Timeout], None] | None = None
    """Is given a run's span and deadline as it starts: a replay brings the deadline forward."""

    def photo_blocks(self, photos: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Content blocks of the photos in the state, read from the store."""
        return [image_block(self.store.get(p["sha256"]), p["media_type"]) for p in photos]

    def for_node(self, name: str) -> "ListingContext":
        """Return the handles of one node; a replay gives live ones to some and taped to others."""
        return self

    @property
    def can_search(self) -> bool:
        """Whether there is a market to search, and an embedder to search it with."""
        return self.index is not None and self.embedder is not None

    def settings(self) -> dict[str, Any]:
        """Return what steers a run, as its trace records it: enough to run it again."""
        unknown = ModelInfo(name=type(self.model).__name__)
        info = (self.model_info or unknown).model_dump()
        constrained = bool(getattr(self.model, "constrained_decoding", False))
        return {
            "limits": asdict(self.limits),
            "thresholds": asdict(self.thresholds),
            "model": {**info, "constrained": constrained},
            "embedder": self.embedder.name if self.embedder else None,
            "index": self.can_search,
            "prompts": prompt_versions(),
            "versions": dict(self.versions),
        }

    @property
    def config(self) -> RunnableConfig:
        """The config of every model call: it writes the call's chat span."""
        return {"callbacks": [ChatSpans(self.tracer)]}
