"""A claim: one statement of an attribute in the draft, with its verdict."""

from typing import Literal

from pydantic import BaseModel, Field

Verdict = Literal["supported", "contradicted", "unsupported", "general"]
ClaimField = Literal["title", "description"]


class Citation(BaseModel):
    """The words of one item of evidence that bear on a claim.

    `start` and `end` are code-point offsets into the item's source (the seller's message, or a
    listing's title, line break, text); None where the item has no words, as a photo's reading.
    """

    evidence: str
    """The item's id in the evidence ledger."""
    start: int | None = None
    end: int | None = None


class Claim(BaseModel):
    """`start` and `end` are code-point offsets into the draft's `field`."""

    field: ClaimField = "description"
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    """The words of the draft that make the claim."""
    attribute: str
    value: str
    """The stated value, normalised; "" for a placeholder ("see photos"), which states none."""
    verdict: Verdict
    evidence: list[str] = Field(default_factory=list)
    """What supports it, or, for `contradicted`, what says otherwise: the fewest items that do."""
    citations: list[Citation] = Field(default_factory=list)
    """The same items, in the same order, each with the words that say so."""
    probability: float | None = Field(default=None, ge=0, le=1)
    """What the model gave that the photo shows the value; None where the photo was not asked."""
