"""`vouch doctor`: what is installed and set up, what is missing and how to get it."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from agent.cli.console import examples, print_json, provided, stdout, visible
from agent.doctor import Report, State, examine
from agent.settings import load_settings

_STYLES: dict[State, str] = {"ok": "green", "missing": "yellow", "failed": "bold red"}


EXAMPLES = examples(
    "vouch doctor",
    "vouch doctor --json",
)


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Check the installation by using it; the model is loaded. Exit 1 when a draft cannot work."""
    report = examine(load_settings(), provided(context))
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        _show(report)
    if not report.ready:
        raise typer.Exit(1)


def _show(report: Report) -> None:
    console = stdout()
    versions = (f"{name} {found or 'not installed'}" for name, found in report.versions.items())
    console.print(Text(", ".join(versions), style="dim"))
    console.print()
    checks = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    for _ in range(3):
        checks.add_column(overflow="fold")  # a long path is worth nothing cut short
    for check in report.checks:
        told = Text(visible(check.detail))
        if check.remedy:
            told.append(f"\n-> {visible(check.remedy)}", style="bold")
        checks.add_row(Text(check.state, style=_STYLES[check.state]), check.name, told)
    console.print(checks)
    console.print()
    settings = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in ("setting", "value", "from"):
        settings.add_column(column, overflow="fold")
    for setting in report.settings:
        style = "dim" if setting.origin == "default" else ""
        cells = (setting.name, visible(setting.value or "(none)"), setting.origin)
        settings.add_row(*(Text(cell, style=style) for cell in cells))
    console.print(settings)
    console.print()
    ready = "ready to draft" if report.ready else "a draft cannot work yet: see what failed"
    console.print(Text(ready, style="green" if report.ready else "bold red"))
