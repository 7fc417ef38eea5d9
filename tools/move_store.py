"""Move the conversations from an SQLite file into an empty PostgreSQL database: TRACKER_DB names where to.

    TRACKER_DB=postgresql://guide:...@db.example.org/guide python -m tools.move_store var/conversations.db

Stop the guide first. The file keeps its rows; delete it when the guide runs well on PostgreSQL.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sqlalchemy import Table, func, inspect, select, text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot import store
from bot.settings import Settings, SettingsError
from bot.store.tables import ERASED
from tools.databases import Database, DatabaseError

AT_ONCE = 1_000
"""Rows that are held in memory."""


def move(source: Engine, target: Engine) -> dict[str, int]:
    """Copy all rows with their ids, in one transaction; returns how many of each table. Raises DatabaseError.

    New ids begin above the highest that was ever given, also to a row that is gone: who reads by ids misses nothing.
    """
    store.prepare(source)
    # Rasa's own table, so that it is the very one that Rasa would have made. Imported here: that takes seconds.
    from rasa.core.tracker_store import SQLTrackerStore

    events: Table = SQLTrackerStore.SQLEvent.__table__
    tables = [events, ERASED]
    for table in tables:
        table.create(target, checkfirst=True)
    counts = {}
    with source.connect() as old, target.begin() as new:
        old.exec_driver_sql("BEGIN IMMEDIATE")  # nobody writes meanwhile
        for table in tables:
            if new.execute(select(table.c.id).limit(1)).first():
                raise DatabaseError(f"TRACKER_DB: the table {table.name} there is not empty. Name an empty database")
            if not inspect(old).has_table(table.name):
                continue
            for rows in _portions(old, table):
                new.execute(table.insert(), rows)
            last = old.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}).scalar()
            if last:
                new.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), int(last))))
            counts[table.name] = _same(old, new, table)
    return counts


def _portions(connection: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    last = 0
    while (
        rows := connection.execute(select(table).where(table.c.id > last).order_by(table.c.id).limit(AT_ONCE)).mappings().all()
    ):
        yield [dict(row) for row in rows]
        last = rows[-1]["id"]


def _same(old: Connection, new: Connection, table: Table) -> int:
    """Compare each row; returns how many there are. Raises DatabaseError."""
    count = 0
    nothing: list[dict[str, Any]] = []
    for there, here in zip_longest(_portions(old, table), _portions(new, table), fillvalue=nothing):
        if there != here:
            raise DatabaseError(f"TRACKER_DB: rows of {table.name} arrived changed; nothing was kept there")
        count += len(here)
    return count


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.move_store", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path, help="the SQLite file with the conversations")
    file: Path = parser.parse_args().file
    try:
        if not file.is_file():
            sys.exit(f"move: {file} is no file")
        settings = Settings.read()
        target = store.connect(settings.database)
        if target.dialect.name != "postgresql":
            sys.exit("move: TRACKER_DB must name where to: postgresql://user:password@host/database")
        Database("conversations", "The file", store.url_of(str(file)), "events").refuse_while_in_use()
        source = store.connect(str(file))
        try:
            counts = move(source, target)
        finally:
            source.dispose()
            target.dispose()
    except (SettingsError, store.StoreError, DatabaseError) as error:
        sys.exit(f"move: {error}")
    except SQLAlchemyError as error:
        sys.exit(f"move: {getattr(error, 'orig', None) or type(error).__name__}. Nothing was kept there")
    print(f"move: {', '.join(f'{count} rows of {name}' for name, count in counts.items())} are in PostgreSQL now")


if __name__ == "__main__":
    main()
