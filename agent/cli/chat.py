"""`vouch chat`: the assistant in a terminal, or on a pipe."""

import asyncio
import sys
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.table import Table
from rich.text import Text

from agent.cli.chat_list import ThreadLine, find_thread, recent_threads
from agent.cli.console import examples, print_json, provided, say, stdout, visible
from agent.runtime import Runtime, make_home, open_runtime, photo_limits
from agent.settings import Settings, load_settings
from listing.errors import BadInputError
from tools.photos import NormalisedPhoto, read_photos

if TYPE_CHECKING:  # brings prompt-toolkit
    from agent.cli.chat_prompt import Lines
    from agent.cli.chat_session import ChatSession
    from agent.cli.chat_thread import ChatThread

HISTORY = "chat_history"
EXAMPLES = examples(
    "vouch chat front.jpg back.jpg",
    "vouch chat --list",
    "vouch chat --thread 3f2a9c",
    "printf 'it has 128 GB\\n/text\\n' | vouch chat phone.jpg",
)


def chat(
    context: typer.Context,
    photos: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PHOTO", help="Photos of the item.", show_default=False),
    ] = None,
    thread: Annotated[
        str | None,
        typer.Option("--thread", metavar="ID", help="Go on with a thread; the head of its id."),
    ] = None,
    language: Annotated[
        Literal["en", "zh"], typer.Option(help="In which answers and new texts are worded.")
    ] = "en",
    listing: Annotated[bool, typer.Option("--list", help="List the recent threads.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Read lines, and print one JSON document at the end.")
    ] = False,
    trace_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of traces. Default: VOUCH_TRACE_DIR.")
    ] = None,
) -> None:
    """Talk about a listing until it is right, and publish it.

    Photos may be named anywhere in a message; /help tells the commands. On a pipe each line is a
    message, a command or the answer to a question.
    """
    settings = load_settings(trace_dir=trace_dir)
    if listing:
        if photos or thread:
            raise BadInputError("--list: takes neither photos nor a thread")
        _show_list(asyncio.run(_recent(settings)), as_json)
        return
    taken = read_photos(photos, photo_limits(settings)) if photos else []
    given = provided(context)
    with open_runtime(settings, model=given.model, embedder=given.embedder) as runtime:
        for note in runtime.notes:
            say(f"note: {note}")
        document = asyncio.run(_chat(runtime, taken, thread, language, as_json))
    if as_json:
        print_json(document)


async def _chat(
    runtime: Runtime,
    photos: Sequence[NormalisedPhoto],
    head: str | None,
    language: Literal["en", "zh"],
    as_json: bool,
) -> dict[str, Any]:
    """Talk until the lines end; return what was said, schema `vouch.chat/1`."""
    from agent.cli.chat_session import ChatSession
    from agent.cli.chat_thread import ChatThread

    async with runtime.assistant() as (context, graph):
        thread_id = await find_thread(graph, head) if head else uuid.uuid4().hex
        thread = ChatThread(context, graph, thread_id)
        lines = _lines(runtime.settings, thread, as_json)
        session = ChatSession(thread, lines, photo_limits(runtime.settings), language, as_json)
        say(f"thread {thread_id[:12]}")
        await session.run(photos)
        if not as_json and lines.interactive and thread.ended:
            say(f"the thread stays: vouch chat --thread {thread_id[:12]}")
    return _document(session)


def _lines(settings: Settings, thread: "ChatThread", as_json: bool) -> "Lines":
    from agent.cli.chat_prompt import PipedLines, PromptedLines

    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return PipedLines()
    return PromptedLines(settings.home_folder / HISTORY, lambda: thread.document)


def _document(session: "ChatSession") -> dict[str, Any]:
    thread = session.thread
    turns = [
        {
            "replies": list(turn.replies),
            "calls": list(turn.calls),
            "interrupt": turn.interrupt,
            "trace_id": turn.trace_id,
        }
        for turn in thread.ended
    ]
    document = thread.document.model_dump(mode="json") if thread.document else None
    return {
        "schema": "vouch.chat/1",
        "thread_id": thread.thread_id,
        "turns": turns,
        "document": document,
    }


async def _recent(settings: Settings) -> list[ThreadLine]:
    from agent.threads import open_threads
    from graphs.assistant import build_assistant_graph

    make_home(settings)
    async with open_threads(settings.threads_place) as saver:
        return await recent_threads(build_assistant_graph(saver))


def _show_list(found: Sequence[ThreadLine], as_json: bool) -> None:
    if as_json:
        print_json([asdict(line) for line in found])
        return
    if not found:
        say("no threads yet; `vouch chat PHOTO` begins one")
        return
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for column in ("thread", "last said", "state"):
        table.add_column(column, no_wrap=True)
    for column in ("listing", "last words"):
        table.add_column(column, overflow="ellipsis", no_wrap=True)
    for line in found:
        at = line.at.replace("T", " ").removesuffix("+00:00")
        words = (line.thread_id[:12], at[:16], line.state, line.title, line.said)
        table.add_row(*(Text(visible(word).replace("\n", " ")) for word in words))
    stdout().print(table)
