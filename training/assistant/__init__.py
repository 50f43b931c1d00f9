"""Generated turns of the assistant, to train the choice of tools on and to measure it with.

Rule: made by seed from patterns and invented names; the held-out split is never trained on.
"""

from training.assistant.answers import answer_samples
from training.assistant.parts import Call
from training.assistant.readings import readings
from training.assistant.samples import assistant_samples, call_text, joined_turns, turn_samples
from training.assistant.steps import after, turn_steps
from training.assistant.turns import KINDS, GeneratedTurn, generated_turn, generated_turns

__all__ = [
    "KINDS",
    "Call",
    "GeneratedTurn",
    "after",
    "answer_samples",
    "assistant_samples",
    "call_text",
    "generated_turn",
    "generated_turns",
    "joined_turns",
    "readings",
    "turn_samples",
    "turn_steps",
]
