"""The node that carries out the next call. Every tool passes one place, where it is recorded."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from graphs.assistant import draft, facts, market, publish
from graphs.assistant.acted import ACTED, Acted, entered
from graphs.assistant.context import AssistantContext
from graphs.assistant.state import AssistantState
from graphs.assistant.task import Task
from graphs.assistant.turn import Json
from graphs.step import Step, Update, node
from listing.errors import BadInputError
from tools.assistant import read_arguments

Tool = Callable[[Task], Awaitable[Acted]]


async def reply(task: Task) -> Acted:
    """Answer without doing anything."""
    topic = str(task.args["topic"])
    told = {key: value for key, value in task.args.items() if key != "topic"}
    if topic == "done" and any(call["says"] for call in task.state.get("calls", [])):
        return Acted()
    return Acted(task.say(topic, **told))


async def ask_seller(task: Task) -> Acted:
    """Ask what the listing lacks most, where it lacks anything."""
    if not task.editor.ask(task.document):
        return Acted(task.say("ask_none"), note="nothing to ask")
    return Acted(note="the seller is asked", wants={"kind": "ask_seller", "call": task.call})


ACTS: Mapping[str, Tool] = {
    "draft_listing": draft.draft_listing,
    "set_attribute": facts.set_attribute,
    "rewrite": market.rewrite,
    "add_photos": draft.add_photos,
    "search_similar": market.search_similar,
    "suggest_price": market.suggest_price,
    "check_safety": market.check_safety,
    "explain_claim": market.explain_claim,
    "ask_seller": ask_seller,
    "skip_question": facts.skip_question,
    "publish": publish.publish,
    "undo": publish.take_back,
    "reply": reply,
    "edit": facts.edit,
}
_UNTYPED = ("edit", "reply")
"""Calls that the graph itself makes with arguments of its own."""


@node("act", reads=("queue",))
async def act(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Carry out the first call of the queue."""
    call = state["queue"][0]
    name, given = call["name"], call["args"]
    step.event("tool_call", id=call["id"], name=name, arguments=given)

    async def run() -> Acted:
        return await _carry_out(call, state, step)

    acted = (await step.call(name, given, ACTED, run)).value
    step.event(
        "tool_result", id=call["id"], name=name, ok=acted.ok, text=acted.says, data=acted.data
    )
    update = entered(state, call, acted, step.context.limits)
    if acted.fault:
        update["calls"][-1]["fault"] = True
    step.span.route("next", acted.note or ("done" if acted.ok else acted.says))
    return update


async def _carry_out(call: Json, state: AssistantState, step: Step[AssistantContext]) -> Acted:
    task = Task.of(call, {}, state, step)
    if state.get("finding") is not None and task.chosen:
        return task.fault("steering", "the message gives orders")
    try:
        args = _arguments(call)
    except BadInputError as error:
        if task.by != "model":
            raise
        return task.fault("wrong_call", str(error))
    return await ACTS[call["name"]](Task.of(call, args, state, step))


def _arguments(call: Json) -> Mapping[str, Any]:
    """The arguments, validated: those of a button as strictly as a model's."""
    if call["by"] in ("hand", "rule", "answer") and call["name"] in _UNTYPED:
        args: dict[str, Any] = call["args"]
        return args
    if call["by"] == "answer":
        return {**call["args"]}
    return read_arguments(call["name"], call["args"]).model_dump()
