"""The trace folder on disk: how files are called, which of them are runs, how one is replaced.

A run is `<folder>/<day>/<trace id>.otlp.jsonl`; until it has ended its name has `.partial` at the
end. What else is called `<trace id>.…` beside it (scores) belongs to it.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

SUFFIX = ".otlp.jsonl"
PARTIAL = ".partial"
_OURS = re.compile(r"([0-9a-f]{32})\.")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def run_files(folder: Path) -> Iterator[Path]:
    """Yield finished files, and the partial ones that have no finished twin."""
    if not folder.is_dir():
        return
    for path in sorted(folder.glob(f"*/*{SUFFIX}*")):
        if path.name.startswith("."):
            continue
        if path.name.endswith(SUFFIX):
            yield path
        elif path.name.endswith(SUFFIX + PARTIAL):
            finished = path.with_name(path.name.removesuffix(PARTIAL))
            if not finished.exists():
                yield path


def trace_id_of(path: Path) -> str:
    """Return the trace id in a run's file name."""
    return path.name.removesuffix(PARTIAL).removesuffix(SUFFIX)


def files_of_run(path: Path) -> list[Path]:
    """Return a run's file, its partial twin and its sidecars, those that there are."""
    head = f"{trace_id_of(path)}."
    return sorted(p for p in path.parent.iterdir() if p.name.startswith(head))


def id_in_name(name: str) -> str | None:
    """Return the trace id that a file name of ours begins with, None for any other file."""
    found = _OURS.match(name)
    return found[1] if found else None


def is_day(name: str) -> bool:
    """Tell whether a folder's name is that of a day's runs."""
    return _DAY.fullmatch(name) is not None


def replace_lines(path: Path, lines: list[str], *, durable: bool = True) -> None:
    """Write a whole file so that it is seen complete or not at all; OSError where it cannot be.

    `durable` waits until it would survive a power cut, too; a crash of the process it always does.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with private_file(fresh) as stream:
            stream.writelines(line + "\n" for line in lines)
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def private_file(path: Path) -> TextIO:
    """Open a file for writing that only its owner may read: traces hold sellers' words."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    return os.fdopen(descriptor, "w", encoding="utf-8")
