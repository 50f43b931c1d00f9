"""What a safety check found, in words that may be shown to a seller."""

from typing import Literal

from pydantic import BaseModel

Action = Literal["block", "restrict", "warn"]


class SafetyFinding(BaseModel):
    """One rule that fired. Internals of the rule (its patterns) are never in here."""

    rule: str
    """Rule id: `contact-phone`."""
    risk: str
    """Class of POLICY: `L3`, `G1`."""
    action: Action
    where: Literal["photo", "title", "description", "seller", "reference"]
    start: int | None = None
    end: int | None = None
    notice: str
    """What is wrong and what the seller can change."""
    confidence: float = 1.0
