"""The whole service under requests that its own OpenAPI description allows, and that it does not.

No answer may be a server error, be missing in the description, or differ from what it says there;
what the description forbids must be refused. The model's words are scripted, all else is real.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_socket
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from agent.client import VouchClient
from tests.agent.served import served
from tests.graphs.conftest import jpeg

KEY = "key-of-the-api-tester"
KEYED = {"Authorization": f"Bearer {KEY}"}
LEFT_OUT = [positive_data_acceptance]
"""What is well formed may still be refused: a photo of one pixel, an interrupt that is not open."""
BOUNDED = settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
LEAST = {GenerationMode.POSITIVE: 14, GenerationMode.NEGATIVE: 4}
"""Operations that must have been called."""
LONG = ("--max-examples", "8", "--max-time", "300")


@dataclass(frozen=True)
class Api:
    """A service, and ids of things that are there."""

    address: str
    known: dict[str, str]

    def new_thread(self) -> str:
        with VouchClient(self.address, api_key=KEY) as client:
            return client.new_thread()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    pytest_socket.enable_socket()
    home = tmp_path_factory.mktemp("api")
    with served(home, api_keys=KEY) as it:
        yield Api(it.address, _known(it.address))


def _known(address: str) -> dict[str, str]:
    """Ids of things that are made now."""
    with VouchClient(address, api_key=KEY) as client:
        document = client.draft([jpeg("red")]).document()
    return {
        "thread_id": document.thread_id,
        "listing_id": document.listing_id,
        "trace_id": document.trace_id,
        "sha256": document.photos[0].sha256,
        "name": "vouch",
    }


@pytest.fixture(autouse=True)
def loopback(no_network: None) -> None:
    pytest_socket.enable_socket()


@pytest.mark.parametrize("known", [False, True], ids=["any ids", "ids that are there"])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_requests_are_answered_as_described(api: Api, mode: GenerationMode, known: bool) -> None:
    schema = schemathesis.openapi.from_url(f"{api.address}/openapi.json", headers=KEYED)
    called = 0
    for operation in (found.ok() for found in schema.get_all_operations()):
        names = {parameter.name for parameter in operation.path_parameters}
        takes = bool(names or operation.body or len(operation.query))
        if (known and not names) or (mode is GenerationMode.NEGATIVE and not takes):
            continue
        fixed = {name: api.known[name] for name in names} if known else None
        cases = operation.as_strategy(mode, path_parameters=fixed)

        def call(case: schemathesis.Case) -> None:
            if known and case.method == "DELETE":
                case.path_parameters["thread_id"] = api.new_thread()
            case.call_and_validate(headers=KEYED, excluded_checks=LEFT_OUT, timeout=60)

        try:
            BOUNDED(given(case=cases)(call))()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label
            continue  # its parameters may be anything
        called += 1
    assert called >= LEAST[mode]


@pytest.mark.heavy  # five minutes each
@pytest.mark.parametrize("known", [False, True], ids=["any ids", "ids that are there"])
def test_schemathesis_itself_finds_nothing(api: Api, known: bool, tmp_path: Path) -> None:
    config = tmp_path / "schemathesis.toml"
    pinned = _known(api.address) if known else {}  # another run may have deleted what was there
    parameters = [f'"path.{name}" = "{value}"' for name, value in pinned.items()]
    config.write_text("\n".join(["[parameters]", *parameters]), encoding="utf-8")
    left_out = ["--exclude-checks", "positive_data_acceptance"]
    if known:
        left_out += ["--exclude-method", "DELETE"]  # of the one thread that the others ask for
    # Stateful runs use the ids of what they make, which pinned ones would stand in for.
    phases = "examples,fuzzing" if known else "examples,fuzzing,stateful"
    command = [
        Path(sys.executable).with_name("st"),
        "--config-file",
        config,
        "run",
        *left_out,
        *LONG,
        "--phases",
        phases,
    ]
    command += ["--header", f"Authorization: {KEYED['Authorization']}", "--no-color"]
    ran = subprocess.run(
        [*command, f"{api.address}/openapi.json"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
    )
    assert "No tests were run" not in ran.stdout, f"a phase had no time: {ran.stdout[-3000:]}"
    missing = ran.stdout.partition("Missing test data")[2].partition("\N{ELECTRIC LIGHT BULB}")[0]
    assert not known or "{" not in missing, f"ids that are there were not found: {missing}"
    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
