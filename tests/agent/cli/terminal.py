"""A program on a terminal of its own: keys in, screen out."""

import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[3]
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|.)")
_WHERE = b"\x1b[6n"
"""Asks the terminal where its cursor is."""
CTRL_C, CTRL_D, ENTER, TAB = "\x03", "\x04", "\r", "\t"


class Terminal:
    """A child process on a pseudo-terminal of 100 columns."""

    def __init__(self, *args: str | Path, within_s: float = 60.0) -> None:
        """Start `python ARGS...` in the present folder."""
        self._within_s = within_s
        self._seen = ""
        self._from = 0
        ours, theirs = pty.openpty()
        ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
        self._ours = ours
        path = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        self.process = subprocess.Popen(
            [sys.executable, *map(str, args)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "PYTHONPATH": path, "TERM": "xterm-256color"},
            preexec_fn=lambda: (os.setsid(), ioctl(0, termios.TIOCSCTTY, 0))[0],
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self._ours)

    def keys(self, typed: str) -> None:
        """Type."""
        os.write(self._ours, typed.encode())

    def wait_for(self, words: str) -> str:
        """Return what came on the screen since the last wait, up to `words`; fail without them."""
        end = time.monotonic() + self._within_s
        while words not in self._screen():
            left = end - time.monotonic()
            ready = left > 0 and select.select([self._ours], [], [], left)[0]
            read = self._read() if ready else b""
            if not read:
                raise AssertionError(f"{words!r} did not come; there was: {self._screen()[-2000:]}")
            self._seen += read.decode("utf-8", "replace")
        found = self._screen()
        at = found.index(words) + len(words)
        self._from += at
        return found[:at]

    def leave(self) -> int:
        """Return the exit code, once the program has ended."""
        while self._read():
            pass
        return self.process.wait(timeout=self._within_s)

    def _read(self) -> bytes:
        try:
            read = os.read(self._ours, 65536)
        except OSError:  # Linux says so when the other side is closed
            return b""
        for _ in range(read.count(_WHERE)):
            os.write(self._ours, b"\x1b[1;1R")
        return read

    def _screen(self) -> str:
        return _ESCAPES.sub("", self._seen)[self._from :]
