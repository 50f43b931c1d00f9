"""IPL's quality score of a listing (appendix C.2): features in [0, 1], equal weights.

Rule: a pure function of what the listing shows, so that an edit can score it anew.
"""

from collections.abc import Iterable

from listing import Claim, Quality


def listing_quality(
    title: str,
    description: str,
    claims: Iterable[Claim],
    *,
    category: bool,
    stated: int,
    photos: int,
    priced: bool,
) -> Quality:
    """Return the score; `stated` counts known attributes, `priced` tells of priced references."""
    checkable = [c for c in claims if c.verdict != "general"]
    features = {
        "title": min(1.0, len(title) / 20),
        "length": min(1.0, len(description.split()) / 30),
        "category": 1.0 if category else 0.0,
        "attributes": min(1.0, stated / 5),
        "vouched": sum(c.verdict == "supported" for c in checkable) / max(1, len(checkable)),
        "photos": min(1.0, photos / 3),
        "price": 1.0 if priced else 0.0,
    }
    score = sum(features.values()) / len(features)
    return Quality(score=round(score, 3), features={k: round(v, 3) for k, v in features.items()})
