"""A recorded run as an auditor reads it: each claim with its evidence and the step behind that.

The view is a pure reading of the trace; of the photo store it takes only the pictures. What was not
recorded is not made up: it is told in `gaps`.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from listing.claim import ClaimField, Verdict

AUDIT_SCHEMA = "vouch.audit/1"
VERDICTS: tuple[Verdict, ...] = ("supported", "contradicted", "unsupported", "general")
"""In the order that readers list them."""
Agreement = Literal["same", "other"]


@dataclass(frozen=True)
class AuditPhoto:
    """A photo of the run or of a listing that it used."""

    sha256: str
    width: int = 0
    height: int = 0
    """Pixels as recorded; 0 where that is not known."""
    data: bytes | None = dataclasses.field(default=None, repr=False)
    """JPEG, scaled down for reading; None where the picture is not at hand, `note` says why."""
    note: str = ""


@dataclass(frozen=True)
class StepPlace:
    """Where in the run something happened."""

    span_id: str
    name: str
    node: str
    """The graph's node that it ran in; empty outside all nodes."""
    start_s: float
    """Seconds after the run began."""
    duration_s: float | None


@dataclass(frozen=True)
class Source:
    """One item of the evidence ledger, with the text that it was read from."""

    id: str
    kind: str
    """`photo`, `category`, `template`, `reference`, `seller` or `policy`."""
    source: str
    """`photo:<sha256>`, `listing:<id>`, `seller:<n>`, ..."""
    statement: str
    """What the item says."""
    text: str
    """The source's whole text where it was recorded, else the statement."""
    start: int | None
    end: int | None
    """Code points of `text` to highlight; None where no place in it is known."""
    attribute: str | None
    value: str | None
    match: str | None
    """`identical` or `similar`, of a listing."""
    score: float | None
    """Cosine of a listing's photo to the item's, as recorded."""
    rank: int | None
    """1 the seller's word, 2 the photo, 3 an identical listing, 4 a similar one; else None."""
    probability: float | None
    """What the model gave to the value that it read in the photo."""
    photo: str | None
    """Hash of the picture to show with it."""
    step: StepPlace | None
    """The span that brought it in."""


@dataclass(frozen=True)
class Heard:
    """Evidence on a claim's attribute that the verdict does not cite."""

    evidence: Source
    agreement: Agreement
    """Whether it states the claimed value or another one."""


@dataclass(frozen=True)
class AuditClaim:
    """One statement of the draft and all there is to say about it."""

    number: int
    """From 1, in the order of the text, the title first."""
    field: ClaimField
    start: int
    end: int
    text: str
    attribute: str
    value: str
    verdict: Verdict
    reason: str
    """The verdict in words."""
    probability: float | None
    """What the model gave that the photo shows the value; None where it was not asked."""
    cited: tuple[Source, ...]
    """What supports it or, where it is contradicted, what says otherwise."""
    heard: tuple[Heard, ...]
    placed: bool
    """False when its words are not where it says they are."""


@dataclass(frozen=True)
class Segment:
    """A piece of a text; the pieces make up the whole text in order."""

    text: str
    claims: tuple[int, ...] = ()
    """Numbers of the claims that cover it, the narrowest first."""


@dataclass(frozen=True)
class DraftText:
    """A title and a description, cut where claims begin and end."""

    title: str = ""
    description: str = ""
    title_segments: tuple[Segment, ...] = ()
    description_segments: tuple[Segment, ...] = ()


@dataclass(frozen=True)
class TakenBack:
    """A statement that a revision took out, with the verdict on it."""

    text: str
    attribute: str
    value: str
    verdict: Verdict
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Revision:
    """One change of the draft on its way."""

    number: int
    title_before: str
    description_before: str
    title_after: str
    description_after: str
    taken_back: tuple[TakenBack, ...]
    reason: str
    step: StepPlace


@dataclass(frozen=True)
class Step:
    """One span of the run's waterfall."""

    place: StepPlace
    kind: str
    depth: int
    status: str
    """`ok`, `error`, `paused`, `cancelled` or `unfinished`."""
    route: str | None
    reason: str | None
    degraded: str | None
    message: str
    """What went wrong; empty unless it failed."""
    input: Any
    output: Any


@dataclass(frozen=True)
class Asked:
    """A question to the seller."""

    attribute: str
    text: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """A safety rule that fired."""

    rule: str
    action: str
    where: str
    notice: str


@dataclass(frozen=True)
class UsedListing:
    """A retrieved listing of the market."""

    id: str
    match: str
    score: float
    title: str
    text: str
    price: str
    """Amount and currency, or empty."""
    photo: str | None


@dataclass(frozen=True)
class RunFacts:
    """What steered the run and how it went."""

    category: str
    models: tuple[str, ...]
    """Names of the models that answered, most used first."""
    prompts: dict[str, str]
    """Version by prompt name."""
    timings_ms: dict[str, float]
    settings: dict[str, Any]
    replay_of: str
    """Id of the run that this one replays; empty for a first run."""
    scores: dict[str, float]
    """Judgements recorded with the run, by name."""


@dataclass(frozen=True)
class AuditView:
    """All that an audit shows of one run."""

    trace_id: str
    thread_id: str
    started: str
    """ISO 8601, UTC."""
    duration_s: float | None
    complete: bool
    status: str
    mode: str
    mode_reason: str
    note: str
    """In words, why there is no draft, or why it is not the final one; empty for a finished one."""
    draft: DraftText
    counts: dict[Verdict, int]
    claims: tuple[AuditClaim, ...]
    evidence: tuple[Source, ...]
    photos: tuple[AuditPhoto, ...]
    listings: tuple[UsedListing, ...]
    listing_photos: tuple[AuditPhoto, ...]
    questions: tuple[Asked, ...]
    revisions: tuple[Revision, ...]
    safety_notice: str
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    steps: tuple[Step, ...]
    facts: RunFacts
    gaps: tuple[str, ...]
    """What cannot be shown, and why."""


def audit_json(view: AuditView) -> dict[str, Any]:
    """Return the view as plain JSON data; a picture's bytes become `at_hand`: true or false."""
    document = {"schema": AUDIT_SCHEMA, **dataclasses.asdict(view)}
    for name in ("photos", "listing_photos"):
        for photo in document[name]:
            photo["at_hand"] = photo.pop("data") is not None
    return document
