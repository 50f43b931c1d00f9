"""How a model is asked for the next call of a turn.

Rule: it must call one of the tools; a model that constrains its own decoding can write nothing as a
value but words of the seller's message.
"""

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable

from tools.assistant.calls import tool_schemas


def with_tools(
    model: BaseChatModel, attributes: Sequence[str], message: str
) -> Runnable[Any, AIMessage]:
    """Return `model` bound to call one of the tools on a message; `attributes` can be set."""
    constrained = bool(getattr(model, "constrained_decoding", False))
    bounds = {"quoting": message} if constrained else {}
    return model.bind_tools(tool_schemas(attributes), tool_choice="any", **bounds)
