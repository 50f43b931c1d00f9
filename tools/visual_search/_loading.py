"""From the database to the table that is scanned: a full load, and the step to what is new."""

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from listing.errors import IndexStoreError
from tools.visual_search import _database
from tools.visual_search._cache import Cache, open_cache
from tools.visual_search._database import Identity
from tools.visual_search._scan import Positions, Table
from tools.visual_search.protocol import Vectors

_FETCH = 4096


@dataclass(frozen=True)
class Loaded:
    """A table with what is needed to tell whether it is still the database's content."""

    table: Table
    cache: Cache | None
    last_row: int
    removals: int
    caches: int


@dataclass(frozen=True)
class _Part:
    """Photos beyond a row, as the database has them."""

    rows: Positions
    listings: Positions
    categories: list[str]
    vectors: Vectors
    """(n, d), or (0, d) when only the photos' places were asked for."""


def load(connection: sqlite3.Connection, identity: Identity, folder: Path) -> Loaded:
    """Return the whole table, its first part taken from the cache where there is a good one."""
    with _database.transaction(connection, write=False):
        removals = _database.counter(connection, "removals")
        caches = _database.counter(connection, "caches")
        cache = open_cache(folder, identity)
        edge = 0 if cache is None else int(cache.rows[-1])
        old = _places(connection, edge)
        new = _photos(connection, edge, identity, folder)
    codes: dict[str, int] = {}
    if cache is None:
        rows, alive, base = old.rows, np.ones(0, dtype=np.bool_), new.vectors[:0]
        listings = old.listings
        categories = _coded(old.categories, codes)
    else:
        rows, base = cache.rows, cache.vectors
        alive = np.isin(rows, old.rows)
        listings = np.zeros(len(rows), dtype=np.int64)
        categories = np.zeros(len(rows), dtype=np.int32)
        listings[alive] = old.listings
        categories[alive] = _coded(old.categories, codes)
    table = Table(rows, listings, categories, codes, alive, base, new.vectors[:0])
    table = _appended(table, new)
    if cache is None:
        table = _joined(table)
    return Loaded(table, cache, max(edge, _last(new.rows)), removals, caches)


def refresh(
    connection: sqlite3.Connection, identity: Identity, folder: Path, known: Loaded
) -> Loaded:
    """Return the table brought up to date; only what is new is read."""
    with _database.transaction(connection, write=False):
        removals = _database.counter(connection, "removals")
        rebuilt = _database.counter(connection, "caches") != known.caches
        new = _photos(connection, known.last_row, identity, folder)
        living = _rows(connection) if removals != known.removals else None
    table = _appended(known.table, new)
    if living is not None:
        table = replace(table, alive=np.isin(table.rows, living))
    dead = len(table) - int(table.alive.sum())
    if rebuilt or dead > max(_FETCH, len(table) // 2):
        return load(connection, identity, folder)
    if known.cache is None and len(table.tail) > max(_FETCH, len(table.base) // 8):
        table = _joined(table)
    last = max(known.last_row, _last(new.rows))
    return Loaded(table, known.cache, last, removals, known.caches)


def _last(rows: Positions) -> int:
    return int(rows[-1]) if len(rows) else 0


def _rows(connection: sqlite3.Connection) -> Positions:
    found = connection.execute("SELECT row FROM photos").fetchall()
    return np.array(found, dtype=np.int64).reshape(-1)


def _places(connection: sqlite3.Connection, edge: int) -> _Part:
    """Return the photos up to row `edge`, without their vectors."""
    found = connection.execute(
        "SELECT p.row, p.listing, l.category_id FROM photos p "
        "JOIN listings l ON l.number = p.listing WHERE p.row <= ? ORDER BY p.row",
        (edge,),
    ).fetchall()
    return _Part(
        rows=np.array([row for row, _, _ in found], dtype=np.int64),
        listings=np.array([listing for _, listing, _ in found], dtype=np.int64),
        categories=[category or "" for _, _, category in found],
        vectors=np.empty((0, 0), dtype=np.float32),
    )


def _photos(connection: sqlite3.Connection, after: int, identity: Identity, folder: Path) -> _Part:
    """Return the photos beyond row `after` with their vectors."""
    (count,) = connection.execute("SELECT count(*) FROM photos WHERE row > ?", (after,)).fetchone()
    rows = np.empty(count, dtype=np.int64)
    listings = np.empty(count, dtype=np.int64)
    vectors = np.empty((count, identity.dimension), dtype=np.float32)
    categories: list[str] = []
    cursor = connection.execute(
        "SELECT p.row, p.listing, l.category_id, p.vector FROM photos p "
        "JOIN listings l ON l.number = p.listing WHERE p.row > ? ORDER BY p.row",
        (after,),
    )
    at = 0
    while found := cursor.fetchmany(_FETCH):
        stop = at + len(found)
        rows[at:stop] = [row for row, _, _, _ in found]
        listings[at:stop] = [listing for _, listing, _, _ in found]
        categories.extend(category or "" for _, _, category, _ in found)
        blob = b"".join(vector for _, _, _, vector in found)
        if len(blob) != len(found) * identity.dimension * 4:
            raise IndexStoreError(
                f"listing index {folder}: a stored vector has not {identity.dimension} numbers; "
                "the file is damaged, move it away and build the index again"
            )
        vectors[at:stop] = np.frombuffer(blob, dtype="<f4").reshape(len(found), -1)
        at = stop
    return _Part(rows, listings, categories, vectors)


def _coded(categories: list[str], codes: dict[str, int]) -> NDArray[np.int32]:
    """Return category codes, giving new categories the next ones in `codes`."""
    return np.array([codes.setdefault(name, len(codes)) for name in categories], dtype=np.int32)


def _appended(table: Table, part: _Part) -> Table:
    if not len(part.rows):
        return table
    codes = dict(table.codes)
    return Table(
        rows=np.concatenate([table.rows, part.rows]),
        listings=np.concatenate([table.listings, part.listings]),
        categories=np.concatenate([table.categories, _coded(part.categories, codes)]),
        codes=codes,
        alive=np.concatenate([table.alive, np.ones(len(part.rows), dtype=np.bool_)]),
        base=table.base,
        tail=np.concatenate([table.tail, part.vectors]) if len(table.tail) else part.vectors,
    )


def _joined(table: Table) -> Table:
    """Return the table with its matrix in one piece, in memory."""
    base = np.concatenate([table.base, table.tail]) if len(table.base) else table.tail
    return replace(table, base=base, tail=table.tail[:0])
