"""The guide's database (Rasa's SQL tracker store), read and never written."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg.conninfo import make_conninfo

from bot.console.feed.position import Position, Row
from bot.console.feed.turns import StoredEvent

EVENTS, TOMBSTONES = "events", "erased_conversations"
TIME_COLUMN = {EVENTS: "timestamp", TOMBSTONES: "erased_at"}
AT_ONCE = 200
"""Gaps or conversations in one query; databases limit how much they take."""
OPTIONS = "-c default_transaction_read_only=on -c statement_timeout=30000"


class StoreError(Exception):
    """The guide's database cannot be read just now; the message says why, without anything that stands in it."""


class Connection(Protocol):
    def execute(self, query: Any, params: Sequence[Any] = ..., /) -> Any: ...


class Reader:
    """Queries on an open connection; ``mark`` is the database's placeholder."""

    def __init__(self, connection: Connection, mark: str, tables: Collection[str]) -> None:
        self._connection, self._mark, self._tables = connection, mark, tables

    def rows(self, table: str, position: Position, most: int) -> list[Row]:
        """Rows that ``position`` has not seen: those in its gaps, and after it at most ``most`` by ascending id.

        No rows where the table is missing: a guide that is older than its tombstones, or has stored nothing yet.
        """
        if table not in self._tables:
            return []
        found = self._select(table, f"id > {self._mark} ORDER BY id LIMIT {most:d}", [position.last])
        for gaps in _portions(position.gaps):
            within = " OR ".join([f"id BETWEEN {self._mark} AND {self._mark}"] * len(gaps))
            found += self._select(table, within, [bound for gap in gaps for bound in (gap.first, gap.last)])
        return found

    def is_another(self, table: str, position: Position) -> bool:
        """Whether the table is not the one that ``position`` was in: a guide that was set up anew counts from 1 again.

        Told by another row in the last row's place, or a later row (by a minute at least) under a lower id.
        """
        if table not in self._tables or not position.last:
            return False
        same = self._select(table, f"id = {self._mark}", [position.last])
        if same:
            return same[0].time != position.last_time
        top = self._select(table, "id = (SELECT max(id) FROM " + table + ")", [])
        return bool(top) and top[0].id < position.last and top[0].time > position.last_time + 60

    def conversations(self, senders: Collection[str]) -> dict[str, list[StoredEvent]]:
        """All events of the conversations, in the order of their ids."""
        found: dict[str, list[StoredEvent]] = {sender: [] for sender in senders}
        for some in _portions(sorted(senders)):
            query = (
                f"SELECT sender_id, id, type_name, timestamp, data FROM events WHERE sender_id IN ({self._marks(some)}) "
                "ORDER BY id"
            )
            for sender, id_, type_name, timestamp, data in self._connection.execute(query, some):
                found[sender].append(StoredEvent(id_, type_name, timestamp or 0.0, data or ""))
        return found

    def _select(self, table: str, condition: str, values: list[Any]) -> list[Row]:
        query = f"SELECT id, sender_id, {TIME_COLUMN[table]} FROM {table} WHERE {condition}"
        return [Row(id_, sender, time or 0.0) for id_, sender, time in self._connection.execute(query, values)]

    def _marks(self, values: Sequence[Any]) -> str:
        return ", ".join([self._mark] * len(values))


class BotStore:
    """Opens the database of a URL for reading: ``sqlite:////folder/file.db`` or ``postgresql://...``."""

    def __init__(self, url: str) -> None:
        kind, _, rest = url.partition("://")
        self._file = Path(rest[1:]) if kind == "sqlite" else None
        self._url = url
        self._kept: psycopg.Connection[Any] | None = None

    @property
    def kind(self) -> str:
        return "SQLite" if self._file else "PostgreSQL"

    @contextmanager
    def reading(self) -> Iterator[Reader]:
        """A reader for a moment. Raises StoreError, also for what goes wrong while it is used."""
        try:
            if self._file:
                with self._sqlite(self._file) as reader:
                    yield reader
            else:
                with self._postgresql() as reader:
                    yield reader
        except psycopg.errors.InsufficientPrivilege:
            raise StoreError("the account may not read it: GRANT SELECT ON events, erased_conversations TO it") from None
        except (sqlite3.Error, psycopg.Error) as error:
            self.close()
            raise StoreError(type(error).__name__) from None

    def close(self) -> None:
        if self._kept:
            self._kept.close()
            self._kept = None

    @contextmanager
    def _sqlite(self, file: Path) -> Iterator[Reader]:
        """Opened anew each time: the file may have been replaced by another."""
        if not file.exists():
            raise StoreError("its file is not there yet")
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            yield Reader(connection, "?", tables)

    @contextmanager
    def _postgresql(self) -> Iterator[Reader]:
        """The connection is kept. One transaction: all queries see the same moment."""
        if self._kept is None or self._kept.closed:
            keep_alive = {"connect_timeout": 5, "tcp_user_timeout": 10_000, "keepalives_idle": 10}
            self._kept = psycopg.connect(make_conninfo(self._url, options=OPTIONS, **keep_alive), autocommit=True)
            self._kept.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with self._kept.transaction():
            there = self._kept.execute("SELECT to_regclass('events'), to_regclass('erased_conversations')").fetchone() or ()
            yield Reader(self._kept, "%s", {table for table, found in zip(TIME_COLUMN, there, strict=True) if found})


def _portions(values: Sequence[Any]) -> Iterator[list[Any]]:
    rest = iter(values)
    while portion := list(islice(rest, AT_ONCE)):
        yield portion
