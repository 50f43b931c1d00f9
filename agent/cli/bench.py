"""`vouch bench`: runs a measurement by its name."""

from typing import Annotated

import typer

from agent.cli.console import examples, print_json
from listing.errors import BadInputError, NotFoundError

PASS_ON = {"allow_extra_args": True, "allow_interspersed_args": False}
"""What follows NAME goes to the measurement as it stands."""


EXAMPLES = examples(
    "vouch bench --list",
    "vouch bench visual_search --rows 100000 --dim 128",
    "vouch bench visual_search --help",
)


def bench(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Which one; see --list.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the measurements.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --list: print JSON.")] = False,
) -> None:
    """Run a measurement; what follows NAME are its own options."""
    from bench import BENCHES, run_bench

    if listed:
        about = {measure.name: measure.about for measure in BENCHES.values()}
        if as_json:
            print_json(about)
            return
        for title, text in about.items():
            print(f"{title:<15} {text}")
        return
    if name is None:
        raise BadInputError("NAME: is missing; `vouch bench --list` lists the measurements")
    measure = BENCHES.get(name.replace("-", "_"))
    if measure is None:
        raise NotFoundError(f"bench {name!r}: there is none; there are {', '.join(BENCHES)}")
    raise typer.Exit(run_bench(measure, context.args))
