"""What is true of the runs' items: one JSON object a line, found by a photo, a trace or a thread.

A truth file is written by whoever knows (the generated market, annotators) and read here as it
stands; unknown keys are kept in `extra`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from listing.errors import BadInputError


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of one item. A field that nobody knows is None and judges nothing."""

    case: str
    sku: str | None = None
    spu: str | None = None
    in_market: bool | None = None
    """Whether the market holds a listing of the model."""
    category: str | None = None
    """Id of the right category."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """True values by attribute, those of the item itself (condition) among them."""
    knowable: frozenset[str] | None = None
    """Attributes that photo, market or seller determine."""
    text: str | None = None
    """A description as a person would write it."""
    prohibited: bool | None = None
    """Whether the item may not be sold."""
    identical: frozenset[str] | None = None
    """Ids of the market's listings of the same variant (SKU)."""
    similar: frozenset[str] | None = None
    """Ids of the market's listings of the same model (SPU), the identical ones among them."""
    published: str | None = None
    """The text that the seller published in the end."""
    grey: bool = False
    """True where the photo was replaced by grey: the blind control."""
    extra: Mapping[str, Any] = field(default_factory=dict)


class _Line(BaseModel):
    model_config = ConfigDict(extra="allow")

    photo: str | None = Field(default=None, pattern=r"^(sha256:)?[0-9a-f]{64}$")
    trace_id: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")
    thread_id: str | None = Field(default=None, min_length=1)
    case: str = ""
    sku: str | None = None
    spu: str | None = None
    in_market: bool | None = None
    category: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    knowable: frozenset[str] | None = None
    text: str | None = None
    prohibited: bool | None = None
    identical_ids: frozenset[str] | None = None
    similar_ids: frozenset[str] | None = None
    published: str | None = None
    grey: bool = False


@dataclass(frozen=True)
class TruthFile:
    """The cases of a truth file."""

    by_trace: Mapping[str, Truth] = field(default_factory=dict)
    by_thread: Mapping[str, Truth] = field(default_factory=dict)
    by_photo: Mapping[str, Truth] = field(default_factory=dict)

    def __len__(self) -> int:
        all_of = (self.by_trace, self.by_thread, self.by_photo)
        return len({id(truth) for cases in all_of for truth in cases.values()})

    def find(self, trace_id: str, thread_id: str, photos: Iterable[str]) -> Truth | None:
        """Return what is true of a run: by its trace id, else its thread, else any photo."""
        found = self.by_trace.get(trace_id) or self.by_thread.get(thread_id)
        if found is not None:
            return found
        return next((t for p in photos if (t := self.by_photo.get(p)) is not None), None)


def read_truth(path: str | Path) -> TruthFile:
    """Read a truth file.

    Raises:
        BadInputError: it cannot be read, a line is no case, or two cases share a key; the message
            names file, line and key.
    """
    by: dict[str, dict[str, Truth]] = {"trace_id": {}, "thread_id": {}, "photo": {}}
    try:
        with Path(path).open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    _enter(by, line, f"{path}, line {number}")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror}") from None
    return TruthFile(by["trace_id"], by["thread_id"], by["photo"])


def _enter(by: Mapping[str, dict[str, Truth]], line: bytes, where: str) -> None:
    try:
        row = _Line.model_validate(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        raise BadInputError(f"{where}: not JSON ({error.msg})") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the line"
        raise BadInputError(f"{where}: {key}: {first['msg']}") from None
    keys = {name: getattr(row, name) for name in by if getattr(row, name)}
    if not keys:
        raise BadInputError(f"{where}: none of photo, trace_id, thread_id: nothing to find it by")
    keys = {name: key.removeprefix("sha256:") for name, key in keys.items()}
    truth = _truth(row, next(iter(keys.values())))
    for name, key in keys.items():
        # A trace id says which run is meant: the photo of such a case may have other cases too.
        if key not in by[name]:
            by[name][key] = truth
        elif name == "trace_id" or "trace_id" not in keys:
            raise BadInputError(f"{where}: {name} {key[:12]}…: has a case on an earlier line")


def _truth(row: _Line, key: str) -> Truth:
    return Truth(
        case=row.case or key[:12],
        sku=row.sku,
        spu=row.spu,
        in_market=row.in_market,
        category=row.category,
        attributes=row.attributes,
        knowable=row.knowable,
        text=row.text,
        prohibited=row.prohibited,
        identical=row.identical_ids,
        similar=row.similar_ids,
        published=row.published,
        grey=row.grey,
        extra=row.model_extra or {},
    )
