"""Which conversations families erased, kept beside the backups: what is restored from an older backup is erased again.

The list holds random ids and times, nothing that anyone wrote. It only grows.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from sqlalchemy import MetaData, Table, inspect, select, text
from sqlalchemy.engine import Connection, Engine

from bot.store.erasing import DELETE
from bot.store.tables import ERASED, EVENTS
from tools.databases import Database

FILE = "erased.json"
"""In the folder of all backups."""
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
    """Add to the list; returns all of it. The file is the old one or the new one, never half of one."""
    known = {**erasures, **read(folder)}
    new = folder / f"{FILE}.new"
    new.touch(mode=0o600)
    new.write_text(json.dumps(known, indent=0))
    new.replace(folder / FILE)
    return known


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
