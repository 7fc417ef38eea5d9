"""A database that does not answer holds up nobody for long.

Its calls block the server's loop: while one waits for a lock or for a machine that has frozen, no family gets an answer, an
alarm neither. So a call in the loop waits PATIENCE seconds; when that was too short, the database counts as away for PAUSE
seconds, and who asks meanwhile is told at once. Threads (purging, catching up) may wait longer: they hold up nobody.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import sqlite3
import time
from typing import Any

import psycopg2
from psycopg2 import extensions
from sqlalchemy import event
from sqlalchemy.engine import Engine

PATIENCE = 2.0
"""Seconds; rewriting the SQLite file (``cleaning.py``) takes less."""
OF_THREADS = 60.0
"""Seconds."""
PAUSE = 5.0
"""Seconds until the database is asked again."""
LOCKED = "database is locked"


class TooSlow(psycopg2.OperationalError):
    """PostgreSQL did not answer in time."""


def _in_the_loop() -> bool:
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop()
        return True
    return False


def limit(*engines: Engine) -> None:
    """Let all calls of these engines (of one database) that the server's loop makes end soon, with OperationalError."""
    away_until = 0.0

    def connect(dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> None:
        if not _in_the_loop():
            return
        if time.monotonic() < away_until:
            raise dialect.dbapi.OperationalError("the database is away")
        if dialect.name == "sqlite":
            parameters["timeout"] = PATIENCE

    def note(context: Any) -> None:
        nonlocal away_until
        error = context.original_exception
        if isinstance(error, TooSlow) or (isinstance(error, sqlite3.OperationalError) and LOCKED in str(error)):
            away_until = time.monotonic() + PAUSE

    for engine in engines:
        event.listen(engine, "do_connect", connect)
        event.listen(engine, "handle_error", note)
        if engine.dialect.name == "postgresql":
            _limit_psycopg2()
            engine.dispose()  # connections made before would wait for ever


def _limit_psycopg2() -> None:
    """psycopg2 knows no limit for reading; this is how it lets somebody else do the waiting, for all its connections."""
    extensions.set_wait_callback(_wait)


def _wait(connection: Any) -> None:
    deadline = time.monotonic() + (PATIENCE if _in_the_loop() else OF_THREADS)
    while (state := connection.poll()) != extensions.POLL_OK:
        ready = select.poll()
        ready.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
        if not ready.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TooSlow("the database did not answer in time")  # psycopg2 closes the connection
