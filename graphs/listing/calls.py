"""What the listing graph's tools give, and how each result is recorded."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from listing import CategoryPrediction, Claim, SafetyFinding, SpannedValue
from tools.audit import Revision
from tools.photo_attributes import PhotoReading
from tools.visual_search import SearchResult


@dataclass(frozen=True)
class Guarded:
    """What the stream guard let through, and what it halted the draft for."""

    text: str
    finding: SafetyFinding | None = None


FINDINGS: TypeAdapter[list[SafetyFinding]] = TypeAdapter(list[SafetyFinding])
CATEGORY: TypeAdapter[CategoryPrediction | None] = TypeAdapter(CategoryPrediction | None)
READING: TypeAdapter[PhotoReading | None] = TypeAdapter(PhotoReading | None)
SEARCH: TypeAdapter[SearchResult] = TypeAdapter(SearchResult)
SPANNED: TypeAdapter[list[SpannedValue]] = TypeAdapter(list[SpannedValue])
CLAIMS: TypeAdapter[list[Claim]] = TypeAdapter(list[Claim])
GUARDED: TypeAdapter[Guarded] = TypeAdapter(Guarded)
REVISION: TypeAdapter[Revision] = TypeAdapter(Revision)
