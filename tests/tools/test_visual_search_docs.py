"""What docs/index.md shows runs as it stands there, and so does the measurement it names."""

import os
import re
import shlex
from pathlib import Path

import pytest

from bench import visual_search as bench
from listing import MarketListing
from tests.tools.photo_files import encoded, picture
from tests.tools.pixel_embedder import PixelEmbedder
from tools.photos import read_photo_file
from tools.visual_search import MatchThresholds

DOCS = Path(__file__).parents[2] / "docs" / "index.md"


def blocks(language: str) -> list[str]:
    found = re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return list(found)


def test_the_examples_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("front.png").write_bytes(encoded(picture(), "PNG"))
    Path("back.jpg").write_bytes(encoded(picture(seed=1), "JPEG"))
    row = MarketListing(id="m1", title="Blue mug", photos=["front.png"])
    Path("market.jsonl").write_text(row.model_dump_json() + "\n")
    MatchThresholds(identical=0.9, similar=0.5).save("thresholds.json")
    names: dict[str, object] = {}
    for block in blocks("python"):
        exec(compile(block, str(DOCS), "exec"), names)
    embedder = PixelEmbedder()
    names["build"](embedder)  # type: ignore[operator]
    assert capsys.readouterr().out.endswith("1\n0\n0\n")
    names["search"](embedder, [picture()])  # type: ignore[operator]
    assert "identical m1 Blue mug" in capsys.readouterr().out


def test_the_measurement_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (command,) = [line for block in blocks("sh") for line in block.splitlines() if line]
    words = shlex.split(command)
    assert words[:3] == ["python", "-m", "bench.visual_search"]
    small = [{"100000": "3000", "128": "16"}.get(word, word) for word in words[3:]]
    assert bench.main([*small, "--queries", "10"]) == 0
    shown = capsys.readouterr().out
    assert "3000 listings x 16, 10 queries" in shown
    assert re.search(r"\| exact \| [\d.]+ \| [\d.]+ \| 1\.0000 \|", shown)


def test_real_photos_pass_the_door() -> None:
    data = Path(os.environ.get("VOUCH_SHARED_DATA", DOCS.parents[2] / "shared" / "data"))
    photos = sorted((data / "photos").glob("*/*.jpg"))[::75]
    if not photos:
        pytest.skip(f"no photos in {data}; set VOUCH_SHARED_DATA")
    for path in photos:
        photo = read_photo_file(path)
        assert max(photo.photo.width, photo.photo.height) <= 288
