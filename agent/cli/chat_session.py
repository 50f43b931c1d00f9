"""A talk in the terminal: a line in, a turn run, what came of it out, until the lines end.

Rule: on a terminal a mistake is told and the talk goes on; on a pipe it ends the command, with the
exit code that it would have anywhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.text import Text

from agent.cli.chat_ask import LEFT_OPEN, answer_interrupt
from agent.cli.chat_input import COMMANDS, Command, Said, read_input
from agent.cli.chat_prompt import Lines
from agent.cli.chat_thread import ChatThread, TurnEnd
from agent.cli.chat_turns import command_turn, draft_turn, said_turn
from agent.cli.console import print_json, say, stdout, visible
from agent.cli.listing_view import render_draft, render_listing
from listing.errors import BadInputError, VouchError
from tools.photos import NormalisedPhoto, PhotoLimits

if TYPE_CHECKING:  # brings langgraph
    from graphs.assistant import ThreadView, Turn
    from graphs.assistant.turn import Language

NO_LISTING = "there is no listing yet; name photos of the item"
_EARLIER = 4
"""Messages that are shown of a thread that goes on."""


@dataclass
class ChatSession:
    """The talk of one thread."""

    thread: ChatThread
    lines: Lines
    limits: PhotoLimits
    language: "Language" = "en"
    quiet: bool = False
    """Print nothing on stdout: what was said is asked for at the end."""
    typed: list[str] = field(default_factory=list)

    async def run(self, photos: Sequence[NormalisedPhoto] = ()) -> None:
        """Go on where the thread stands, draft from `photos` if there are any, then talk.

        Raises:
            VouchError: a line of a pipe could not be used, or a turn failed.
        """
        view = await self.thread.view()
        if view is not None:
            await self._go_on(view)
        if photos:
            store = self.thread.context.listing.store
            await self._turn(draft_turn(photos, store, self.language))
        while await self._line():
            pass

    async def _go_on(self, view: "ThreadView") -> None:
        for message in view.messages[-_EARLIER:]:
            self._print(_message(message.role, message.text))
        if view.unfinished:
            say("the last turn was cut off; going on with it")
            await self._shown(await self.thread.go_on())
        elif view.interrupt is not None:
            await self._asked(view.interrupt.model_dump(mode="json", by_alias=True))

    async def _line(self) -> bool:
        """Take one line; False where it was the last."""
        try:
            typed = await self.lines.message()
        except EOFError:
            return False
        except KeyboardInterrupt:
            return True
        try:
            return await self._typed(typed)
        except VouchError as error:
            if not self.lines.interactive:
                raise
            say(f"error: {error}")
            return True

    async def _typed(self, typed: str) -> bool:
        read = read_input(typed)
        if read is None:
            return True
        self.typed.append(typed)
        store = self.thread.context.listing.store
        if isinstance(read, Said):
            await self._turn(said_turn(read, store, self.limits, self.language))
            return True
        if read.name == "quit":
            return False
        document = self.thread.document
        turn = command_turn(read, document, store, self.limits, self.language)
        if turn is not None:
            await self._turn(turn)
        else:
            self._look(read)
        return True

    async def _turn(self, turn: "Turn") -> None:
        await self._shown(await self.thread.turn(turn))

    async def _shown(self, ended: TurnEnd | None) -> None:
        """Show what a turn came to, and put its questions."""
        if ended is None:
            return
        if ended.drafted:
            self._print(*render_listing(ended.document, steps=()), Text())
        for reply in ended.replies:
            if words := _without_questions(reply, ended.interrupt):
                self._print(_message("assistant", words))
        if ended.reworded:
            self._print(*render_draft(ended.document), Text())
        if ended.interrupt is not None:
            await self._asked(ended.interrupt)

    async def _asked(self, interrupt: dict[str, Any]) -> None:
        answer = await answer_interrupt(interrupt, self.lines.answer, self._print)
        if answer is None:
            say(LEFT_OPEN)
            return
        await self._shown(await self.thread.resume(interrupt["id"], answer))

    def _look(self, command: Command) -> None:
        """Commands that change nothing."""
        if command.name == "help":
            self._print(_help())
            return
        if command.name == "trace":
            self._trace()
            return
        document = self.thread.document
        if document is None or not document.listing_id:
            raise BadInputError(f"/{command.name}: {NO_LISTING}")
        if command.name == "json":
            if not self.quiet:
                print_json(document.model_dump(mode="json"))
        elif command.name == "text":
            self._print(Text(visible(f"{document.title}\n\n{document.description}")))
        else:
            self._print(*render_listing(document, steps=()))

    def _trace(self) -> None:
        from eval_traces import find_trace, read_trace, render_tree

        folder, trace_id = self.thread.context.tracer.folder, self.thread.trace_id
        if folder is None or not trace_id:
            raise BadInputError("/trace: no turn was run yet; `vouch trace ls` lists earlier ones")
        self._print(render_tree(read_trace(find_trace(folder, trace_id)), width=100))

    def _print(self, *parts: RenderableType) -> None:
        if self.quiet:
            return
        console = stdout()
        for part in parts:
            plain = isinstance(part, Text) and not console.is_terminal
            console.print(part, soft_wrap=plain)


def _without_questions(reply: str, interrupt: dict[str, Any] | None) -> str:
    """The reply without the questions, which are put one by one."""
    if interrupt is None or interrupt["kind"] != "ask_seller":
        return reply
    return reply.removesuffix(str(interrupt["text"])).strip()


def _message(role: str, text: str) -> Text:
    return Text(visible(text), style="cyan" if role == "assistant" else "dim")


def _help() -> Text:
    lines = [f"/{name} {told}" for name, told in COMMANDS.items()]
    lines.append("anything else is said to the assistant; photos by path, anywhere in a message")
    return Text("\n".join(lines))
