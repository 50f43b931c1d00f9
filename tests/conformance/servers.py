"""Other projects' servers as child processes on this machine, stopped at the end."""

import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_socket

TRIES = 600


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def server(
    command: Sequence[str | Path], ready: str, log: Path, *, env: Mapping[str, str], cwd: Path
) -> Iterator[None]:
    """Run a server until the block ends; the block begins once the address `ready` answers."""
    pytest_socket.enable_socket()
    with log.open("w") as out:
        running = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **env}, stdout=out, stderr=out
        )
    try:
        for _ in range(TRIES):
            if _answers(ready):
                break
            _let_run(running, log)
        else:
            pytest.fail(f"{ready} does not answer: {log.read_text()[-2000:]}")
        yield
    finally:
        running.terminate()
        try:
            running.wait(30)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except OSError:
        return False


def _let_run(running: "subprocess.Popen[bytes]", log: Path) -> None:
    """Give the process a fifth of a second; fail where it ends instead of serving."""
    try:
        running.wait(0.2)
    except subprocess.TimeoutExpired:
        return
    pytest.fail(f"the server ended: {log.read_text()[-2000:]}")
