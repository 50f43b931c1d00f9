"""The difference of two listings, claim by claim: what a seller would see change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphs.replay.compare import first_difference, stable
from listing import Claim, ListingDocument


@dataclass(frozen=True)
class FieldChange:
    """A field that differs; None where a listing has no such field."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ClaimChange:
    """A claim that one listing makes and the other does not, or that is judged otherwise."""

    before: Claim | None
    after: Claim | None

    @property
    def claim(self) -> Claim:
        """The claim as it is now, or was."""
        found = self.after or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class ListingDiff:
    """All that differs between two listings, ids and times aside."""

    identical: bool
    fields: tuple[FieldChange, ...] = ()
    claims: tuple[ClaimChange, ...] = ()


_FIELDS = ("status", "mode", "title", "description", "price", "language", "warnings")


def diff_listings(before: ListingDocument, after: ListingDocument) -> ListingDiff:
    """Return how `after` differs from `before`."""
    one, two = (stable(d.model_dump(mode="json")) for d in (before, after))
    if one == two:
        return ListingDiff(identical=True)
    changes = [FieldChange(n, one[n], two[n]) for n in _FIELDS if one[n] != two[n]]
    changes += _by_key("category", _category(before), _category(after))
    changes += _by_key("attributes", _values(before), _values(after))
    changes += _by_key("questions", _questions(before), _questions(after))
    changes += _by_key("references", _matches(before), _matches(after))
    claims = tuple(_claims(before, after))
    if not changes and not claims:  # a detail: a probability, a citation, a piece of evidence
        changes.append(FieldChange(*first_difference(one, two)))
    return ListingDiff(False, tuple(changes), claims)


def _by_key(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    keys = [*before, *(k for k in after if k not in before)]
    pairs = [(k, before.get(k), after.get(k)) for k in keys]
    return [FieldChange(f"{name}.{k}", a, b) for k, a, b in pairs if a != b]


def _category(document: ListingDocument) -> dict[str, Any]:
    found = document.category
    return {"id": found.id, "name": found.path[-1]} if found else {}


def _values(document: ListingDocument) -> dict[str, Any]:
    return {n: f"{v.value} ({v.source})" for n, v in document.attributes.items()}


def _questions(document: ListingDocument) -> dict[str, Any]:
    return {q.attribute: q.text for q in document.questions}


def _matches(document: ListingDocument) -> dict[str, Any]:
    return {r.id: r.match for r in document.references}


def _claims(before: ListingDocument, after: ListingDocument) -> list[ClaimChange]:
    """Claims are the same when they state the same value of the same attribute in one field."""
    left = list(after.claims)
    changes = []
    for claim in before.claims:
        twin = next((c for c in left if _key(c) == _key(claim)), None)
        if twin is not None:
            left.remove(twin)
        if twin is None or _judged(twin) != _judged(claim):
            changes.append(ClaimChange(claim, twin))
    return changes + [ClaimChange(None, claim) for claim in left]


def _key(claim: Claim) -> tuple[str, str, str]:
    return claim.field, claim.attribute, claim.value


def _judged(claim: Claim) -> tuple[str, tuple[str, ...]]:
    return claim.verdict, tuple(claim.evidence)
