"""`vouch trace`: recorded runs."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.console import examples, print_json, say, stdout
from agent.settings import load_settings

if TYPE_CHECKING:  # brings langchain and OpenTelemetry
    from eval_traces import Span, Trace

app = typer.Typer(
    name="trace", help="Recorded runs: ls, show, rm.", no_args_is_help=True, rich_markup_mode=None
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Folder = Annotated[
    Path | None,
    typer.Option("--trace-dir", metavar="DIR", help="Folder of traces. Default: VOUCH_TRACE_DIR."),
]
_WIDTH = 100


@app.command("ls", epilog=examples("vouch trace ls -n 10"))
def list_runs(
    count: Annotated[
        int | None, typer.Option("-n", min=1, metavar="N", help="Only the newest N.")
    ] = None,
    trace_dir: Folder = None,
    as_json: Json = False,
) -> None:
    """List the recorded runs, newest first."""
    from eval_traces import list_traces, render_list

    folder = _folder(trace_dir)
    found = list_traces(folder)[:count]
    if as_json:
        print_json([_plain(dataclasses.asdict(summary)) for summary in found])
    elif found:
        stdout().print(render_list(found))
    else:
        say(f"no runs in {folder}; `vouch draft` records one")


@app.command(epilog=examples("vouch trace show 3f2a9c"))
def show(
    trace_id: Annotated[str, typer.Argument(metavar="ID", help="The head of the id is enough.")],
    full: Annotated[bool, typer.Option("--full", help="Show inputs and outputs whole.")] = False,
    trace_dir: Folder = None,
    as_json: Json = False,
) -> None:
    """Show a run as a tree: every step, model call and search, the route taken and why."""
    from eval_traces import find_trace, read_trace, render_tree

    run = read_trace(find_trace(_folder(trace_dir), trace_id))
    if as_json:
        print_json(_document(run))
    else:
        stdout().print(render_tree(run, width=0 if full else _WIDTH), soft_wrap=True)


@app.command("rm", epilog=examples("vouch trace rm 3f2a9c"))
def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="Heads of ids are enough.")],
    trace_dir: Folder = None,
) -> None:
    """Remove recorded runs: all that are named, or none when one is not found."""
    from eval_traces import find_trace, remove_trace

    folder = _folder(trace_dir)
    paths = {find_trace(folder, trace_id): trace_id for trace_id in ids}
    for path, trace_id in paths.items():
        remove_trace(folder, trace_id)
        print(f"removed {path}")


def _folder(given: Path | None) -> Path:
    return load_settings(trace_dir=given).traces


def _document(run: "Trace") -> dict[str, Any]:
    """A run as JSON: its spans as a tree, and the judgements on them."""
    return {
        "trace_id": run.trace_id,
        "thread_id": run.thread_id,
        "started": run.started.isoformat(),
        "complete": run.complete,
        "evaluations": [_plain(dataclasses.asdict(e)) for e in run.evaluations],
        "root": _span(run.root),
    }


def _span(span: "Span") -> dict[str, Any]:
    return {
        "span_id": span.span_id,
        "name": span.name,
        "kind": span.kind,
        "status": span.status,
        "start_ns": span.start,
        "end_ns": span.end,
        "attributes": dict(span.attributes),
        "children": [_span(child) for child in span.children],
    }


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    """Paths and times as text."""
    kept = (str, int, float, bool, type(None))
    return {name: v if isinstance(v, kept) else str(v) for name, v in fields.items()}
