"""The tables: Rasa's ``events``; ``erased_conversations``, by which the staff console learns what it has to forget; ``spools``.

Rasa's index finds a conversation's events; which of them are the last ones PostgreSQL then learns by sorting them all, so that
each turn of a long chat takes longer than the one before. An index with the ids in it knows. (SQLite's have them anyway; Rasa's
stays, because Rasa would miss it.)

SQLite gives the row id of a deleted last row to the next row. A reader that asks for ``events.id > last`` would then miss the
new row, so on SQLite the ids of ``events`` are AUTOINCREMENT: never used twice. Rasa makes its table without; a database of
before is rewritten once, with all its rows.
"""

from __future__ import annotations

import logging
import sqlite3

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import StoreError

EVENTS = "events"
COLUMNS = ("id", "sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")
ERASED = Table(
    "erased_conversations",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("sender_id", String(255), nullable=False, unique=True),
    Column("erased_at", Float, nullable=False),
    sqlite_autoincrement=True,
)
"""Tombstones: which conversation a family erased, and when (seconds since the epoch). Nothing else of it is left."""
SPOOLS = Table(
    "spools",
    MetaData(),
    Column("name", String(255), primary_key=True),
    Column("written_at", Float, nullable=False),
)
"""Which files of waiting events were stored (``spool.py``), and when (seconds since the epoch)."""
INDEX = "ix_events_conversation"
LOCK_INDEX, UNLOCK_INDEX = (
    text(f"SELECT {name}(hashtext('{INDEX}'))") for name in ("pg_try_advisory_lock", "pg_advisory_unlock")
)
IS_WHOLE = text(f"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{INDEX}')")
logger = logging.getLogger(__name__)
NEW_EVENTS = """
CREATE TABLE new_events (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    sender_id VARCHAR(255) NOT NULL,
    type_name VARCHAR(255) NOT NULL,
    timestamp FLOAT,
    intent_name VARCHAR(255),
    action_name VARCHAR(255),
    data TEXT
)
"""


def prepare(engine: Engine) -> None:
    """Make what is missing and bring an older database up to date. Raises StoreError; the rows are as before then."""
    try:
        if engine.dialect.name == "sqlite":
            _never_use_an_id_twice(engine)
        for table in (ERASED, SPOOLS):
            _make(engine, table)
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = str(getattr(error, "orig", None) or error).strip()
        raise StoreError(
            f"TRACKER_DB: the conversations could not be made ready ({reason}). Stop what else uses them and see that there is "
            "room on the disk; or move them away, and a new database is made"
        ) from None


def make_index(engine: Engine) -> None:
    """Make PostgreSQL's index of ``events``, which must be there; others read and write meanwhile. It may take a while.

    Where it cannot be made, a log line says so: long chats are slower then.
    """
    if engine.dialect.name != "postgresql":
        return
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.execute(LOCK_INDEX).scalar():
                return  # another copy of the guide makes it
            try:
                if connection.execute(IS_WHOLE).scalar() is False:  # somebody stopped while making it
                    connection.execute(text(f"DROP INDEX CONCURRENTLY {INDEX}"))
                connection.execute(text(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {INDEX} ON {EVENTS} (sender_id, id)"))
            finally:
                connection.execute(UNLOCK_INDEX)
    except SQLAlchemyError as error:
        logger.warning("TRACKER_DB: long chats are read slowly, their index could not be made: %s", type(error).__name__)


def _make(engine: Engine, table: Table) -> None:
    try:
        table.create(engine, checkfirst=True)
    except SQLAlchemyError:
        if not inspect(engine).has_table(table.name):  # else another copy of the guide, starting too, was faster
            raise


def _never_use_an_id_twice(engine: Engine) -> None:
    """With the driver alone: SQLAlchemy would end the transaction at the first change of a table."""
    pooled = engine.raw_connection()
    try:
        database: sqlite3.Connection = pooled.connection
        if _is_of_before(database):
            usual, database.isolation_level = database.isolation_level, None
            database.execute("BEGIN IMMEDIATE")
            try:
                if _is_of_before(database):  # another process may have been faster
                    _rewrite(database)
                database.execute("COMMIT")
            except BaseException:
                database.execute("ROLLBACK")
                raise
            finally:
                database.isolation_level = usual
    finally:
        pooled.close()


def _is_of_before(database: sqlite3.Connection) -> bool:
    made = database.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (EVENTS,)).fetchone()
    return made is not None and "AUTOINCREMENT" not in made[0].upper()


def _rewrite(database: sqlite3.Connection) -> None:
    found = [row[1] for row in database.execute(f"PRAGMA table_info({EVENTS})")]
    if sorted(found) != sorted(COLUMNS):
        raise StoreError(
            f"TRACKER_DB: the table {EVENTS} has the columns {', '.join(found)}, which is not what Rasa makes. Name another "
            "file; this one stays as it is"
        )
    columns = ", ".join(COLUMNS)
    database.execute(NEW_EVENTS)
    database.execute(f"INSERT INTO new_events ({columns}) SELECT {columns} FROM {EVENTS} ORDER BY id")
    database.execute(f"DROP TABLE {EVENTS}")
    database.execute(f"ALTER TABLE new_events RENAME TO {EVENTS}")
    database.execute(f"CREATE INDEX ix_events_sender_id ON {EVENTS} (sender_id)")
