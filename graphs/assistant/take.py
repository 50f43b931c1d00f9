"""The first node: a turn is entered, its message looked at for orders, its calls by hand queued."""

from typing import Any

from pydantic import TypeAdapter

from graphs.assistant.context import AssistantContext
from graphs.assistant.state import AssistantState, has_draft
from graphs.assistant.turn import Json
from graphs.step import Step, Update, node
from listing import ListingDocument, SafetyFinding
from tools.assistant import pieces
from tools.safety import redact_contacts
from tools.safety.steering import find_steering

FINDING: TypeAdapter[SafetyFinding | None] = TypeAdapter(SafetyFinding | None)


@node("take", reads=("turn",))
async def take(state: AssistantState, step: Step[AssistantContext]) -> Update:
    """Enter the turn; a message that tries to steer may do nothing but be answered."""
    turn, limits = state["turn"], step.context.limits
    text = redact_contacts(turn.get("text") or "").strip()
    finding = await _steering(text, step)
    parts = pieces(text, limits.piece_chars, sentences=limits.sentence_wise, most=limits.max_pieces)
    decided = turn.get("call") is None and finding is None
    update: Update = {
        **emptied(),
        "finding": finding.model_dump() if finding else None,
        "pieces": parts[: limits.max_pieces],
        "piece": 0 if decided else len(parts),
        "statements": state.get("statements", 0) + 1,
        "talk": limits.talk(message_of(turn)),
        "turns": state.get("turns", 0) + 1,
        **_entered(state, turn, limits.max_photos),
    }
    document = ListingDocument.model_validate(update["listing"])
    queue = _by_hand(turn, has_draft(document), finding is not None)
    if decided and len(parts) > limits.max_pieces:
        read = sum(map(len, update["pieces"]))
        queue.append(_call("reply", {"topic": "too_long", "chars": read}, "rule"))
    update["queue"] = [{"id": f"{turn['id']}-{n}", **call} for n, call in enumerate(queue, 1)]
    step.span.route(*_route(finding, update))
    return update


def _route(finding: SafetyFinding | None, update: Update) -> tuple[str, str]:
    if finding is not None:
        return "act", f"the message gives orders (rule {finding.rule}), so it is only answered"
    if update["queue"]:
        return "act", "by hand: " + ", ".join(call["name"] for call in update["queue"])
    return ("decide", f"{len(update['pieces'])} piece(s)") if update["pieces"] else ("answer", "")


async def _steering(text: str, step: Step[AssistantContext]) -> SafetyFinding | None:
    """A call of its own: only its result tells, whatever becomes of the rules."""

    async def look() -> SafetyFinding | None:
        return find_steering(text)

    if not text:
        return None
    return (await step.call("check_message", {"text": text}, FINDING, look)).value


def emptied() -> Json:
    """Return what a turn begins with, whatever the one before left."""
    return {
        "closed": False, "calls": [], "wanted": [], "asking": None, "told": 0, "free": "",
        "reply": "",
    }  # fmt: skip


def message_of(turn: Json) -> list[Json]:
    """Return the seller's message for the talk; a button or an edit is none."""
    text, photos = turn.get("text") or "", [p["sha256"] for p in turn.get("photos", [])]
    if not text and not photos:
        return []
    return [{"role": "seller", "text": text, "photos": photos, "at": turn["at"]}]


def _entered(state: AssistantState, turn: Json, most: int) -> Json:
    """The listing and the photos: before there is a draft, new photos are the item's."""
    listing = state.get("listing") or _form(turn)
    photos, new = state.get("photos", []), turn.get("photos", [])
    waiting = distinct([*state.get("waiting", []), *new])[-most:]
    if not has_draft(ListingDocument.model_validate(listing)):
        photos, waiting = distinct([*photos, *waiting])[:most], []
        listing = {**listing, "photos": photos}
    return {"listing": listing, "photos": photos, "waiting": waiting}


def _form(turn: Json) -> Json:
    """The seller's form, untouched: the listing of a thread that has none."""
    empty = ListingDocument(
        listing_id=turn["id"],
        thread_id=turn["thread_id"],
        status="manual",
        mode="manual",
        language=turn["language"],
    )
    return empty.model_dump(mode="json")


def distinct(photos: list[Json]) -> list[Json]:
    """Return the photos, each once."""
    return list({photo["sha256"]: photo for photo in photos}.values())


def _by_hand(turn: Json, drafted: bool, flagged: bool) -> list[Json]:
    """The calls that no model decides: edits, a button, photos without words."""
    queue = [_call("edit", edit, "hand") for edit in turn.get("edits", [])]
    given: Any = turn.get("call")
    if given is not None:
        queue.append(_call(given["name"], given.get("args") or {}, "button"))
    elif flagged:
        queue.append(_call("reply", {"topic": "steering"}, "rule"))
    elif turn.get("photos") and not turn.get("text"):
        queue.append(_call("add_photos" if drafted else "draft_listing", {}, "rule"))
    return queue


def _call(name: str, args: Json, by: str) -> Json:
    return {"name": name, "args": args, "by": by}
