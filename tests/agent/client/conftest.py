"""Both clients, one after the other, through every behaviour."""

import pytest

from tests.agent.client.wire import Driver


@pytest.fixture(params=["blocking", "asyncio"])
def either(request: pytest.FixtureRequest) -> Driver:
    return Driver(request.param)
