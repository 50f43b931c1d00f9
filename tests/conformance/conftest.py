"""No network for other projects' suites: sockets are shut and the one picture is made here."""

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_socket
from PIL import Image, ImageDraw

from tests.conformance.recorded_runs import record_runs

PICTURE = "https://raw.githubusercontent.com/langchain-ai/docs/"


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    pytest_socket.disable_socket(allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()


@pytest.fixture(autouse=True)
def picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the diagram that langchain-tests fetches."""

    def get(url: str, timeout: float) -> SimpleNamespace:
        assert url.startswith(PICTURE), url
        image = Image.new("RGB", (96, 64), "white")
        ImageDraw.Draw(image).rectangle((16, 16, 48, 48), fill="navy")
        data = io.BytesIO()
        image.save(data, "PNG")
        return SimpleNamespace(content=data.getvalue())

    monkeypatch.setattr("langchain_tests.integration_tests.chat_models.httpx.get", get)


@pytest.fixture
def benchmark(benchmark: Any) -> Any:
    """Run what the suite would time, once: measurements have their own place."""
    benchmark.disabled = True
    return benchmark


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Trace files of real runs by name, see `recorded_runs`."""
    return asyncio.run(record_runs(tmp_path_factory.mktemp("recorded")))
