"""`vouch index`: building, resuming, adding, removing, searching."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.agent.conftest import Vouch
from tests.graphs.conftest import jpeg


def built(result: Any) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_building_again_costs_nothing(vouch: Vouch, source: Path) -> None:
    assert built(vouch("index", "build", source, "--json"))["added"] == 3
    again = built(vouch("index", "build", source, "--json"))
    assert (again["added"], again["unchanged"]) == (0, 3)


def test_one_market_does_not_slip_into_another(vouch: Vouch, source: Path) -> None:
    assert vouch("index", "build", source).exit_code == 0
    other = Path("other.jsonl")
    other.write_text(source.read_text().replace('"m', '"n'))
    result = vouch("index", "build", other)
    assert result.exit_code == 2
    assert "vouch index add" in result.stderr
    assert "--rebuild" in result.stderr
    assert built(vouch("index", "stats", "--json"))["listings"] == 3
    for name in ("n1", "n2", "n3"):
        Path(f"{name}.jpg").write_bytes(jpeg("green"))
    assert built(vouch("index", "add", other, "--json"))["added"] == 3
    assert built(vouch("index", "stats", "--json"))["listings"] == 6
    assert vouch("index", "build", other, "--rebuild").exit_code == 0
    assert built(vouch("index", "stats", "--json"))["listings"] == 3


def test_only_the_first_ones(vouch: Vouch, source: Path) -> None:
    assert built(vouch("index", "build", source, "--limit", "2", "--json"))["added"] == 2


def test_photos_in_another_folder(vouch: Vouch, source: Path) -> None:
    Path("lists").mkdir()
    moved = source.rename(Path("lists/market.jsonl").resolve())
    skipped = vouch("index", "build", moved)
    assert skipped.exit_code == 0
    assert "3 skipped" in skipped.stdout
    assert "m1.jpg" in skipped.stderr
    assert built(vouch("index", "build", moved, "--photos", ".", "--json"))["added"] == 3


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("gone.jsonl", None, "gone.jsonl: there is no such file"),
        ("market.txt", "{}", "market.txt: is not .jsonl, .csv or .parquet"),
        ("m.jsonl", '{"id": "a", "title": "x", "sise": 3}\n', "m.jsonl:1: sise: is not a field"),
        ("market.jsonl", "{\n", "market.jsonl:1: row: is not JSON"),
    ],
)
def test_a_bad_source_is_told_by_file_line_and_field(
    vouch: Vouch, name: str, text: str | None, told: str
) -> None:
    if text is not None:
        Path(name).write_text(text)
    result = vouch("index", "build", name)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_without_an_index(vouch: Vouch, red: Path, source: Path) -> None:
    for command in (("stats",), ("rm", "m1"), ("search", red), ("add", source)):
        result = vouch("index", *command)
        assert result.exit_code == 1
        assert "vouch index build SOURCE" in result.stderr


def test_removing_all_or_nothing(vouch: Vouch, source: Path) -> None:
    vouch("index", "build", source)
    wrong = vouch("index", "rm", "m1", "m9")
    assert wrong.exit_code == 2
    assert "m9" in wrong.stderr
    assert built(vouch("index", "rm", "m1", "m2", "--json")) == {"removed": 2}
    assert built(vouch("index", "stats", "--json"))["listings"] == 1


def test_searching(vouch: Vouch, source: Path, red: Path) -> None:
    vouch("index", "build", source)
    found = built(vouch("index", "search", red, "--json"))
    assert [r["id"] for r in found["references"]] == ["m1", "m2"]
    assert len(built(vouch("index", "search", red, "-k", "1", "--json"))["references"]) == 1
    assert "Nordvik Havn mug, red" in vouch("index", "search", red).stdout
    Path("green.jpg").write_bytes(jpeg("green"))
    nothing = vouch("index", "search", "green.jpg")
    assert nothing.exit_code == 0
    assert "nothing in the market is near enough (nearest: 0." in nothing.stdout


def test_an_index_of_another_embedder(
    vouch: Vouch, source: Path, home: Path, red: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vouch("index", "build", source)
    monkeypatch.setattr("tests.graphs.conftest.ColourEmbedder.name", "other")
    again = vouch("index", "build", source)
    assert again.exit_code == 2
    assert "mean-colour" in again.stderr
    assert "--rebuild" in again.stderr
    assert vouch("draft", red).exit_code == 1
    assert vouch("index", "build", source, "--rebuild").exit_code == 0
    assert built(vouch("index", "stats", "--json"))["embedder"] == "other"


def test_an_index_is_replaced_whole_or_not_at_all(vouch: Vouch, source: Path, home: Path) -> None:
    vouch("index", "build", source)
    bad = Path("bad.jsonl")
    bad.write_text(source.read_text() + "{\n")
    assert vouch("index", "build", bad, "--rebuild").exit_code == 2
    assert built(vouch("index", "stats", "--json"))["source"] == str(source)
    assert vouch("index", "build", source, "--rebuild", "--limit", "1").exit_code == 0
    assert built(vouch("index", "stats", "--json"))["listings"] == 1
    assert [p.name for p in home.iterdir() if p.name.startswith("index")] == ["index"]


def test_replacing_leaves_other_files_alone(vouch: Vouch, source: Path, home: Path) -> None:
    vouch("index", "build", source)
    mine = home / "index" / "notes.txt"
    mine.write_text("mine")
    vouch("index", "build", source, "--rebuild")
    assert mine.read_text() == "mine"


def test_the_demo_market(vouch: Vouch, home: Path) -> None:
    report = built(vouch("index", "build", "demo", "--limit", "5", "--json"))
    assert (report["added"], report["skipped"]) == (5, 0)
    again = vouch("index", "build", "demo", "--limit", "5", "--json")
    assert built(again)["added"] == 0
    assert "already" in again.stderr
    assert built(vouch("index", "stats", "--json"))["complete"] is True
    assert not list((home / "demo").glob("market-*"))
    anew = built(vouch("index", "build", "demo", "--limit", "5", "--rebuild", "--json"))
    assert anew["added"] == 5
