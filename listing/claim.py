"""A claim: one statement of an attribute in the draft, with its verdict."""

from typing import Literal

from pydantic import BaseModel, Field

Verdict = Literal["supported", "contradicted", "unsupported", "general"]
ClaimField = Literal["title", "description"]


class Claim(BaseModel):
    """`start` and `end` are code-point offsets into the draft's `field`."""

    field: ClaimField = "description"
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    """The words of the draft that make the claim."""
    attribute: str
    value: str
    """The stated value, normalised."""
    verdict: Verdict
    evidence: list[str] = Field(default_factory=list)
    """What supports it, or, for `contradicted`, what says otherwise."""
    probability: float | None = Field(default=None, ge=0, le=1)
    """What the model gave that the photo shows the value; None where the photo was not asked."""
