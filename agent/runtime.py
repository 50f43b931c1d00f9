"""From settings to handles: everything that a run works with, opened once and closed together.

Rule: nothing heavy is imported before it is needed, and what can be wrong cheaply (rules, taxonomy,
folders) is found out before a model is loaded.
"""

import hashlib
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Read when langgraph is first imported: a checkpoint may then name no type to import.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

from agent.market import open_market
from agent.quiet import quiet_loading
from agent.settings import CHECKPOINT, Settings
from agent.sight import open_sight
from listing.errors import ModelError, SettingsError
from tools.photos import PhotoLimits, PhotoStore

if TYPE_CHECKING:  # these bring torch and langgraph
    from langchain_core.language_models import BaseChatModel
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from graphs.assistant import AssistantContext, AssistantGraph
    from graphs.listing import ListingContext
    from graphs.listing.graph import ListingGraph
    from listing import ModelInfo
    from models.embedder import ImageEmbedder
    from tools.safety import Policy
    from tools.taxonomy import Taxonomy


@dataclass(frozen=True)
class Provided:
    """Handles to take instead of those that the settings name: another model, a test's script."""

    model: "BaseChatModel | None" = None
    embedder: "ImageEmbedder | None" = None


@dataclass(frozen=True)
class Runtime:
    """The handles of one process; `open_runtime` makes and closes it."""

    settings: Settings
    context: "ListingContext"
    notes: tuple[str, ...] = ()
    """What an operator should know: no index, no embedder, thresholds not calibrated."""

    @asynccontextmanager
    async def graph(self) -> AsyncIterator["ListingGraph"]:
        """Open the listing graph over the kept threads; it serves any number of runs.

        Raises:
            SettingsError: threads cannot be kept where the settings say.
        """
        from agent.threads import open_threads
        from graphs.listing import build_listing_graph

        async with open_threads(self.settings.threads_place) as saver:
            yield build_listing_graph(saver)

    @asynccontextmanager
    async def assistant(self) -> AsyncIterator[tuple["AssistantContext", "AssistantGraph"]]:
        """Open the assistant's graph and its handles; they serve any number of threads at once.

        Raises:
            SettingsError: threads cannot be kept where the settings say.
        """
        from agent.threads import open_threads
        from graphs.assistant import build_assistant_graph

        async with open_threads(self.settings.threads_place) as saver:
            yield assistant_context(self.context, saver), build_assistant_graph(saver)


@contextmanager
def open_runtime(
    settings: Settings,
    *,
    model: "BaseChatModel | None" = None,
    embedder: "ImageEmbedder | None" = None,
) -> Iterator[Runtime]:
    """Yield the handles that the settings name, and close them at the end.

    `model` and `embedder` are used instead of the settings' where given, and stay open.

    Raises:
        SettingsError: a setting, rule or taxonomy file is wrong.
        ModelError: the model or the embedder cannot be loaded.
        IndexStoreError: there is an index and it cannot be opened, or is of another embedder.
    """
    from graphs.listing import Limits, ListingContext

    make_home(settings)
    policy, taxonomy = load_policy(settings), load_taxonomy(settings)
    with ExitStack() as stack:
        tracer = open_tracer(settings)
        stack.callback(tracer.close)
        chat = model or stack.enter_context(open_model(settings))
        sight = stack.enter_context(open_sight(settings, model=chat, embedder=embedder))
        index = open_market(settings, sight.embedder)
        if index is not None:
            stack.callback(index.close)
        context = ListingContext(
            model=chat,
            taxonomy=taxonomy,
            store=PhotoStore(settings.photo_folder),
            policy=policy,
            tracer=tracer,
            embedder=sight.embedder,
            index=index,
            thresholds=sight.thresholds,
            limits=Limits(
                deadline_s=settings.deadline_s,
                max_chars=settings.max_chars,
                max_new_tokens=settings.max_new_tokens,
                top_k=settings.top_k,
                category_threshold=settings.category_threshold,
                photo_threshold=settings.photo_threshold,
            ),
            model_info=model_info(chat, settings),
            versions=versions(settings, taxonomy),
        )
        notes = sight.notes
        if index is None and sight.embedder is not None:
            notes = (*notes, NO_INDEX.format(settings.index_uri))
        yield Runtime(settings, context, notes)


NO_INDEX = (
    "there is no listing index at {}: drafts go without references; make one with "
    "`vouch index build demo` or `vouch index build SOURCE`"
)


@contextmanager
def open_model(settings: Settings) -> Iterator["BaseChatModel"]:
    """Yield the chat model that `VOUCH_MODEL` names, limited to `max_new_tokens` an answer.

    Raises:
        ModelError: it cannot be loaded, or the shipped checkpoint is not there.
        SettingsError: an address without a model's name.
    """
    from models.loading import load_chat_model

    if settings.model == str(CHECKPOINT) and not CHECKPOINT.is_dir():
        raise ModelError(
            f"{CHECKPOINT}: the model that ships is not there; set VOUCH_MODEL to a Qwen-VL, or "
            "make the checkpoint with `vouch train sft training/configs/sft_cpu.yaml`"
        )
    quiet_loading(settings.model)
    model = load_chat_model(
        settings.model,
        model_name=settings.model_name,
        api_key=settings.key,
        device=settings.device,
        dtype=settings.dtype,
    )
    with ExitStack() as stack:
        if (engine := getattr(model, "engine", None)) is not None:
            stack.callback(engine.close)
        yield model.model_copy(update={"max_tokens": settings.max_new_tokens})


def model_info(model: "BaseChatModel", settings: Settings) -> "ModelInfo":
    """Return what a document says of the model that wrote it."""
    from listing import ModelInfo
    from models.loading import is_remote

    engine: Any = getattr(model, "engine", None)
    if engine is not None:
        info: ModelInfo = engine.info
        return info
    name = getattr(model, "model_name", "") or type(model).__name__
    return ModelInfo(name=name, device="remote" if is_remote(settings.model) else "")


def assistant_context(
    listing: "ListingContext", saver: "BaseCheckpointSaver[str]"
) -> "AssistantContext":
    """Return the handles of the assistant over those of a listing run, as its model asks for."""
    from graphs.assistant import AssistantContext, AssistantLimits
    from graphs.listing import build_listing_graph

    return AssistantContext(
        listing=listing,
        listing_graph=build_listing_graph(saver),
        limits=AssistantLimits(sentence_wise=sentence_wise(listing.model)),
        languages=languages(listing.model),
    )


def languages(model: "BaseChatModel") -> tuple[str, ...]:
    """Return the languages that a model writes: as its checkpoint says, else those of the page."""
    engine: Any = getattr(model, "engine", None)
    told: tuple[str, ...] = getattr(engine, "languages", ())
    return told or ("en", "zh")


def sentence_wise(model: "BaseChatModel") -> bool:
    """Return whether a model is to be given a message sentence by sentence."""
    engine: Any = getattr(model, "engine", None)
    return bool(getattr(engine, "sentence_wise", False))


def open_tracer(settings: Settings) -> Any:
    """Return the tracer that writes to the settings' trace folder, within its limits."""
    from eval_traces import open_trace

    return open_trace(settings.traces, version=version(), retention=settings.retention)


def load_policy(settings: Settings) -> "Policy":
    """Return the safety rules of the settings. SettingsError names file and line."""
    from tools.safety import Policy

    return Policy.load(policy_folder(settings))


def policy_folder(settings: Settings) -> Path:
    """Return the folder of safety rules that the settings name."""
    from tools.safety import SHIPPED_POLICIES

    return settings.policies.expanduser() if settings.policies else SHIPPED_POLICIES


def versions(settings: Settings, taxonomy: "Taxonomy") -> dict[str, str]:
    """Return what a run depends on beside its settings, as its trace records it."""
    return {
        "code": version(),
        "taxonomy": digest([Path(taxonomy.source)]),
        "policies": digest(policy_folder(settings).glob("*.yaml")),
    }


def digest(files: Iterable[Path]) -> str:
    """Return a hash of the files' contents, 16 hex digits, whatever order they come in."""
    each = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)
    return hashlib.sha256("".join(each).encode()).hexdigest()[:16]


def load_taxonomy(settings: Settings) -> "Taxonomy":
    """Return the taxonomy of the settings. SettingsError names file and key."""
    from tools.taxonomy import Taxonomy, market_taxonomy

    if settings.taxonomy is None:
        return market_taxonomy()
    return Taxonomy.load(settings.taxonomy.expanduser())


def photo_limits(settings: Settings) -> PhotoLimits:
    """Return the limits of photo intake."""
    return PhotoLimits(
        max_bytes=settings.max_photo_bytes,
        max_pixels=settings.max_photo_pixels,
        side=settings.max_photo_side,
    )


def make_home(settings: Settings) -> Path:
    """Return the home folder, made for its owner alone where there was none.

    Raises:
        SettingsError: it is a file or cannot be made.
    """
    folder = settings.home_folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise SettingsError(
            f"VOUCH_HOME {folder}: cannot be made a folder ({error.strerror}); set another"
        ) from error
    return folder


def version() -> str:
    """Return the version of the installed package; empty when it runs from its sources."""
    try:
        return metadata.version("vouch")
    except metadata.PackageNotFoundError:
        return ""
