"""The engine: one Qwen-VL in this process, one inference thread, photos encoded once.

It loads any Qwen-VL of transformers, streams tokens, decodes under constraints, and scores choices.
"""

from models.engine.engine import Engine
from models.engine.generation import Generation
from models.engine.photos import PhotoEncoding, letterbox
from models.engine.request import Choice, GenerationRequest, GenerationResult, Usage
from models.engine.worker import QueueFullError

__all__ = [
    "Choice",
    "Engine",
    "Generation",
    "GenerationRequest",
    "GenerationResult",
    "PhotoEncoding",
    "QueueFullError",
    "Usage",
    "letterbox",
]
