"""`ChatQwenVL`, a local Qwen-VL behind LangChain's chat model interface."""

from models.chat.model import ChatQwenVL

__all__ = ["ChatQwenVL"]
