"""The handles of a replayed run: the recorded settings, and for each node the tape or live handles.

Rule: what the record says steered the run steers the replay, unless a change says otherwise.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, TypeVar

from eval_traces import RunTracer, Trace, names
from graphs.listing.context import STRICTEST, Limits, ListingContext
from graphs.replay.changes import Changes
from graphs.replay.player import Player, TapedCalls
from graphs.replay.taped_model import TapedModel
from listing import ListingDocument, ModelInfo
from tools.photos import PhotoStore
from tools.safety import Policy
from tools.taxonomy import Taxonomy
from tools.visual_search import MatchThresholds

D = TypeVar("D", Limits, MatchThresholds)


@dataclass(frozen=True)
class ReplayContext(ListingContext):
    """Hands each node its own handles; without `live` every call is answered from the tape."""

    player: Player | None = None
    recorded: Mapping[str, Any] = field(default_factory=dict)
    """The settings of the recorded run."""
    live: ListingContext | None = None
    live_nodes: frozenset[str] = frozenset()

    @property
    def can_search(self) -> bool:
        """Whether the recorded run could search."""
        return bool(self.recorded.get("index", True))

    def for_node(self, name: str) -> ListingContext:
        """Return live handles for a live node, else a model and tools that play the tape."""
        if self.live is not None and name in self.live_nodes:
            return replace(
                self.live,
                tracer=self.tracer,
                limits=self.limits,
                thresholds=self.thresholds,
                edits=self.edits,
            )
        assert self.player is not None
        model = self.recorded.get("model") or {}
        return replace(
            self,
            calls=TapedCalls(name, self.player),
            model=TapedModel(
                node=name,
                player=self.player,
                model_name=str(model.get("name") or "recorded"),
                constrained=bool(model.get("constrained", True)),
            ),
        )

    def photo_blocks(self, photos: Any) -> list[dict[str, Any]]:
        """Content blocks that name the photos by hash: the tape needs no pixels."""
        return [
            {"type": "image", "key": photo["sha256"], "mime_type": photo["media_type"]}
            for photo in photos
        ]

    def settings(self) -> dict[str, Any]:
        """The recorded settings with this replay's changes."""
        return {
            **self.recorded,
            "limits": asdict(self.limits),
            "thresholds": asdict(self.thresholds),
            "prompts": super().settings()["prompts"],
            "versions": dict(self.versions),
        }


@dataclass(frozen=True)
class Ground:
    """What a replay takes from today's program: rules, kinds of goods, photos."""

    taxonomy: Taxonomy
    policy: Policy
    store: PhotoStore
    versions: Mapping[str, str] = field(default_factory=dict)


def recorded_settings(trace: Trace) -> dict[str, Any]:
    """Return what steered the recorded run; what old traces do not say is taken as the default."""
    told = trace.root.json(names.SETTINGS)
    settings: dict[str, Any] = told if isinstance(told, dict) else {}
    if "model" not in settings:
        chats = trace.chats()
        limited = any(names.REQUEST_CHOICES in c.attributes for c in chats)
        name = chats[0].text(names.REQUEST_MODEL) if chats else None
        settings["model"] = {"name": name or "recorded", "constrained": limited or not chats}
    if "index" not in settings:
        settings["index"] = bool(trace.find("search_similar", kind="tool"))
    return settings


def replay_context(
    trace: Trace,
    document: ListingDocument | None,
    ground: Ground,
    changes: Changes,
    player: Player,
    tracer: RunTracer,
    *,
    live: ListingContext | None = None,
    live_nodes: frozenset[str] = frozenset(),
) -> ReplayContext:
    """Return the handles to replay `trace` with; `document` is what it came to."""
    recorded = recorded_settings(trace)
    info = {k: v for k, v in recorded["model"].items() if k in ModelInfo.model_fields}
    about = {
        names.REPLAY_PARENT: trace.trace_id,
        names.REPLAY_FROM: changes.start,
        names.REPLAY_LIVE: ",".join(sorted(live_nodes)),
        names.REPLAY_EDITS: "\n".join(changes.given),
    }
    return ReplayContext(
        model=TapedModel(node="", player=player),
        taxonomy=ground.taxonomy,
        store=ground.store,
        policy=ground.policy,
        tracer=tracer,
        thresholds=_known(STRICTEST, recorded.get("thresholds"), changes.thresholds),
        limits=_known(Limits(), recorded.get("limits"), changes.limits),
        model_info=document.model if document else ModelInfo(**info),
        versions=ground.versions,
        edits=changes.state,
        about={key: value for key, value in about.items() if value},
        player=player,
        recorded=recorded,
        live=live,
        live_nodes=live_nodes,
    )


def _known(default: D, *told: object) -> D:
    """The defaults with the values told, later ones winning; unknown names are let be."""
    values = asdict(default)
    for given in told:
        if isinstance(given, Mapping):
            values |= {k: v for k, v in given.items() if k in values}
    return replace(default, **{f.name: values[f.name] for f in fields(default)})
