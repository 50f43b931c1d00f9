"""The assistant's questions, put to the seller line by line, and the answers as they are wanted.

Rule: a number picks a value, an empty line skips; nothing but a clear yes is a yes.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from rich.text import Text

from agent.cli.chat_input import one_of
from agent.cli.console import visible
from listing import ListingDocument, Question

Ask = Callable[[str, Sequence[str]], Awaitable[str]]
"""Shows words, offers values, returns the line that was typed; EOFError where none comes."""
Show = Callable[[Text], None]
YES = frozenset({"y", "yes", "j", "ja", "是", "好", "确认", "对"})
LEFT_OPEN = "left open; it will be asked again when you come back to this thread"


async def answer_interrupt(asked: dict[str, Any], ask: Ask, show: Show) -> dict[str, Any] | None:
    """Return the seller's answer to an interrupt; None where no line came.

    What was answered before the lines ended counts; questions that were not reached stay open.
    """
    if asked["kind"] == "ask_seller":
        return await _answers([Question(**q) for q in asked.get("questions", [])], ask, show)
    if asked["kind"] == "publish":
        show(_final(ListingDocument.model_validate(asked["listing"])))
    try:
        said = await ask("publish it? [y/N] " if asked["kind"] == "publish" else "[y/N] ", ())
    except EOFError:
        return None
    return {"confirm": said.strip().casefold() in YES}


async def _answers(questions: Sequence[Question], ask: Ask, show: Show) -> dict[str, Any] | None:
    answers: dict[str, str] = {}
    skipped: list[str] = []
    for question in questions:
        show(_question(question))
        try:
            said = (await ask(f"{visible(question.attribute)}: ", question.values)).strip()
        except EOFError:
            break
        if said and said != "/skip":
            answers[question.attribute] = one_of(said, question.values) or said
        else:
            skipped.append(question.attribute)
    return {"answers": answers, "skipped": skipped} if answers or skipped else None


def _question(question: Question) -> Text:
    shown = Text(visible(question.text), style="bold")
    for number, value in enumerate(question.values, start=1):
        shown.append(f"\n  {number}  {visible(value)}", style="not bold")
    return shown.append("\n  a number, your own words, or nothing to skip", style="not bold dim")


def _final(document: ListingDocument) -> Text:
    """The text as it would be published."""
    shown = Text(visible(document.title), style="bold")
    shown.append(f"\n\n{visible(document.description)}", style="not bold")
    if asked := document.asking_price:
        shown.append(f"\n\n{asked.amount:.2f} {visible(asked.currency)}", style="not bold")
    return shown
