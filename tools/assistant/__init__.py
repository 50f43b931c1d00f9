"""What the assistant may call, and what it is told before it chooses.

Rule: the same schemas and the same prompt go to training and to serving; nothing here acts.
"""

from tools.assistant.brief import TurnBrief, answer_prompt, done_line, turn_prompt
from tools.assistant.calls import PRICE, TOOLS, ReplyTopic, Wish, read_arguments, tool_schemas
from tools.assistant.choosing import with_tools
from tools.assistant.pieces import pieces

__all__ = [
    "PRICE",
    "TOOLS",
    "ReplyTopic",
    "TurnBrief",
    "Wish",
    "answer_prompt",
    "done_line",
    "pieces",
    "read_arguments",
    "tool_schemas",
    "turn_prompt",
    "with_tools",
]
