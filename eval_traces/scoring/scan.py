"""Reads recorded runs fast: one pass over a file, one run in memory, nothing decoded unasked.

The meaning is that of `reading`; a test holds the two together. What differs: an attribute is
decoded when it is asked for, so one of a wrong type is absent here and a wrong line there; and
requests on one line, which only lack a line feed between them, are read.
"""

import gzip
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import orjson

from eval_traces import names
from eval_traces.otlp import Event, parse_request, under_way
from eval_traces.scoring.plain_lines import plain_lines
from eval_traces.scoring.scanned_span import ScannedSpan
from listing.errors import BadInputError

OPEN_RUNS = 16
"""Runs of one file that are held at a time, where a file mixes the spans of several."""
_TOLD = 5
"""Bad lines of one file that are told one by one."""
_WHOLE = 1 << 22
"""Bytes of a file that is read at once; a larger one is read line by line."""
_UNZIP = (gzip.BadGzipFile, EOFError, zlib.error)


@dataclass(eq=False)
class ScannedTrace:
    """One recorded run as its lines have it: no tree is built, nothing is decoded."""

    trace_id: str
    path: Path
    spans: dict[str, ScannedSpan] = field(default_factory=dict)
    """By span id, in the order of the file."""
    events: list[Event] = field(default_factory=list)
    complete: bool = True
    """False when the run did not end, its root is not in the file, or lines of it are lost."""
    warnings: list[str] = field(default_factory=list)
    """What was wrong with the file and could be passed over, with line numbers."""

    @property
    def root(self) -> ScannedSpan | None:
        """The span without a parent; None where it is missing."""
        for span in self.spans.values():
            if span.parent_id is None:
                return span
        return None


def scan_file(path: str | Path) -> Iterator[ScannedTrace]:
    """Yield the runs of a file, one as a rule, holding `OPEN_RUNS` at most.

    Lines that are no OTLP JSON are passed over with a warning on each run of the file that is still
    open. Gzip and one export request over many lines are read too.

    Raises:
        BadInputError: the file cannot be read, holds no span, or mixes its runs so much that one
            came apart; what could be read was yielded before.
    """
    path = path if isinstance(path, Path) else Path(path)
    reading = _Reading(path)
    try:
        if 0 < path.stat().st_size <= _WHOLE and reading.at_once(path.read_bytes()):
            yield from reading.rest()
            return
        with _opened(path) as lines:
            yield from reading.runs(lines)
    except _UNZIP as error:
        reading.warn(f"the compressed file breaks off ({error})")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror or error}") from None
    yield from reading.rest()


def _opened(path: Path) -> IO[bytes]:
    if path.name.endswith(".gz"):
        return cast(IO[bytes], gzip.open(path, "rb"))
    return path.open("rb")


class _Reading:
    """One file under way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: OrderedDict[str, ScannedTrace] = OrderedDict()
        self._closed: set[str] = set()
        self._late: set[str] = set()
        self._last: ScannedTrace | None = None
        """The run of the last span: most files hold one run, or one after the other."""
        self._torn: list[str] = []
        self._bad = 0
        self._partial = "partial" in path.name.split(".")[1:]

    def at_once(self, text: bytes) -> bool:
        """Read a file that is whole, ours and of one run, as most are; False where it is not."""
        plain = plain_lines(text)
        if plain is None:
            return False
        spans, events = plain
        if len({span.trace_id for span in spans} | {event.trace_id for event in events}) != 1:
            return False
        self._enter(spans, events)
        return True

    def runs(self, lines: IO[bytes]) -> Iterator[ScannedTrace]:
        """Read the lines one by one; yield a run only once too many are open."""
        for number, line in enumerate(lines, start=1):
            try:
                self._take(line)
            except ValueError as error:
                if number == 1 and line.lstrip()[:1] in (b"{", b"[", b""):
                    self._whole(line, lines)
                    return
                if line.strip():
                    reason = error.msg if isinstance(error, orjson.JSONDecodeError) else str(error)
                    cut = isinstance(error, orjson.JSONDecodeError) and not line.endswith(b"\n")
                    self.warn(f"line {number}: {'cut short' if cut else reason}; passed over")
            while len(self._open) > OPEN_RUNS:
                trace_id, run = self._open.popitem(last=False)
                self._closed.add(trace_id)
                self._last = None
                yield self._ended(run)

    def rest(self) -> Iterator[ScannedTrace]:
        """Yield what is still open; BadInputError when there was nothing, or runs came apart."""
        if not self._open and not self._closed:
            reason = "; ".join(self._torn) or "it is empty"
            raise BadInputError(f"{self._path}: holds no recorded run: {reason}")
        while self._open:
            yield self._ended(self._open.popitem(last=False)[1])
        if self._late:
            raise BadInputError(
                f"{self._path}: the spans of {len(self._late)} runs lie too far apart to be read "
                f"in one pass (one is {min(self._late)}); sort the file by trace id"
            )

    def warn(self, what: str) -> None:
        """Note what is wrong with the file."""
        self._bad += 1
        if self._bad <= _TOLD:
            self._torn.append(what)

    def _whole(self, first: bytes, lines: IO[bytes]) -> None:
        """One export request over many lines, as other tools write it; else lines after all."""
        rest = lines.read()
        try:
            self._take(first + rest)
        except ValueError:
            self.warn("line 1: not JSON; passed over")
            for number, line in enumerate(rest.split(b"\n"), start=2):
                if not line.strip():
                    continue
                try:
                    self._take(line)
                except ValueError as error:
                    self.warn(f"line {number}: {error}; passed over")

    def _take(self, line: bytes) -> None:
        """Enter what one export request holds; ValueError when it is none."""
        plain = plain_lines(line)
        if plain is None:
            request = parse_request(orjson.loads(line))
            plain = [ScannedSpan.of(raw) for raw in request.spans], request.events
        self._enter(*plain)

    def _enter(self, spans: Iterable[ScannedSpan], events: Iterable[Event]) -> None:
        for span in spans:
            run = self._last
            if run is None or run.trace_id != span.trace_id:
                run = self._last = self._run(span.trace_id)
            if run is not None:
                run.spans[span.span_id] = span
        for event in events:
            run = self._run(event.trace_id)
            if run is not None:
                run.events.append(event)

    def _run(self, trace_id: str) -> ScannedTrace | None:
        run = self._open.get(trace_id)
        if run is None:
            if trace_id in self._closed:
                self._late.add(trace_id)
                return None
            run = self._open[trace_id] = ScannedTrace(trace_id, self._path)
        return run

    def _ended(self, run: ScannedTrace) -> ScannedTrace:
        for event in run.events:
            if event.name == names.STARTED_EVENT and event.span_id not in run.spans:
                run.spans[event.span_id] = ScannedSpan.of(under_way(event))
        root = run.root
        whole = not self._partial and not self._torn
        run.complete = whole and root is not None and root.end is not None
        run.warnings += self._torn
        if self._bad > _TOLD:
            run.warnings.append(f"{self._bad - _TOLD} more lines passed over")
        roots = sum(span.parent_id is None for span in run.spans.values())
        if roots > 1:
            run.warnings.append(f"{roots} spans without a parent: the first is taken for the root")
        if root is None:
            run.warnings.append("the root span is missing: the run did not end, or lines are lost")
        return run
