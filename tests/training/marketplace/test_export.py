"""The market as files: the same bytes for the same seed, in any process."""

import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from listing import MarketListing
from training.marketplace import build_market, demo_photo, demo_unit, photo, write_demo_source
from training.marketplace.export import DEMO_PHOTOS, Progress

ROOT = Path(__file__).parents[3]


def _digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_source_can_be_read_and_has_its_photos(tmp_path: Path) -> None:
    seen: list[Progress] = []
    source = write_demo_source(tmp_path, processes=1, limit=16, progress=seen.append)
    lines = source.read_text(encoding="utf-8").splitlines()
    listings = [MarketListing.model_validate_json(line) for line in lines]
    units = build_market(0).split("index")
    assert [one.id for one in listings] == [unit.id for unit in units[:16]]
    assert seen[-1] == Progress(16, 16)
    for one in listings:
        assert one.photos and one.price and one.price > 0
        for name in one.photos:
            assert Image.open(io.BytesIO((tmp_path / name).read_bytes())).size == (256, 256)


def test_another_process_writes_the_same_bytes(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    write_demo_source(here, processes=1, limit=6)
    code = (
        "import sys; from training.marketplace import write_demo_source;"
        "write_demo_source(sys.argv[1], processes=1, limit=6)"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(there)], check=True, cwd=ROOT, env={"PYTHONHASHSEED": "7"}
    )
    assert _digest(here) == _digest(there)


def test_another_seed_is_another_market() -> None:
    one, other = build_market(0).split("index")[0], build_market(1).split("index")[0]
    assert one.id != other.id and one.sku.spu.model != other.sku.spu.model


def test_demo_photos_show_what_their_names_say() -> None:
    market = build_market(0)
    for name in DEMO_PHOTOS:
        assert Image.open(io.BytesIO(demo_photo(name))).size == (448, 448)
    assert market.expected(demo_unit("phone")).identical
    other = market.expected(demo_unit("phone-other-colour"))
    assert other.similar and not other.identical
    assert not market.expected(demo_unit("not-in-market")).similar
    with pytest.raises(ValueError, match="demo photo: 'car'"):
        demo_unit("car")


def test_views_of_a_unit_are_different_photos_of_it() -> None:
    unit = build_market(0).split("index")[0]
    first, second = photo(unit, 0, 96).image, photo(unit, 1, 96).image
    assert first.tobytes() != second.tobytes()
    assert first.tobytes() == photo(unit, 0, 96).image.tobytes()
