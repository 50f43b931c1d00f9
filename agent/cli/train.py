"""`vouch train`: makes a checkpoint."""

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.console import examples

app = typer.Typer(
    name="train", help="Make a checkpoint: sft, embed.", no_args_is_help=True, rich_markup_mode=None
)

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="A YAML file.")]


@app.command(epilog=examples("vouch train sft training/configs/sft_cpu.yaml"))
def sft(config: Config) -> None:
    """Train a checkpoint from scratch; an interrupted run goes on where it stopped.

    Prints the folder of the finished checkpoint.
    """
    from training import sft as stage

    settings = stage.read_config(config)
    with contextlib.redirect_stdout(sys.stderr):
        folder = stage.train(settings)
    print(folder)


@app.command(epilog=examples("vouch train embed embed.yaml"))
def embed(config: Config) -> None:
    """Train a checkpoint's embedding head and calibrate what its scores mean.

    Prints the folder of the checkpoint.
    """
    from training import embed as stage

    settings = stage.read_config(config)
    with contextlib.redirect_stdout(sys.stderr):
        folder = stage.train(settings)
    print(folder)
