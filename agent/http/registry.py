"""What belongs to whom: threads, their listings, traces and photos, in one SQLite file under home.

Rule: ids are made here and every question names an owner, so that another key's things are simply
not there. It survives restarts; deleting a thread deletes what is known of it.
"""

import sqlite3
import threading
import time
import uuid
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from listing.errors import SettingsError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS thread (
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, created REAL NOT NULL, updated REAL NOT NULL,
  title TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT '', photo TEXT);
CREATE INDEX IF NOT EXISTS thread_of_owner ON thread (owner, updated);
CREATE TABLE IF NOT EXISTS listing (
  id TEXT PRIMARY KEY, thread TEXT NOT NULL REFERENCES thread ON DELETE CASCADE,
  document BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS listing_of_thread ON listing (thread);
CREATE TABLE IF NOT EXISTS trace (
  id TEXT PRIMARY KEY, thread TEXT NOT NULL REFERENCES thread ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS trace_of_thread ON trace (thread);
CREATE TABLE IF NOT EXISTS photo (
  sha256 TEXT NOT NULL, thread TEXT NOT NULL REFERENCES thread ON DELETE CASCADE,
  uploaded INTEGER NOT NULL, PRIMARY KEY (sha256, thread)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS photo_of_thread ON photo (thread);
"""


@dataclass(frozen=True)
class ThreadRow:
    """A thread in its owner's list."""

    thread_id: str
    created: float
    """Seconds since 1970, as `updated`."""
    updated: float
    title: str
    status: str
    photo: str | None
    """sha256 of its first photo."""


@dataclass(frozen=True)
class Forgotten:
    """What a deleted thread leaves to be deleted."""

    traces: tuple[str, ...]
    photos: tuple[str, ...]
    """Photos that were uploaded and that no thread has any more."""


class Registry:
    """The owners' file; safe for the threads of one process."""

    def __init__(self, file: Path) -> None:
        """Open the file, made where there is none.

        Raises:
            SettingsError: it cannot be opened, or is no such file.
        """
        try:
            file.touch(mode=0o600)
            self._db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("PRAGMA foreign_keys=ON")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.DatabaseError) as error:
            raise SettingsError(
                f"{file}: owners cannot be kept there ({error}); move the file away"
            ) from error
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def new_thread(self, owner: str) -> str:
        """Make a thread and return its id, which nobody can guess."""
        thread_id, now = uuid.uuid4().hex, time.time()
        self._run(
            "INSERT INTO thread (id, owner, created, updated) VALUES (?, ?, ?, ?)",
            (thread_id, owner, now, now),
        )
        return thread_id

    def owns(self, owner: str, thread_id: str) -> bool:
        """Tell whether the thread is there and is the owner's."""
        return bool(
            self._rows("SELECT 1 FROM thread WHERE id = ? AND owner = ?", (thread_id, owner))
        )

    def threads(self, owner: str, limit: int) -> list[ThreadRow]:
        """Return the owner's threads, the last used first."""
        found = self._rows(
            "SELECT id, created, updated, title, status, photo FROM thread WHERE owner = ? "
            "ORDER BY updated DESC, id LIMIT ?",
            (owner, limit),
        )
        return [ThreadRow(*row) for row in found]

    def forget(self, owner: str, thread_id: str) -> Forgotten | None:
        """Delete a thread and return what else is to be deleted; None where there is none."""
        with self._lock, closing(self._db.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            traces = cursor.execute(
                "SELECT id FROM trace WHERE thread = ?", (thread_id,)
            ).fetchall()
            photos = cursor.execute(
                "SELECT sha256 FROM photo AS mine WHERE thread = ? AND uploaded AND NOT EXISTS "
                "(SELECT 1 FROM photo WHERE sha256 = mine.sha256 AND thread <> mine.thread)",
                (thread_id,),
            ).fetchall()
            cursor.execute("DELETE FROM thread WHERE id = ? AND owner = ?", (thread_id, owner))
            gone = cursor.rowcount
            cursor.execute("COMMIT")
        if not gone:
            return None
        return Forgotten(tuple(t for (t,) in traces), tuple(p for (p,) in photos))

    def keep_listing(self, thread_id: str, document: dict[str, Any]) -> None:
        """Note a listing as it is now, with its trace and the references' photos."""
        photos = document.get("photos") or [{}]
        with self._lock, closing(self._db.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute(
                "UPDATE thread SET updated = ?, title = ?, status = ?, "
                "photo = coalesce(?, photo) WHERE id = ?",
                (
                    time.time(),
                    document.get("title") or "",
                    "published" if document.get("published") else document.get("status") or "",
                    photos[0].get("sha256"),
                    thread_id,
                ),
            )
            if cursor.rowcount and document.get("listing_id"):
                cursor.execute(
                    "INSERT INTO listing VALUES (?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET document = excluded.document",
                    (document["listing_id"], thread_id, orjson.dumps(document)),
                )
            cursor.execute("COMMIT")

    def keep_trace(self, thread_id: str, trace_id: str) -> None:
        """Note whose a trace is; a thread that was deleted meanwhile gets none."""
        self._run(
            "INSERT OR IGNORE INTO trace SELECT ?, id FROM thread WHERE id = ?",
            (trace_id, thread_id),
        )

    def keep_photos(self, thread_id: str, photos: Iterable[str], *, uploaded: bool) -> None:
        """Note photos that the thread's owner may see; `uploaded` ones go with the thread."""
        for sha256 in photos:
            self._run(
                "INSERT OR IGNORE INTO photo SELECT ?, id, "
                "? OR EXISTS (SELECT 1 FROM photo WHERE sha256 = ? AND uploaded) "
                "FROM thread WHERE id = ?",
                (sha256, int(uploaded), sha256, thread_id),
            )

    def listing(self, owner: str, listing_id: str) -> dict[str, Any] | None:
        """Return a listing's document as it was last; None where the owner has none such."""
        found = self._rows(
            "SELECT document FROM listing JOIN thread ON thread.id = listing.thread "
            "WHERE listing.id = ? AND owner = ?",
            (listing_id, owner),
        )
        document: dict[str, Any] | None = orjson.loads(found[0][0]) if found else None
        return document

    def thread_of(self, owner: str, listing_id: str) -> str:
        """Return the thread of one of the owner's listings; empty where there is none such."""
        found = self._rows(
            "SELECT thread FROM listing JOIN thread ON thread.id = listing.thread "
            "WHERE listing.id = ? AND owner = ?",
            (listing_id, owner),
        )
        return str(found[0][0]) if found else ""

    def listing_of(self, thread_id: str, listing_id: str) -> dict[str, Any] | None:
        """Return a thread's listing as it was last noted; None where it was not."""
        found = self._rows(
            "SELECT document FROM listing WHERE id = ? AND thread = ?", (listing_id, thread_id)
        )
        document: dict[str, Any] | None = orjson.loads(found[0][0]) if found else None
        return document

    def owns_trace(self, owner: str, trace_id: str) -> bool:
        """Tell whether a run of one of the owner's threads made the trace."""
        return bool(
            self._rows(
                "SELECT 1 FROM trace JOIN thread ON thread.id = trace.thread "
                "WHERE trace.id = ? AND owner = ?",
                (trace_id, owner),
            )
        )

    def owns_photo(self, owner: str, sha256: str) -> bool:
        """Tell whether the owner uploaded the photo or was shown it with a reference."""
        return bool(
            self._rows(
                "SELECT 1 FROM photo JOIN thread ON thread.id = photo.thread "
                "WHERE sha256 = ? AND owner = ? LIMIT 1",
                (sha256, owner),
            )
        )

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def _run(self, query: str, values: tuple[Any, ...]) -> None:
        with self._lock:
            self._db.execute(query, values)
