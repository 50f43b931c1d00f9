"""The node that asks the model which tool comes next.

Rule: the model is shown the listing, the talk and the message, never a photo or a retrieved text;
it chooses and names, nothing more.
"""

import json
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables.config import merge_configs

from graphs.assistant.brief import brief_of
from graphs.assistant.context import AssistantContext
from graphs.assistant.state import AssistantState, document_of, template_of
from graphs.assistant.turn import Json
from graphs.step import Step, Update, node
from tools.assistant import turn_prompt, with_tools

MAX_FAULTS = 2
"""The first wrong call goes back to the model, the second to the seller."""


@node("decide", reads=("piece", "calls"))
async def decide(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Choose the next calls."""
    context = step.context
    names = list(template_of(document_of(state), context.listing.taxonomy).names)
    brief = brief_of(state, context)
    prompt = turn_prompt(brief)
    model = with_tools(context.model, names, brief.message)
    config = merge_configs(context.config, {"metadata": prompt.metadata})
    message = await model.ainvoke([HumanMessage(prompt.text)], config)
    return _chosen(message, state, step)


def _chosen(message: AIMessage, state: AssistantState, step: Step[AssistantContext]) -> Update:
    """The update that follows from the model's message."""
    made = made_here(state)
    seen = {_key(call) for call in made}
    queue: list[Json] = []
    room = step.context.limits.max_calls - len(made)
    repeated = False
    for call in message.tool_calls:
        one = {"name": call["name"], "args": dict(call["args"]), "by": "model"}
        if _key(one) in seen:
            repeated = True
            break
        seen.add(_key(one))
        queue.append(one)
        if call["name"] == "reply":
            break
    full = len(queue) > room or (len(queue) == room and queue[-1]["name"] != "reply")
    queue = queue[:room]
    failed = [_malformed(bad) for bad in message.invalid_tool_calls]
    free = "" if queue or repeated or failed else message.text.strip()
    ended = bool(queue) and queue[-1]["name"] == "reply"
    if full:
        queue.append({"name": "reply", "args": {"topic": "too_many"}, "by": "rule"})
    nothing = not queue and not repeated and not free
    if nothing and not failed:
        failed = [_malformed({"name": None, "error": "no tool was called"})]
    faults = faults_here(state) + len(failed)
    closed = ended or full or repeated or bool(free) or (nothing and faults >= MAX_FAULTS)
    step.span.route(*_route(queue, free, repeated, closed))
    count = len(state.get("calls", [])) + len(failed)
    turn_id = state["turn"]["id"]
    logged = [_logged(c, state, f"{turn_id}-x{count + n}") for n, c in enumerate(failed)]
    return {
        "queue": [{"id": f"{turn_id}-m{count + n}", **c} for n, c in enumerate(queue, 1)],
        "calls": [*state.get("calls", []), *logged],
        "closed": closed,
        "free": free,
    }


def _route(queue: list[Json], free: str, repeated: bool, closed: bool) -> tuple[str, str]:
    if queue:
        return "act", ", ".join(call["name"] for call in queue)
    if free:
        return "answer", "the model answered in words"
    if repeated:
        return "reread", "the same call twice"
    return ("answer", "no call could be read twice") if closed else ("decide", "told what is wrong")


def _malformed(bad: Any) -> Json:
    name = bad.get("name") or "call"
    error = str(bad.get("error") or "the arguments are no JSON")
    return {"name": name, "args": {}, "by": "model", "note": error.splitlines()[0][:120]}


def _logged(call: Json, state: AssistantState, call_id: str) -> Json:
    at = state.get("piece", 0)
    return {
        **call, "id": call_id, "piece": at, "ok": False, "fault": True, "says": "", "data": {},
    }  # fmt: skip


def made_here(state: AssistantState) -> list[Json]:
    """Return the model's calls for the piece under way."""
    at = state.get("piece", 0)
    return [c for c in state.get("calls", []) if c["by"] == "model" and c["piece"] == at]


def faults_here(state: AssistantState) -> int:
    """Return how many of them were wrong."""
    return sum(bool(call.get("fault")) for call in made_here(state))


def _key(call: Json) -> str:
    return json.dumps([call["name"], call["args"]], sort_keys=True, ensure_ascii=False)
