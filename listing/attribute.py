"""Attributes of goods: what a category asks for, and values found for it.

`scope` is the rule that keeps references honest: a `model` value may be copied from a listing of
the same model, a `variant` value only from an identical one, an `item` value never (another
seller's scratches are not yours).
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Scope = Literal["model", "variant", "item"]
Source = Literal["reference", "photo", "seller"]


class AttributeSpec(BaseModel):
    """One attribute of a category's template."""

    model_config = ConfigDict(frozen=True)

    name: str
    """Stable key, lower snake case: `brand`, `storage`, `colour`."""
    label: str
    """What a reader sees: "storage"."""
    scope: Scope = "variant"
    visible: bool = False
    """True when a photo alone can tell the value (colour), and so may contradict others."""
    values: tuple[str, ...] = ()
    """The closed value set, in the taxonomy's order; empty for open values (model names)."""
    question: str = ""
    """What to ask the seller when nobody knows."""


class AttributeTemplate(BaseModel):
    """The core attributes of a category, the most important first."""

    model_config = ConfigDict(frozen=True)

    attributes: tuple[AttributeSpec, ...] = ()

    def get(self, name: str) -> AttributeSpec | None:
        """Return the attribute called `name`, or None."""
        return next((a for a in self.attributes if a.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Attribute names in the template's order."""
        return tuple(a.name for a in self.attributes)


class SpannedValue(BaseModel):
    """A value read from a text, with the code points that state it: `text[start:end] == value`."""

    model_config = ConfigDict(frozen=True)

    attribute: str
    value: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class AttributeValue(BaseModel):
    """A value that the draft may state, with where it comes from."""

    value: str
    source: Source
    confidence: float = Field(ge=0, le=1)
    evidence: list[str] = Field(default_factory=list)
    """Ids in the evidence ledger; never empty in a finished document."""
