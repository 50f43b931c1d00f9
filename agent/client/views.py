"""What the service returns beside streams: threads, results and traces, typed.

Rule: fields that a newer service adds are kept, none is refused.
"""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.client.events import InterruptEvent
from listing import ListingDocument


class _View(BaseModel):
    model_config = ConfigDict(extra="allow")


class Edit(BaseModel):
    """A change by hand: as good as the seller saying it, and no model decides about it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    field: Literal["title", "description", "attribute", "price"]
    value: str | None
    """None takes back; a price as "120 EUR" or "120"."""
    attribute: str | None = None
    """Which one, for `attribute`."""


class Call(BaseModel):
    """A tool called outright, as a button does: `Call(name="undo")`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class Message(_View):
    """One line of a thread's talk."""

    role: Literal["seller", "assistant"]
    text: str
    photos: list[str] = Field(default_factory=list)
    """sha256 of each."""
    at: Any = None


class ThreadView(_View):
    """A thread as it stands."""

    thread_id: str
    listing: ListingDocument | None = None
    messages: list[Message] = Field(default_factory=list)
    interrupt: InterruptEvent | None = None
    """What the assistant waits for."""
    unfinished: bool = False
    """A turn runs, or was cut off: `client.follow(thread_id)` goes on with it."""
    can_undo: str | None = None
    """What would be undone."""


@dataclass(frozen=True)
class TurnResult:
    """How a turn ended."""

    thread_id: str
    document: ListingDocument
    reply: str
    interrupt: InterruptEvent | None
    """What the assistant waits for; answer with `resume(thread_id, interrupt.id, answer)`."""


class ThreadSummary(_View):
    """One of the key's threads."""

    thread_id: str
    created: str = ""
    """ISO 8601, UTC; as `updated`."""
    updated: str = ""
    title: str = ""
    status: str = ""
    """Of its listing; `published` once it is; empty without one."""
    photo: str | None = None
    """sha256 of the first photo."""
    running: bool = False
    """Whether a turn runs now: `client.follow(thread_id)` reads it."""


class ThreadList(_View):
    """The key's threads."""

    threads: list[ThreadSummary] = Field(default_factory=list)


class Undone(_View):
    """What came of undoing."""

    says: str
    """What was taken back, in words; that there was nothing, too."""
    document: ListingDocument


class Stopped(_View):
    """Whether there was a turn to stop."""

    stopped: bool
