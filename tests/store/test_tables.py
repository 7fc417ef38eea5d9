"""Ids are never used twice, in new databases and in those that were made without that."""

from __future__ import annotations

import sqlite3
import threading
import time

import pytest
from rows import conversations, say
from sqlalchemy import bindparam, inspect, text
from sqlalchemy.sql.elements import TextClause

from bot import store
from bot.store.reading import LAST, LENGTH, SESSION
from bot.store.tables import COLUMNS, INDEX, IS_WHOLE

OF_BEFORE = """
CREATE TABLE events (id INTEGER NOT NULL, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL, timestamp FLOAT,
    intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT, PRIMARY KEY (id));
CREATE INDEX ix_events_sender_id ON events (sender_id);
"""


@pytest.fixture
def older(tmp_path):
    """A database as Rasa alone makes it, with gaps in its ids."""
    path = tmp_path / "older.db"
    database = sqlite3.connect(path)
    database.executescript(OF_BEFORE)
    rows = [
        (id, f"chat{id % 7}", "user", id / 10, None, "action_listen", f'{{"text": "words {id}"}}') for id in range(1, 500, 3)
    ]
    database.executemany(f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    database.commit()
    database.close()
    return path, rows


def rows_of(path):
    database = sqlite3.connect(path)
    try:
        return database.execute("SELECT * FROM events ORDER BY id").fetchall()
    finally:
        database.close()


def test_the_id_of_a_deleted_last_row_is_not_used_again(engine):
    """A reader that has seen the last row and asks for later ones must see the next one."""
    say(engine, "one")
    last = say(engine, "two")
    store.erase(engine, "two")
    assert say(engine, "three") > last


def test_without_that_sqlite_uses_it_again(tmp_path):
    """What the test above stands against."""
    database = sqlite3.connect(tmp_path / "plain.db")
    database.executescript(OF_BEFORE)
    insert = "INSERT INTO events (sender_id, type_name) VALUES ('a', 'user')"
    last = database.execute(insert).lastrowid
    database.execute("DELETE FROM events")
    assert database.execute(insert).lastrowid == last
    database.close()


def test_an_older_database_is_rewritten_once_with_all_its_rows(older):
    path, rows = older
    engine = store.connect(str(path))
    for _ in range(2):
        store.prepare(engine)
        assert rows_of(path) == rows
    last = say(engine, "last")
    assert last == rows[-1][0] + 1
    store.erase(engine, "last")
    assert say(engine, "next") == last + 1
    with engine.connect() as connection:
        plan = connection.execute(text("EXPLAIN QUERY PLAN SELECT * FROM events WHERE sender_id = 'x'")).fetchall()
        assert "ix_events_sender_id" in str(plan)
    engine.dispose()


def test_two_processes_that_start_at_once_rewrite_it_once(older):
    path, rows = older
    engines = [store.connect(str(path)) for _ in range(4)]
    threads = [threading.Thread(target=store.prepare, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rows_of(path) == rows
    for engine in engines:
        store.prepare(engine)
        engine.dispose()


def test_a_rewriting_that_fails_leaves_every_row(older, monkeypatch):
    path, rows = older
    monkeypatch.setattr("bot.store.tables.NEW_EVENTS", "CREATE TABLE new_events (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    engine = store.connect(str(path))
    with pytest.raises(store.StoreError, match=r"^TRACKER_DB: .* Stop what else uses them"):
        store.prepare(engine)
    engine.dispose()
    assert rows_of(path) == rows


def test_a_database_in_use_is_not_waited_for_without_end(older):
    path, rows = older
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    engine = store.connect(str(path))
    with pytest.raises(store.StoreError, match="database is locked"):
        store.prepare(engine)
    other.execute("ROLLBACK")
    other.close()
    engine.dispose()
    assert rows_of(path) == rows


def test_a_table_that_rasa_did_not_make_is_left_alone(tmp_path):
    path = tmp_path / "other.db"
    database = sqlite3.connect(path)
    database.executescript(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO events VALUES (1, 'Meeting');"
    )
    database.close()
    engine = store.connect(str(path))
    with pytest.raises(store.StoreError, match=r"^TRACKER_DB: the table events has the columns id, title"):
        store.prepare(engine)
    engine.dispose()
    assert rows_of(path) == [(1, "Meeting")]


def test_a_file_that_is_no_database_is_named_as_such(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear family, " * 100)
    engine = store.connect(str(path))
    with pytest.raises(store.StoreError, match=r"^TRACKER_DB: .*not a database"):
        store.prepare(engine)
    assert path.read_text() == "Dear family, " * 100


def test_copies_that_start_at_once_make_one_table_of_tombstones(engine):
    problems: list[Exception] = []

    def start() -> None:
        try:
            store.prepare(engine)
        except store.StoreError as error:
            problems.append(error)

    for _ in range(5):
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE erased_conversations"))
        threads = [threading.Thread(target=start) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        assert store.erase(engine, "nobody") == 0


def test_preparing_again_keeps_everything(engine):
    say(engine, "one")
    store.erase(engine, "two")
    store.prepare(engine)
    assert conversations(engine) == {"one": 1}
    with engine.connect() as connection:
        assert store.is_erased(connection, "two")


MANY_EVENTS = """
INSERT INTO events (sender_id, type_name, data)
SELECT 'chat' || n % 20, CASE WHEN n / 20 % 30 = 0 THEN 'session_started' ELSE 'user' END, '{}'
FROM generate_series(1, 40000) AS n
"""


def plan_of(connection, statement: TextClause) -> str:
    kinds = [bindparam("kinds", ["user"], expanding=True)] if statement is LAST else []
    values = {"conversation": "chat3", "most": 60}
    rows = connection.execute(text(f"EXPLAIN {statement.text}").bindparams(*kinds), values)
    return "\n".join(row[0] for row in rows)


def test_postgresql_does_not_go_through_all_of_a_long_chat_to_find_its_last_events(on_postgresql):
    engine = on_postgresql
    with engine.begin() as connection:
        connection.execute(text("CREATE INDEX ix_events_sender_id ON events (sender_id)"))  # Rasa's
        connection.execute(text(MANY_EVENTS))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE events"))
        for _ in range(2):  # at the next start it is there already
            store.make_index(engine)
        for statement in (LAST, LENGTH, SESSION):
            assert INDEX in plan_of(connection, statement)
        assert "Sort" not in plan_of(connection, LAST)


def test_without_the_right_to_make_the_index_the_guide_works_and_says_so(on_postgresql, caplog):
    with on_postgresql.begin() as connection:
        connection.execute(text("CREATE ROLE reader"))
        connection.execute(text("GRANT SELECT ON events TO reader"))
    url = on_postgresql.url.render_as_string(hide_password=False)
    weak = store.connect(url, connect_args={"options": "-c role=reader"})
    try:
        store.make_index(weak)
        assert INDEX not in {one["name"] for one in inspect(on_postgresql).get_indexes("events")}
        assert [one.message for one in caplog.records] == [
            "TRACKER_DB: long chats are read slowly, their index could not be made: ProgrammingError"
        ]
    finally:
        weak.dispose()
        with on_postgresql.begin() as connection:
            connection.execute(text("DROP OWNED BY reader"))
            connection.execute(text("DROP ROLE reader"))


def test_an_index_that_was_left_half_made_is_made_anew(on_postgresql):
    store.make_index(on_postgresql)
    half = text(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{INDEX}'::regclass")
    with on_postgresql.begin() as connection:
        connection.execute(half)
        assert connection.execute(IS_WHOLE).scalar() is False
    store.make_index(on_postgresql)
    with on_postgresql.connect() as connection:
        assert connection.execute(IS_WHOLE).scalar() is True


def test_while_a_copy_makes_the_index_families_write_and_another_copy_does_not_wait(on_postgresql):
    """What is under way when it begins holds it up, and it holds up nobody."""
    with on_postgresql.begin() as under_way:
        under_way.execute(text("INSERT INTO events (sender_id, type_name) VALUES ('under way', 'user')"))
        making = threading.Thread(target=store.make_index, args=(on_postgresql,))
        making.start()
        with on_postgresql.connect() as sees:
            deadline = time.monotonic() + 20
            while sees.execute(IS_WHOLE).scalar() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            assert sees.execute(IS_WHOLE).scalar() is False, "it is being made"
        store.make_index(on_postgresql)
        assert say(on_postgresql, "meanwhile")
        assert making.is_alive()
    making.join(20)
    with on_postgresql.connect() as connection:
        assert connection.execute(IS_WHOLE).scalar() is True


def test_sqlite_needs_no_index_more(sqlite):
    before = inspect(sqlite).get_indexes("events")
    store.make_index(sqlite)
    assert inspect(sqlite).get_indexes("events") == before
