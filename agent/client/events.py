"""The events of a turn, each kind a type of its own, as a stream sends them.

Rule: the wire may grow. An unknown kind passes through as `UnknownEvent`, an unknown field stays on
its event; only a known field with a wrong value is an error.
"""

from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter

from listing import CategoryPrediction, Claim, ListingDocument, Question
from listing.market import Match


class _Event(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True, serialize_by_alias=True)

    event_id: str | None = Field(default=None, exclude=True)
    """The stream's id of this event, `<turn>-<n>`: a lost stream goes on behind it."""


class StepEvent(_Event):
    """A step of the work began or ended."""

    event: Literal["step"] = "step"
    name: str
    state: Literal["started", "done"]
    ms: float | None = None
    """How long it took, milliseconds; only when done."""


class CategoryEvent(_Event, CategoryPrediction):
    """What kind of thing the photos show."""

    event: Literal["category"] = "category"


class ReferenceEvent(_Event):
    """A listing of the market that shows the same or a like item."""

    event: Literal["reference"] = "reference"
    id: str
    score: float
    match: Match
    title: str
    price: float | None = None


class AttributeEvent(_Event):
    """A value that the draft may state, with the evidence for it."""

    event: Literal["attribute"] = "attribute"
    name: str
    value: str | None
    source: str
    evidence: list[str] = Field(default_factory=list)


class TokenEvent(_Event):
    """More of a text that is being written."""

    event: Literal["token"] = "token"
    text: str
    of: Literal["draft", "reply"] = "draft"


class RevisedEvent(_Event):
    """The draft after something was taken back from it: replaces what was written so far."""

    event: Literal["revised"] = "revised"
    title: str
    description: str
    taken_back: list[str] = Field(default_factory=list)


class ClaimEvent(_Event, Claim):
    """One statement of the draft with its verdict."""

    event: Literal["claim"] = "claim"


class QuestionEvent(_Event, Question):
    """What the listing lacks and only the seller knows."""

    event: Literal["question"] = "question"


class NoticeEvent(_Event):
    """A rule of the market that the seller should know of."""

    event: Literal["notice"] = "notice"
    text: str
    rule: str = ""
    action: str = ""


class HaltedEvent(_Event):
    """Writing was stopped; `text` says what was wrong and what to change."""

    event: Literal["halted"] = "halted"
    text: str


class ToolCallEvent(_Event):
    """The assistant calls a tool."""

    event: Literal["tool_call"] = "tool_call"
    id: str
    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)


class ToolResultEvent(_Event):
    """What came of a tool call, in words and as data."""

    event: Literal["tool_result"] = "tool_result"
    id: str
    name: str
    ok: bool = True
    text: str = ""
    data: Any = None


class InterruptEvent(_Event):
    """The assistant waits for an answer: `resume(thread_id, id, answer)`."""

    event: Literal["interrupt"] = "interrupt"
    id: str
    kind: str
    """`ask_seller`, `publish` or `confirm`."""
    text: str = ""
    """The question in words."""
    questions: list[Question] = Field(default_factory=list)
    listing: dict[str, Any] | None = None
    """What would be published."""
    answer_schema: dict[str, Any] = Field(default_factory=dict, alias="schema")
    """JSON schema of the answer."""


class MessageEvent(_Event):
    """The assistant's whole answer, once a turn."""

    event: Literal["message"] = "message"
    role: str = "assistant"
    text: str


class TokenUsage(BaseModel):
    """Tokens of all model calls of a turn, those of its drafts and checks among them."""

    input_tokens: int
    output_tokens: int


class DoneEvent(_Event):
    """The end of a turn: the listing as it is now."""

    event: Literal["done"] = "done"
    document: ListingDocument
    reply: str = ""
    interrupt: str | None = None
    """Id of the interrupt that the turn ended in."""
    trace_id: str = ""
    """Of the turn's own trace; `document.trace_id` is that of the run that drafted it."""
    usage: TokenUsage | None = None


class ErrorEvent(_Event):
    """The end of a turn that failed: the members of a problem document (RFC 9457)."""

    event: Literal["error"] = "error"
    type: str = "about:blank"
    title: str = ""
    status: int = 500
    detail: str = ""


class UnknownEvent(_Event):
    """A kind that this client does not know; its fields are attributes (`model_extra`)."""

    event: str


Known: TypeAlias = (
    StepEvent
    | CategoryEvent
    | ReferenceEvent
    | AttributeEvent
    | TokenEvent
    | RevisedEvent
    | ClaimEvent
    | QuestionEvent
    | NoticeEvent
    | HaltedEvent
    | ToolCallEvent
    | ToolResultEvent
    | InterruptEvent
    | MessageEvent
    | DoneEvent
    | ErrorEvent
)
KINDS: tuple[str, ...] = tuple(kind.model_fields["event"].default for kind in get_args(Known))
"""The kinds that have a type."""


def _tag(value: Any) -> str:
    kind = value.get("event") if isinstance(value, dict) else getattr(value, "event", None)
    return "known" if kind in KINDS else "unknown"


Event: TypeAlias = Annotated[
    Annotated[Annotated[Known, Field(discriminator="event")], Tag("known")]
    | Annotated[UnknownEvent, Tag("unknown")],
    Discriminator(_tag),
]
"""Any event of a stream."""

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


def read_event(kind: str, data: dict[str, Any], event_id: str | None = None) -> Event:
    """Return the event of one frame; pydantic's ValidationError where a known kind is malformed."""
    return _EVENT.validate_python({**data, "event": kind, "event_id": event_id})
