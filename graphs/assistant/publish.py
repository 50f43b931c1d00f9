"""Calls that end something: putting the listing forward, publishing it, taking a change back.

Rule: nothing is published without the seller's answer to the question, and nothing that the rules
of the market block.
"""

from datetime import UTC, datetime

from graphs.assistant.acted import Acted, patch_between
from graphs.assistant.facts import set_attribute, write_field
from graphs.assistant.state import document_of, has_draft
from graphs.assistant.task import Task
from graphs.assistant.turn import Json, PublishAnswer
from listing import ListingDocument, Publication
from tools.assistant import PRICE
from tools.editing import kept_share, undo

_CHANGES = ("title", "description", PRICE)


async def publish(task: Task) -> Acted:
    """Ask whether to publish; with the seller's answer, publish."""
    if task.by == "answer":
        return await _answered(task, PublishAnswer.model_validate(task.call["answer"]))
    stopped = _stopped(task, task.document)
    if stopped is not None:
        return stopped
    return Acted(note="the seller is asked", wants={"kind": "publish", "call": task.call})


def _stopped(task: Task, document: ListingDocument) -> Acted | None:
    """Why it cannot be published, in words; None where it can."""
    if not has_draft(document) or not document.title.strip():
        return Acted(task.say("publish_empty"), ok=False, note="there is no text")
    policy = task.context.listing.policy
    found = [*document.safety.photos, *policy.check_draft(document.title, document.description)]
    notices = [f.notice for f in found if f.action == "block"]
    if document.status == "refused" and not notices:
        notices = [document.safety.notice or ""]
    if not notices:
        return None
    says = task.say("publish_blocked", notices=" ".join(dict.fromkeys(notices)))
    return Acted(says, ok=False, note="the rules of the market block it")


async def _answered(task: Task, answer: PublishAnswer) -> Acted:
    if not answer.confirm:
        return Acted(task.say("publish_declined"))
    changed = await _with_changes(task, answer)
    if isinstance(changed, Acted):
        return changed
    document, keep = changed
    stopped = _stopped(task, document)
    if stopped is not None:
        return stopped
    first = task.state.get("drafted") or {}
    draft = f"{first.get('title', '')}\n{first.get('description', '')}"
    published = Publication(
        title=document.title,
        description=document.description,
        price=document.asking_price,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        kept=round(kept_share(draft, f"{document.title}\n{document.description}"), 4),
    )
    after = document.model_copy(update={"published": published})
    return Acted(
        task.say("published", title=document.title),
        patch=patch_between(task.document, after),
        keep=keep,
        data={"published": published.model_dump(mode="json")},
    )


async def _with_changes(task: Task, answer: PublishAnswer) -> tuple[ListingDocument, Json] | Acted:
    """The listing with the texts and the price of the answer, as edits by hand."""
    document, state = task.document, task.state
    keep: Json = {}
    for name in _CHANGES:
        value = getattr(answer, name)
        if value is None or value == getattr(document, name, None):
            continue
        args = {"attribute": PRICE, "value": value}
        listing = document.model_dump(mode="json")
        one = Task.of(task.call, args, {**state, "listing": listing, **keep}, task.step)  # type: ignore[typeddict-item]
        if name == PRICE:
            acted = await set_attribute(one)
        else:
            acted = await write_field(one, "title" if name == "title" else "description", value)
        if not acted.ok:
            return acted
        document = ListingDocument.model_validate({**listing, **acted.patch})
        keep |= acted.keep
    return document, keep


async def take_back(task: Task) -> Acted:
    """Take back the last change; where that is the price, a model asks first."""
    entries = task.state.get("undo", [])
    done = [c for c in task.state.get("calls", []) if c["name"] == "undo" and c["by"] == "model"]
    if task.by == "model" and done:
        return Acted(task.say("undo_once"), ok=False, note="one change a message")
    if not entries:
        return Acted(task.say("undo_none"), note="there is nothing to take back")
    last = entries[-1]
    if task.by == "model" and "asking_price" in last["patch"]:
        return Acted(note="the seller is asked first", wants={"kind": "confirm", "call": task.call})
    after = undo(document_of(task.state), last["patch"])
    return Acted(
        task.say("undone", label=last["label"]),
        patch=patch_between(task.document, after),
        keep={**last["kept"], "undo": {"pop": 1}},
    )
