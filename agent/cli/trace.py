"""`vouch trace`: recorded runs."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.cli.console import examples, print_json, say, stdout
from agent.settings import load_settings
from listing.errors import BadInputError

if TYPE_CHECKING:  # brings langchain and OpenTelemetry
    from eval_traces import Span, Trace
    from eval_traces.audit.view import AuditView

app = typer.Typer(
    name="trace",
    help="Recorded runs: ls, show, audit, rm.",
    no_args_is_help=True,
    rich_markup_mode=None,
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
    for run in found:
        for warning in run.warnings:
            say(f"{run.trace_id[:12]}: {warning}")


@app.command(epilog=examples("vouch trace show 3f2a9c"))
def show(
    trace_id: Annotated[
        str, typer.Argument(metavar="ID", help="The head of the id is enough, or a file.")
    ],
    full: Annotated[bool, typer.Option("--full", help="Show inputs and outputs whole.")] = False,
    trace_dir: Folder = None,
    as_json: Json = False,
) -> None:
    """Show a run as a tree: every step, model call and search, the route taken and why."""
    from eval_traces import find_trace, read_trace, render_tree

    run = read_trace(find_trace(_folder(trace_dir), trace_id))
    for warning in run.warnings:
        say(f"warning: {warning}")
    if as_json:
        print_json(_document(run))
    else:
        stdout().print(render_tree(run, width=0 if full else _WIDTH), soft_wrap=True)


@app.command(
    epilog=examples("vouch trace audit 3f2a9c", "vouch trace audit 3f2a9c --html audit.html")
)
def audit(
    trace_id: Annotated[str, typer.Argument(metavar="ID", help="The head of the id is enough.")],
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write one self-contained web page, with the photos."),
    ] = None,
    trace_dir: Folder = None,
    as_json: Json = False,
) -> None:
    """Show a run's draft claim by claim: the verdict, the evidence, the step that brought it in."""
    from eval_traces.audit import audit_json, read_audit, render_audit
    from eval_traces.reading.reader import read_trace
    from eval_traces.reading.store import find_trace
    from tools.photos import PhotoStore

    settings = load_settings(trace_dir=trace_dir)
    run = read_trace(find_trace(settings.traces, trace_id))
    view = read_audit(run, PhotoStore(settings.photo_folder))
    if html is not None:
        _write_page(html, view)
    if as_json:
        print_json(audit_json(view))
    elif html is None:
        console = stdout()
        for part in render_audit(view):
            console.print(part, soft_wrap=not console.is_terminal)
    else:
        print(html)


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


def _write_page(file: Path, view: "AuditView") -> None:
    from eval_traces.audit import render_audit_page

    try:
        file.write_text(render_audit_page(view), encoding="utf-8")
    except OSError as error:
        raise BadInputError(
            f"--html {file}: cannot be written ({error.strerror}); name a file in a folder "
            "that is there"
        ) from error


def _folder(given: Path | None) -> Path:
    return load_settings(trace_dir=given).traces


def _document(run: "Trace") -> dict[str, Any]:
    """A run as JSON: its spans as a tree, and the judgements on them."""
    return {
        "trace_id": run.trace_id,
        "thread_id": run.thread_id,
        "started": run.started.isoformat(),
        "schema": run.schema,
        "complete": run.complete,
        "content_captured": run.content_captured,
        "warnings": list(run.warnings),
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
    kept = (str, int, float, bool, tuple, type(None))
    return {name: v if isinstance(v, kept) else str(v) for name, v in fields.items()}
