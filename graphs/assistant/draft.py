"""Calls about photos: the listing graph as a run of its own, and photos added to the item.

Rule: what the seller said goes into a new draft; what the seller wrote by hand is replaced only
after the seller agreed.
"""

import uuid
from contextlib import aclosing

from graphs.assistant.acted import Acted, patch_between
from graphs.assistant.state import AssistantState, has_draft, template_of
from graphs.assistant.task import Task
from graphs.assistant.turn import Json
from graphs.listing import ListingRequest, stream_listing
from graphs.streaming import Emit, relay
from listing import ListingDocument, Photo
from tools.safety.photos import check_photos

_TEXTS = ("title", "description")


def listing_id_of(turn_id: str, call_id: str) -> str:
    """Return the id of the listing that a call drafts: the same when the call runs again."""
    return uuid.uuid5(uuid.UUID(turn_id), call_id).hex


def draft_threads(state: AssistantState) -> list[str]:
    """Return the checkpoint threads of the drafts that the last turn made or was making."""
    turn = state.get("turn")
    if not turn:
        return []
    made = [*state.get("calls", []), *state.get("queue", [])]
    drafts = [call["id"] for call in made if call["name"] == "draft_listing"]
    return [f"{turn['thread_id']}:{listing_id_of(turn['id'], call)}" for call in drafts]


async def draft_listing(task: Task) -> Acted:
    """Draft the listing from the photos, or draft it anew."""
    state, before = task.state, task.document
    waiting = [p for p in state.get("waiting", []) if p not in state.get("photos", [])]
    photos = [*state.get("photos", []), *waiting][: task.context.limits.max_photos]
    if not photos:
        return Acted(task.say("no_photo"), ok=False, note="there is no photo")
    fixed = [field for field in _TEXTS if field in state.get("by_hand", [])]
    if fixed and task.by != "answer":
        return Acted(note="the seller is asked first", wants={"kind": "confirm", "call": task.call})
    drafted = await _run(task, [Photo(**photo) for photo in photos])
    if has_draft(before) and not has_draft(drafted):
        return _kept(task, drafted)
    document, lost = _with_facts(task, drafted)
    if task.language == "zh" and has_draft(document):
        config = task.config
        edited = await task.editor.rewrite(
            task.context.model, document, "translate", "zh", config=config
        )
        document = edited.document
    keep: Json = {"photos": photos, "waiting": [], "by_hand": _still(state), "drafted": None}
    if has_draft(document):
        keep["drafted"] = {"title": document.title, "description": document.description}
    says = _says(task, document, again=has_draft(before))
    if lost:
        says = f"{says} {task.say('draft_lost', facts=', '.join(lost))}"
    return Acted(
        says,
        ok=document.status == "drafted",
        note=document.status if document.status != "drafted" else "",
        patch=patch_between(before, document),
        label=task.say("undo_draft"),
        keep=keep,
        data={
            "listing_id": document.listing_id,
            "trace_id": document.trace_id,
            "status": document.status,
            "mode": document.mode,
        },
    )


def _kept(task: Task, drafted: ListingDocument) -> Acted:
    """What there was stays where nothing came of the new draft; photos that stopped it go."""
    says = f"{_says(task, drafted, again=True)} {task.say('draft_kept')}"
    told = drafted.model_dump(include={"listing_id", "trace_id", "status", "mode"})
    keep: Json = {"waiting": []} if drafted.status == "refused" else {}
    return Acted(says, ok=False, note=drafted.status, keep=keep, data=told)


def _still(state: AssistantState) -> list[str]:
    return [field for field in state.get("by_hand", []) if field not in _TEXTS]


async def _run(task: Task, photos: list[Photo]) -> ListingDocument:
    """The listing graph's run; where a killed process left it, it goes on."""
    turn, context = task.state["turn"], task.context
    listing_id = listing_id_of(turn["id"], task.call["id"])
    request = ListingRequest(
        photos=tuple(photos),
        seller=_said(task) or None,
        mode_cap=turn.get("mode_cap"),
        warnings=tuple(turn.get("warnings", [])),
        thread_id=f"{turn['thread_id']}:{listing_id}",
        listing_id=listing_id,
    )
    found: list[Json] = []

    async def run(emit: Emit) -> None:
        stream = stream_listing(context.listing, request, context.listing_graph, resume=True)
        async with aclosing(stream) as events:
            async for event in events:
                emit(event)

    async with aclosing(relay(run, apart=True)) as events:
        async for event in events:
            if event["event"] == "done":
                found.append(event["document"])
            else:
                task.step.emit(event)
    return ListingDocument.model_validate({**found[0], "thread_id": turn["thread_id"]})


def _said(task: Task) -> str:
    """The seller's statements on the item, the latest last; none that gives orders.

    Words that came without a photo or a button ask for the draft; what they state is set by calls.
    """
    told = [
        item.text
        for item in task.document.evidence
        if item.kind == "seller" and item.attribute is None and item.start is None
    ]
    about_it = bool(task.state["turn"].get("photos") or task.state["turn"].get("call"))
    if about_it and task.state.get("finding") is None:
        told += task.state.get("pieces", [])
    return "\n".join(dict.fromkeys(told))[-task.context.limits.max_seller_chars :]


def _with_facts(task: Task, drafted: ListingDocument) -> tuple[ListingDocument, list[str]]:
    """The new draft with the facts and the price that the seller gave, and what has no place."""
    if drafted.status == "refused":
        return drafted, []
    before, document, lost = task.document, drafted, []
    template = template_of(drafted, task.context.listing.taxonomy)
    for name, known in before.attributes.items():
        if known.source != "seller":
            continue
        if name not in template.names:
            lost.append(f"{task.label(name)} {known.value}")
            continue
        document = task.editor.state_fact(
            document, name, known.value, source=task.source, text=known.value, start=0,
            end=len(known.value), span_id=task.span_id,
        ).document  # fmt: skip
    if (asked := before.asking_price) is not None:
        said = f"{asked.amount:g} {asked.currency}".strip()
        document = task.editor.set_price(
            document, asked.amount, asked.currency, source=task.source, text=said, start=0,
            end=len(said), span_id=task.span_id,
        ).document  # fmt: skip
    return document, lost


def _says(task: Task, document: ListingDocument, *, again: bool) -> str:
    notice = document.safety.notice or " ".join(document.warnings[:1])
    if document.status == "refused":
        return task.say("draft_refused", notice=notice)
    if document.status == "halted":
        return task.say("draft_halted", notice=notice)
    if document.status == "manual":
        return task.say("draft_manual", notice=notice).strip()
    says = task.say("draft_again" if again else "draft", title=document.title)
    if task.state.get("finding") is not None:
        says = f"{says} {task.say('draft_unread')}"
    return says


async def add_photos(task: Task) -> Acted:
    """Add the photos that came with the message, unless one may not be sold."""
    state, context = task.state, task.context
    photos, waiting = state.get("photos", []), state.get("waiting", [])
    if not waiting:
        fresh = [p for p in state["turn"].get("photos", []) if p in photos]
        if fresh:  # the first photos are the item's without a call
            return Acted(task.say("photos_added", count=len(fresh)))
        return Acted(task.say("photos_none"), ok=False, note="no new photo")
    blocks = context.listing.photo_blocks(waiting)
    found = await check_photos(context.model, blocks, context.listing.policy, config=task.config)
    blocked = [f for f in found if f.action == "block"]
    if blocked:
        says = task.say("photos_refused", notice=blocked[0].notice)
        return Acted(says, ok=False, note="refused", keep={"waiting": []})
    room = context.limits.max_photos - len(photos)
    both = [*photos, *waiting[:room]]
    after = task.document.model_copy(update={"photos": [Photo(**photo) for photo in both]})
    says = task.say("photos_added", count=min(room, len(waiting)))
    if len(waiting) > room:
        says = f"{says} {task.say('photos_full', count=context.limits.max_photos)}"
    return Acted(
        says,
        patch=patch_between(task.document, after),
        label=task.say("undo_photos"),
        keep={"photos": both, "waiting": []},
    )
