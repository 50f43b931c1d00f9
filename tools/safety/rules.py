"""The form of a policy file: rules and lexicons as an operator writes them, checked when read.

Nothing here matches text; `tools.safety.policy` does. Unknown keys are refused so that typos are
seen.
"""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from listing.safety import Action
from tools.safety.matching import MAX_MATCH, make_term, pattern_problem

Reads = Literal["photo", "text", "both"]
Where = Literal["photo", "title", "description", "seller", "reference"]
Detector = Literal[
    "phone", "email", "handle", "link", "personal-id", "payment-number", "keyword-stuffing", "empty"
]
Risk = Annotated[str, Field(pattern=r"^(G([1-9]|1[0-9]|20)|L[1-9])$")]
TEXT_PLACES: tuple[Where, ...] = ("title", "description", "seller", "reference")
RISKS: tuple[str, ...] = (*(f"G{i}" for i in range(1, 21)), *(f"L{i}" for i in range(1, 10)))
"""The classes of the policy: goods G1 to G20, listings L1 to L9."""
DETECTORS: tuple[str, ...] = get_args(Detector)


def _usable_term(term: str) -> str:
    if make_term(term, 0) is None:
        raise ValueError(f"term {term!r} has no letter or digit, or more than {MAX_MATCH}")
    return term


def _usable_pattern(pattern: str) -> str:
    problem = pattern_problem(pattern)
    if problem:
        raise ValueError(f"pattern {pattern!r} {problem}")
    return pattern


TermText = Annotated[str, AfterValidator(_usable_term)]
Pattern = Annotated[str, AfterValidator(_usable_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class PhotoSpec(_Strict):
    """What to ask of a photo."""

    label: str = Field(min_length=1, max_length=40)
    """The short words the model chooses among: "weapon", "live animal"."""
    threshold: float = Field(default=0.5, gt=0, le=1)
    """The probability from which the label counts."""


class Condition(_Strict):
    """What a restricted item needs before it may be listed."""

    needs: str = Field(min_length=1)
    """What the seller must say: "the best-before date"."""
    stated_by: list[Pattern] = Field(default_factory=list)
    """Patterns that show the text says so; none means that text alone can never meet it."""


class RuleSpec(_Strict):
    """One rule: class, action, what sets it off, what does not, and the cases that prove it."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    risk: Risk
    action: Action
    reads: Reads = "text"
    jurisdiction: list[str] = Field(default_factory=lambda: ["*"], min_length=1)
    """Where the rule holds: country codes, or "*" for everywhere."""
    places: list[Where] = Field(default_factory=lambda: list(TEXT_PLACES), min_length=1)
    """The texts it reads; default all."""
    stream: bool = True
    """False for rules that judge a finished draft only."""
    photo: PhotoSpec | None = None
    categories: list[str] = Field(default_factory=list)
    """Category ids; each stands for itself and all below it."""
    categories_except: list[str] = Field(default_factory=list)
    terms: list[TermText] = Field(default_factory=list)
    disguised: list[TermText] = Field(default_factory=list)
    """Terms that count only when a trick hides them (spaced letters, look-alikes)."""
    patterns: list[Pattern] = Field(default_factory=list)
    detector: Detector | None = None
    unless: list[TermText] = Field(default_factory=list)
    """Phrases that make a hit inside them harmless: "water pistol"."""
    unless_patterns: list[Pattern] = Field(default_factory=list)
    conditions: list[Condition] = Field(default_factory=list)
    notice: str = Field(min_length=10)
    """What the seller reads: what is wrong and what to change."""
    must: list[str] = Field(default_factory=list)
    may: list[str] = Field(default_factory=list)

    @property
    def reads_text(self) -> bool:
        """True when the rule has something to match in texts."""
        return bool(self.terms or self.disguised or self.patterns or self.detector)

    @model_validator(mode="after")
    def _coherent(self) -> "RuleSpec":
        if self.reads == "photo" and self.reads_text:
            raise ValueError("reads photos only, yet has terms, patterns or a detector")
        if self.reads == "text" and self.photo:
            raise ValueError("reads text only, yet has a photo label: write 'reads: both'")
        if self.reads != "text" and not self.photo:
            raise ValueError("reads photos, yet has no 'photo: {label: ...}'")
        if not (self.reads_text or self.photo or self.categories):
            raise ValueError(
                "has nothing to look for: give terms, patterns, detector, photo or categories"
            )
        if self.conditions and self.action != "restrict":
            raise ValueError("has conditions, which only 'action: restrict' can have")
        if self.reads_text and not self.must:
            raise ValueError("needs at least one 'must' case: a text that sets it off")
        return self


class LexiconSpec(_Strict):
    """A word list kept outside: JSON Lines of {"term", "lang", "category"}."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    path: str
    """Relative to the file that names it."""
    risk: Risk = "G19"
    action: Literal["block", "warn"] = "warn"
    languages: list[str] = Field(default_factory=list)
    """Languages to take; empty for all."""
    categories: list[str] = Field(default_factory=list)
    """Categories to take; empty for all."""
    shortest: int = Field(default=3, ge=1)
    """Terms of fewer letters are left out (of scripts without spaces: half as many)."""
    notice: str = "The text has a word that does not belong in a listing. Say it another way."


class PolicyFile(_Strict):
    """One file under the policies folder."""

    rules: list[RuleSpec] = Field(default_factory=list)
    lexicons: list[LexiconSpec] = Field(default_factory=list)
