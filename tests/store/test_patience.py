"""A database that does not answer holds up the server's loop for seconds, not for ever; threads may wait."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from bot import store
from bot.store import patience
from faults.gate import Gate, Way

WRITE = text("INSERT INTO events (sender_id, type_name) VALUES ('one', 'user')")


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(patience, "PATIENCE", 0.2)
    monkeypatch.setattr(patience, "PAUSE", 0.5)


@pytest.fixture
def wait_callback():
    """Waiting is a matter of all connections of a process: the other tests go on without it."""
    yield
    patience.extensions.set_wait_callback(None)


def write(engine: Engine) -> float:
    """Seconds until the database refused."""
    began = time.monotonic()
    with pytest.raises(OperationalError), engine.begin() as connection:
        connection.execute(WRITE)
    return time.monotonic() - began


async def test_who_meets_a_locked_file_waits_shortly_and_the_next_not_at_all(sqlite):
    store.limit(sqlite)
    with contextlib.closing(sqlite3.connect(str(sqlite.url.database), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert 0.2 <= write(sqlite) < 2
        assert write(sqlite) < 0.1
        other.execute("ROLLBACK")
    await asyncio.sleep(0.6)
    with sqlite.begin() as connection:
        connection.execute(WRITE)


def test_a_thread_waits_until_the_file_is_free(sqlite):
    store.limit(sqlite)
    other = sqlite3.connect(str(sqlite.url.database), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN EXCLUSIVE")
    threading.Timer(0.7, lambda: other.execute("ROLLBACK")).start()
    with sqlite.begin() as connection:
        connection.execute(WRITE)
    other.close()


async def test_a_server_that_hangs_is_given_up_and_asked_again(postgresql, wait_callback):
    gate = Gate(postgresql.port)
    engine = store.connect(postgresql.url.replace(str(postgresql.port), str(gate.port)))
    store.limit(engine)
    question = text("SELECT 1")
    with engine.connect() as connection:
        assert connection.execute(question).scalar() == 1
    with gate.being(Way.hangs):
        for most in (2.0, 0.1):
            began = time.monotonic()
            with pytest.raises(OperationalError), engine.connect() as connection:
                connection.execute(question)
            assert time.monotonic() - began < most
    await asyncio.sleep(0.6)
    with engine.connect() as connection:
        assert connection.execute(question).scalar() == 1
    engine.dispose()
    gate.be(Way.away)


def test_an_error_of_a_statement_is_no_absence(sqlite):
    async def ask() -> None:
        with pytest.raises(OperationalError), sqlite.connect() as connection:
            connection.execute(text("SELECT * FROM nowhere"))
        with sqlite.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 0

    store.limit(sqlite)
    asyncio.run(ask())
