"""What the embedded index promises: exact, ordered, durable, shared, and honest about damage."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listing import MarketListing
from listing.errors import BadInputError, IndexStoreError, SettingsError
from tools.visual_search import Hit, SqliteIndex, Vectors, open_index

D = 16


def vectors(count: int, seed: int = 0, dimension: int = D) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimension)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def listing(id: str, category: str | None = None) -> MarketListing:
    return MarketListing(id=id, title=f"Thing {id}", text="A thing.", category_id=category)


def filled(folder: Path, rows: Vectors, categories: int = 4, **options: int) -> SqliteIndex:
    index = SqliteIndex(folder, dimension=rows.shape[1], embedder_name="test", **options)
    things = [listing(f"l{i:05d}", f"c{i % categories}") for i in range(len(rows))]
    assert index.add(things, rows, [[f"sha{i}"] for i in range(len(rows))]) == len(rows)
    return index


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SqliteIndex]:
    with SqliteIndex(tmp_path / "index", dimension=D, embedder_name="test") as made:
        yield made


def test_an_empty_index_finds_nothing(index: SqliteIndex) -> None:
    assert index.search(vectors(1)[0], 5) == []
    assert index.search(vectors(1)[0], 5, category_ids=["c"]) == []
    assert index.get("x") is None
    assert index.remove(["x"]) == 0
    assert index.digests(["x"]) == {}
    assert (index.stats().listings, index.stats().photos) == (0, 0)


def test_search_is_exact_and_ordered(tmp_path: Path) -> None:
    rows = vectors(3000)
    with filled(tmp_path, rows) as index:
        for query in vectors(20, seed=1):
            scores = np.round(rows.astype(np.float64) @ query.astype(np.float64), 6)
            order = sorted(range(len(rows)), key=lambda i: (-scores[i], f"l{i:05d}"))[:7]
            hits = index.search(query * 3, 7)
            assert [hit.id for hit in hits] == [f"l{i:05d}" for i in order]
            assert [hit.photo for hit in hits] == [f"sha{i}" for i in order]
            assert np.allclose([hit.score for hit in hits], scores[order], atol=2e-6)


def test_filters(tmp_path: Path) -> None:
    rows = vectors(400)
    query = rows[5]
    with filled(tmp_path, rows) as index:
        everything = [hit.id for hit in index.search(query, 400)]
        assert len(everything) == 400 and everything[0] == "l00005"
        some = [hit.id for hit in index.search(query, 400, category_ids=["c1", "c3", "absent"])]
        assert some == [id for id in everything if int(id[1:]) % 4 in (1, 3)]
        assert index.search(query, 5, category_ids=[]) == []
        assert index.search(query, 5, category_ids=["absent"]) == []
        without = index.search(query, 3, exclude=everything[:2])
        assert [hit.id for hit in without] == everything[2:5]
        both = index.search(query, 2, category_ids=["c1"], exclude=["l00005", "absent"])
        assert [hit.id for hit in both] == [id for id in some if int(id[1:]) % 4 == 1][1:3]
        assert index.search(query, 5, exclude=everything) == []
        assert index.search(query, 0) == []


def test_equal_scores_are_ordered_by_id_wherever_the_rows_lie(index: SqliteIndex) -> None:
    same = np.repeat(vectors(1), 300, axis=0)
    ids = [f"l{i:03d}" for i in np.random.default_rng(3).permutation(300)]
    index.add([listing(id) for id in ids], same, [[id] for id in ids])
    assert [hit.id for hit in index.search(same[0], 10)] == sorted(ids)[:10]
    assert {hit.score for hit in index.search(same[0], 300)} == {1.0}


def test_a_listing_counts_once_by_its_nearest_photo(index: SqliteIndex) -> None:
    rows = vectors(9)
    index.add(
        [listing("a"), listing("b"), listing("none")],
        rows[:8],
        [["a0", "a1", "a2", "a3", "a4"], ["b0", "b1", "b2"], []],
    )
    hits = index.search(rows[6], 5)
    assert hits[0] == Hit("b", 1.0, "b1")
    assert [hit.id for hit in hits[1:]] == ["a"]
    assert index.search(rows[3], 1) == [Hit("a", 1.0, "a3")]
    stored = index.get("b")
    assert stored is not None and stored.photos == ["b0", "b1", "b2"]
    assert index.get("none") == listing("none")
    assert (index.stats().listings, index.stats().photos) == (3, 8)


def test_adding_again_replaces_and_removing_removes(index: SqliteIndex) -> None:
    rows = vectors(4)
    index.add([listing("a"), listing("b")], rows[:2], [["old"], ["b"]], digests=["d1", "d2"])
    assert index.search(rows[0], 1)[0].id == "a"
    assert index.add([listing("a", "c9")], rows[2:3], [["new"]], digests=["d3"]) == 1
    assert index.search(rows[0], 2)[0].score < 0.99
    assert index.search(rows[2], 1) == [Hit("a", 1.0, "new")]
    assert index.search(rows[2], 5, category_ids=["c9"]) == [Hit("a", 1.0, "new")]
    assert index.digests(["a", "b", "absent"]) == {"a": "d3", "b": "d2"}
    assert index.remove(["a", "absent"]) == 1
    assert [hit.id for hit in index.search(rows[2], 5)] == ["b"]
    assert index.get("a") is None


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("add"), st.lists(st.integers(0, 12), min_size=1, max_size=5)),
            st.tuples(st.just("remove"), st.lists(st.integers(0, 12), min_size=1, max_size=4)),
            st.tuples(st.just("search"), st.just([0])),
        ),
        max_size=12,
    ),
    seed=st.integers(0, 1000),
)
def test_two_handles_always_agree_with_a_plain_dictionary(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, list[int]]], seed: int
) -> None:
    folder = tmp_path_factory.mktemp("agree")
    random = np.random.default_rng(seed)
    truth: dict[str, Vectors] = {}
    with (
        SqliteIndex(folder, dimension=4, embedder_name="test") as one,
        SqliteIndex(folder) as other,
    ):
        for number, (step, ids) in enumerate([*steps, ("search", [0])]):
            names = list(dict.fromkeys(f"l{i}" for i in ids))
            writer = one if number % 2 else other
            if step == "add":
                rows = vectors(len(names), int(random.integers(1 << 30)), 4)
                writer.add([listing(n) for n in names], rows, [[n] for n in names])
                truth.update(zip(names, rows, strict=True))
            elif step == "remove":
                assert writer.remove(names) == sum(n in truth for n in names)
                for name in names:
                    truth.pop(name, None)
            else:
                query = vectors(1, int(random.integers(1 << 30)), 4)[0]
                scores = {n: float(np.dot(v, query)) for n, v in truth.items()}
                expected = sorted(scores, key=lambda n: -scores[n])[:3]
                for handle in (one, other):
                    assert [hit.id for hit in handle.search(query, 3)] == expected


def test_another_process_is_seen_at_the_next_search(tmp_path: Path) -> None:
    rows = vectors(10)
    with filled(tmp_path, rows) as reader:
        assert len(reader.search(rows[0], 20)) == 10
        code = (
            "import sys, numpy as np\n"
            "from listing import MarketListing\n"
            "from tools.visual_search import SqliteIndex\n"
            "with SqliteIndex(sys.argv[1]) as index:\n"
            f"    index.add([MarketListing(id='new', title='n')], np.ones((1, {D})), [['s']])\n"
            "    index.remove(['l00000'])\n"
        )
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, timeout=60)
        ids = {hit.id for hit in reader.search(rows[0], 20)}
        assert "new" in ids and "l00000" not in ids and len(ids) == 10


WRITER = f"""
import sys, numpy as np
from listing import MarketListing
from tools.visual_search import SqliteIndex
index = SqliteIndex(sys.argv[1], dimension={D}, embedder_name="test")
random = np.random.default_rng(0)
for batch in range(10**6):
    names = [f"{{sys.argv[2]}}{{batch}}-{{i}}" for i in range(20)]
    rows = random.normal(size=(40, {D})).astype(np.float32)
    index.add(
        [MarketListing(id=name, title=name, text="x" * 2000) for name in names],
        rows, [[f"{{name}}a", f"{{name}}b"] for name in names],
    )
    print(batch, flush=True)
    if batch == int(sys.argv[3]):
        break
"""


@pytest.mark.parametrize("batches", [1, 7, 19])
def test_a_kill_while_writing_loses_nothing_committed(tmp_path: Path, batches: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), "p", "-1"], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    last = -1
    for line in process.stdout:
        last = int(line)
        if last >= batches:
            break
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read().split()
    process.stdout.close()
    process.wait(timeout=30)
    confirmed = int(rest[-1]) if rest else last
    with SqliteIndex(tmp_path) as index:
        stats = index.stats()
        assert stats.listings % 20 == 0
        assert stats.listings >= (confirmed + 1) * 20
        assert stats.photos == stats.listings * 2
        for batch in range(confirmed + 1):
            assert index.get(f"p{batch}-19") is not None
        assert len(index.search(vectors(1)[0], 5)) == 5
        index.add([listing("after")], vectors(1), [["after"]])
        assert index.search(vectors(1)[0], 1)[0].id == "after"
    with sqlite3.connect(tmp_path / "listings.sqlite") as check:
        assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    check.close()


def test_writers_wait_for_each_other_even_while_the_index_is_made(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path / "new"), name, "9"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for name in ("p", "q")
    ]
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    with SqliteIndex(tmp_path / "new") as index:
        assert index.stats().listings == 2 * 10 * 20


def test_a_writer_that_waits_too_long_says_so(tmp_path: Path) -> None:
    with filled(tmp_path, vectors(3)) as index:
        blocker = sqlite3.connect(tmp_path / "listings.sqlite")
        blocker.execute("BEGIN IMMEDIATE")
        with (
            SqliteIndex(tmp_path, busy_timeout_s=0.05) as hasty,
            pytest.raises(IndexStoreError, match="locked; another process has been writing"),
        ):
            hasty.add([listing("x")], vectors(1), [["x"]])
        assert len(index.search(vectors(1)[0], 5)) == 3
        blocker.rollback()
        blocker.close()


def test_threads_share_one_handle(tmp_path: Path) -> None:
    rows = vectors(500)
    failures: list[BaseException] = []
    with filled(tmp_path, rows) as index:

        def search(seed: int) -> None:
            try:
                for i in range(30):
                    assert index.search(rows[(seed * 37 + i) % 500], 1)[0].score == 1.0
            except BaseException as error:
                failures.append(error)

        def write() -> None:
            for i in range(20):
                index.add([listing(f"t{i}")], vectors(1, 100 + i), [[f"t{i}"]])

        threads = [threading.Thread(target=search, args=(s,)) for s in range(4)]
        threads.append(threading.Thread(target=write))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert index.stats().listings == 520


def test_a_failed_batch_leaves_nothing(index: SqliteIndex) -> None:
    good = vectors(2)
    index.add([listing("a")], good[:1], [["a"]])
    for number in (0, np.nan, np.inf):
        bad = np.full((2, D), number, dtype=np.float32)
        with pytest.raises(BadInputError, match="zero or not finite"):
            index.add([listing("a"), listing("b")], bad, [["x"], ["y"]])
    with pytest.raises(BadInputError, match="for 3 photos"):
        index.add([listing("a"), listing("b")], good, [["x"], ["y", "z"]])
    with pytest.raises(BadInputError, match="1 for 2 listings"):
        index.add([listing("a"), listing("b")], good, [["x", "y"]])
    with pytest.raises(BadInputError, match="list of hashes"):
        index.add([listing("a"), listing("b")], good, ["x", "y"])
    with pytest.raises(BadInputError, match="digests"):
        index.add([listing("a")], good[:1], [["x"]], digests=[])
    with pytest.raises(IndexStoreError, match="holds vectors of 16 numbers, was given 8"):
        index.add([listing("a")], vectors(1, dimension=8), [["x"]])
    assert index.stats().listings == 1
    assert index.search(good[0], 5) == [Hit("a", 1.0, "a")]


def test_bad_queries(index: SqliteIndex) -> None:
    with pytest.raises(IndexStoreError, match="use the embedder 'test'"):
        index.search(vectors(1, dimension=8)[0], 1)
    with pytest.raises(BadInputError, match="zero or not finite"):
        index.search(np.zeros(D, np.float32), 1)
    with pytest.raises(BadInputError, match="give one vector"):
        index.search(vectors(2), 1)


def test_another_embedder_is_refused_with_a_remedy(tmp_path: Path) -> None:
    filled(tmp_path, vectors(3)).close()
    for options in ({"dimension": 8}, {"embedder_name": "other"}):
        with pytest.raises(IndexStoreError, match="build the index again") as caught:
            SqliteIndex(tmp_path, **options)
        assert str(tmp_path) in str(caught.value) and "'test'" in str(caught.value)


def test_what_is_no_index_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(IndexStoreError, match="there is none; make it with `vouch index build"):
        SqliteIndex(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(IndexStoreError, match="cannot be made"):
        SqliteIndex(file, dimension=D, embedder_name="test")
    folder = tmp_path / "text"
    folder.mkdir()
    (folder / "listings.sqlite").write_text("this is a text, not a database " * 100)
    with pytest.raises(IndexStoreError, match="move it away and build the index again"):
        SqliteIndex(folder, dimension=D, embedder_name="test")
    (folder / "listings.sqlite").write_bytes(b"")
    with pytest.raises(IndexStoreError, match="move it away"):
        SqliteIndex(folder, dimension=D, embedder_name="test")
    with pytest.raises(BadInputError, match="dimension"):
        SqliteIndex(tmp_path / "zero", dimension=0, embedder_name="test")


def test_a_damaged_database_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    filled(tmp_path, vectors(3000)).close()
    file = tmp_path / "listings.sqlite"
    data = bytearray(file.read_bytes())
    data[8192:] = os.urandom(len(data) - 8192)
    file.write_bytes(data)
    with (
        pytest.raises(IndexStoreError, match="build the index again"),
        SqliteIndex(tmp_path) as index,
    ):
        index.search(vectors(1)[0], 3)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    filled(tmp_path, vectors(3)).close()
    with sqlite3.connect(tmp_path / "listings.sqlite") as database:
        database.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    database.close()
    with pytest.raises(IndexStoreError, match="has schema 99, this version of Vouch reads 1"):
        SqliteIndex(tmp_path)


def test_a_closed_index_says_so(tmp_path: Path) -> None:
    index = filled(tmp_path, vectors(3))
    index.close()
    index.close()
    with pytest.raises(IndexStoreError, match="open the index again"):
        index.search(vectors(1)[0], 1)


def test_open_index(tmp_path: Path) -> None:
    filled(tmp_path, vectors(3)).close()
    for uri in (str(tmp_path), f"file://{tmp_path}"):
        index = open_index(uri)
        assert index.stats().listings == 3
        assert index.stats().embedder == "test"
        assert index.stats().bytes > 0
        index.close()
    with pytest.raises(SettingsError, match="redis:// is not known"):
        open_index("redis://here")


# --- the approximate cache ---------------------------------------------------------------------


def clustered(count: int, dimension: int = 32, seed: int = 0) -> Vectors:
    random = np.random.default_rng(seed)
    centres = random.normal(size=(count // 20 + 1, dimension))
    rows = centres[random.integers(len(centres), size=count)]
    rows = rows + 0.5 * random.normal(size=(count, dimension))
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SqliteIndex, Vectors]]:
    pytest.importorskip("faiss")
    rows = clustered(6000)
    with filled(tmp_path_factory.mktemp("cached"), rows, large=0) as index:
        index.optimise()
        yield index, rows


def test_the_cache_finds_nearly_all_and_scores_exactly(
    cached: tuple[SqliteIndex, Vectors], tmp_path: Path
) -> None:
    index, rows = cached
    assert index.stats().cache == "faiss, 6000 photos"
    queries = rows[::60] + 0.3 * clustered(100, seed=1) / np.sqrt(32)
    found = total = 0
    with filled(tmp_path, rows) as exact:
        assert exact.stats().cache == "none"
        for query in queries:
            truth = {hit.id: hit for hit in exact.search(query, 10)}
            hits = index.search(query, 10)
            assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.id))
            assert all(hit == truth[hit.id] for hit in hits if hit.id in truth)
            found += sum(hit.id in truth for hit in hits)
            total += len(truth)
            filters = {"category_ids": ["c1"], "exclude": [hits[0].id]}
            assert index.search(query, 10, **filters) == exact.search(query, 10, **filters)
    assert found / total >= 0.95


def test_the_cache_follows_what_is_written_after_it(tmp_path: Path) -> None:
    pytest.importorskip("faiss")
    rows = clustered(3000)
    with filled(tmp_path, rows, large=0) as index, SqliteIndex(tmp_path) as other:
        index.optimise()
        fresh = vectors(1, seed=9, dimension=32)
        other.add([listing("new", "c1")], fresh, [["new"]])
        other.remove(["l00007"])
        other.add([listing("l00008")], -rows[8:9], [["turned"]])
        for handle in (index, other):
            assert handle.stats().cache == "faiss, 3000 photos"
            assert handle.search(fresh[0], 1) == [Hit("new", 1.0, "new")]
            assert handle.search(fresh[0], 1, category_ids=["c1"])[0].id == "new"
            assert "l00007" not in {hit.id for hit in handle.search(rows[7], 20)}
            assert handle.search(-rows[8], 1) == [Hit("l00008", 1.0, "turned")]
            assert handle.search(fresh[0], 1, exclude=["new"])[0].id != "new"
            assert len(handle.search(rows[0], 2990)) == 2990


def test_a_stale_cache_is_rebuilt_and_a_fresh_one_left(tmp_path: Path) -> None:
    pytest.importorskip("faiss")
    rows = clustered(2000)
    with filled(tmp_path, rows, large=0) as index:
        index.optimise()
        manifest = tmp_path / "cache" / "manifest.json"
        first = manifest.stat().st_ino
        index.remove(["l00000"])
        index.optimise()
        assert manifest.stat().st_ino == first
        more = clustered(400, seed=4)
        index.add([listing(f"m{i}") for i in range(400)], more, [[f"m{i}"] for i in range(400)])
        index.optimise()
        assert index.stats().cache == "faiss, 2399 photos"
        assert index.search(more[3], 1)[0].id == "m3"
        assert sorted(p.name for p in (tmp_path / "cache").iterdir()) == [
            "lists.faiss", "manifest.json", "rows.npy", "vectors.npy",
        ]  # fmt: skip
        assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize("damage", ["cut", "delete", "other index", "no faiss", "nonsense"])
def test_a_cache_that_cannot_be_used_is_not_needed(
    tmp_path: Path, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("faiss")
    rows = clustered(2000)
    with filled(tmp_path, rows, large=0) as index:
        index.optimise()
        assert index.stats().cache != "none"
    lists = tmp_path / "cache" / "lists.faiss"
    if damage == "cut":
        lists.write_bytes(lists.read_bytes()[:-100])
    elif damage == "delete":
        lists.unlink()
    elif damage == "nonsense":
        lists.write_bytes(b"x" * lists.stat().st_size)
    elif damage == "no faiss":
        monkeypatch.setitem(sys.modules, "faiss", None)
    else:
        with sqlite3.connect(tmp_path / "listings.sqlite") as database:
            database.execute("UPDATE meta SET value = 'another' WHERE key = 'index_id'")
        database.close()
    with SqliteIndex(tmp_path, large=0) as index:
        assert replace(index.stats(), bytes=0).cache == "none"
        assert index.search(rows[3], 1) == [Hit("l00003", 1.0, "sha3")]
        index.optimise()
        rebuilt = damage != "no faiss"
        assert (index.stats().cache != "none") == rebuilt


def test_a_small_index_gets_no_cache(tmp_path: Path) -> None:
    with filled(tmp_path, vectors(50)) as index:
        index.optimise()
        assert index.stats().cache == "none"
        assert not (tmp_path / "cache").exists()
