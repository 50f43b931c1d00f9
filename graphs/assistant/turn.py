"""One turn as it comes in, and the typed answers to the questions that interrupt one.

Rule: what a person did by hand (an edit, a button, an answer) is told apart from what was written
to the assistant: no model decides over it.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from listing import Photo
from listing.document import Mode

Language = Literal["en", "zh"]
InterruptKind = Literal["ask_seller", "publish", "confirm"]
Json = dict[str, Any]


class ToolCall(TypedDict):
    """A button: the call that it stands for."""

    name: str
    args: dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """A change by hand: the seller said it, and no model decides.

    `value` None takes back; a price is "120 EUR" or "120". `attribute` names it where `field` is
    "attribute".
    """

    field: Literal["title", "description", "attribute", "price"]
    value: str | None
    attribute: str | None = None


@dataclass(frozen=True)
class Turn:
    """What the seller gave: words, photos, changes by hand, or a button."""

    text: str | None = None
    photos: tuple[Photo, ...] = ()
    """New ones, already in the store."""
    warnings: tuple[str, ...] = ()
    """Of photo intake."""
    edits: tuple[Edit, ...] = ()
    call: ToolCall | None = None
    """With it no model decides; `text` then goes along as the seller's words on the item."""
    language: Language = "en"
    """Of the page: in which answers and, for zh, drafts are worded."""
    mode_cap: Mode | None = None


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SellerAnswers(_Answer):
    """Answers to `ask_seller`; what is in neither stays open."""

    answers: dict[str, str] = Field(default_factory=dict, max_length=20)
    """By attribute, in the seller's own words."""
    skipped: list[str] = Field(default_factory=list, max_length=20)


MAX_TITLE = 1_000
MAX_DESCRIPTION = 5_000
MAX_PRICE = 100
"""Characters of what is published."""


class PublishAnswer(_Answer):
    """Answer to `publish`; texts given stand instead of the listing's, as edits by hand."""

    confirm: bool
    title: str | None = Field(default=None, max_length=MAX_TITLE)
    description: str | None = Field(default=None, max_length=MAX_DESCRIPTION)
    price: str | None = Field(default=None, max_length=MAX_PRICE)


class ConfirmAnswer(_Answer):
    """Answer to `confirm`: may it be done?"""

    confirm: bool


ANSWERS: dict[InterruptKind, type[BaseModel]] = {
    "ask_seller": SellerAnswers,
    "publish": PublishAnswer,
    "confirm": ConfirmAnswer,
}
