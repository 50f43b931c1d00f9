"""Where a chat's lines come from: a prompt with history and completion, or a pipe.

Rule: Enter sends and Alt-Enter begins a new line; Ctrl-C drops the line, Ctrl-D is the end.
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from agent.cli.chat_input import COMMANDS, PHOTO_SUFFIXES
from agent.cli.chat_turns import WISHES
from agent.cli.console import visible
from listing import ListingDocument
from listing.errors import BadInputError

Shown = Callable[[], ListingDocument | None]
"""Returns the listing as it stands: what completion and the line below the prompt tell of."""


class Lines(Protocol):
    """A source of lines."""

    interactive: bool
    """Whether a person sits there, who is told of a mistake and may try again."""

    async def message(self) -> str:
        """Return the next message or command; EOFError at the end."""
        ...

    async def answer(self, prompt: str, values: Sequence[str] = ()) -> str:
        """Return the answer to a question, which has the `values` to choose from; EOFError."""
        ...


class PipedLines:
    """The lines of standard input: each is a message, a command, or the answer to a question."""

    interactive = False

    async def message(self) -> str:
        """Return the next line."""
        try:
            line = sys.stdin.readline()
        except UnicodeDecodeError as error:
            raise BadInputError(f"standard input: is not UTF-8 ({error.reason})") from None
        if not line:
            raise EOFError
        return line.rstrip("\n")

    async def answer(self, prompt: str, values: Sequence[str] = ()) -> str:
        """Return the next line."""
        return await self.message()


class PromptedLines:
    """A prompt on a terminal, its history kept in a file of the owner's alone."""

    interactive = True

    def __init__(self, history: Path, shown: Shown) -> None:
        """Keep history in `history`, whose folder is there."""
        history.touch(mode=0o600)
        self._shown = shown
        self._messages: PromptSession[str] = PromptSession(
            history=FileHistory(str(history)),
            completer=ChatCompleter(shown),
            complete_while_typing=False,
            key_bindings=_keys(),
            multiline=True,
            prompt_continuation="  ",
            bottom_toolbar=self._below,
        )
        self._answers: PromptSession[str] = PromptSession()

    async def message(self) -> str:
        """Ask for a message; KeyboardInterrupt where the line was dropped."""
        return await self._messages.prompt_async("> ", handle_sigint=False)

    async def answer(self, prompt: str, values: Sequence[str] = ()) -> str:
        """Ask for an answer; a dropped line is none."""
        try:
            return await self._answers.prompt_async(
                prompt, completer=_Words(values), handle_sigint=False
            )
        except KeyboardInterrupt:
            raise EOFError from None

    def _below(self) -> str:
        document = self._shown()
        if document is None or not document.title:
            return " /help  Alt-Enter: new line  Ctrl-D: leave"
        asked = f", {len(document.questions)} open questions" if document.questions else ""
        return f" {visible(document.title)}{asked}  /help"


class ChatCompleter(Completer):
    """Completes commands, what they take, and the paths of photos."""

    def __init__(self, shown: Shown) -> None:
        """Complete attributes and values of the listing that `shown` returns."""
        self._shown = shown
        self._paths = PathCompleter(expanduser=True, file_filter=_is_photo)

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Yield what may stand at the cursor."""
        before = document.text_before_cursor
        name, space, rest = before.partition(" ")
        word = before.split()[-1] if before and not before[-1].isspace() else ""
        if before.startswith("/") and not space and "/" not in before[1:]:
            for known, told in COMMANDS.items():
                if known.startswith(name[1:]):
                    yield Completion(f"/{known}", -len(name), display_meta=told)
        elif word.startswith("@") or name == "/add":
            path = word.removeprefix("@")
            yield from self._paths.get_completions(Document(path), complete_event)
        else:
            typed = word if name == "/set" else rest
            yield from _starting(self._takes(name, rest), typed)

    def _takes(self, name: str, rest: str) -> Iterable[str]:
        listing = self._shown()
        asked = {q.attribute: q.values for q in listing.questions} if listing else {}
        if name == "/rewrite":
            return (*WISHES, "en", "zh")
        if name == "/skip":
            return asked
        stated = list(listing.attributes) if listing else []
        if name == "/why":
            return stated
        if name != "/set":
            return ()
        attribute, space, _ = rest.partition(" ")
        if space:
            return asked.get(attribute, [])
        return dict.fromkeys([*asked, *stated, "title", "description", "price"])


class _Words(Completer):
    """Completes to one of a few values."""

    def __init__(self, values: Sequence[str]) -> None:
        self._values = values

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        yield from _starting(self._values, document.text_before_cursor)


def _starting(values: Iterable[str], typed: str) -> Iterable[Completion]:
    for value in values:
        if value.casefold().startswith(typed.casefold()):
            yield Completion(value, -len(typed))


def _is_photo(name: str) -> bool:
    path = Path(name)
    return path.is_dir() or path.suffix.lower() in PHOTO_SUFFIXES


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def send(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def newline(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
