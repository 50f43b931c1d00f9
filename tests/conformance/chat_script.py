"""What a good model would answer to the questions of langchain-tests, for its content tests.

The answer depends on the request alone: its last human message, its tools and its constraint.
"""

import json
import re
from typing import Any

from models.chat.forced_call import ForcedCallConstraint
from models.constraints import JsonSchemaConstraint
from models.engine import GenerationRequest

JOKE = {"setup": "Why do cats sit on keyboards?", "punchline": "To keep an eye on the mouse."}


def answer(request: GenerationRequest) -> str:
    """Return the reply to `request`: JSON under a schema, a tool call, or a sentence."""
    question = _text(next(m for m in reversed(request.messages) if m["role"] == "user"))
    if isinstance(request.constraint, ForcedCallConstraint):
        names = _names(request.constraint.call.schema)
        name = next((name for name in names if name in question), names[0])
        return f"<tool_call>\n{_call(name, question)}"
    if isinstance(request.constraint, JsonSchemaConstraint):
        wanted = request.constraint.schema.get("required", list(JOKE))
        return json.dumps({key: value for key, value in JOKE.items() if key in wanted})
    if request.tools and request.messages[-1]["role"] == "user":
        name = request.tools[0]["function"]["name"]
        return f"Let me look.\n<tool_call>\n{_call(name, question)}\n</tool_call>"
    return "It is sunny, and all is well."


def arguments_for(name: str, question: str) -> dict[str, Any]:
    """Return the arguments that `question` calls for."""
    quoted = re.search(r"'([^']+)'", question)
    arguments: dict[str, dict[str, Any]] = {
        "magic_function": {"input": 3},
        "magic_function_no_args": {},
        "greeting_generator": {"answer_style": "Pirate"},
        "get_weather": {"location": "San Francisco, CA"},
        "my_adder_tool": {"a": 3, "b": 4},
        "unicode_customer": {
            "customer_name": quoted.group(1) if quoted else "",
            "description": "a technology company",
        },
        "Joke": JOKE,
    }
    return arguments[name]


def _call(name: str, question: str) -> str:
    call = {"name": name, "arguments": arguments_for(name, question)}
    return json.dumps(call, ensure_ascii=False)


def _names(schema: dict[str, Any]) -> list[str]:
    calls = schema.get("anyOf", [schema])
    names = [call["properties"]["name"]["const"] for call in calls]
    return sorted(names, key=len, reverse=True)


def _text(message: dict[str, Any]) -> str:
    return "".join(part["text"] for part in message["content"] if part["type"] == "text")
