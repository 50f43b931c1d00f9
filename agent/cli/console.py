"""What commands print with: results on stdout, the rest on stderr, plain where nobody watches.

Words of sellers, markets and models are never read as markup, and their control characters are
replaced, so that no listing can write to a terminal what it likes.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import typer
from rich.console import Console

from agent.runtime import Provided

PLAIN_WIDTH = 100
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_EVERY_S = 5.0

Tick = Callable[[int, int | None], None]
"""Called with how much is done, and of how much, where that is known."""


def stdout() -> Console:
    """Return the console for results."""
    return _console(sys.stdout)


def stderr() -> Console:
    """Return the console for everything else."""
    return _console(sys.stderr)


def say(text: str) -> None:
    """Print a line on stderr."""
    print(visible(text), file=sys.stderr, flush=True)


def print_json(document: Any) -> None:
    """Print one JSON document on stdout."""
    unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(document, ensure_ascii=not unicode, indent=2))


def visible(text: str) -> str:
    """Return a text whose control characters, but for line breaks, are spaces or left out."""
    return _CONTROL.sub(lambda found: " " if found[0] == "\t" else "", text)


def examples(*commands: str) -> str:
    """Return the end of a command's help: commands to paste, each on its own line."""
    heading = "Example:" if len(commands) == 1 else "Examples:"
    return "\b\n" + "\n".join((heading, *(f"  {command}" for command in commands)))


def provided(context: typer.Context) -> Provided:
    """Return the handles that whoever started the command line gave in place of the settings'."""
    return context.obj if isinstance(context.obj, Provided) else Provided()


@contextmanager
def progress(label: str) -> Iterator[Tick]:
    """Yield what is called as work goes on: a bar on a terminal, now and then a line elsewhere."""
    console = stderr()
    if not console.is_terminal:
        yield _lines(label)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeElapsedColumn as Elapsed

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Elapsed())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(label: str) -> Tick:
    told = time.monotonic()

    def tick(done: int, total: int | None) -> None:
        nonlocal told
        if done == total or time.monotonic() - told >= _EVERY_S:
            told = time.monotonic()
            say(f"{label}: {done}" + (f" of {total}" if total is not None else ""))

    return tick


def _console(stream: TextIO) -> Console:
    """A console of the stream as it is now; without a terminal, lines have room."""
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
