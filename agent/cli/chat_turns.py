"""From what was typed to a turn of the assistant: messages, photos, buttons, changes by hand.

Rule: a command is a button of the page: it says what is to be done, so no model decides.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent.cli.chat_input import Command, CommandName, Said, read_paths
from agent.request import check_seller
from listing import ListingDocument
from listing.errors import BadInputError
from tools.photos import NormalisedPhoto, PhotoLimits, PhotoStore, read_photos

if TYPE_CHECKING:  # brings langgraph
    from graphs.assistant import Edit, Turn
    from graphs.assistant.turn import Language

WISHES = ("shorter", "longer", "warmer", "plainer")
_CALLS: dict[CommandName, str] = {
    "draft": "draft_listing",
    "undo": "undo",
    "ask": "ask_seller",
    "price": "suggest_price",
    "similar": "search_similar",
    "check": "check_safety",
    "publish": "publish",
}


def said_turn(said: Said, store: PhotoStore, limits: PhotoLimits, language: "Language") -> "Turn":
    """Return the turn of a message, its photos taken into the store.

    Raises:
        PhotoError: a photo was refused.
        BadInputError: the message is too long.
    """
    from graphs.assistant import Turn

    text = check_seller(said.text, "message")
    return Turn(text=text, language=language, **_photos(said.photos, store, limits))


def draft_turn(
    photos: Sequence[NormalisedPhoto], store: PhotoStore, language: "Language"
) -> "Turn":
    """Return the turn that drafts a listing of the photos."""
    from graphs.assistant import Turn

    call = {"name": "draft_listing", "args": {}}
    return Turn(call=call, language=language, **_stored(photos, store))  # type: ignore[arg-type]


def command_turn(
    command: Command,
    document: ListingDocument | None,
    store: PhotoStore,
    limits: PhotoLimits,
    language: "Language",
) -> "Turn | None":
    """Return the turn that a command stands for; None for one that only looks at the thread.

    Raises:
        BadInputError: what follows the command is not what it takes.
    """
    from graphs.assistant import Turn

    name, rest = command.name, command.rest
    if name == "add":
        photos = _photos(read_paths(rest), store, limits)
        return Turn(language=language, **photos)
    if name == "set":
        return Turn(edits=(_edit(rest),), language=language)
    if name in _CALLS:
        return _button(_CALLS[name], {}, language)
    if name == "why":
        if not rest:
            raise BadInputError("/why: name words of the listing, as /why 128 GB")
        return _button("explain_claim", {"words": rest}, language)
    if name == "rewrite":
        return _button("rewrite", _wish(rest), language)
    if name == "skip":
        return _button("skip_question", {"attribute": _question(rest, document)}, language)
    return None


def _button(name: str, args: dict[str, Any], language: "Language") -> "Turn":
    from graphs.assistant import Turn

    return Turn(call={"name": name, "args": args}, language=language)


def _photos(paths: Sequence[Path], store: PhotoStore, limits: PhotoLimits) -> dict[str, Any]:
    return _stored(read_photos(paths, limits) if paths else [], store)


def _stored(taken: Sequence[NormalisedPhoto], store: PhotoStore) -> dict[str, Any]:
    return {
        "photos": tuple(store.put(photo) for photo in taken),
        "warnings": tuple(note for photo in taken for note in photo.notes),
    }


def _edit(rest: str) -> "Edit":
    from graphs.assistant import Edit

    name, _, value = rest.partition(" ")
    if not name:
        raise BadInputError("/set: name an attribute and its value, as /set storage 128 GB")
    given = value.strip() or None
    if name in ("title", "description", "price"):
        return Edit(field=name, value=given)  # type: ignore[arg-type]
    return Edit(field="attribute", attribute=name, value=given)


def _wish(rest: str) -> dict[str, Any]:
    word = rest.lower()
    if word in WISHES:
        return {"wish": word, "language": None}
    if len(word) == 2 and word.isascii() and word.isalpha():
        return {"wish": "translate", "language": word}
    raise BadInputError(
        f"/rewrite: one of {', '.join(WISHES)}, or a language of two letters (zh), not {rest!r}"
    )


def _question(rest: str, document: ListingDocument | None) -> str:
    if rest:
        return rest
    if document is None or not document.questions:
        raise BadInputError("/skip: no question is open")
    return document.questions[0].attribute
