"""Nothing of what was deleted can be read in the files, byte by byte."""

from __future__ import annotations

import random
import secrets
from pathlib import Path

import pytest
from rows import conversations
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bot import store

LENGTHS = (50, 300, 900, 3000)
"""Characters: some rows share a page, some need several."""


def fill(engine: Engine, chats: int, turns: int) -> list[str]:
    """Conversations whose events are mixed as they are when families write at the same time."""
    dice, names = random.Random(1), [secrets.token_hex(16) for _ in range(chats)]
    rows = []
    for _ in range(turns):
        name = dice.choice(names)
        rows += [{"name": name, "data": f"canary {name} " + "x" * dice.choice(LENGTHS), "at": 1000.0} for _ in range(8)]
    insert = text("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (:name, 'user', :at, :data)")
    with engine.begin() as connection:
        connection.execute(insert, rows)
    return names


def bytes_of(folder: Path) -> bytes:
    """All files of the database: beside it there may be a -journal or a -wal."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def readable(folder: Path, names: list[str]) -> list[str]:
    content = bytes_of(folder)
    return [name for name in names if name.encode() in content]


@pytest.fixture(params=["delete", "wal"])
def journal(request, sqlite) -> str:
    with sqlite.connect() as connection:
        connection.execute(text(f"PRAGMA journal_mode = {request.param}"))
    return str(request.param)


def test_erased_conversations_leave_only_their_tombstones(sqlite, tmp_path, journal):
    names = fill(sqlite, 60, 600)
    random.Random(2).shuffle(names)
    gone = names[:40]
    for name in gone:
        store.erase(sqlite, name)
    assert store.clean(sqlite)
    content = bytes_of(tmp_path)
    assert [name for name in gone if f"canary {name}".encode() in content] == []
    assert set(conversations(sqlite)) == set(names[40:])
    with sqlite.begin() as connection:
        connection.execute(text("DELETE FROM erased_conversations"))
    assert store.clean(sqlite)
    assert readable(tmp_path, gone) == [], "in the tombstone alone was the number of the chat"


def test_removed_conversations_leave_nothing(sqlite, tmp_path, journal):
    names = fill(sqlite, 40, 300)
    assert store.purge(sqlite, 30).conversations == 40
    assert store.clean(sqlite)
    assert readable(tmp_path, names) == []


def test_deleting_alone_leaves_words_in_the_file(sqlite, tmp_path):
    """Why cleaning is needed: rows that were moved stay where they were."""
    names = fill(sqlite, 300, 3000)
    random.Random(1).shuffle(names)
    with sqlite.begin() as connection:
        for name in names[:200]:
            connection.execute(text("DELETE FROM events WHERE sender_id = :name"), {"name": name})
    assert readable(tmp_path, names[:200])
    assert store.clean(sqlite)
    assert readable(tmp_path, names[:200]) == []


def test_a_large_file_is_left_for_later(sqlite, tmp_path):
    fill(sqlite, 5, 20)
    size = (tmp_path / "conversations.db").stat().st_size
    assert not store.clean(sqlite, most=size - 1)
    assert store.clean(sqlite, most=size)


def test_cleaning_keeps_every_row_and_its_id(sqlite):
    fill(sqlite, 20, 100)
    with sqlite.connect() as connection:
        before = connection.execute(text("SELECT * FROM events ORDER BY id")).fetchall()
        store.clean(sqlite)
        assert connection.execute(text("SELECT * FROM events ORDER BY id")).fetchall() == before


def test_a_reader_that_holds_the_old_log_keeps_it_from_being_clean(sqlite, tmp_path):
    names = fill(sqlite, 5, 20)
    with sqlite.connect() as connection:
        connection.execute(text("PRAGMA journal_mode = wal"))
    reader = sqlite.connect()
    reader.execute(text("BEGIN"))
    reader.execute(text("SELECT count(*) FROM events")).scalar()
    store.purge(sqlite, 30)
    assert not store.clean(sqlite)
    reader.close()
    assert store.clean(sqlite)
    assert readable(tmp_path, names) == []


def test_postgresql_cleans_itself(engine):
    assert store.clean(engine) is (engine.dialect.name == "sqlite")
