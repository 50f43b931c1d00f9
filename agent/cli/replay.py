"""`vouch replay`: today's graph on a recorded run."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.console import examples, print_json, provided, say, stdout
from agent.runtime import Provided
from agent.settings import Settings, load_settings
from eval_traces import names
from listing.errors import BadInputError, NotFoundError

if TYPE_CHECKING:  # brings langgraph
    from eval_traces import RunTracer, Trace
    from graphs.listing import ListingContext
    from graphs.replay import Changes, Ground, Replay

DIVERGED = 3

_LIVE = "Nodes to run for real, with commas, or `all`. The rest is answered from the record."
_FROM = "Run this node and all after it for real."
_SET = (
    "Change something: seller (of a turn: message, language), mode, limits.NAME, thresholds.NAME, "
    "prompt.NAME (a template file), or NODE.KEY of the state before a node. May be given again."
)
_THREAD = "Replay every turn of a thread of the assistant; the head of its id."


def replay(
    context: typer.Context,
    trace_id: Annotated[
        str | None,
        typer.Argument(
            metavar="ID", help="The head of a trace's id, or a trace file.", show_default=False
        ),
    ] = None,
    thread: Annotated[str | None, typer.Option("--thread", metavar="ID", help=_THREAD)] = None,
    live: Annotated[str, typer.Option("--live", metavar="NODE,...|all", help=_LIVE)] = "",
    start: Annotated[str, typer.Option("--from", metavar="NODE", help=_FROM)] = "",
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=JSON", help=_SET)
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Record the replay. Done anyway where a node is live.")
    ] = False,
    trace_dir: Annotated[
        Path | None, typer.Option("--trace-dir", metavar="DIR", help="Folder of traces.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Re-run today's graph on a recorded run and show the first step where they differ.

    Every tool and model call is answered from the record, so no model is loaded. Exit code 3 says
    that the replay diverged.
    """
    from eval_traces import find_trace, read_trace

    settings = load_settings(trace_dir=trace_dir)
    if (trace_id is None) == (thread is None):
        raise BadInputError("give the ID of a recorded run, or --thread ID")
    traces = [read_trace(find_trace(settings.traces, trace_id))] if trace_id else []
    traces = traces or _turns(settings.traces, thread or "")
    for trace in traces:
        for warning in trace.warnings:
            say(f"warning: {warning}")
    named = [n.strip() for n in live.split(",") if n.strip()]
    asked = _Asked(named, start, tuple(changes or ()))
    plans = [asked.of(trace) for trace in traces]
    needs_model = any(plan.nodes for plan in plans)
    with _handles(settings, provided(context), live=needs_model, keep=keep) as handles:
        found = [asyncio.run(_again(plan, handles)) for plan in plans]
    _show(found, thread, as_json)
    if any(one.diverged for one in found):
        raise typer.Exit(DIVERGED)


EXAMPLES = examples(
    "vouch replay 3f2a9c",
    "vouch replay 3f2a9c --set prompt.describe=my-describe.jinja",
    "vouch replay 3f2a9c --from write_draft --set limits.max_chars=300",
    "vouch replay --thread 5be1 --live decide --set prompt.turn=my-turn.jinja",
)


def _turns(folder: Path, head: str) -> "list[Trace]":
    """The turns of a thread, the oldest first."""
    from eval_traces import list_traces, read_trace

    runs = [run for run in list_traces(folder) if run.name == "assistant"]
    found = [run for run in runs if head and run.thread_id.startswith(head)]
    threads = {run.thread_id for run in found}
    if not found:
        raise NotFoundError(f"--thread {head}: no turn is recorded in {folder} of such a thread")
    if len(threads) > 1:
        raise BadInputError(
            f"--thread {head}: {len(threads)} threads begin so; give more of the id"
        )
    turns = [read_trace(run.path) for run in sorted(found, key=lambda run: run.started)]
    return [turn for turn in turns if names.REPLAY_PARENT not in turn.root.attributes]


@dataclass(frozen=True)
class _Asked:
    """The options, before it is known of which graph a run is."""

    live: Sequence[str]
    start: str
    changes: Sequence[str]

    def of(self, trace: "Trace") -> "_Plan":
        from graphs.replay import changes_of, live_nodes_of

        edits = replace(changes_of(trace, self.changes), start=self.start)
        return _Plan(trace, edits, live_nodes_of(trace, self.live, self.start))


@dataclass(frozen=True)
class _Plan:
    """How one run is replayed."""

    trace: "Trace"
    changes: "Changes"
    nodes: frozenset[str]


async def _again(plan: _Plan, handles: "_Handles") -> "Replay":
    from graphs.replay import replay_trace

    return await replay_trace(
        plan.trace,
        handles.ground,
        handles.tracer,
        plan.changes,
        live=handles.live,
        live_nodes=plan.nodes,
    )


def _show(found: "Sequence[Replay]", thread: str | None, as_json: bool) -> None:
    from agent.cli.replay_view import replay_document, show_replay, show_thread, thread_document

    if thread is None:
        if as_json:
            print_json(replay_document(found[0]))
        else:
            show_replay(found[0], stdout())
    elif as_json:
        print_json(thread_document(found))
    else:
        show_thread(found, stdout())


@dataclass(frozen=True)
class _Handles:
    """What a replay runs on; a model and a market only where a node is live."""

    ground: "Ground"
    tracer: "RunTracer"
    live: "ListingContext | None" = None


@contextmanager
def _handles(settings: Settings, given: Provided, *, live: bool, keep: bool) -> Iterator[_Handles]:
    from agent import runtime
    from eval_traces import open_memory_trace
    from graphs.replay import Ground
    from tools.photos import PhotoStore

    taxonomy = runtime.load_taxonomy(settings)
    ground = Ground(
        taxonomy,
        runtime.load_policy(settings),
        PhotoStore(settings.photo_folder),
        runtime.versions(settings, taxonomy),
    )
    with ExitStack() as stack:
        if live:
            opened = runtime.open_runtime(settings, model=given.model, embedder=given.embedder)
            context = stack.enter_context(opened).context
            yield _Handles(ground, context.tracer, context)
            return
        kept = runtime.open_tracer(settings) if keep else None
        tracer = kept or open_memory_trace(version=runtime.version())
        stack.callback(tracer.close)
        yield _Handles(ground, tracer)
