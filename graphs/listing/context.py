"""The handles that nodes work with; they never enter the state, so they are never checkpointed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from eval_traces import ChatSpans, RunTracer
from listing import ModelInfo
from models.decoding import image_block
from models.embedder import ImageEmbedder
from tools.photos import PhotoStore
from tools.safety import Policy
from tools.taxonomy import Taxonomy
from tools.visual_search import ListingIndex, MatchThresholds

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
    photo_threshold: float = 0.6
    max_revisions: int = 2


@dataclass(frozen=True)
class ListingContext:
    """What a run needs of the world. Without `index` or `embedder` nothing is found."""

    model: BaseChatModel
    taxonomy: Taxonomy
    store: PhotoStore
    policy: Policy
    tracer: RunTracer
    embedder: ImageEmbedder | None = None
    index: ListingIndex | None = None
    thresholds: MatchThresholds = STRICTEST
    limits: Limits = field(default_factory=Limits)
    model_info: ModelInfo | None = None

    def photo_blocks(self, photos: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Content blocks of the photos in the state, read from the store."""
        return [image_block(self.store.get(p["sha256"]), p["media_type"]) for p in photos]

    @property
    def config(self) -> RunnableConfig:
        """The config of every model call: it writes the call's chat span."""
        return {"callbacks": [ChatSpans(self.tracer)]}
