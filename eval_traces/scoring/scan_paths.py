"""Which files hold recorded runs: files as they are named, folders all the way down, globs.

One rule: the same arguments name the same files in the same order, each once, and an argument that
names none is an error, never silently nothing.
"""

import glob
from collections.abc import Iterable, Iterator
from pathlib import Path

from listing.errors import BadInputError

SUFFIXES = (".otlp.jsonl", ".otlp.json", ".otlp.jsonl.gz", ".otlp.json.gz")
PARTIAL = ".otlp.jsonl.partial"
"""Of a run that goes on or was cut off; counts where it has no finished twin."""


def find_traces(arguments: Iterable[str | Path]) -> list[Path]:
    """Return the trace files that the arguments name, each once, in the order of the arguments.

    A folder brings every trace file below it, by name; a file that is named counts whatever it is
    called. BadInputError when an argument names nothing, or a folder or pattern without traces.
    """
    found: dict[Path, None] = {}
    for argument in arguments:
        some = list(_named(str(argument)))
        if not some:
            raise BadInputError(f"{argument}: {_reason(Path(argument))}")
        found.update(dict.fromkeys(some))
    return list(found)


def _reason(path: Path) -> str:
    if path.is_dir():
        return f"no traces in this folder; they are called *{SUFFIXES[0]} (`vouch draft` makes one)"
    return "there is no such file, folder or match; `vouch trace ls` lists recorded runs"


def _named(argument: str) -> Iterator[Path]:
    path = Path(argument).expanduser()
    if path.is_file():
        yield path
    elif path.is_dir():
        yield from _below(path)
    elif glob.has_magic(argument):
        for match in sorted(glob.glob(str(path), recursive=True)):
            if Path(match).is_dir():
                yield from _below(Path(match))
            elif _is_trace(Path(match)):
                yield Path(match)


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.otlp.json*") if _is_trace(path))


def _is_trace(path: Path) -> bool:
    name = path.name
    if name.startswith(".") or not path.is_file():
        return False
    if name.endswith(PARTIAL):
        return not path.with_name(name.removesuffix(".partial")).exists()
    return name.endswith(SUFFIXES)
