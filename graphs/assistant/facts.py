"""Calls that change what the listing states: facts, the price, texts by hand, questions left open.

Rule: a value that a model names must stand in the seller's own message; what the seller typed into
a field or as an answer is the seller's message.
"""

import re

from graphs.assistant.acted import Acted, patch_between
from graphs.assistant.task import Task
from listing.claim import ClaimField
from tools.assistant import PRICE
from tools.attribute_extract import find_value
from tools.editing import Edited, quoted, read_price

CATEGORY = "category"
_ROW = re.compile(r"\d+(?:(?:, |; |、)\d+){2,}")


async def set_attribute(task: Task) -> Acted:
    """Note one fact of the item, or the price."""
    attribute, value = str(task.args["attribute"]), task.args["value"]
    if attribute == PRICE and task.spec(PRICE) is None:
        return _set_price(task, value)
    if task.spec(attribute) is None and attribute != CATEGORY:
        note = f"there is no attribute {attribute}"
        return task.fault("unknown_attribute", note, label=attribute)
    if value is None:
        return _take_back(task, attribute)
    text, place = task.message, (0, len(value))
    if task.chosen:
        found = quoted(text, task.spec(attribute), value)
        if found is None:
            return _not_quoted(task, value, task.label(attribute))
        place = found
    else:
        text = value
    start, end = place
    edited = task.editor.state_fact(
        task.document, attribute, value, source=task.source, text=text, start=start, end=end,
        span_id=task.span_id,
    )  # fmt: skip
    return _changed(task, edited, f"{task.label(attribute)}: {value}")


def _not_quoted(task: Task, value: str, label: str) -> Acted:
    note = "the message does not say that; a value is copied from it word for word"
    return task.fault("not_quoted", note, value=value, label=label)


def _take_back(task: Task, attribute: str) -> Acted:
    """Only what the message names, by its label or by the value that there is."""
    known = task.document.attributes.get(attribute)
    label = task.label(attribute)
    if task.chosen:
        named = [label, attribute.replace("_", " "), *([known.value] if known else [])]
        if not any(word and find_value(task.message, word) for word in named):
            return task.fault("not_named", f"the message does not name {attribute}", label=label)
    edited = task.editor.state_fact(
        task.document, attribute, None, source=task.source, text=task.message, start=0,
        end=len(task.message), span_id=task.span_id,
    )  # fmt: skip
    return _changed(task, edited, f"{label}: {known.value if known else ''}")


def _set_price(task: Task, value: str | None) -> Acted:
    """The seller's price; nobody else's."""
    label = task.say("price")
    text, place, price = task.message, (0, len(value or "")), None
    if value is not None:
        price = read_price(value)
        if price is None:
            return task.fault("not_quoted", "that is no price", value=value, label=label)
        found = quoted(text, None, value) if task.chosen else place
        if found is None:
            return _not_quoted(task, value, label)
        if task.chosen and _in_a_row(text, found):
            return task.fault(
                "not_quoted", "a row of numbers is no price", value=value, label=label
            )
        text, place = (text if task.chosen else value), found
    elif task.chosen and not find_value(text, label) and not find_value(text, PRICE):
        return task.fault("not_named", "the message does not name the price", label=label)
    amount, currency = (price.amount, price.currency) if price else (None, "")
    edited = task.editor.set_price(
        task.document, amount, currency, source=task.source, text=text, start=place[0],
        end=place[1], span_id=task.span_id,
    )  # fmt: skip
    return _changed(task, edited, f"{label}: {value or ''}", by_hand=PRICE)


def _in_a_row(text: str, place: tuple[int, int]) -> bool:
    """Whether what stands there is one of three or more numbers in a row."""
    return any(m.start() <= place[0] and place[1] <= m.end() for m in _ROW.finditer(text))


async def edit(task: Task) -> Acted:
    """Take a change by hand as it is."""
    field, value = str(task.args["field"]), task.args["value"]
    if field == "attribute" or field == PRICE:
        attribute = PRICE if field == PRICE else str(task.args["attribute"])
        given = {"attribute": attribute, "value": value}
        return await set_attribute(
            Task.of({**task.call, "args": given}, given, task.state, task.step)
        )
    return await write_field(task, "title" if field == "title" else "description", value or "")


async def write_field(task: Task, field: ClaimField, text: str) -> Acted:
    """Let a title or description stand as the seller wrote it."""
    edited = await task.editor.edit_text(
        task.context.model, task.document, field, text, source=task.source, config=task.config
    )
    return _changed(task, edited, task.say(field), by_hand=field)


async def skip_question(task: Task) -> Acted:
    """Leave a question open."""
    attribute = str(task.args["attribute"])
    label = task.label(attribute)
    if task.spec(attribute) is None and attribute not in (CATEGORY, PRICE):
        return task.fault("unknown_attribute", f"there is no {attribute}", label=attribute)
    edited = task.editor.skip(task.document, attribute)
    return _changed(task, edited, task.say("undo_skip", label=label))


def _changed(task: Task, edited: Edited, label: str, by_hand: str = "") -> Acted:
    """What an edit came to; by hand it is remembered as such."""
    patch = patch_between(task.document, edited.document)
    keep = {}
    known = task.state.get("by_hand", [])
    if patch and by_hand and not task.chosen and by_hand not in known:
        keep = {"by_hand": [*known, by_hand]}
    note = "" if patch else "nothing changed"
    return Acted(
        edited.says, note=note, patch=patch, label=label.strip(" :") if patch else "", keep=keep,
        data=edited.data,
    )  # fmt: skip
