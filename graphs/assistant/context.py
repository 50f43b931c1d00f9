"""The handles that the assistant's nodes work with; they never enter the state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableConfig

from eval_traces import ChatSpans, RunSpan, RunTracer
from graphs.calls import LiveCalls, ToolCalls
from graphs.edits import Edit
from graphs.listing.context import ListingContext
from graphs.listing.graph import ListingGraph


@dataclass(frozen=True)
class AssistantLimits:
    """Numbers that steer a turn and bound a thread."""

    max_calls: int = 6
    """Calls that the model may make for one piece of a message."""
    piece_chars: int = 600
    """Longer messages are decided piece by piece."""
    max_pieces: int = 8
    sentence_wise: bool = False
    """Every sentence is decided by itself: for a model that sees only the first of several."""
    max_earlier: int = 2
    """Turns of the talk that the model is shown; older ones are in the summary."""
    line_chars: int = 200
    """Of each line of the talk that the model is shown."""
    summary_chars: int = 400
    max_undo: int = 20
    max_undo_bytes: int = 120_000
    """Of all that can be taken back, as JSON; the last change always can."""
    max_messages: int = 60
    """Of the talk that is kept."""
    max_talk_chars: int = 40_000
    max_photos: int = 9
    max_seller_chars: int = 4_000
    """Of the seller's statements that a new draft is given."""

    def talk(self, messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return the state's update that adds messages to the talk."""
        return {"add": list(messages), "most": self.max_messages, "chars": self.max_talk_chars}


@dataclass(frozen=True)
class AssistantContext:
    """What a turn needs of the world: the listing graph, its handles, and the limits."""

    listing: ListingContext
    listing_graph: ListingGraph
    limits: AssistantLimits = field(default_factory=AssistantLimits)
    languages: tuple[str, ...] = ("en",)
    """In which the model writes."""
    calls: ToolCalls = field(default_factory=LiveCalls)
    edits: Mapping[str, Sequence[Edit]] = field(default_factory=dict)
    """By node: what to change in the state before it runs."""
    about: Mapping[str, str] = field(default_factory=dict)
    """Attributes of the turn's root span beyond the usual: what a replay replays."""
    on_start: Callable[[RunSpan], None] | None = None
    """Is given the turn's span as it starts."""

    @property
    def tracer(self) -> RunTracer:
        """The tracer that listing runs are recorded with."""
        return self.listing.tracer

    @property
    def model(self) -> BaseChatModel:
        """The model that chooses and words."""
        return self.listing.model

    @property
    def config(self) -> RunnableConfig:
        """The config of every model call: it writes the call's chat span."""
        return {"callbacks": [ChatSpans(self.tracer)]}

    def for_node(self, name: str) -> Self:
        """Return the handles of one node; a replay gives live ones to some and taped to others."""
        return self

    def settings(self) -> dict[str, Any]:
        """Return what steers a turn, as its trace records it."""
        return {
            **self.listing.settings(),
            "assistant": {**asdict(self.limits), "languages": list(self.languages)},
        }
