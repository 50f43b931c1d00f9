"""The embedded listing index: SQLite is the truth, an exact scan in memory answers.

The rule: a search sees all that was committed before it began, by any process; nothing that is
cached is needed for a right answer.
"""

import contextlib
import json
import os
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
from pydantic import ValidationError

from listing import MarketListing
from listing.errors import BadInputError, IndexStoreError
from tools.visual_search import _cache, _database, _loading
from tools.visual_search._checks import check_identity, photo_rows, query_row
from tools.visual_search._scan import Positions, Ranked, nearest, proposed
from tools.visual_search.protocol import Hit, IndexStats, Vectors

LARGE = 25_000_000
"""Numbers in all vectors together beyond which an exact scan gets slow (about 10 ms)."""
_IDS = "(SELECT value FROM json_each(?))"


class SqliteIndex:
    """A `ListingIndex` in a folder; several threads and processes may use one folder at once.

    Writers wait for each other up to `busy_timeout_s` seconds. What `add` or `remove` has returned
    from is on disk.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        dimension: int | None = None,
        embedder_name: str | None = None,
        busy_timeout_s: float = 30.0,
        large: int = LARGE,
    ) -> None:
        """Open the folder's index; make it where there is none and dimension and name are given.

        Args:
            folder: Where the index lives.
            dimension: Length of the vectors; must be that of the index where one is there.
            embedder_name: What made the vectors; likewise.
            busy_timeout_s: How long a writer waits for another.
            large: `optimise` builds the approximate cache beyond this many floats.

        Raises:
            IndexStoreError: there is none, it is of another embedder, or it cannot be opened.
        """
        self.folder = Path(folder)
        self._large = large
        if not _database.exists(self.folder):
            if dimension is None or embedder_name is None:
                raise IndexStoreError(
                    f"listing index {self.folder}: there is none; "
                    "make it with `vouch index build SOURCE`"
                )
            if dimension < 1:
                raise BadInputError(f"dimension: {dimension} is not a length of vectors")
            _database.create(self.folder, dimension, embedder_name)
        self._reader = _database.connect(self.folder, busy_timeout_s)
        self._writer = self._reader
        try:
            self._identity = _database.identity(self._reader, self.folder)
            check_identity(self._identity, dimension, embedder_name, self.folder)
            self._writer = _database.connect(self.folder, busy_timeout_s)
        except IndexStoreError:
            self._reader.close()
            raise
        self._reading = threading.RLock()
        self._writing = threading.Lock()
        self._loaded: _loading.Loaded | None = None
        self._version = -1

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return self._identity.dimension

    @property
    def embedder_name(self) -> str:
        """What made the vectors."""
        return self._identity.embedder

    def __enter__(self) -> "SqliteIndex":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def add(
        self,
        listings: Sequence[MarketListing],
        vectors: Vectors,
        photo_shas: Sequence[Sequence[str]],
        *,
        digests: Sequence[str] | None = None,
    ) -> int:
        """Store listings in one transaction, as `ListingIndex.add`; return how many."""
        if digests is not None and len(digests) != len(listings):
            raise BadInputError(f"digests: {len(digests)} for {len(listings)} listings")
        unit = photo_rows(vectors, len(listings), photo_shas, self._identity, self.folder)
        with self._write():
            replaced, at = 0, 0
            for place, (listing, shas) in enumerate(zip(listings, photo_shas, strict=True)):
                replaced += self._delete([listing.id])
                digest = "" if digests is None else digests[place]
                self._insert(listing, shas, unit[at : at + len(shas)], digest)
                at += len(shas)
            if replaced:
                _database.bump(self._writer, "removals")
        return len({listing.id for listing in listings})

    def remove(self, ids: Collection[str]) -> int:
        """Delete listings in one transaction and return how many there were."""
        with self._write():
            removed = self._delete(ids)
            if removed:
                _database.bump(self._writer, "removals")
        return removed

    def get(self, id: str) -> MarketListing | None:
        """Return a listing with its photos as SHA-256, or None."""
        with self._reading, _database.explained(self.folder):
            found = self._reader.execute(
                "SELECT document FROM listings WHERE id = ?", (id,)
            ).fetchone()
        if found is None:
            return None
        try:
            return MarketListing.model_validate_json(found[0])
        except ValidationError as error:
            raise IndexStoreError(
                f"listing index {self.folder}: listing {id!r} is damaged; add it again"
            ) from error

    def digests(self, ids: Collection[str]) -> dict[str, str]:
        """Return the digests of those of the `ids` that are stored."""
        with self._reading, _database.explained(self.folder):
            return dict(
                self._reader.execute(
                    f"SELECT id, digest FROM listings WHERE id IN {_IDS}", (json.dumps([*ids]),)
                )
            )

    def search(
        self,
        vector: Vectors,
        k: int,
        *,
        category_ids: Collection[str] | None = None,
        exclude: Collection[str] = (),
    ) -> list[Hit]:
        """Return up to `k` nearest listings, as `ListingIndex.search`.

        Exact, scores to six decimals, except that without `category_ids` a large index with a
        cache may miss a near listing (see `optimise`).
        """
        query = query_row(vector, self._identity, self.folder)
        if k < 1:
            return []
        loaded = self._current()
        table, excluded = loaded.table, self._numbers(exclude)
        ranked: Ranked | None = None
        if category_ids is not None:
            positions = table.in_categories(frozenset(category_ids))
            ranked = nearest(table, query, k, positions=positions, excluded=excluded)
        elif loaded.cache is not None:
            ranked = proposed(table, loaded.cache, query, k, excluded)
        if ranked is None:
            ranked = nearest(table, query, k, excluded=excluded)
        return self._hits(ranked)[:k]

    def optimise(self) -> None:
        """Build the approximate cache where the index is large and faiss is installed.

        A cache that lacks less than a twentieth of the photos is left as it is. Without one, all
        searches scan exactly.
        """
        loaded = self._current()
        living = int(loaded.table.alive.sum())
        if living == 0 or living * self.dimension <= self._large or _cache.load_faiss() is None:
            return
        stale = len(loaded.table.tail) + len(loaded.table) - living
        if loaded.cache is not None and stale * 20 <= living:
            return
        try:
            _cache.build(self.folder, self._identity, loaded.table)
        except OSError as error:
            raise IndexStoreError(
                f"listing index {self.folder}: cannot write its cache ({error.strerror or error});"
                " check space and permissions; searches work without it"
            ) from error
        with self._write():
            _database.bump(self._writer, "caches")

    def stats(self) -> IndexStats:
        """Return what the index holds; the vectors are not loaded for it."""
        with self._reading, _database.explained(self.folder):
            loaded = None if self._loaded is None else self._current()
            cache = (
                _cache.open_cache(self.folder, self._identity) if loaded is None else loaded.cache
            )
            (listings,) = self._reader.execute("SELECT count(*) FROM listings").fetchone()
            (photos,) = self._reader.execute("SELECT count(*) FROM photos").fetchone()
        return IndexStats(
            location=str(self.folder),
            listings=listings,
            photos=photos,
            dimension=self.dimension,
            embedder=self.embedder_name,
            bytes=sum(f.stat().st_size for f in self.folder.rglob("*") if f.is_file()),
            cache="none" if cache is None else f"faiss, {len(cache.rows)} photos",
        )

    def close(self) -> None:
        """Close the database; further calls raise IndexStoreError."""
        with self._writing, self._reading:
            self._loaded = None
            self._writer.close()
            self._reader.close()

    @contextlib.contextmanager
    def _write(self) -> Iterator[None]:
        """Run a block as the one writer, in one transaction."""
        with (
            self._writing,
            _database.explained(self.folder),
            _database.transaction(self._writer, write=True),
        ):
            yield

    def _current(self) -> _loading.Loaded:
        """Return the table as of now; reads only when another connection has committed."""
        with self._reading, _database.explained(self.folder):
            (version,) = self._reader.execute("PRAGMA data_version").fetchone()
            if self._loaded is None:
                self._loaded = _loading.load(self._reader, self._identity, self.folder)
            elif version != self._version:
                self._loaded = _loading.refresh(
                    self._reader, self._identity, self.folder, self._loaded
                )
            self._version = version
            return self._loaded

    def _hits(self, ranked: Ranked) -> list[Hit]:
        """Return ranked photos with their ids, in final order; those deleted meanwhile left out."""
        with self._reading, _database.explained(self.folder):
            found = self._reader.execute(
                "SELECT p.row, l.id, p.sha256 FROM photos p JOIN listings l ON l.number = p.listing"
                f" WHERE p.row IN {_IDS}",
                (json.dumps(ranked.rows.tolist()),),
            ).fetchall()
        names = {row: (id, sha256) for row, id, sha256 in found}
        hits = [
            Hit(names[row][0], score, names[row][1])
            for row, score in zip(ranked.rows.tolist(), ranked.scores.tolist(), strict=True)
            if row in names
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.id))

    def _numbers(self, ids: Collection[str]) -> Positions:
        if not ids:
            return np.empty(0, dtype=np.int64)
        with self._reading, _database.explained(self.folder):
            found = self._reader.execute(
                f"SELECT number FROM listings WHERE id IN {_IDS}", (json.dumps([*ids]),)
            ).fetchall()
        return np.array(found, dtype=np.int64).reshape(-1)

    def _delete(self, ids: Collection[str]) -> int:
        return self._writer.execute(
            f"DELETE FROM listings WHERE id IN {_IDS}", (json.dumps([*ids]),)
        ).rowcount

    def _insert(
        self, listing: MarketListing, shas: Sequence[str], vectors: Vectors, digest: str
    ) -> None:
        document = listing.model_copy(update={"photos": list(shas)}).model_dump_json()
        number = self._writer.execute(
            "INSERT INTO listings (id, category_id, digest, document) VALUES (?, ?, ?, ?)",
            (listing.id, listing.category_id, digest, document),
        ).lastrowid
        self._writer.executemany(
            "INSERT INTO photos (listing, sha256, vector) VALUES (?, ?, ?)",
            [
                (number, sha, sqlite3.Binary(vector.astype("<f4").tobytes()))
                for sha, vector in zip(shas, vectors, strict=True)
            ],
        )
