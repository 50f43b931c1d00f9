"""From a source file to a searchable index, with every mistake in the source named."""

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listing import MarketListing
from listing.errors import BadInputError
from tests.tools.photo_files import encoded, picture
from tests.tools.pixel_embedder import PixelEmbedder
from tools.photos import PhotoStore, read_photo_file
from tools.visual_search import (
    ImportReport,
    MatchThresholds,
    SourceRow,
    SqliteIndex,
    build_index,
    read_source,
    search_similar,
)

MUG = MarketListing(
    id="m1",
    title="Mug, blue",
    text='A "blue" mug; 0.3 l\nSecond line, 马克杯.',
    category_id="hg-1",
    attributes={"colour": "blue", "material": "stone"},
    price=4.5,
    currency="USD",
    seller="s1",
    photos=["photos/a.png", "photos/b c.png"],
)
BARE = MarketListing(id="m2", title="Lamp", photos=["photos/lamp.png"])


def write_jsonl(path: Path, rows: Iterable[MarketListing]) -> None:
    lines = [row.model_dump_json(exclude_defaults=True) for row in rows]
    path.write_text("\n\n".join(lines) + "\n", encoding="utf-8")


def write_csv(path: Path, rows: Iterable[MarketListing]) -> None:
    names = [*MarketListing.model_fields]
    names.remove("attributes")
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*names, "attributes.colour", "attributes.material"])
        writer.writeheader()
        for row in rows:
            cells = row.model_dump(exclude={"attributes"})
            cells["photos"] = "; ".join(row.photos)
            cells |= {f"attributes.{name}": value for name, value in row.attributes.items()}
            writer.writerow(cells)


def write_csv_with_json_cells(path: Path, rows: Iterable[MarketListing]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*MarketListing.model_fields])
        writer.writeheader()
        for row in rows:
            cells = row.model_dump()
            cells |= {name: json.dumps(cells[name]) for name in ("photos", "attributes")}
            writer.writerow(cells)


def write_parquet(path: Path, rows: Iterable[MarketListing]) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.Table.from_pylist([row.model_dump() for row in rows]), path)


def write_parquet_with_a_map(path: Path, rows: Iterable[MarketListing]) -> None:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    dumps = [{**row.model_dump(), "attributes": [*row.attributes.items()]} for row in rows]
    table = arrow.Table.from_pylist(dumps)
    kind = arrow.map_(arrow.string(), arrow.string())
    column = arrow.array([row["attributes"] for row in dumps], kind)
    at = table.column_names.index("attributes")
    parquet.write_table(table.set_column(at, "attributes", column), path)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("m.jsonl", write_jsonl),
        ("m.csv", write_csv),
        ("m2.CSV", write_csv_with_json_cells),
        ("m.parquet", write_parquet),
        ("m2.parquet", write_parquet_with_a_map),
    ],
)
def test_each_kind_of_source_gives_the_same_listings(
    tmp_path: Path, name: str, write: Callable[[Path, Iterable[MarketListing]], None]
) -> None:
    path = tmp_path / name
    write(path, [MUG, BARE])
    rows = list(read_source(path))
    assert [row.listing for row in rows] == [MUG, BARE]
    assert all(row.where.startswith(f"{path}:") for row in rows)


@given(
    st.lists(
        st.builds(
            MarketListing,
            id=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
            title=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
            text=st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
            price=st.one_of(st.none(), st.floats(0, 1e6)),
        ),
        max_size=5,
        unique_by=lambda row: row.id,
    )
)
def test_jsonl_keeps_any_text(
    tmp_path_factory: pytest.TempPathFactory, rows: list[MarketListing]
) -> None:
    path = tmp_path_factory.mktemp("any") / "m.jsonl"
    write_jsonl(path, rows)
    assert [row.listing for row in read_source(path)] == rows


GOOD = '{"id": "a", "title": "t"}\n'
BAD_JSONL = {
    "no json": ('{"id": "b"', "m.jsonl:2: row: is not JSON"),
    "no object": ("[1]", "m.jsonl:2: row: is not a JSON object"),
    "missing": ('{"id": "b"}', "m.jsonl:2: title: Field required"),
    "wrong type": ('{"id": "b", "title": "t", "price": "cheap"}', "m.jsonl:2: price: "),
    "negative": ('{"id": "b", "title": "t", "price": -1}', "m.jsonl:2: price: "),
    "not a number": ('{"id": "b", "title": "t", "price": NaN}', "m.jsonl:2: price: "),
    "endless": ('{"id": "b", "title": "t", "price": Infinity}', "m.jsonl:2: price: "),
    "typo": ('{"id": "b", "titel": "t", "title": ""}', "m.jsonl:2: titel: is not a field; there"),
    "deep": (
        '{"id": "b", "title": "t", "attributes": {"size": 3}}',
        "m.jsonl:2: attributes.size: ",
    ),
    "taken": ('{"id": "a", "title": "u"}', "m.jsonl:2: id: 'a' is taken by line 1"),
    "nested": ("[" * 100_000, "m.jsonl:2: row: is not JSON"),
}


@pytest.mark.parametrize("case", BAD_JSONL)
def test_a_bad_line_names_file_line_and_field(tmp_path: Path, case: str) -> None:
    line, message = BAD_JSONL[case]
    path = tmp_path / "m.jsonl"
    path.write_text(GOOD + line + "\n", encoding="utf-8")
    rows = read_source(path)
    assert next(rows).listing.id == "a"
    with pytest.raises(BadInputError) as caught:
        next(rows)
    assert message in str(caught.value)


BAD_CSV = {
    "price": (b"id,title,price\na,t,1\nb,t,cheap\n", "m.csv:3: price: "),
    "cells": (b"id,title\na,t\nb,t,u\n", "m.csv:3: row: has 3 cells, the header has 2"),
    "column": (b"id,title,colour\na,t,red\n", "m.csv:2: colour: is not a field"),
    "twice": (b"id,title,id\na,t,b\n", "m.csv:1: row: a column name stands twice"),
    "latin": (b"id,title\na,t\nb,Stra\xdfe\n", "m.csv:3: title: is not UTF-8"),
    "quote": (b'id,title\na,t\nb,"t\n', "m.csv:3: row: "),
    "json": (b"id,title,attributes\na,t,{\n", "m.csv:2: attributes: is not JSON"),
    "huge cell": (b"id,title\na," + b"x" * 200_000 + b"\n", "m.csv:2: row: field larger"),
    "attributes": (
        b"id,title,attributes,attributes.colour\na,t,[1],red\n",
        "m.csv:2: attributes: ",
    ),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_a_bad_cell_names_file_line_and_field(tmp_path: Path, case: str) -> None:
    data, message = BAD_CSV[case]
    path = tmp_path / "m.csv"
    path.write_bytes(data)
    with pytest.raises(BadInputError) as caught:
        list(read_source(path))
    assert message in str(caught.value)


def test_bytes_that_are_not_utf8_in_jsonl(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_bytes(GOOD.encode() + b'{"id": "b", "title": "Stra\xdfe"}\n')
    with pytest.raises(BadInputError, match=r"m\.jsonl:2: row: is not UTF-8"):
        list(read_source(path))


def test_sources_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="convert it"):
        list(read_source(tmp_path / "market.xlsx"))
    with pytest.raises(BadInputError, match="cannot be read"):
        list(read_source(tmp_path / "absent.jsonl"))
    (tmp_path / "a.parquet").write_text("not parquet")
    with pytest.raises(BadInputError, match="cannot be read as Parquet"):
        list(read_source(tmp_path / "a.parquet"))
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "empty.csv").touch()
    assert list(read_source(tmp_path / "empty.jsonl")) == []
    assert list(read_source(tmp_path / "empty.csv")) == []


# --- building ----------------------------------------------------------------------------------


class Market:
    """A folder with a source of seven listings, one with a bad photo, one with two photos."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder / "market.jsonl"
        self.rows: list[MarketListing] = []
        for seed in range(6):
            (folder / f"{seed}.png").write_bytes(encoded(picture(seed=seed), "PNG"))
            row = MarketListing(
                id=f"l{seed}", title=f"Thing {seed}", price=10.0 + seed, photos=[f"{seed}.png"]
            )
            self.rows.append(row)
        (folder / "other.png").write_bytes(encoded(picture(seed=50), "PNG"))
        self.rows[3].photos.append("other.png")
        (folder / "text.jpg").write_text("not a photo")
        bad = MarketListing(id="bad", title="Bad", photos=["0.png", "text.jpg"])
        self.rows.insert(2, bad)
        self.save()
        self.store = PhotoStore(folder / "store")
        self.embedder = PixelEmbedder()
        self.index = SqliteIndex(
            folder / "index", dimension=self.embedder.dimension, embedder_name=self.embedder.name
        )

    def save(self) -> None:
        write_jsonl(self.source, self.rows)

    def build(self, rows: Iterable[SourceRow] | None = None, batch: int = 2) -> ImportReport:
        self.reports: list[ImportReport] = []
        return build_index(
            rows or read_source(self.source), self.folder, self.store, self.embedder, self.index,
            batch=batch, progress=self.reports.append,
        )  # fmt: skip


@pytest.fixture
def market(tmp_path: Path) -> Iterable[Market]:
    made = Market(tmp_path)
    yield made
    made.index.close()


def test_building_fills_the_index_and_counts_what_it_left_out(market: Market) -> None:
    report = market.build()
    assert (report.added, report.unchanged, report.skipped, report.photos) == (6, 0, 1, 7)
    assert len(report.warnings) == 1
    assert "market.jsonl:5: " in report.warnings[0]
    assert "text.jpg: is not a photo that can be read" in report.warnings[0]
    assert [r.rows for r in market.reports] == [2, 4, 6, 7]
    assert max(market.embedder.batches) <= 2
    stored = market.index.get("l3")
    assert stored is not None and len(stored.photos) == 2
    assert all(sha in market.store for sha in stored.photos)


def test_building_again_costs_no_model_time(market: Market) -> None:
    market.build()
    market.embedder.batches.clear()
    report = market.build()
    assert (report.added, report.unchanged, report.skipped) == (0, 6, 1)
    assert market.embedder.batches == []


def test_what_changed_in_text_or_photo_is_written_again(market: Market) -> None:
    market.build()
    market.rows[0].title = "Another title"
    market.save()
    (market.folder / "5.png").write_bytes(encoded(picture(seed=77), "PNG"))
    report = market.build()
    assert (report.added, report.unchanged) == (2, 4)
    changed = market.index.get("l0")
    assert changed is not None and changed.title == "Another title"
    vector = market.embedder.embed([picture(seed=77)])[0]
    assert market.index.search(vector, 1)[0].id == "l5"


def test_an_interrupted_build_goes_on_where_it_was(market: Market) -> None:
    def cut() -> Iterable[SourceRow]:
        for number, row in enumerate(read_source(market.source)):
            if number == 4:
                raise KeyboardInterrupt
            yield row

    with pytest.raises(KeyboardInterrupt):
        market.build(cut())
    assert market.index.stats().listings == 3
    assert (market.build().added, market.index.stats().listings) == (3, 6)


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        ("../outside.png", "lies outside the photo folder"),
        ("/etc/hostname", "lies outside the photo folder"),
        ("https://example.org/a.jpg", "is a remote address"),
        ("absent.png", "there is no such file"),
        ("", "is a folder"),
    ],
)
def test_photos_that_are_not_taken(market: Market, photo: str, reason: str) -> None:
    (market.folder.parent / "outside.png").write_bytes(encoded(picture(), "PNG"))
    market.rows = [MarketListing(id="x", title="x", photos=[photo])]
    market.save()
    report = market.build()
    assert (report.added, report.skipped) == (0, 1)
    assert reason in report.warnings[0]


def test_a_listing_without_photos_is_skipped_with_a_warning(market: Market) -> None:
    market.rows = [MarketListing(id="x", title="x")]
    market.save()
    assert "cannot be found by one" in market.build().warnings[0]


def test_the_same_photo_twice_in_a_row_counts_once(market: Market) -> None:
    market.rows = [MarketListing(id="x", title="x", photos=["1.png", "./1.png"])]
    market.save()
    assert market.build().photos == 1


# --- searching ---------------------------------------------------------------------------------


def test_search_similar_tells_identical_from_similar_from_nothing(market: Market) -> None:
    market.build()
    thresholds = MatchThresholds(identical=0.98, similar=0.6)
    photo = read_photo_file(market.folder / "1.png")
    image = market.store.open_image(photo.photo.sha256)
    result = search_similar([image], market.embedder, market.index, thresholds, 3)
    first = result.references[0]
    assert (first.id, first.match, first.title, first.price) == ("l1", "identical", "Thing 1", 11.0)
    assert first.photo == photo.photo.sha256
    assert first.attributes == {}
    assert result.nearest == first.score
    assert all(r.match == "similar" for r in result.references[1:])
    strict = MatchThresholds(identical=1.0, similar=1.0)
    far = search_similar([picture(seed=99)], market.embedder, market.index, strict)
    assert far.references == [] and far.nearest is not None


def test_several_photos_find_a_listing_by_the_nearest_pair(market: Market) -> None:
    market.build()
    thresholds = MatchThresholds(identical=0.98, similar=-1)
    images = [picture(seed=99), picture(seed=50), picture(seed=4)]
    result = search_similar(images, market.embedder, market.index, thresholds, 2)
    assert {r.id for r in result.references} == {"l3", "l4"}
    assert [r.match for r in result.references] == ["identical", "identical"]
    scores = [r.score for r in result.references]
    assert scores == sorted(scores, reverse=True)
    without = search_similar(images, market.embedder, market.index, thresholds, 2, exclude=["l3"])
    assert "l3" not in {r.id for r in without.references}


def test_nothing_to_search_for_or_in(market: Market) -> None:
    thresholds = MatchThresholds(identical=0.9, similar=0.5)
    assert search_similar([], market.embedder, market.index, thresholds).references == []
    empty = search_similar([picture()], market.embedder, market.index, thresholds)
    assert (empty.references, empty.nearest) == ([], None)
