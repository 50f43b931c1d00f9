"""The golden runs as they are recorded, and the ground to replay them on."""

from collections.abc import Mapping

import pytest

from eval_traces import Trace, open_memory_trace, read_trace
from tests.golden.cases import CASES
from tests.golden.record import golden_file
from tests.golden.world import World


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("golden"), open_memory_trace())


@pytest.fixture(scope="session")
def traces() -> Mapping[str, Trace]:
    """Every golden run by its case."""
    return {c.name: read_trace(golden_file(c.name)) for c in CASES if golden_file(c.name).is_file()}
