"""The service as a process of its own, watched from outside.

Rule: it is `vouch serve` as anybody starts it, with a home of its own; memory and processor time
come from the kernel.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from listing.errors import VouchError

_START_S = 180.0
_STOP_S = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """Resident memory and processor time at a moment."""

    at: float
    """Seconds since the first sample."""
    rss_mb: float
    cpu_s: float


@dataclass
class Server:
    """A running service."""

    address: str
    pid: int
    log: Path
    samples: list[Sample] = field(default_factory=list)

    async def watch(self, every_s: float) -> None:
        """Take samples until cancelled."""
        started = time.monotonic()
        while True:
            self.samples.append(Sample(time.monotonic() - started, _rss(self.pid), _cpu(self.pid)))
            await asyncio.sleep(every_s)


@asynccontextmanager
async def serving(
    home: Path, keys: Sequence[str], index: str | None, waiting: int
) -> AsyncIterator[Server]:
    """Start `vouch serve` on a free port and stop it at the end.

    Raises:
        VouchError: it does not start; the message has the end of its log.
    """
    log = home / "serve.log"
    environment = {**os.environ, **_settings(home, keys, index, waiting)}
    command = [sys.executable, "-m", "agent.cli", "serve", "--port", "0"]
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=errors, env=environment
        )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), _START_S)
        address = line.decode().strip()
        if not address.startswith("http"):
            raise VouchError(f"vouch serve did not start: {log.read_text()[-800:]}")
        yield Server(address, process.pid, log)
    finally:
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), _STOP_S)
            except TimeoutError:
                process.kill()
                await process.wait()


def _settings(
    home: Path, keys: Sequence[str], index: str | None, waiting: int
) -> Mapping[str, str]:
    given = {"VOUCH_HOME": str(home), "VOUCH_TRACE_DIR": str(home / "traces")}
    given |= {"VOUCH_API_KEYS": ",".join(keys), "VOUCH_MAX_WAITING": str(waiting)}
    return given if index is None else {**given, "VOUCH_INDEX": index}


def _rss(pid: int) -> float:
    """Resident memory in MB of 10^6 bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def _cpu(pid: int) -> float:
    """Processor time in seconds, user and system (proc(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
