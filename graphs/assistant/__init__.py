"""The assistant graph: a seller's message in, tools chosen by the model, one answer out."""

from graphs.assistant.checkpoints import put_back
from graphs.assistant.context import AssistantContext, AssistantLimits
from graphs.assistant.graph import AssistantGraph, build_assistant_graph
from graphs.assistant.run import (
    stream_recorded,
    stream_resume,
    stream_turn,
    stream_unfinished,
)
from graphs.assistant.thread import Interrupt, Message, ThreadView, forget_thread, read_thread
from graphs.assistant.turn import (
    ConfirmAnswer,
    Edit,
    PublishAnswer,
    SellerAnswers,
    ToolCall,
    Turn,
)

__all__ = [
    "AssistantContext",
    "AssistantGraph",
    "AssistantLimits",
    "ConfirmAnswer",
    "Edit",
    "Interrupt",
    "Message",
    "PublishAnswer",
    "SellerAnswers",
    "ThreadView",
    "ToolCall",
    "Turn",
    "build_assistant_graph",
    "forget_thread",
    "put_back",
    "read_thread",
    "stream_recorded",
    "stream_resume",
    "stream_turn",
    "stream_unfinished",
]
