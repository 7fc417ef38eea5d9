"""The conversations' database of both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import PostgreSQL
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bot import store

POSTGRESQL_EVENTS = """
CREATE TABLE events (id SERIAL PRIMARY KEY, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL, timestamp FLOAT,
    intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT)
"""


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    server = PostgreSQL()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    engine = store.connect(str(tmp_path / "conversations.db"))
    with engine.begin() as connection:
        connection.execute(text(store.tables.NEW_EVENTS.replace("new_events", "events")))
    store.prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def on_postgresql(postgresql: PostgreSQL) -> Iterator[Engine]:
    engine = store.connect(postgresql.url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS events, erased_conversations, spools"))
        connection.execute(text(POSTGRESQL_EVENTS))
    store.prepare(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "on_postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found
