"""A node of a goods taxonomy and a prediction over it."""

from pydantic import BaseModel, ConfigDict, Field

from listing.attribute import AttributeTemplate


class Category(BaseModel):
    """One category; `path` runs from the top level down to its own name."""

    model_config = ConfigDict(frozen=True)

    id: str
    path: tuple[str, ...]
    path_zh: tuple[str, ...] = ()
    parent: str | None = None
    leaf: bool = True
    template: AttributeTemplate = AttributeTemplate()

    @property
    def name(self) -> str:
        """The category's own name, the last of its path."""
        return self.path[-1]


class CategoryCandidate(BaseModel):
    """A category with the model's probability for it."""

    id: str
    path: list[str]
    confidence: float = Field(ge=0, le=1)


class CategoryPrediction(CategoryCandidate):
    """The chosen category and the runners-up, best first."""

    alternatives: list[CategoryCandidate] = Field(default_factory=list)
