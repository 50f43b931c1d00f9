"""Where threads are kept: SQLite in the home folder, or Postgres where the setting names one.

Rule: a checkpoint names no type to import; of a thread only the latest checkpoint is kept once a
turn is over, so that the database does not grow with the length of the talk.
"""

import os
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Read when langgraph is first imported: a checkpoint may then name no type to import.
os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")

import aiosqlite
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

from listing.errors import SettingsError

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

POSTGRES = ("postgresql://", "postgres://")
TIMEOUT_S = 10.0
"""Until a database answers, or lets go of its lock."""
_NEWER = """
EXISTS (SELECT 1 FROM checkpoints AS newer WHERE newer.thread_id = checkpoints.thread_id
AND newer.checkpoint_ns = checkpoints.checkpoint_ns
AND newer.checkpoint_id > checkpoints.checkpoint_id)
"""
_ORPHAN = """
NOT EXISTS (SELECT 1 FROM checkpoints WHERE checkpoints.thread_id = writes.thread_id
AND checkpoints.checkpoint_ns = writes.checkpoint_ns
AND checkpoints.checkpoint_id = writes.checkpoint_id)
"""


class SqliteThreads(AsyncSqliteSaver):
    """LangGraph's SQLite saver, able to prune."""

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Delete all but the latest checkpoint of each thread and namespace; `delete`: all."""
        if strategy not in ("keep_latest", "delete"):
            raise ValueError(f"strategy {strategy!r}: is neither keep_latest nor delete")
        await self.setup()
        async with self.lock, self.conn.cursor() as cursor:
            for thread_id in thread_ids:
                old = "" if strategy == "delete" else f" AND {_NEWER}"
                await cursor.execute(
                    f"DELETE FROM checkpoints WHERE thread_id = ?{old}", (thread_id,)
                )
                await cursor.execute(
                    f"DELETE FROM writes WHERE thread_id = ? AND {_ORPHAN}", (thread_id,)
                )
            await self.conn.commit()


@asynccontextmanager
async def open_threads(place: str | Path) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    """Yield the saver of a file, or of a `postgresql://` address.

    Raises:
        SettingsError: the file cannot be opened, or the database not reached; a password in the
            address is not in the message.
    """
    if isinstance(place, str) and place.startswith(POSTGRES):
        async with _postgres(place) as saver:
            yield saver
    else:
        async with _sqlite(Path(place)) as saver:
            yield saver


@asynccontextmanager
async def _sqlite(file: Path) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    strict = JsonPlusSerializer(allowed_msgpack_modules=None)
    try:
        file.touch(mode=0o600)  # sellers' words: for the owner alone
        async with aiosqlite.connect(file) as connection:
            await connection.execute(f"PRAGMA busy_timeout = {round(1000 * TIMEOUT_S)}")
            saver = SqliteThreads(connection, serde=strict)
            await saver.setup()
            yield saver
    except (OSError, sqlite3.DatabaseError) as error:
        raise SettingsError(
            f"{file}: threads cannot be kept there ({error}); move the file away"
        ) from error


@asynccontextmanager
async def _postgres(address: str) -> "AsyncIterator[BaseCheckpointSaver[Any]]":
    try:
        import psycopg
        from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
        from psycopg.rows import dict_row
        from psycopg_pool import AsyncConnectionPool, PoolTimeout
    except ImportError as error:
        raise SettingsError(
            f"VOUCH_THREADS: Postgres needs a package that is not installed ({error.name}); "
            "pip install 'vouch[postgres]'"
        ) from error
    options = {"autocommit": True, "prepare_threshold": 0, "row_factory": dict_row}
    try:
        async with AsyncConnectionPool(
            address, min_size=1, max_size=8, open=False, timeout=TIMEOUT_S, kwargs=options
        ) as pool:
            strict = JsonPlusSerializer(allowed_msgpack_modules=None)
            saver = AsyncPostgresSaver(pool, serde=strict)  # type: ignore[arg-type]
            await saver.setup()
            yield saver
    except (psycopg.OperationalError, psycopg.ProgrammingError, PoolTimeout) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SettingsError(
            f"VOUCH_THREADS: the database cannot be used ({reason}); check address and rights"
        ) from error
