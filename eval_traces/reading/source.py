"""Reads files of OTLP JSON piece by piece: lines, one whole document, either of them gzipped.

What cannot be read is told with its place and passed over, so that one bad line costs only itself;
at no time is more than one line held, except where the file is a single document.
"""

import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

import orjson

from eval_traces.otlp import Line, parse_line, parse_request
from listing.errors import BadInputError

_GZIP = b"\x1f\x8b"
_GZIP_BITS = 31
_CHUNK = 1 << 16
CUT_SHORT = "its last line is cut short: the writing was interrupted"
_OPENINGS = (b"{", b"[", b",")
"""How the first line ends of a document that is spread over lines."""


class Piece(NamedTuple):
    """What one line holds, or why it cannot be read."""

    number: int
    """Of the line, from 1; 1 throughout where the file is one document."""
    line: Line
    problem: str = ""
    text: bytes = b""


class _Unpacked(io.RawIOBase):
    """A gzip file as it is unpacked; where it breaks off it ends, and `failure` says so."""

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._member = zlib.decompressobj(_GZIP_BITS)
        self._left = b""
        self.failure = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as what was packed goes; 0 at the end."""
        try:
            data = self._next(len(buffer))
        except zlib.error as error:
            self.failure, data = str(error), b""
        buffer[: len(data)] = data
        return len(data)

    def _next(self, size: int) -> bytes:
        while not self.failure:
            if self._member.eof:
                self._left = self._member.unused_data or self._packed.read(_CHUNK)
                if not self._left:
                    return b""
                self._member = zlib.decompressobj(_GZIP_BITS)
            packed = self._member.unconsumed_tail or self._left or self._packed.read(_CHUNK)
            self._left = b""
            if not packed:
                self.failure = "the file is cut short"
                return b""
            data = self._member.decompress(packed, size)
            if data:
                return data
        return b""

    def close(self) -> None:
        self._packed.close()
        super().close()


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, gzipped or not. BadInputError where it cannot be."""
    try:
        stream = path.open("rb")
        packed = stream.peek(len(_GZIP))[: len(_GZIP)] == _GZIP
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror or error}") from None
    return io.BufferedReader(_Unpacked(stream)) if packed else stream


def read_pieces(path: Path) -> Iterator[Piece]:
    """Yield what the lines of a file hold, in order; blank lines are passed over.

    BadInputError where the file cannot be opened.
    """
    with open_bytes(path) as stream:
        lines = _lines(stream)
        for number, text, failure in lines:
            if number == 1 and not failure and text.rstrip().endswith(_OPENINGS):
                yield from _document_or_lines(path, text, lines)
                return
            yield _piece(number, text, failure)


def _document_or_lines(
    path: Path, first: bytes, lines: "Iterator[tuple[int, bytes, str]]"
) -> Iterator[Piece]:
    """A document over many lines is read whole; where it is none, line by line after all."""
    rest = list(lines)
    whole = first + b"".join(text for _, text, _ in rest)
    try:
        data = orjson.loads(whole)
    except orjson.JSONDecodeError as error:
        if not _spread_out(first):
            yield _piece(1, first, "")
            yield from (_piece(*one) for one in rest)
            return
        told = f"is one JSON document that cannot be read ({error.msg}, line {error.lineno})"
        yield Piece(1, Line(), told)
        return
    for request in data if isinstance(data, list) else [data]:
        try:
            yield Piece(1, parse_request(request))
        except ValueError as error:
            yield Piece(1, Line(), str(error))


def _spread_out(first: bytes) -> bool:
    return len(first.strip()) <= 1


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, bytes, str]]:
    """Number, text and, where the reading itself failed, why; blank lines are left out."""
    number = 0
    failure = ""
    try:
        for number, text in enumerate(stream, start=1):
            if not text.isspace():
                yield number, text, ""
    except OSError as error:
        failure = str(error)
    raw = getattr(stream, "raw", None)
    if isinstance(raw, _Unpacked):
        failure = raw.failure
    if failure:
        yield number + 1, b"", f"what comes from here on cannot be read: {failure}"


def _piece(number: int, text: bytes, failure: str) -> Piece:
    if failure:
        return Piece(number, Line(), failure)
    try:
        return Piece(number, parse_line(text), text=text)
    except ValueError as error:
        torn = not text.endswith(b"\n")
        told = "it is cut short: the writing was interrupted" if torn else str(error)
        return Piece(number, Line(), told)
