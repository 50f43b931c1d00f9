"""The SQLite file that is the truth of a listing index: its schema, its opening, its errors.

The rule: the file comes into being whole (made aside, then linked into place), is in WAL mode from
its first moment, and says which embedder its vectors are of.
"""

import contextlib
import os
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from listing.errors import IndexStoreError

FILE = "listings.sqlite"
SCHEMA_VERSION = 1

# Numbers and rows are never used twice (AUTOINCREMENT), so that a reader that knows listings up to
# number n finds what is new by asking for numbers beyond n.
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE listings (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  category_id TEXT,
  digest TEXT NOT NULL,
  document TEXT NOT NULL
);
CREATE TABLE photos (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  listing INTEGER NOT NULL REFERENCES listings (number) ON DELETE CASCADE,
  sha256 TEXT NOT NULL,
  vector BLOB NOT NULL
);
CREATE INDEX photos_by_listing ON photos (listing);
"""


@dataclass(frozen=True)
class Identity:
    """What an index is of; fixed when it is made."""

    index_id: str
    dimension: int
    embedder: str


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn SQLite's errors into IndexStoreError with the folder and a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            remedy = "another process has been writing for too long; try again when it is done"
        elif "not a database" in text or "malformed" in text or "no such table" in text:
            remedy = "the file is damaged or not an index; move it away and build the index again"
        elif "closed database" in text:
            remedy = "this handle was closed; open the index again"
        else:
            remedy = "check the folder's space and permissions"
        raise IndexStoreError(f"listing index {folder}: {text}; {remedy}") from error


def exists(folder: Path) -> bool:
    """Tell whether the folder holds an index file."""
    return (folder / FILE).exists()


def create(folder: Path, dimension: int, embedder: str) -> None:
    """Make an empty index in the folder unless one is there; two makers at once do no harm."""
    target = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as aside:
            fresh = Path(aside) / FILE
            with explained(folder), contextlib.closing(sqlite3.connect(fresh)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(_SCHEMA)
                connection.executemany(
                    "INSERT INTO meta VALUES (?, ?)",
                    [
                        ("schema", str(SCHEMA_VERSION)),
                        ("index_id", uuid.uuid4().hex),
                        ("dimension", str(dimension)),
                        ("embedder", embedder),
                        ("removals", "0"),
                        ("caches", "0"),
                    ],
                )
                connection.commit()
            _place(fresh, target)
    except OSError as error:
        raise IndexStoreError(
            f"listing index {folder}: cannot be made ({error.strerror or error}); "
            "check the path, its space and permissions"
        ) from error


def _place(fresh: Path, target: Path) -> None:
    """Give the file its name unless the name is taken, in one step where the disk knows links."""
    try:
        os.link(fresh, target)
    except FileExistsError:
        return
    except OSError:
        if not target.exists():
            os.replace(fresh, target)


def connect(folder: Path, busy_timeout_s: float) -> sqlite3.Connection:
    """Return a connection to the folder's index, in autocommit mode, for use under a lock."""
    with explained(folder):
        connection = sqlite3.connect(
            f"file:{_quoted(folder / FILE)}?mode=rw",
            uri=True,
            timeout=busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            # Each commit reaches the disk, so that it outlives a power cut as well as a kill.
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("SELECT count(*) FROM meta").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def identity(connection: sqlite3.Connection, folder: Path) -> Identity:
    """Return what the index is of.

    Raises:
        IndexStoreError: it was made by a newer version, or its description is damaged.
    """
    with explained(folder):
        meta: dict[str, str] = dict(connection.execute("SELECT key, value FROM meta"))
    try:
        schema = int(meta["schema"])
        found = Identity(meta["index_id"], int(meta["dimension"]), meta["embedder"])
    except (KeyError, ValueError) as error:
        raise IndexStoreError(
            f"listing index {folder}: its description is damaged ({error}); build it again"
        ) from error
    if schema != SCHEMA_VERSION:
        raise IndexStoreError(
            f"listing index {folder}: has schema {schema}, this version of Vouch reads "
            f"{SCHEMA_VERSION}; use the version that made it, or build the index again"
        )
    return found


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, *, write: bool) -> Iterator[None]:
    """Run a block in one transaction: committed at its end, undone when it raises."""
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has SQLite undo it by itself
            connection.execute("ROLLBACK")
        raise


def counter(connection: sqlite3.Connection, key: str) -> int:
    """Return a counter of the index: `removals` or `caches`."""
    (value,) = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return int(value)


def bump(connection: sqlite3.Connection, key: str) -> None:
    """Add one to a counter, which tells other processes to look again."""
    connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = ?", (key,))


def _quoted(path: Path) -> str:
    """Return a path as SQLite's file: uris want it."""
    return path.absolute().as_uri().removeprefix("file://")
