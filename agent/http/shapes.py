"""What goes over the wire beside events: bodies and answers, typed, with examples.

Rule: a body has no field that is not known; texts have bounds. Answers name every field that they
have, null where there is nothing.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.client.views import Call, Edit
from agent.request import MAX_SELLER
from graphs.assistant.turn import MAX_DESCRIPTION, MAX_PRICE, MAX_TITLE
from listing.document import AskingPrice, ListingDocument

Language = Literal["en", "zh"]
CapMode = Literal["reference", "template", "image_only"]
MOST_EDITS = 50


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessageBody(_Body):
    """What a seller says or does in a thread."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"text": "the colour is blue, not black"},
                {"edits": [{"field": "price", "value": "120 EUR"}]},
                {"call": {"name": "rewrite", "arguments": {"wish": "shorter"}}},
            ]
        }
    )

    text: str | None = Field(default=None, max_length=MAX_SELLER)
    photos: list[str] = Field(default_factory=list, max_length=9, description="Data URLs.")
    edits: list[Edit] = Field(default_factory=list, max_length=MOST_EDITS)
    call: Call | None = None
    language: Language = "en"


class ResumeBody(_Body):
    """The answer to an interrupt; the interrupt's `schema` says what it looks like."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"interrupt_id": "9f2c", "answer": {"answers": {"storage": "128 GB"}}},
                {"interrupt_id": "9f2c", "answer": {"confirm": True}},
            ]
        }
    )

    interrupt_id: str = Field(min_length=1, max_length=200)
    answer: dict[str, Any]


class PublishBody(_Body):
    """The text that the seller publishes."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"title": "Red mug", "description": "A red mug.", "price": "12 EUR"}
        }
    )

    title: str = Field(min_length=1, max_length=MAX_TITLE)
    description: str = Field(max_length=MAX_DESCRIPTION)
    price: str | None = Field(default=None, max_length=MAX_PRICE)


class ReplayBody(_Body):
    """What to change in a recorded run, and which nodes to run for real."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"set": ["limits.max_chars=200"], "live": []}}
    )

    set: list[Annotated[str, Field(max_length=8_000)]] = Field(
        default_factory=list,
        max_length=20,
        description="`KEY=JSON`: seller, mode, limits.NAME, thresholds.NAME, NODE.KEY.",
    )
    live: list[Annotated[str, Field(max_length=100)]] = Field(
        default_factory=list, max_length=20, description="Names of nodes, or `all`."
    )


class ThreadMade(BaseModel):
    """A thread, empty as yet."""

    thread_id: str = Field(examples=["0c6f0f9f1c9d4a7c8e0b1d2f3a4b5c6d"])


class ThreadLine(BaseModel):
    """A thread in the list of all."""

    thread_id: str
    created: str = Field(description="ISO 8601, UTC; as `updated`.")
    updated: str
    title: str
    status: str = Field(description="Of its listing; `published` once it is; empty without one.")
    photo: str | None = Field(description="sha256 of the first photo.")
    running: bool = Field(description="Whether a turn runs now: its events can be read.")


class ThreadLines(BaseModel):
    """The caller's threads, the last used first."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "threads": [
                    {
                        "thread_id": "0c6f0f9f1c9d4a7c8e0b1d2f3a4b5c6d",
                        "created": "2026-11-21T08:00:00.000+00:00",
                        "updated": "2026-11-21T08:03:10.250+00:00",
                        "title": "Red mug",
                        "status": "drafted",
                        "photo": "92e1d68b1f41873a39d68ee3d8d029e19aaf30a1cc63bdeb232f4d825d4c8654",
                        "running": False,
                    }
                ]
            }
        }
    )

    threads: list[ThreadLine]


class Undone(BaseModel):
    """What came of undoing."""

    says: str
    document: ListingDocument


class Published(BaseModel):
    """A listing as it was published."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "listing_id": "e6b3b641b94752a2aecc66fdaadefe8f",
                "title": "Red mug",
                "description": "A red mug.",
                "price": {"amount": 12.0, "currency": "EUR", "evidence": ["e12"]},
                "at": "2026-11-21T08:34:40+00:00",
                "kept": 0.92,
            }
        }
    )

    listing_id: str
    title: str
    description: str
    price: AskingPrice | None
    at: str
    kept: float = Field(description="Share of the draft that was kept.")


class Stopped(BaseModel):
    """Whether there was a turn to stop."""

    stopped: bool


class TraceStep(BaseModel):
    """One span of a run, for a waterfall."""

    span_id: str
    parent: str | None
    name: str
    kind: str
    status: str
    start_ms: float = Field(description="Since the run began.")
    duration_ms: float | None = Field(description="null where it did not end.")
    route: str | None
    reason: str | None
    degraded: str | None
    message: str
    input: Any
    output: Any


class TraceSteps(BaseModel):
    """A run's spans, parents first, with what stands for the whole."""

    trace_id: str
    name: str
    thread_id: str
    started: str
    complete: bool
    replayable: bool
    warnings: list[str]
    steps: list[TraceStep]


class Difference(BaseModel):
    """Where a replay and its record part."""

    model_config = ConfigDict(extra="allow")

    node: str | None = None
    visit: int | None = None
    what: str
    where: str | None = None
    recorded: Any = None
    replayed: Any = None


class ReplayView(BaseModel):
    """A replay beside its record, as `vouch replay --json` tells it (`vouch.replay/1`)."""

    model_config = ConfigDict(extra="allow")

    trace_id: str
    diverged: bool
    first_divergence: Difference | None
    differences: list[Difference]
    stopped: str | None = Field(description="Why it stopped before its end.")
    live: list[str]
    listing: dict[str, Any] | None = Field(description="How the two listings differ.")
    document: ListingDocument | None = Field(description="The listing that the replay made.")


class Part(BaseModel):
    """One part of the service."""

    name: Literal["model", "index", "queue"]
    state: Literal["ok", "absent", "failed", "full", "draining"]
    detail: str


class Readiness(BaseModel):
    """Whether a turn would be taken now, part by part."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "ready": True,
                "parts": [
                    {"name": "model", "state": "ok", "detail": "vouch-small"},
                    {"name": "index", "state": "ok", "detail": "1523 listings"},
                    {"name": "queue", "state": "ok", "detail": "1 running, 0 waiting"},
                ],
            }
        }
    )

    ready: bool
    parts: list[Part]


class Alive(BaseModel):
    """The process answers."""

    status: Literal["alive"] = "alive"
