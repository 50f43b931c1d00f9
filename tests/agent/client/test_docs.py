"""docs/client.md: every example runs against the whole service, and every method is told."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.client import AsyncVouchClient, VouchClient
from tests.agent.served import Served, served
from tests.graphs.conftest import jpeg

TEXT = (Path(__file__).parents[3] / "docs" / "client.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
ADDRESS = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("documented")) as it:
        yield it


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_every_example_runs(
    service: Served, place: int, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    Path("front.jpg").write_bytes(jpeg("red"))
    Path("back.jpg").write_bytes(jpeg("red", (320, 250)))
    service.mind.when("sell this", [("draft_listing", {})])
    service.mind.when("is blue", [("set_attribute", {"attribute": "colour", "value": "blue"})])
    assert ADDRESS in EXAMPLES[place]
    source = EXAMPLES[place].replace(ADDRESS, service.address)
    exec(compile(source, f"docs/client.md, example {place + 1}", "exec"), {"__name__": "example"})
    assert capsys.readouterr().out.strip()


def test_what_the_examples_print(
    service: Served, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    Path("front.jpg").write_bytes(jpeg("red"))
    service.mind.when("is blue", [("set_attribute", {"attribute": "colour", "value": "blue"})])
    exec(EXAMPLES[1].replace(ADDRESS, service.address), {})
    told = capsys.readouterr().out
    assert "value='blue' source='seller'" in told and "confirm" in told
    assert told.splitlines()[-1] == "0.75"


def test_every_method_is_told() -> None:
    for client in (VouchClient, AsyncVouchClient):
        for name, method in inspect.getmembers(client, inspect.isfunction):
            if not name.startswith("_") and name != "close":
                assert f"`{name}(" in TEXT, name
                for parameter in list(inspect.signature(method).parameters)[1:]:
                    assert parameter in TEXT, f"{name}: {parameter}"
