"""What a golden case is: what the seller gives, what stands in the market, what the model says.

Rule: a case is a value and names everything that steers its run, so that recording it again gives
the same bytes. Brands, models and shops in the cases are invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from listing.document import Mode

if TYPE_CHECKING:  # brings the drawings
    from training.marketplace import Split

MUGS: Final = "hg-11-10-5-5"
PHONES: Final = "el-4-8-5"
KETTLES: Final = "hg-11-7-11"


class Late:
    """An answer that does not come before the deadline; `after` is what was streamed until then."""

    def __init__(self, after: str = "") -> None:
        self.after = after


Answer = str | Mapping[str, float] | tuple[str | Exception, ...] | Exception | Late
"""A tuple is streamed piece by piece, and breaks off at an error."""
Reading = Mapping[str, str] | str | Exception | Late


@dataclass(frozen=True)
class Words:
    """What the scripted model answers, by question."""

    risk: Answer = field(default_factory=lambda: {"none": 0.99})
    category: Answer = field(default_factory=lambda: {"Mugs": 0.9, "Lamps": 0.05})
    shows: Mapping[str, Answer] = field(default_factory=lambda: {"colour": {"red": 0.95}})
    """What the photo shows, by attribute."""
    reads: Mapping[str, Reading] = field(default_factory=dict)
    """What is read in a text that has the key in it; of a reading only values in the text count."""
    draft: Answer = "Red mug\n\nA red mug. Questions are welcome."
    holds: Answer = field(default_factory=lambda: {"yes": 0.9, "no": 0.1})
    """Whether the photo shows a value that the draft states."""


@dataclass(frozen=True)
class Offer:
    """A listing of the small market, with a photo of one colour."""

    text: str
    title: str = "Mug"
    photo: str = "red"
    category: str | None = MUGS
    price: float | None = 8.0


@dataclass(frozen=True)
class Shot:
    """An item of the generated market, photographed: a split, the kind of goods, which of those."""

    split: "Split"
    kind: str
    nth: int = 0
    views: int = 1
    """How many photos the seller gives."""
    grey: bool = False
    """Nothing to see in the photo: the blind control."""
    told: tuple[str, ...] = ()
    """Attributes that the seller's words state, as they are."""


@dataclass(frozen=True)
class Case:
    """One golden run. Its name is its file's, its thread's and its listing's."""

    name: str
    about: str
    """What it shows, in words for who reads a diff."""
    photos: tuple[str, ...] = ("red",)
    """Colours of plain pictures."""
    shot: Shot | None = None
    """In place of `photos`, `market` and `words`: the shipped model drafts it, over listings of the
    generated market; what the seller says is the shot's."""
    seller: str | None = None
    mode: Mode | None = None
    leave_out: tuple[Literal["category", "reference"], ...] = ()
    market: tuple[Offer, ...] | None = None
    """None: there is no index."""
    market_fails: bool = False
    """The index cannot be read when it is asked."""
    words: Words = field(default_factory=Words)
    constrained: bool = True
    """False: the model understands neither `choices` nor `spans`, as a remote one."""
    limits: Mapping[str, float] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    """Edits as `vouch replay --set` takes them; the run and its replay have the same."""
