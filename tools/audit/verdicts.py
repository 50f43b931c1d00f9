"""The verdict on each claim: which evidence vouches for it, or says otherwise.

Evidence has a rank: the seller's own word, then printed text and what the photo shows, then an
identical listing, then similar ones. The highest rank that speaks decides. A listing only speaks
where its scope lets it: a similar one for the model, an identical one also for the variant, neither
for the item itself. Listings that differ vouch only with two thirds of those that state a value, as
when values are copied from them; identical ones that do not agree so far are counted with the
similar ones, and short of that they neither vouch nor contradict. Of readings of photos half are
enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from listing import Citation, Claim, EvidenceLedger, Reference
from listing.claim import Verdict
from tools.audit.candidate import ClaimCandidate
from tools.audit.citing import smallest
from tools.audit.stances import PHOTO, SELLER, Testimony, Voice
from tools.normalise import canonical, same_value


@dataclass(frozen=True)
class _Finding:
    """The verdict on a claim or on one part of it; `voices` all say so, any one of them alone."""

    verdict: Verdict
    voices: tuple[Voice, ...] = ()


def judge(
    candidates: Iterable[ClaimCandidate],
    ledger: EvidenceLedger,
    *,
    references: Sequence[Reference] = (),
) -> list[Claim]:
    """Return one claim per candidate, in order, with its verdict and the evidence for it.

    The evidence is the smallest set that entails the verdict: one item, or for a claim of several
    things ("charger and case") as few as state them all; of equal sets the highest ranked.
    `references` tell identical listings from similar ones; a listing that is not among them counts
    as similar.
    """
    testimony = Testimony.of(ledger, references)
    return [_judge(candidate, testimony) for candidate in candidates]


def _judge(candidate: ClaimCandidate, testimony: Testimony) -> Claim:
    if candidate.general:
        return _claim(candidate, "general", [])
    if not candidate.value:
        return _claim(candidate, "unsupported", [])
    found = [_weigh(testimony.voices(part)) for part in _parts(candidate)]
    against = next((f for f in found if f.verdict == "contradicted"), None)
    if against is not None:
        return _claim(candidate, "contradicted", smallest([against.voices]))
    if any(f.verdict == "unsupported" for f in found):
        return _claim(candidate, "unsupported", [])
    return _claim(candidate, "supported", smallest([f.voices for f in found]))


def _parts(candidate: ClaimCandidate) -> list[ClaimCandidate]:
    """The single things that the candidate states, each to be vouched for."""
    if candidate.attribute != "accessories" or candidate.value.startswith("no "):
        return [candidate]
    items = canonical("accessories", candidate.value).split(" and ")
    return [replace(candidate, value=item) for item in items]


def _claim(candidate: ClaimCandidate, verdict: Verdict, voices: Sequence[Voice]) -> Claim:
    return Claim(
        field=candidate.field, start=candidate.start, end=candidate.end, text=candidate.text,
        attribute=candidate.attribute, value=candidate.value, verdict=verdict,
        evidence=[v.evidence.id for v in voices],
        citations=[Citation(evidence=v.evidence.id, start=v.start, end=v.end) for v in voices],
    )  # fmt: skip


def _weigh(voices: Sequence[Voice]) -> _Finding:
    """The highest rank that speaks decides; listings that differ are counted with those below."""
    for rank in sorted({voice.rank for voice in voices}):
        if rank == SELLER:
            return _last_word([v for v in voices if v.rank == rank])
        if rank == PHOTO:
            return _majority([v for v in voices if v.rank == rank], share=(1, 2))
        found = _majority([v for v in voices if v.rank <= rank], share=(2, 3))
        if found.verdict != "unsupported":
            return found
    return _Finding("unsupported")


def _last_word(voices: Sequence[Voice]) -> _Finding:
    """What the seller said last holds; what the seller said before that to the same effect too."""
    stance = voices[-1].stance
    lasting: list[Voice] = []
    for voice in reversed(voices):
        if voice.stance != stance:
            break
        lasting.insert(0, voice)
    return _Finding("supported" if stance == "same" else "contradicted", tuple(lasting))


def _majority(voices: Sequence[Voice], share: tuple[int, int]) -> _Finding:
    """The value that at least that share of the sources state, the claim's own first."""
    same = tuple(v for v in voices if v.stance == "same")
    asked = share[0] * len(_sources(voices))
    if same and share[1] * len(_sources(same)) >= asked:
        return _Finding("supported", same)
    for one in voices:
        agreeing = tuple(v for v in voices if v.stance == "other" and _agree(v, one))
        if agreeing and share[1] * len(_sources(agreeing)) >= asked:
            return _Finding("contradicted", agreeing)
    return _Finding("unsupported")


def _agree(one: Voice, other: Voice) -> bool:
    """Both items state the same other value; what has no value of its own agrees with itself."""
    a, b = one.evidence, other.evidence
    if a.attribute and a.value and b.value:
        return same_value(a.attribute, a.value, b.value)
    return a.id == b.id


def _sources(voices: Iterable[Voice]) -> set[str]:
    return {voice.evidence.source for voice in voices}
