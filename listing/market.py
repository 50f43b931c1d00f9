"""Listings of the market: the records that the index holds, and those a search brought back."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class MarketListing(BaseModel):
    """One listing as the market published it. Unknown keys are refused so that typos are seen."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1)
    title: str
    text: str = ""
    category_id: str | None = None
    attributes: dict[str, str] = Field(default_factory=dict)
    """What the seller's form said; may be empty: the text is what is read."""
    price: float | None = Field(default=None, ge=0)
    currency: str = "EUR"
    seller: str | None = None
    photos: list[str] = Field(default_factory=list)
    """Paths (relative to the source file) or sha256 once in the photo store."""


Match = Literal["identical", "similar"]


class Reference(BaseModel):
    """A retrieved listing with its cosine `score` and what the score means."""

    id: str
    score: float
    match: Match
    title: str
    text: str
    attributes: dict[str, str] = Field(default_factory=dict)
    """Values read from title and text by attribute extraction; empty until that step ran."""
    price: float | None = None
    currency: str = "EUR"
    category_id: str | None = None
    photo: str | None = None
    """sha256 of the photo that matched."""
