"""The evidence ledger: nothing reaches a prompt unless it is an item here.

Ids are `e1`, `e2`, ... in order of arrival; each item names its source and the span behind it.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict

EvidenceKind = Literal["photo", "category", "template", "reference", "seller", "policy"]


class Evidence(BaseModel):
    """One thing that may vouch for a claim."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: EvidenceKind
    source: str
    """`photo:<sha256>`, `listing:<id>`, `category:<id>`, `seller:<n>` or `policy:<rule>`."""
    span_id: str = ""
    """16 hex digits of the span that produced it."""
    text: str
    """What it says, in words: the listing's text, "colour: red", the seller's sentence."""
    attribute: str | None = None
    """The attribute that it is about, when it is about one."""
    value: str | None = None
    start: int | None = None
    end: int | None = None
    """Code-point offsets of the value in the source text, when it was read from one."""


class EvidenceLedger:
    """An append-only list of evidence that hands out ids.

    Built per step from the state's list and turned back into one: state stays plain data.
    """

    def __init__(self, items: Iterable[Evidence] = ()) -> None:
        self._items = list(items)

    def __iter__(self) -> Iterator[Evidence]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    @property
    def next_id(self) -> str:
        """The id of the next item: no item has it, though some may have been taken out."""
        numbers = (int(e.id[1:]) for e in self._items if e.id[1:].isdecimal())
        return f"e{max(numbers, default=0) + 1}"

    def get(self, evidence_id: str) -> Evidence | None:
        """Return the item with that id, or None."""
        return next((e for e in self._items if e.id == evidence_id), None)

    def add(
        self,
        kind: EvidenceKind,
        source: str,
        text: str,
        *,
        span_id: str = "",
        attribute: str | None = None,
        value: str | None = None,
        start: int | None = None,
        end: int | None = None,
    ) -> Evidence:
        """Append an item and return it; an equal item already there is returned instead."""
        new = Evidence(
            id=self.next_id, kind=kind, source=source, span_id=span_id, text=text,
            attribute=attribute, value=value, start=start, end=end,
        )  # fmt: skip
        same = {"id", "span_id"}
        key = new.model_dump(exclude=same)
        for item in self._items:
            if item.model_dump(exclude=same) == key:
                return item
        self._items.append(new)
        return new
