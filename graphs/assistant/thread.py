"""A thread as others see it: its listing, its talk, the question that is open."""

from typing import Any, Literal, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import Interrupt as OpenInterrupt
from langgraph.types import StateSnapshot
from pydantic import BaseModel, Field

from graphs.assistant.checkpoints import config_of, forget_drafts
from graphs.assistant.graph import AssistantGraph
from graphs.assistant.state import AssistantState
from graphs.assistant.turn import InterruptKind, Json
from graphs.streaming import under_way
from listing import ListingDocument, Question, SafetyFinding


class Message(BaseModel):
    """One message of the talk."""

    role: Literal["seller", "assistant"]
    text: str
    photos: list[str] = Field(default_factory=list)
    """SHA-256 of the photos that came with it."""
    at: str
    """When, ISO 8601 in UTC."""


class Interrupt(BaseModel):
    """A question that waits for the seller."""

    id: str
    kind: InterruptKind
    text: str
    questions: list[Question] = Field(default_factory=list)
    listing: ListingDocument | None = None
    answer_schema: Json = Field(alias="schema", serialization_alias="schema")
    """JSON schema of the answer."""


class ThreadView(BaseModel):
    """What a page needs to show a thread."""

    thread_id: str
    listing: ListingDocument | None = None
    messages: list[Message] = Field(default_factory=list)
    """The last ones, the oldest first."""
    interrupt: Interrupt | None = None
    unfinished: bool = False
    """Whether a turn was cut off and can go on."""
    can_undo: str | None = None
    """What would be taken back."""


async def read_thread(graph: AssistantGraph, thread_id: str) -> ThreadView | None:
    """Return the thread as it stands; None where there is none such."""
    snapshot = await graph.aget_state(config_of(thread_id))
    state = cast(AssistantState, snapshot.values)
    if not state and not under_way(snapshot):
        return None
    asked, undo = open_interrupt(snapshot), state.get("undo", [])
    given = state.get("listing")
    return ThreadView(
        thread_id=thread_id,
        listing=ListingDocument.model_validate(given) if given else None,
        messages=[Message(**message) for message in state.get("talk", [])],
        interrupt=Interrupt(**shown_interrupt(asked)) if asked else None,
        unfinished=under_way(snapshot) and asked is None,
        can_undo=undo[-1]["label"] if undo else None,
    )


async def forget_thread(graph: AssistantGraph, thread_id: str) -> None:
    """Delete the thread and the drafts under way in it; one that is not there is let be."""
    saver = graph.checkpointer
    if not isinstance(saver, BaseCheckpointSaver):
        return
    snapshot = await graph.aget_state(config_of(thread_id))
    await forget_drafts(graph, cast(AssistantState, snapshot.values))
    await saver.adelete_thread(thread_id)


def document_shown(state: AssistantState, thread_id: str) -> ListingDocument:
    """Return the listing with what was found in the turn's message."""
    given = state.get("listing")
    if not given:
        return ListingDocument(listing_id="", thread_id=thread_id, status="manual", mode="manual")
    document = ListingDocument.model_validate(given)
    warnings = [*document.warnings, *(state.get("turn") or {}).get("warnings", [])]
    if (found := state.get("finding")) is not None:
        finding = SafetyFinding(**found)
        report = document.safety.model_copy(update={"text": [*document.safety.text, finding]})
        document = document.model_copy(update={"safety": report})
        warnings.append(finding.notice)
    return document.model_copy(update={"warnings": list(dict.fromkeys(warnings))})


def open_interrupt(snapshot: StateSnapshot) -> OpenInterrupt | None:
    """Return the question that the thread waits with; None where it does not wait."""
    return next((i for task in snapshot.tasks for i in task.interrupts), None)


def shown_interrupt(asked: OpenInterrupt) -> dict[str, Any]:
    """Return the question as an event tells it."""
    return {"id": asked.id, **asked.value}
