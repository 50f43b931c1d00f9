from pathlib import Path

import pytest

from eval_traces import RunTracer, open_trace


@pytest.fixture
def tracer(tmp_path: Path) -> RunTracer:
    return open_trace(tmp_path)
