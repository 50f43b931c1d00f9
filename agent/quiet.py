"""Loading a checkpoint without a bar, where nobody would see it or it would only flash up."""

import sys
from pathlib import Path

_SHORT = 1 << 30
"""Bytes of weights that load in a second or so."""


def quiet_loading(source: str) -> None:
    """Switch transformers' bars off where `source` is a folder that loads fast, or nobody looks."""
    folder = Path(source).expanduser()
    weights = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    if folder.is_dir() and (weights < _SHORT or not sys.stderr.isatty()):
        from transformers.utils import logging

        logging.disable_progress_bar()
