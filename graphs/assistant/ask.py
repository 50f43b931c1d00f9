"""Questions to the seller: each an interrupt alone in its node, and the node that words them.

Rule: an interrupt is the first statement of its node, since the node runs again when the answer
comes; what the answer says is queued as calls that no model decides.
"""

from typing import Any

from langgraph.types import interrupt

from graphs.assistant.context import AssistantContext
from graphs.assistant.outcomes import outcomes
from graphs.assistant.state import AssistantState
from graphs.assistant.task import Task
from graphs.assistant.turn import ANSWERS, ConfirmAnswer, Json, PublishAnswer, SellerAnswers
from graphs.step import Step, Update, node
from listing.errors import BadInputError


@node("settle", reads=("wanted",))
async def settle(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Word the next question, and tell what came of the message so far."""
    want, *rest = state["wanted"]
    task = Task.of(want["call"], {}, state, step)
    asking = _asking(want["kind"], task)
    if asking is None:
        step.span.route("answer", "there is nothing left to ask")
        return {"wanted": rest, "asking": None}
    reply = " ".join([*outcomes(state), asking["text"]])
    step.span.route(want["kind"], asking["text"])
    step.event("token", text=reply, of="reply")
    step.event("message", role="assistant", text=reply)
    said = {"role": "assistant", "text": reply, "photos": [], "at": state["turn"]["at"]}
    return {
        "wanted": rest,
        "asking": {**asking, "call": want["call"]},
        "told": len(state.get("calls", [])),
        "reply": reply,
        "talk": step.context.limits.talk([said]),
    }


def _asking(kind: str, task: Task) -> Json | None:
    """The question as the page gets it."""
    if kind == "ask_seller":
        asked = [q.model_dump() for q in task.editor.ask(task.document)]
        words = " ".join(q["text"] for q in asked)
        return (
            {"kind": kind, "questions": asked, "text": task.say("ask", questions=words)}
            if asked
            else None
        )
    if kind == "publish":
        return _publishing(task)
    if task.call["name"] == "undo":
        text = task.say("confirm_undo", label=task.state["undo"][-1]["label"])
        return {"kind": kind, "questions": [], "text": text}
    fields = [task.say(f) for f in task.state.get("by_hand", []) if f in ("title", "description")]
    text = task.say("confirm_draft", fields=", ".join(fields))
    return {"kind": kind, "questions": [], "text": text}


def _publishing(task: Task) -> Json:
    document = task.document
    price = ""
    if (asked := document.asking_price) is not None:
        price = task.say("publish_price", price=f"{asked.amount:g} {asked.currency}".strip())
    listing = document.model_dump(mode="json")
    text = task.say("publish", title=document.title, price=price)
    return {"kind": "publish", "questions": [], "text": text, "listing": listing}


@node("ask_seller", reads=())
async def ask_seller(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Wait for the seller's answers; each becomes a fact, or is left open."""
    given = interrupt(_value(state), response_schema=SellerAnswers)
    answer = SellerAnswers.model_validate(given)
    asked = {question["attribute"] for question in (state["asking"] or {})["questions"]}
    unknown = (answer.answers.keys() | set(answer.skipped)) - asked
    if unknown:
        raise BadInputError(f"answers: {min(unknown)}: was not asked; {', '.join(sorted(asked))}")
    queue = [
        _queued(state, n, "set_attribute", {"attribute": name, "value": value.strip()})
        for n, (name, value) in enumerate(answer.answers.items())
        if value.strip()
    ]
    queue += [
        _queued(state, len(queue) + n, "skip_question", {"attribute": name})
        for n, name in enumerate(answer.skipped)
        if name not in answer.answers
    ]
    step.span.route("act" if queue else "answer", f"{len(queue)} answer(s)")
    statements = state.get("statements", 0) + 1
    return {"queue": queue, "asking": None, "statements": statements}


@node("publish", reads=())
async def publish(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Wait for the seller's word, and the last changes to the text."""
    given = interrupt(_value(state), response_schema=PublishAnswer)
    answer = PublishAnswer.model_validate(given)
    step.span.route("act", "confirmed" if answer.confirm else "declined")
    call = {**_queued(state, 0, "publish", answer.model_dump()), "answer": answer.model_dump()}
    return {"queue": [call], "asking": None, "statements": state.get("statements", 0) + 1}


@node("confirm", reads=())
async def confirm(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Wait for the seller's consent to replace what was written by hand."""
    given = interrupt(_value(state), response_schema=ConfirmAnswer)
    agreed = ConfirmAnswer.model_validate(given).confirm
    step.span.route("act", "confirmed" if agreed else "declined")
    call: Json = (state["asking"] or {})["call"]
    if agreed:
        queued = _queued(state, 0, call["name"], call["args"])
    else:
        queued = {**_queued(state, 0, "reply", {"topic": "confirm_declined"}), "by": "rule"}
    return {"queue": [queued], "asking": None}


def _value(state: AssistantState) -> Json:
    """The interrupt's value: the question, and the schema of its answer."""
    asking: Json = dict(state["asking"] or {})
    asking.pop("call", None)
    model = next(m for kind, m in ANSWERS.items() if kind == asking["kind"])
    return {**asking, "schema": model.model_json_schema()}


def _queued(state: AssistantState, n: int, name: str, args: dict[str, Any]) -> Json:
    number = len(state.get("calls", [])) + n + 1
    return {"id": f"{state['turn']['id']}-a{number}", "name": name, "args": args, "by": "answer"}
