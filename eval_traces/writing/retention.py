"""Keeps the trace folder within limits of age and size: the oldest runs go first, whole.

Only runs of this program are touched (`<day>/<trace id>.…`), with what lies beside them under the
same id; never one that was written to in the last hour, nor one that has not ended and was written
to in the last day. A file that cannot be removed is let be: tidying up never costs a run anything.
"""

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from eval_traces.reading.folder import PARTIAL, id_in_name, is_day

GRACE_S = 3600.0
"""A run that was written to in the last hour is never removed: somebody may be looking at it."""
OPEN_S = 86_400.0
"""A run that has not ended counts as open for a day after its last step."""
EVERY_S = 300.0
"""Seconds from one look at the folder to the next."""
_CLOSE_S = 5.0
_DAY_S = 86_400.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Retention:
    """Limits of a trace folder; 0 keeps all."""

    max_age_days: float = 0.0
    max_bytes: int = 0

    @property
    def limited(self) -> bool:
        """Whether anything is ever removed."""
        return self.max_age_days > 0 or self.max_bytes > 0


@dataclass
class _Run:
    """The files of one run: their size, and when one of them was last written to."""

    paths: list[Path] = field(default_factory=list)
    size: int = 0
    changed: float = 0.0
    ended: bool = True

    def add(self, path: Path, size: int, changed: float) -> None:
        self.paths.append(path)
        self.size += size
        self.changed = max(self.changed, changed)
        self.ended = self.ended and not path.name.endswith(PARTIAL)

    def spared(self, now: float) -> bool:
        return now - self.changed < (GRACE_S if self.ended else OPEN_S)


def sweep(folder: Path, limits: Retention, *, now: float | None = None) -> list[Path]:
    """Remove what is over the limits; return the files that went, none where there is no folder.

    `now` is in seconds since 1970. First goes what is older than `max_age_days` (by its last
    change), then the oldest until the rest fits into `max_bytes`; what is spared counts as well.
    """
    if not limits.limited:
        return []
    now = time.time() if now is None else now
    runs = sorted(_runs(folder), key=lambda run: run.changed)
    total = sum(run.size for run in runs)
    removed: list[Path] = []
    for run in runs:
        old = limits.max_age_days > 0 and now - run.changed > limits.max_age_days * _DAY_S
        large = limits.max_bytes > 0 and total > limits.max_bytes
        if (old or large) and not run.spared(now):
            gone = [path for path in run.paths if _remove(path)]
            removed += gone
            total -= run.size if len(gone) == len(run.paths) else 0
    for day in {path.parent for path in removed}:
        _remove_empty(day)
    return removed


class Sweeper:
    """Sweeps a folder now and then, in a thread of its own, so that no run waits for it."""

    def __init__(self, folder: Path, limits: Retention) -> None:
        """Begin with a sweep of what earlier processes left."""
        self._folder = folder
        self._limits = limits
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._next = 0.0
        self.run_ended()

    def run_ended(self) -> None:
        """Sweep, where the last time is long enough ago."""
        with self._lock:
            if not self._limits.limited or time.monotonic() < self._next:
                return
            self._next = time.monotonic() + EVERY_S
            self._thread = threading.Thread(target=self._sweep, name="vouch-sweep", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Wait a little for a sweep that goes on."""
        if self._thread is not None:
            self._thread.join(_CLOSE_S)

    def _sweep(self) -> None:
        try:
            removed = sweep(self._folder, self._limits)
        except OSError as error:
            _log.warning("the trace folder %s could not be tidied up: %s", self._folder, error)
            return
        if removed:
            _log.info("%d old trace files were removed from %s", len(removed), self._folder)


def _runs(folder: Path) -> list[_Run]:
    found: dict[tuple[str, str], _Run] = {}
    for day in _entries(folder):
        if not is_day(day.name) or not day.is_dir(follow_symlinks=False):
            continue
        for entry in _entries(day.path):
            trace_id = id_in_name(entry.name)
            if trace_id is None or not entry.is_file(follow_symlinks=False):
                continue
            try:
                told = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # another process has just removed or renamed it
            run = found.setdefault((day.name, trace_id), _Run())
            run.add(Path(entry.path), told.st_size, told.st_mtime)
    return list(found.values())


def _entries(folder: str | Path) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _remove(path: Path) -> bool:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        _log.warning("the trace file %s cannot be removed: %s", path, error)
        return False
    return True


def _remove_empty(day: Path) -> None:
    try:
        day.rmdir()
    except OSError:
        return  # not empty, or another process was faster
