"""What a seller types into a chat, read: a command, or a message with photos named in it.

Rule: a photo is named by its path anywhere in a message, `@front.jpg` or, where there is such a
file, just `front.jpg`, as a terminal writes it when a file is dropped on it. All else is the
message, word for word.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from os.path import expanduser, isfile
from pathlib import Path
from typing import Literal

from listing.errors import BadInputError

PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
CommandName = Literal[
    "help", "add", "draft", "why", "undo", "set", "ask", "skip", "price", "rewrite", "similar",
    "check", "show", "text", "json", "publish", "trace", "quit",
]  # fmt: skip
COMMANDS: Mapping[CommandName, str] = {
    "help": "this list",
    "add": "PATH...  add photos of the item",
    "draft": "write the listing anew from the photos",
    "why": "WORD  what vouches for words of the listing",
    "undo": "take back the last change",
    "set": "ATTRIBUTE VALUE  state a fact, the title, description or price; no value takes it back",
    "ask": "the open questions, one by one",
    "skip": "[ATTRIBUTE]  leave a question open",
    "price": "what the market asks for such a thing",
    "rewrite": "shorter | longer | warmer | plainer | LANGUAGE  put the text differently",
    "similar": "listings of the market like this one",
    "check": "check the listing against the market's rules",
    "show": "the listing, each claim with what vouches for it",
    "text": "the listing as text to copy",
    "json": "the listing document",
    "publish": "publish; you see the final text first",
    "trace": "how the last turn came about",
    "quit": "leave; the thread stays",
}
_COMMAND = re.compile(r"/([A-Za-z]+)(?:\s+(.*))?", re.DOTALL)
_WORD = re.compile(r"""(?<!\S)(@?)(?:"([^"\n]+)"|'([^'\n]+)'|((?:\\.|[^\s\\])+))""")
_CLOSING = ",;:!?.)"


@dataclass(frozen=True)
class Said:
    """A message, and the photos that it names."""

    text: str
    photos: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Command:
    """A command with what follows it, trimmed."""

    name: CommandName
    rest: str = ""


def read_input(typed: str) -> Said | Command | None:
    """Return what was typed; None where there is nothing in it.

    Raises:
        BadInputError: a command that there is not, or `@PATH` without such a file.
    """
    typed = typed.strip()
    if not typed:
        return None
    found = _COMMAND.fullmatch(typed)
    if found is None or isfile(typed.split()[0]):
        return _said(typed)
    name, rest = found[1].lower(), (found[2] or "").strip()
    for known in COMMANDS:
        if known == name:
            return Command(known, rest)
    near = get_close_matches(name, COMMANDS, n=1)
    hint = f"did you mean /{near[0]}?" if near else "/help lists them"
    raise BadInputError(f"/{name}: no such command; {hint}")


def read_paths(typed: str) -> tuple[Path, ...]:
    """Return the paths of a command such as /add; BadInputError names one that is no file."""
    found = [_path(match) for match in _WORD.finditer(typed)]
    if not found:
        raise BadInputError("/add: name a photo, as /add front.jpg")
    for path in found:
        if not isfile(path):
            raise BadInputError(f"{path}: no such file")
    return tuple(found)


def _said(typed: str) -> Said:
    """The message without the photos that it names."""
    photos: list[Path] = []
    text, at = "", 0
    for match in _WORD.finditer(typed):
        taken = _photo(match)
        if taken is None:
            continue
        path, end = taken
        photos.append(path)
        text, at = text + typed[at : match.start()].rstrip(" \t"), end
    return Said((text + typed[at:]).strip(), tuple(photos))


def _photo(match: re.Match[str]) -> tuple[Path, int] | None:
    """The photo that a word names and where its name ends; None for any other word."""
    path, end = _path(match), match.end()
    if not isfile(path) and match[4]:
        # A path at the end of a clause; the sign after it belongs to the message.
        bare = match[4].rstrip(_CLOSING)
        path, end = _unescaped(bare), end - (len(match[4]) - len(bare))
    if isfile(path) and (match[1] or path.suffix.lower() in PHOTO_SUFFIXES):
        return path, end
    if match[1] and path.suffix.lower() in PHOTO_SUFFIXES:
        raise BadInputError(f"@{path}: no such file")
    return None


def _path(match: re.Match[str]) -> Path:
    quoted = match[2] or match[3]
    return Path(expanduser(quoted)) if quoted else _unescaped(match[4])


def _unescaped(word: str) -> Path:
    return Path(expanduser(re.sub(r"\\(.)", r"\1", word)))


def one_of(word: str, values: Sequence[str]) -> str | None:
    """Return the value that an answer picks by its number from 1; None where it picks none."""
    if word.isascii() and word.isdigit() and 1 <= int(word) <= len(values):
        return values[int(word) - 1]
    return None
