"""The client of `vouch serve` for Python programs: typed, blocking or for asyncio.

Rule: nothing of the product but its nouns (`listing`) is imported, so that a program which only
calls the service needs neither torch nor langgraph.
"""

from agent.client.async_client import AsyncVouchClient
from agent.client.async_stream import AsyncEventStream
from agent.client.client import VouchClient
from agent.client.errors import VouchApiError, VouchConnectionError, VouchProtocolError
from agent.client.events import (
    AttributeEvent,
    CategoryEvent,
    ClaimEvent,
    DoneEvent,
    ErrorEvent,
    Event,
    HaltedEvent,
    InterruptEvent,
    MessageEvent,
    NoticeEvent,
    QuestionEvent,
    ReferenceEvent,
    RevisedEvent,
    StepEvent,
    TokenEvent,
    ToolCallEvent,
    ToolResultEvent,
    UnknownEvent,
)
from agent.client.following import Patience
from agent.client.photos import PhotoLike
from agent.client.stream import EventStream
from agent.client.views import Call, Edit, Message, ThreadSummary, ThreadView, TurnResult, Undone

__all__ = [
    "AsyncEventStream",
    "AsyncVouchClient",
    "AttributeEvent",
    "Call",
    "CategoryEvent",
    "ClaimEvent",
    "DoneEvent",
    "Edit",
    "ErrorEvent",
    "Event",
    "EventStream",
    "HaltedEvent",
    "InterruptEvent",
    "Message",
    "MessageEvent",
    "NoticeEvent",
    "Patience",
    "PhotoLike",
    "QuestionEvent",
    "ReferenceEvent",
    "RevisedEvent",
    "StepEvent",
    "ThreadSummary",
    "ThreadView",
    "TokenEvent",
    "ToolCallEvent",
    "ToolResultEvent",
    "TurnResult",
    "Undone",
    "UnknownEvent",
    "VouchApiError",
    "VouchClient",
    "VouchConnectionError",
    "VouchProtocolError",
]
