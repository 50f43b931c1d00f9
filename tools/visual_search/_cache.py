"""The approximate cache of a large index: a faiss file and the vectors, both memory-mapped.

The rule: it holds nothing that the database does not, may be deleted at any time, is used only when
it is whole and of this database, and only ever proposes what is then scored exactly.
"""

import contextlib
import importlib
import json
import os
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tools.visual_search._database import Identity
from tools.visual_search._scan import Positions, Table
from tools.visual_search.protocol import Vectors

FOLDER = "cache"
_VERSION = 1
_FILES = ("vectors.npy", "rows.npy", "lists.faiss")
_BLOCK = 65_536


@dataclass(frozen=True)
class Cache:
    """An opened cache over the first `len(rows)` photos of the index."""

    rows: Positions
    """(n,) database rows, ascending: what the positions that it proposes stand for."""
    vectors: Vectors
    """(n, d) memory-mapped."""
    lists: Any

    def propose(self, query: Vectors, count: int) -> Positions:
        """Return up to `count` positions near to the query, nearest first."""
        _, found = self.lists.search(query[np.newaxis], count)
        positions: Positions = found[0]
        return positions[positions >= 0]


def load_faiss() -> Any | None:
    """Return the faiss module, or None where it is not installed (extra `large-index`)."""
    try:
        return importlib.import_module("faiss")
    except ImportError:
        return None


def build(folder: Path, identity: Identity, table: Table) -> None:
    """Write a cache of the living photos of `table`, then put it in the place of the old one.

    A reader sees the old one, the new one or, for a moment, none. Needs faiss.
    """
    faiss = load_faiss()
    if faiss is None:
        return
    positions = np.flatnonzero(table.alive)
    aside = folder / f".{FOLDER}-{uuid.uuid4().hex}"
    aside.mkdir()
    try:
        vectors = np.lib.format.open_memmap(
            aside / "vectors.npy", "w+", np.float32, (len(positions), identity.dimension)
        )
        for start in range(0, len(positions), _BLOCK):
            vectors[start : start + _BLOCK] = table.gather(positions[start : start + _BLOCK])
        vectors.flush()
        np.save(aside / "rows.npy", table.rows[positions])
        faiss.write_index(_inverted_lists(faiss, vectors), str(aside / "lists.faiss"))
        manifest = {
            "version": _VERSION,
            "index_id": identity.index_id,
            "sizes": {name: (aside / name).stat().st_size for name in _FILES},
        }
        (aside / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        _swap(aside, folder / FOLDER)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _inverted_lists(faiss: Any, vectors: Vectors) -> Any:
    """Return IVF lists of 8-bit codes, about sqrt(n) of them (faiss wiki, "Guidelines")."""
    count, dimension = vectors.shape
    lists = max(1, min(round(count**0.5), count // 39))
    index = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
    sample = np.random.default_rng(0).permutation(count)[: 64 * lists]
    index.train(vectors[np.sort(sample)])
    for start in range(0, count, _BLOCK):
        index.add(vectors[start : start + _BLOCK])
    return index


def _swap(fresh: Path, place: Path) -> None:
    old = place.with_name(f"{fresh.name}-old")
    with contextlib.suppress(FileNotFoundError):
        os.rename(place, old)
    # Another builder may have been faster; its cache is as good, so ours is dropped.
    with contextlib.suppress(OSError):
        os.rename(fresh, place)
    shutil.rmtree(old, ignore_errors=True)


def open_cache(folder: Path, identity: Identity) -> Cache | None:
    """Return the folder's cache; None where there is none that is whole and of this index."""
    place = folder / FOLDER
    faiss = load_faiss()
    try:
        manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
        expected = {name: (place / name).stat().st_size for name in _FILES}
        fits = (
            manifest["version"] == _VERSION
            and manifest["index_id"] == identity.index_id
            and manifest["sizes"] == expected
        )
        if faiss is None or not fits:
            return None
        lists = faiss.read_index(
            str(place / "lists.faiss"), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY
        )
        inverted = faiss.extract_index_ivf(lists)
        # An eighth of the lists: recall@10 of .99 on clustered vectors (bench/visual_search.py).
        inverted.nprobe = min(inverted.nlist, max(16, inverted.nlist // 8))
        rows = np.load(place / "rows.npy")
        vectors = np.load(place / "vectors.npy", mmap_mode="r")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError):
        return None
    shaped = vectors.shape == (len(rows), identity.dimension) and lists.ntotal == len(rows)
    return Cache(rows, vectors, lists) if shaped and len(rows) else None
