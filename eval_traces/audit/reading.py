"""From a recorded trace to the audit's view of it: which claim rests on what, and on which step."""

import itertools
from collections.abc import Iterable, Mapping, Sequence

from eval_traces.audit.evidence import cited_for, read_sources
from eval_traces.audit.photos import read_listing_photos, read_photos_of
from eval_traces.audit.state import EndState, end_state
from eval_traces.audit.steps import read_facts, read_places, read_revisions, read_steps
from eval_traces.audit.view import (
    VERDICTS,
    Asked,
    AuditClaim,
    AuditView,
    DraftText,
    Finding,
    Heard,
    Segment,
    Source,
    UsedListing,
)
from eval_traces.trace import Trace
from listing import Claim, ListingDocument
from tools.normalise import attribute_key, same_value
from tools.photos import PhotoStore

_SAYS_SO = {
    "seller": "The seller says so.",
    "photo": "The photo shows it.",
    "identical": "A listing of the identical item says so.",
    "similar": "A similar listing says so.",
}
_SAYS_OTHER = {
    "seller": "The seller says otherwise",
    "photo": "The photo shows otherwise",
    "identical": "A listing of the identical item says otherwise",
    "similar": "A similar listing says otherwise",
}


def read_audit(trace: Trace, store: PhotoStore | None = None) -> AuditView:
    """Return the audit of a run; pictures come from `store`.

    Any trace that can be read has one: refused, halted, broken off, recorded without content or by
    an older version. What is missing then is told in the view's `note` and `gaps`.
    """
    end = end_state(trace)
    document, root = end.document, trace.root
    places = read_places(trace)
    sources = read_sources(document, end.run, places)
    claims, misplaced = _claims(document, sources)
    photos = read_photos_of(document.photos, store)
    used = [r for r in document.references if r.photo]
    listing_photos = read_listing_photos((str(r.photo) for r in used), store)
    return AuditView(
        trace_id=trace.trace_id,
        thread_id=trace.thread_id,
        started=trace.started.isoformat(timespec="milliseconds"),
        duration_s=root.duration_s,
        complete=trace.complete,
        status=end.status,
        mode=document.mode if end.mode_known else "",
        mode_reason=_mode_reason(end),
        note=end.note,
        draft=_draft(document, claims),
        counts={v: sum(c.verdict == v for c in claims) for v in VERDICTS},
        claims=claims,
        evidence=tuple(sources.values()),
        photos=photos,
        listings=_listings(document),
        listing_photos=listing_photos,
        questions=tuple(Asked(q.attribute, q.text, tuple(q.values)) for q in document.questions),
        revisions=read_revisions(end.run, places),
        safety_notice=document.safety.notice or "",
        findings=_findings(document),
        warnings=tuple(dict.fromkeys(document.warnings)),
        steps=read_steps(trace, places),
        facts=read_facts(trace, end.run, document),
        gaps=(*trace.warnings, *end.gaps, *misplaced, *_unknown(document, sources)),
    )


def cut_by_claims(text: str, claims: Iterable[AuditClaim]) -> tuple[Segment, ...]:
    """Cut a text where claims begin and end; the pieces together are the text.

    Where claims overlap, a piece names each of them, the narrowest first.
    """
    inside = [c for c in claims if c.placed]
    edges = sorted({0, len(text), *(c.start for c in inside), *(c.end for c in inside)})
    pieces = []
    for start, end in itertools.pairwise(edges):
        over = [c for c in inside if c.start <= start and c.end >= end]
        over.sort(key=lambda c: (c.end - c.start, c.number))
        pieces.append(Segment(text[start:end], tuple(c.number for c in over)))
    return tuple(pieces)


def _draft(document: ListingDocument, claims: Sequence[AuditClaim]) -> DraftText:
    by_field = {f: [c for c in claims if c.field == f] for f in ("title", "description")}
    return DraftText(
        document.title,
        document.description,
        cut_by_claims(document.title, by_field["title"]),
        cut_by_claims(document.description, by_field["description"]),
    )


def _claims(
    document: ListingDocument, sources: Mapping[str, Source]
) -> tuple[tuple[AuditClaim, ...], list[str]]:
    """The claims in reading order, and what is to be told of those out of place."""
    texts = {"title": document.title, "description": document.description}
    order = sorted(document.claims, key=lambda c: (c.field != "title", c.start, c.end))
    claims = []
    for number, claim in enumerate(order, start=1):
        words = texts[claim.field][claim.start : claim.end]
        placed = bool(words) and words == claim.text
        claims.append(_claim(claim, number, sources, placed=placed))
    lost = ", ".join(str(c.number) for c in claims if not c.placed)
    told = f"The words of some claims are not where the record says they are: {lost}."
    return tuple(claims), [told] if lost else []


def _claim(claim: Claim, number: int, sources: Mapping[str, Source], *, placed: bool) -> AuditClaim:
    cited = tuple(cited_for(claim, sources[i]) for i in claim.evidence if i in sources)
    heard = _heard(claim, sources)
    return AuditClaim(
        number=number,
        field=claim.field,
        start=claim.start,
        end=claim.end,
        text=claim.text,
        attribute=claim.attribute,
        value=claim.value,
        verdict=claim.verdict,
        reason=_reason(claim, cited, heard),
        probability=claim.probability,
        cited=cited,
        heard=heard,
        placed=placed,
    )


def _heard(claim: Claim, sources: Mapping[str, Source]) -> tuple[Heard, ...]:
    """What the ledger holds on the attribute beside what the verdict cites, best rank first."""
    found = [
        Heard(item, "same" if same_value(claim.attribute, claim.value, item.value) else "other")
        for item in sources.values()
        if item.id not in claim.evidence
        and item.attribute
        and item.value
        and attribute_key(item.attribute) == attribute_key(claim.attribute)
    ]
    return tuple(sorted(found, key=lambda h: h.evidence.rank or 9))


def _reason(claim: Claim, cited: Sequence[Source], heard: Sequence[Heard]) -> str:
    """The verdict in words."""
    if claim.verdict == "general":
        return "Common sense about this kind of thing; not checked against the evidence."
    if claim.verdict == "unsupported":
        if not claim.value:
            return "A placeholder: it states nothing."
        agrees = any(h.agreement == "same" for h in heard)
        return "Nothing on record vouches for it." + (
            " What says the same may not: see below." if agrees else ""
        )
    if not cited:
        return "The evidence that it rests on was not recorded."
    said = _SAYS_SO if claim.verdict == "supported" else _SAYS_OTHER
    told = []
    for item in cited:
        voice = item.kind if item.kind != "reference" else item.match or "similar"
        words = said.get(
            voice, f"The {item.kind} says {'so.' if said is _SAYS_SO else 'otherwise'}"
        )
        told.append(words if said is _SAYS_SO else f"{words}: {item.value or item.statement}.")
    return " ".join(dict.fromkeys(told))


def _mode_reason(end: EndState) -> str:
    """Why `choose_mode` went its way; empty where it did not run."""
    chosen = [s for s in end.run.walk() if s.kind == "node" and s.label == "choose_mode"]
    return (chosen[-1].route_reason or "") if chosen else ""


def _listings(document: ListingDocument) -> tuple[UsedListing, ...]:
    return tuple(
        UsedListing(
            id=r.id,
            match=r.match,
            score=r.score,
            title=r.title,
            text=r.text,
            price="" if r.price is None else f"{r.price:.2f} {r.currency}",
            photo=r.photo,
        )
        for r in document.references
    )


def _findings(document: ListingDocument) -> tuple[Finding, ...]:
    found = (*document.safety.photos, *document.safety.text)
    return tuple(Finding(f.rule, f.action, f.where, f.notice) for f in found)


def _unknown(document: ListingDocument, sources: Mapping[str, Source]) -> list[str]:
    """Names that the record uses and does not hold."""
    cited = dict.fromkeys(i for c in document.claims for i in c.evidence if i not in sources)
    told = [f"Evidence {i} is cited, but not on record." for i in cited]
    lost = {e.span_id for e in document.evidence if e.span_id} - {
        s.step.span_id for s in sources.values() if s.step
    }
    told += [f"Span {i} brought evidence in, but is not in this trace." for i in sorted(lost)]
    return told
