"""What a step that fails is turned into: words for the seller, and a thread that goes on.

Rule: a failure changes nothing in the listing and is never passed over in silence; its span has the
error.
"""

from langgraph.config import get_stream_writer
from langgraph.errors import NodeError
from langgraph.types import Command

from graphs.assistant.outcomes import outcomes
from graphs.assistant.route import after
from graphs.assistant.state import AssistantState
from graphs.assistant.task import language_of
from graphs.assistant.turn import Json
from graphs.assistant.words import say


async def without_model(state: AssistantState, error: NodeError) -> Command[str]:
    """The model cannot be asked: the message stays undone, which is said."""
    told = {"name": "reply", "args": {"topic": "no_model"}, "by": "rule"}
    call = {"id": f"{state['turn']['id']}-f{len(state.get('calls', []))}", **told}
    update = {"queue": [call], "piece": len(state.get("pieces", [])), "closed": False}
    return Command(update=update, goto="act")


async def without_call(state: AssistantState, error: NodeError) -> Command[str]:
    """A call failed: the others go on."""
    call, *rest = state["queue"]
    says = say("failed", language_of(state))
    told: Json = {
        **call, "piece": state.get("piece", 0), "ok": False, "says": says, "note": "it failed",
        "data": {},
    }  # fmt: skip
    writer = get_stream_writer()
    writer(
        {"event": "tool_result", "id": call["id"], "name": call["name"], "ok": False,
         "text": says, "data": {}}
    )  # fmt: skip
    calls = [*state.get("calls", []), told]
    after_it: AssistantState = {**state, "queue": rest, "calls": calls}
    return Command(update={"queue": rest, "calls": calls}, goto=after(after_it))


async def without_words(state: AssistantState, error: NodeError) -> Command[str]:
    """The model does not word the answer: the outcomes' own words stand."""
    reply = " ".join(outcomes(state)) or say("failed", language_of(state))
    get_stream_writer()({"event": "message", "role": "assistant", "text": reply})
    update = {"reply": reply, "told": len(state.get("calls", []))}
    return Command(update=update, goto="remember")
