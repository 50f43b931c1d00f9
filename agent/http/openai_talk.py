"""Which thread a stateless conversation goes on in, and what the seller said last in it.

Rule: a thread goes on only where its talk is, word for word, what the caller sent before the last
message; else the seller's messages are said again in a fresh thread. What others said (system,
assistant) is never given to the assistant as the seller's.
"""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from agent.http.openai_errors import OpenAIProblem
from agent.http.openai_types import (
    MOST_PHOTOS,
    AssistantMessage,
    ChatRequest,
    ImagePart,
    Message,
    RefusalPart,
    TextPart,
    UserMessage,
)
from agent.http.shapes import Language
from agent.request import check_seller

MOST_REPLAYED = 20
"""Earlier messages of a seller that are said again where no thread is known."""
MOST_HEADS = 2_000
_HAN = re.compile(r"[\u3400-\u9fff]")
Part = TextPart | ImagePart | RefusalPart


@dataclass(frozen=True)
class Said:
    """One turn of the seller: the messages between two answers."""

    text: str | None
    photos: tuple[str, ...]
    """Data URLs, as they were sent."""
    field: str
    """Where it stands in the request: `messages[3]`."""

    @property
    def language(self) -> Language:
        """The language that it is written in, as far as there is a choice."""
        return "zh" if _HAN.search(self.text or "") else "en"


@dataclass(frozen=True)
class Talk:
    """A conversation as it was sent."""

    earlier: tuple[Said, ...]
    last: Said
    before: str
    """Names all that was said before the last turn, by whom, and in whose name it was sent."""

    def after(self, answer: str) -> str:
        """Name the conversation once `answer` is given: what `before` will be next time."""
        return _named(self.before, [_line(self.last), _plain(answer)])


def read_talk(owner: str, request: ChatRequest) -> Talk:
    """Return the conversation of a request.

    Raises:
        OpenAIProblem: 400 where the seller does not speak last, says nothing, or a turn has more
            photos than an item may.
        BadInputError: a text is too long.
    """
    turns, lines, pending = list[Said](), list[str | list[object]](), list[tuple[int, Message]]()
    for place, message in enumerate(request.messages):
        if isinstance(message, UserMessage):
            pending.append((place, message))
        elif isinstance(message, AssistantMessage):
            if pending:
                turns.append(_said(pending))
                lines.append(_line(turns[-1]))
                pending = []
            lines.append(_plain(_text(message)))
    if not pending:
        told = "Invalid value for 'messages': the last message must be the user's"
        raise OpenAIProblem(400, told, param="messages", code="invalid_value")
    caller = [owner, request.user, request.safety_identifier]
    return Talk(tuple(turns), _said(pending), _named(orjson.dumps(caller).decode(), lines))


class Heads:
    """Threads by the conversation that they have got to; each serves one conversation, once.

    Two threads that got to the same words belong to two callers, and nobody can tell which goes on:
    then neither is taken, and the conversation is said again in a thread of its own.
    """

    def __init__(self, most: int = MOST_HEADS) -> None:
        self._most = most
        self._threads: OrderedDict[str, str | None] = OrderedDict()

    def take(self, name: str) -> str | None:
        """Return the thread of a conversation, which is nobody else's from now on."""
        found = self._threads.get(name)
        if found is not None:
            del self._threads[name]
        return found

    def put(self, name: str, thread_id: str) -> None:
        """Keep the thread under the conversation that it has got to."""
        self._threads[name] = None if name in self._threads else thread_id
        self._threads.move_to_end(name)
        while len(self._threads) > self._most:
            self._threads.popitem(last=False)


def _said(messages: Sequence[tuple[int, Message]]) -> Said:
    texts, photos, field = list[str](), list[str](), f"messages[{messages[0][0]}]"
    for _, message in messages:
        texts.append(_text(message))
        if not isinstance(message.content, str | None):
            photos += [p.image_url.url for p in message.content if isinstance(p, ImagePart)]
    text = check_seller("\n".join(filter(None, texts)), field)
    if len(photos) > MOST_PHOTOS:
        told = f"Invalid value for '{field}': {len(photos)} images, at most {MOST_PHOTOS} are taken"
        raise OpenAIProblem(400, told, param=field, code="invalid_value")
    if not text and not photos:
        told = f"Invalid value for '{field}': it says nothing; give text or an image"
        raise OpenAIProblem(400, told, param=field, code="invalid_value")
    return Said(text, tuple(photos), field)


def _text(message: Message) -> str:
    if isinstance(message.content, str):
        return message.content
    parts: Sequence[Part] = message.content or []
    return "\n".join(part.text for part in parts if isinstance(part, TextPart))


def _line(said: Said) -> list[object]:
    """A seller's turn as it counts for the name of a conversation."""
    return [said.text, [hashlib.sha256(photo.encode()).hexdigest() for photo in said.photos]]


def _plain(text: str) -> str:
    """An answer as it counts: programs that store it may trim it."""
    return " ".join(text.split())


def _named(before: str, lines: Sequence[object]) -> str:
    """Return a hash over what came before and each further line."""
    for line in lines:
        before = hashlib.sha256(before.encode() + orjson.dumps(line)).hexdigest()
    return before
