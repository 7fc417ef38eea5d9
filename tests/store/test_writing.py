"""Events are stored all or none, in their order, and only after what the writer knows of the conversation."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bot import store


def events(*texts: str, kind: str = "user") -> list[dict[str, Any]]:
    return [{"event": kind, "timestamp": 1.5, "text": one, "name": None} for one in texts]


def write(engine: Engine, *texts: str, known: int | None = None, who: str = "ann", kind: str = "user") -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        store.write(connection, who, events(*texts, kind=kind), known)


def stored(engine: Engine, who: str = "ann") -> list[str]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT data FROM events WHERE sender_id = :who ORDER BY id"), {"who": who})
        return [row.data.partition('"text": "')[2].partition('"')[0] for row in rows]


def test_the_rows_keep_their_order(engine):
    said = [f"word {number}" for number in range(40)]
    write(engine, *said)
    assert stored(engine) == said


def test_all_columns_are_filled(engine):
    one = {"event": "user", "timestamp": 1.5, "text": "100 % :sure; 'yes'", "parse_data": {"intent": {"name": "ask_aml"}}}
    with engine.begin() as connection:
        store.write(connection, "ann", [one, {"event": "action", "timestamp": 2.5, "name": "action_answer"}])
        rows = connection.execute(
            text("SELECT sender_id, type_name, timestamp, intent_name, action_name FROM events ORDER BY id")
        )
        assert [tuple(row) for row in rows] == [
            ("ann", "user", 1.5, "ask_aml", None), ("ann", "action", 2.5, None, "action_answer"),
        ]  # fmt: skip
    assert stored(engine)[0] == "100 % :sure; 'yes'"


def test_nothing_to_write_is_no_change(engine):
    write(engine, known=7)
    assert stored(engine) == []


@pytest.mark.parametrize("known", [0, 1, 3])
def test_a_conversation_that_has_more_or_fewer_events_than_the_writer_knows_is_not_written_to(engine, known):
    write(engine, "one", "two", known=0)
    with pytest.raises(store.Changed):
        write(engine, "three", known=known)
    assert stored(engine) == ["one", "two"]
    write(engine, "three", known=2)
    write(engine, "somebody else's", known=0, who="ben")
    assert stored(engine) == ["one", "two", "three"]


def test_what_is_known_counts_from_the_last_beginning_of_a_session(engine):
    write(engine, "one", "two", known=0)
    write(engine, "anew", known=2, kind="session_started")
    with pytest.raises(store.Changed):
        write(engine, "three", known=3)
    write(engine, "three", known=1)
    assert stored(engine) == ["one", "two", "anew", "three"]


def test_an_erased_conversation_is_not_written_to_whatever_the_writer_knows(engine):
    write(engine, "one")
    store.erase(engine, "ann")
    for known in (None, 0, 1):
        with pytest.raises(store.Erased):
            write(engine, "two", known=known)
    assert stored(engine) == []


def test_of_writers_that_know_the_same_one_writes(engine):
    outcomes = list[str]()

    def one(number: int) -> None:
        try:
            write(engine, f"writer {number}", known=0)
            outcomes.append("written")
        except store.Changed:
            outcomes.append("changed")

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["changed"] * 7 + ["written"]
    assert len(stored(engine)) == 1
