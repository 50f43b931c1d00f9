"""The root command: its options, its groups, and the one place where errors become exit codes."""

import io
import os
import sys
import traceback
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from agent.cli import bench, chat, demo, doctor, draft, eval, index, replay, serve, trace, train
from agent.cli.console import say
from listing.errors import BadInputError, VouchError

BAD_INPUT, FAILURE, INTERRUPTED = 2, 1, 130


_ORDER = (
    "draft", "chat", "serve", "demo", "index", "trace", "replay", "eval", "train", "bench",
    "doctor",
)  # fmt: skip


class _Root(TyperGroup):
    """Turns what a command raises into a line on stderr and an exit code."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=_ORDER.index)

    def invoke(self, ctx: Any) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except KeyboardInterrupt:
            say("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # Whoever read our output has left; nothing that is flushed at exit may complain of it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FAILURE) from None
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except Exception as error:  # the last door: what comes here is told, never a traceback
            if ctx.params.get("debug"):
                traceback.print_exc()
            say(_told(error))
            code = BAD_INPUT if isinstance(error, BadInputError) else FAILURE
            raise typer.Exit(code) from None


def _told(error: Exception) -> str:
    if isinstance(error, VouchError):
        return f"error: {error}"
    kind = type(error).__name__
    return f"error: {kind}: {error} (not foreseen; `vouch --debug ...` shows where it happened)"


app = typer.Typer(
    cls=_Root,
    name="vouch",
    help="From photos of a used thing to a listing in which every stated fact is vouched for.",
    epilog="Start with `vouch demo`. Settings are VOUCH_* variables or vouch.toml: `vouch doctor`.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("draft", epilog=draft.EXAMPLES)(draft.draft)
app.command("chat", epilog=chat.EXAMPLES)(chat.chat)
app.command("serve", epilog=serve.EXAMPLES)(serve.serve)
app.add_typer(index.app)
app.add_typer(trace.app)
app.command("replay", epilog=replay.EXAMPLES)(replay.replay)
app.command("eval", epilog=eval.EXAMPLES)(eval.evaluate)
app.add_typer(train.app)
app.command("bench", epilog=bench.EXAMPLES, context_settings=bench.PASS_ON)(bench.bench)
app.command("demo", epilog=demo.EXAMPLES)(demo.demo)
app.command("doctor", epilog=doctor.EXAMPLES)(doctor.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        from agent.runtime import version

        print(f"vouch {version() or '(from its sources)'}")
        raise typer.Exit


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line and exit with its code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that cannot show a letter shows "?"
    app(prog_name="vouch")
