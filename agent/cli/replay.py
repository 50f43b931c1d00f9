"""`vouch replay`: today's graph on a recorded run."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.cli.console import examples, print_json, provided, say, stdout
from agent.runtime import Provided
from agent.settings import Settings, load_settings
from listing.errors import BadInputError

if TYPE_CHECKING:  # brings langgraph
    from eval_traces import RunTracer, Trace
    from graphs.listing import ListingContext
    from graphs.replay import Ground

DIVERGED = 3

_LIVE = "Nodes to run for real, with commas, or `all`. The rest is answered from the record."
_FROM = "Run this node and all after it for real."
_SET = (
    "Change something: seller, mode, limits.NAME, thresholds.NAME, prompt.NAME (a template file), "
    "or NODE.KEY of the state before a node. May be given again."
)


def replay(
    context: typer.Context,
    trace_id: Annotated[
        str, typer.Argument(metavar="ID", help="The head of a trace's id, or a trace file.")
    ],
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
    from agent.cli.replay_view import replay_document, show_replay
    from graphs.replay import read_changes, replay_listing
    from graphs.replay.run import listing_nodes

    settings = load_settings(trace_dir=trace_dir)
    trace = _trace(settings, trace_id)
    for warning in trace.warnings:
        say(f"warning: {warning}")
    edits = read_changes(changes or [], listing_nodes())
    nodes = _live_nodes(live, start)
    with _handles(settings, provided(context), live=bool(nodes), keep=keep) as handles:
        found = asyncio.run(
            replay_listing(
                trace,
                handles.ground,
                handles.tracer,
                replace(edits, start=start),
                live=handles.live,
                live_nodes=nodes,
            )
        )
    if as_json:
        print_json(replay_document(found))
    else:
        show_replay(found, stdout())
    if found.diverged:
        raise typer.Exit(DIVERGED)


EXAMPLES = examples(
    "vouch replay 3f2a9c",
    "vouch replay 3f2a9c --set prompt.describe=my-describe.jinja",
    "vouch replay 3f2a9c --from write_draft --set limits.max_chars=300",
)


def _trace(settings: Settings, name: str) -> "Trace":
    from eval_traces import find_trace, read_trace

    given = Path(name)
    return read_trace(given if given.is_file() else find_trace(settings.traces, name))


def _live_nodes(live: str, start: str) -> frozenset[str]:
    from graphs.replay.run import listing_nodes, nodes_from

    known = listing_nodes()
    named = set(known) if live == "all" else {n.strip() for n in live.split(",") if n.strip()}
    for option, name in [*(("--live", n) for n in sorted(named)), ("--from", start)]:
        if name and name not in known:
            raise BadInputError(f"{option} {name}: no such node; there are {', '.join(known)}")
    return frozenset(named) | (nodes_from(start) if start else frozenset())


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
