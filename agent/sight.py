"""How photos are compared: the embedder that the settings name, and what its scores mean.

Rule: without an embedder nothing is compared and a note says why; scores without calibrated
thresholds match only the very same photo, and a note says that.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from agent.quiet import quiet_loading
from agent.settings import CHECKPOINT, Settings
from listing.errors import BadInputError, SettingsError
from tools.visual_search import MatchThresholds

if TYPE_CHECKING:  # these bring torch, which `vouch index stats` does without
    from langchain_core.language_models import BaseChatModel

    from models.embedder import ImageEmbedder

HEAD = "embedding_head.json"
THRESHOLDS = "thresholds.json"


@dataclass(frozen=True)
class Sight:
    """An embedder with the meaning of its scores; `embedder` is None where there is none."""

    embedder: "ImageEmbedder | None"
    thresholds: MatchThresholds
    notes: tuple[str, ...] = ()
    """What an operator should know: why nothing is compared, or that nothing was calibrated."""


@contextmanager
def open_sight(
    settings: Settings,
    *,
    model: "BaseChatModel | None" = None,
    embedder: "ImageEmbedder | None" = None,
) -> Iterator[Sight]:
    """Yield the sight of the settings; what was loaded for it is let go at the end.

    `VOUCH_EMBEDDER` comes first; without it the checkpoint's own vision tower serves, shared with
    `model` where that is the loaded checkpoint. A given `embedder` is taken as it is.

    Raises:
        ModelError: an embedder cannot be loaded.
        SettingsError: a threshold is missing or the two do not fit each other.
    """
    with ExitStack() as stack:
        folder: Path | None = None
        if embedder is None:
            folder = _head_folder(settings)
            if folder is not None:
                embedder = _own(folder, settings, model, stack)
            elif settings.embedder:
                from models.embedder import TransformersEmbedder

                embedder = TransformersEmbedder(settings.embedder, _device(settings.device))
        if embedder is None:
            yield Sight(None, _strictest(), (_why_blind(settings),))
        else:
            thresholds = match_thresholds(settings, folder)
            note = () if thresholds else (UNCALIBRATED,)
            yield Sight(embedder, thresholds or _strictest(), note)


UNCALIBRATED = (
    "scores of this embedder are not calibrated, so only the very same photo matches: set "
    "VOUCH_IDENTICAL_THRESHOLD and VOUCH_SIMILAR_THRESHOLD"
)


def match_thresholds(settings: Settings, folder: Path | None) -> MatchThresholds | None:
    """Return the thresholds beside the checkpoint in `folder`, single ones replaced by settings.

    None when neither says anything.

    Raises:
        SettingsError: one is missing, or similar is above identical.
    """
    identical, similar = settings.identical_threshold, settings.similar_threshold
    file = folder / THRESHOLDS if folder is not None else None
    if file is not None and file.is_file():
        calibrated = MatchThresholds.load(file)
        identical = calibrated.identical if identical is None else identical
        similar = calibrated.similar if similar is None else similar
    if identical is None and similar is None:
        return None
    if identical is None or similar is None:
        missing = "VOUCH_IDENTICAL_THRESHOLD" if identical is None else "VOUCH_SIMILAR_THRESHOLD"
        raise SettingsError(f"{missing} is not set: this embedder needs both thresholds")
    try:
        return MatchThresholds(identical=identical, similar=similar)
    except BadInputError as error:
        raise SettingsError(
            f"VOUCH_SIMILAR_THRESHOLD ({similar:g}) must not be above "
            f"VOUCH_IDENTICAL_THRESHOLD ({identical:g})"
        ) from error


def _strictest() -> MatchThresholds:
    return MatchThresholds(identical=1.0, similar=1.0)


def _head_folder(settings: Settings) -> Path | None:
    """The checkpoint folder whose trained head embeds, if there is one."""
    folder = Path(settings.embedder or settings.model).expanduser()
    return folder if (folder / HEAD).is_file() else None


def _own(
    folder: Path, settings: Settings, model: "BaseChatModel | None", stack: ExitStack
) -> "ImageEmbedder":
    from models.embedder import QwenVLEmbedder
    from models.engine import Engine

    engine: Engine | None = None if settings.embedder else getattr(model, "engine", None)
    if engine is None:
        quiet_loading(str(folder))
        engine = stack.enter_context(
            Engine.load(folder, device=settings.device, dtype=settings.dtype)
        )
    return QwenVLEmbedder.load(engine, folder)


def _device(device: str) -> str:
    if device != "auto":
        return device
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _why_blind(settings: Settings) -> str:
    from models.loading import is_remote

    where = "is an address" if is_remote(settings.model) else f"has no {HEAD}"
    remedy = "set VOUCH_EMBEDDER to an image-embedding model of transformers"
    if (CHECKPOINT / HEAD).is_file():
        remedy += f" or to {CHECKPOINT}"
    return f"photos are not compared with the market: VOUCH_MODEL {where}; {remedy}"
