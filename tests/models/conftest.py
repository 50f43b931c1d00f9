"""Engines over tiny random-weight checkpoints, one of each class, built once a session."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from PIL import Image

from models.engine import Engine
from tests.models.tiny_checkpoints import build_tiny_checkpoint

# A busy machine must not fail a property for being slow.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

CheckpointOf = Callable[[str], Path]
EngineOf = Callable[[str], Engine]


@pytest.fixture(scope="session")
def checkpoint_of(tmp_path_factory: pytest.TempPathFactory) -> CheckpointOf:
    """The folder of a tiny checkpoint of a model type."""
    folders: dict[str, Path] = {}

    def build(model_type: str) -> Path:
        if model_type not in folders:
            folder = tmp_path_factory.mktemp("checkpoints") / model_type
            folders[model_type] = build_tiny_checkpoint(folder, model_type)
        return folders[model_type]

    return build


@pytest.fixture(scope="session")
def engine_of(checkpoint_of: CheckpointOf) -> Iterator[EngineOf]:
    """The engine of a model type, shared by the session's tests."""
    engines: dict[str, Engine] = {}

    def load(model_type: str) -> Engine:
        if model_type not in engines:
            engines[model_type] = Engine.load(checkpoint_of(model_type), device="cpu")
        return engines[model_type]

    yield load
    for engine in engines.values():
        engine.close()


@pytest.fixture
def engine(engine_of: EngineOf) -> Engine:
    """A Qwen3-VL engine."""
    return engine_of("qwen3_vl")


@pytest.fixture(scope="session")
def photos() -> list[Image.Image]:
    """Photos with something to see, of different shapes."""
    return [
        Image.linear_gradient("L").resize((100, 80)).convert("RGB"),
        Image.radial_gradient("L").resize((64, 120)).convert("RGB").rotate(30, fillcolor="red"),
        Image.effect_mandelbrot((90, 90), (-3, -2.5, 2, 2.5), 50).convert("RGB"),
    ]
