"""How a run looks while it goes on: its steps and the text as it is written, on stderr.

A terminal sees draft and answer grow and then go, since what they came to follows on stdout;
elsewhere there is a line for each step.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from agent.cli.console import visible

Event = dict[str, Any]

STEPS = {
    "check_photos": "checked the photos",
    "predict_category": "looked what it is",
    "search_similar": "searched the market",
    "choose_mode": "weighed what was found",
    "read_seller": "read your words",
    "extract_attributes": "read the references",
    "write_draft": "wrote the draft",
    "audit_draft": "checked every claim",
    "revise": "took back what nobody vouches for",
    "finish": "finished",
    "refuse": "stopped",
}
_DOING = {
    "check_photos": "checking the photos",
    "predict_category": "looking what it is",
    "search_similar": "searching the market",
    "extract_attributes": "reading the references",
    "write_draft": "writing",
    "audit_draft": "checking every claim",
    "decide": "thinking",
    "reread": "reading your words again",
    "answer": "answering",
}
_SILENT = ("reply", "edit")
"""Calls that need no line: the answer tells all."""


class RunView(Protocol):
    """Shows the events of a run."""

    def show(self, event: Event) -> None:
        """Show one event; kinds that are not known are passed over."""
        ...


@contextmanager
def open_view(console: Console) -> Iterator[RunView]:
    """Yield the view that suits the console."""
    if not console.is_terminal:
        yield LineView(console)
        return
    live = Live(console=console, transient=True, refresh_per_second=12)
    with live:
        yield LiveView(console, live)


class LineView:
    """A line for each step and finding."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, event: Event) -> None:
        """Print the event's line, if it has one."""
        line = step_line(event)
        if line:
            self._console.print(Text(line), soft_wrap=True)


class LiveView:
    """Lines that stay, and below them what goes on now and the draft so far."""

    def __init__(self, console: Console, live: Live) -> None:
        self._console, self._live = console, live
        self._doing: dict[str, None] = {}
        self._draft, self._reply = "", ""

    def show(self, event: Event) -> None:
        """Print the event's line, if it has one, and bring the live part up to date."""
        line = step_line(event)
        if line:
            self._console.print(Text(line, style="dim"))
        kind = event["event"]
        if kind == "step" and event["state"] == "started":
            self._doing[event["name"]] = None
        elif kind == "step":
            self._doing.pop(event["name"], None)
        elif kind == "token" and event.get("of") == "reply":
            self._reply += event["text"]
        elif kind == "token":
            self._draft += event["text"]
        elif kind == "revised":
            self._draft = f"{event['title']}\n{event['description']}"
        self._live.update(self._now())

    def _now(self) -> Group:
        doing = ", ".join(_DOING[name] for name in self._doing if name in _DOING)
        spinner = Spinner("dots", Text(doing or "working", style="dim"))
        written = [Text(visible(text)) for text in (self._draft, self._reply) if text]
        return Group(*written, spinner)


def step_line(event: Event) -> str:
    """Return what an event says in a line; empty where it needs none."""
    kind = event["event"]
    if kind == "step" and event["state"] == "done" and event["name"] in STEPS:
        return f"{STEPS[event['name']]} ({event['ms'] / 1000:.1f} s)"
    if kind == "category":
        return f"category: {visible(' > '.join(event['path']))} ({event['confidence']:.0%})"
    if kind == "reference":
        return f"{event['match']}: {visible(event['title'])} ({event['score']:.2f})"
    if kind == "revised" and event["taken_back"]:
        return f"taken back: {visible('; '.join(event['taken_back']))}"
    if kind == "tool_call" and event["name"] not in _SILENT:
        return call_line(event["name"], event["arguments"])
    return ""


def call_line(name: str, arguments: Mapping[str, Any]) -> str:
    """Return a call of the assistant in a line: `set attribute: storage, 128 GB`."""
    given = ", ".join(v for v in arguments.values() if isinstance(v, str))
    return visible(f"{name.replace('_', ' ')}: {given}" if given else name.replace("_", " "))
