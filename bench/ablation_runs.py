"""The settings of IPL's Table 7 (arXiv 2410.16977), each recorded over the same held-out queries.

Rule: a setting differs from the full pipeline in one thing only. What is left out is left out of
the draft's evidence; in the blind controls the photo is grey, at intake for the whole run, or for
the one node that writes, so that category, references and what was read off the photo stay.
"""

import asyncio
import io
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from agent.runtime import Runtime
from bench.market_runs import LeaveOut, MarketCase, open_recorder, record_cases, recorded_cases
from graphs.listing import ListingContext
from models.decoding import image_block
from training.marketplace import Market

Blind = Literal["no", "run", "writer"]
Recorder = Callable[[Path], AbstractContextManager[Runtime]]
WRITER = "write_draft"
DEADLINE_S = 600.0
"""Far off, so that a busy machine changes the times of a run and nothing else."""
_GREY = (128, 128, 128)


@dataclass(frozen=True)
class Setting:
    """What a draft may use."""

    name: str
    label: str
    leave_out: tuple[LeaveOut, ...] = ()
    blind: Blind = "no"
    """Who sees grey instead of the photo: nobody, the whole run, or the writer alone."""
    sighted: str = ""
    """Of a blind control: the setting that it is the control of."""


SETTINGS = (
    Setting("photo", "photo", ("category", "reference")),
    Setting("photo_category", "photo + category", ("reference",)),
    Setting("photo_reference", "photo + reference", ("category",)),
    Setting("all", "photo + category + reference"),
    Setting("all_grey", "all, photo grey", blind="run", sighted="all"),
    Setting("all_writer_grey", "all, photo grey for the writer", blind="writer", sighted="all"),
    Setting(
        "photo_category_grey",
        "photo + category, photo grey",
        ("reference",),
        blind="run",
        sighted="photo_category",
    ),
)
"""In the order of the table; the blind controls last."""


class _Grey(ListingContext):
    """Handles that show a grey square for every photo."""

    def photo_blocks(self, photos: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return a grey picture for each photo, of its size."""
        return [_grey_block(p["width"], p["height"]) for p in photos]


class _BlindWriter(ListingContext):
    """Handles as they are, but the node that writes sees grey."""

    def for_node(self, name: str) -> ListingContext:
        """Return the handles of a node."""
        return _Grey(**vars(self)) if name == WRITER else self


def _grey_block(width: int, height: int) -> dict[str, Any]:
    out = io.BytesIO()
    Image.new("RGB", (width, height), _GREY).save(out, "PNG")
    return image_block(out.getvalue(), "image/png")


def folder_of(folder: Path, setting: Setting) -> Path:
    """Return where a setting's runs are: `traces/` and `truth.jsonl`."""
    return folder / setting.name


def _open_patient(folder: Path) -> AbstractContextManager[Runtime]:
    return open_recorder(folder, deadline_s=DEADLINE_S)


def record_setting(
    setting: Setting,
    market: Market,
    cases: Sequence[MarketCase],
    folder: Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    recorder: Recorder = _open_patient,
) -> None:
    """Record the cases that the setting's folder lacks; `recorder` opens the handles for it.

    Raises:
        BadInputError: there is no index to search; the message says how to make it.
    """
    own = folder_of(folder, setting)
    there = {one.truth.case for one in recorded_cases(own)}
    if there.issuperset(case.name for case in cases):
        return
    with recorder(own) as runtime:
        work = record_cases(
            _handles(runtime, setting),
            market,
            cases,
            own,
            leave_out=setting.leave_out,
            grey=setting.blind == "run",
            progress=progress,
        )
        asyncio.run(work)


def _handles(runtime: Runtime, setting: Setting) -> Runtime:
    if setting.blind != "writer":
        return runtime
    return replace(runtime, context=_BlindWriter(**vars(runtime.context)))
