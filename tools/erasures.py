"""Which conversations families erased, kept beside the backups: what is restored from an older backup is erased again.

The list holds random ids and times, nothing that anyone wrote. It only grows.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import MetaData, Table, inspect, select, text
from sqlalchemy.engine import Connection, Engine

from bot.store.erasing import DELETE
from bot.store.tables import ERASED, EVENTS
from tools.databases import Database

FILE = "erased.json"
"""In the folder of all backups."""
LOCK = f"{FILE}.lock"
JUMP = 1_000_000
"""By how much ids go on after a restore: above all that were given since the backup, which someone may have read."""
CONSOLES = "feed_erased"
"""The console's own list, with columns ``sender_id`` and ``erased``."""
RAISE_IN_POSTGRESQL = text(
    "SELECT setval(name, :jump + coalesce(pg_sequence_last_value(name), 0)) "
    "FROM (SELECT CAST(pg_get_serial_sequence(:table, 'id') AS regclass) AS name) AS sequence"
)
Erasures = dict[str, float]
"""Times (seconds since the epoch) by the conversation's id."""


def read(folder: Path) -> Erasures:
    """What is noted beside the backups; nothing before the first note."""
    file = folder / FILE
    return {str(sender): float(when) for sender, when in json.loads(file.read_text()).items()} if file.exists() else {}


def note(folder: Path, erasures: Erasures) -> Erasures:
    """Add to the list; returns all of it. The file is the old one or the new one, never half of one, and on the disk then."""
    with _alone(folder):
        known = {**erasures, **read(folder)}
        # Readable by nobody else, under a name of its own.
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=f"{FILE}.", delete=False) as new:
            try:
                new.write(json.dumps(known, indent=0))
                new.flush()
                os.fsync(new.fileno())
                os.replace(new.name, folder / FILE)
            except BaseException:
                os.unlink(new.name)
                raise
    return known


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Whoever else adds to the list waits: the backup of the night and the note of every ten minutes meet at 03:00, and the
    later one would write a list that lacks what the other one has just added."""
    with os.fdopen(os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def of_guide(database: Database) -> Erasures:
    """The tombstones in the guide's database."""
    engine = database.engine()
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(ERASED.name):
                return {}
            return {row.sender_id: row.erased_at for row in connection.execute(select(ERASED.c.sender_id, ERASED.c.erased_at))}
    finally:
        engine.dispose()


def of_console(database: Database) -> Erasures:
    """What the staff console knows to be erased: it may live on another machine, and know more than a lost database."""
    engine = database.engine()
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(CONSOLES):
                return {}
            table = Table(CONSOLES, MetaData(), autoload_with=connection)
            rows = connection.execute(select(table.c.sender_id, table.c.erased)).all()
    finally:
        engine.dispose()
    return {
        row.sender_id: (row.erased if row.erased.tzinfo else row.erased.replace(tzinfo=dt.timezone.utc)).timestamp()
        for row in rows
    }


def apply(engine: Engine, erasures: Erasures) -> int:
    """Erase these conversations in a database that was just restored; returns how many of them it had.

    Ids of both tables go on far above the restored ones, the new tombstones first: who reads by ids misses none.
    """
    with engine.begin() as connection:
        for table in (EVENTS, ERASED.name):
            _raise_ids(connection, table)
        known = set(connection.execute(select(ERASED.c.sender_id)).scalars())
        for sender, when in erasures.items():
            if sender not in known:
                connection.execute(ERASED.insert().values(sender_id=sender, erased_at=when))
        return sum(connection.execute(DELETE, {"conversation": sender}).rowcount > 0 for sender in erasures)


def _raise_ids(connection: Connection, table: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(RAISE_IN_POSTGRESQL, {"table": table, "jump": JUMP})
        return
    given = {"table": table, "jump": JUMP}
    raised = connection.execute(text("UPDATE sqlite_sequence SET seq = seq + :jump WHERE name = :table"), given)
    if not raised.rowcount:
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :jump)"), given)
