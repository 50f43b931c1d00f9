"""A wrong training config is named, file and key."""

from pathlib import Path

import pytest

from listing.errors import BadInputError
from training import embed, sft

CONFIGS = Path(__file__).parents[2] / "training" / "configs"


def test_the_configs_that_ship_are_read() -> None:
    assert sft.read_config(CONFIGS / "sft_cpu.yaml").photos.invented > 0
    assert sft.read_config(CONFIGS / "sft_gpu.yaml").architecture.image_size % 32 == 0
    assert embed.read_config(CONFIGS / "embed_cpu.yaml").dimension == 128


@pytest.mark.parametrize("text", ["run: x\nsteps: 3\n", "run: [\n", "- x\n", ""])
def test_what_is_wrong_is_said(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    with pytest.raises(BadInputError, match=r"bad\.yaml"):
        sft.read_config(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"none\.yaml"):
        embed.read_config(tmp_path / "none.yaml")
