"""What a turn asks of the conversation before it: its last events, and how long its session is."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from bot import store

INSERT = text("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (:who, :kind, :time, :data)")


@pytest.fixture
def talk(engine: Engine) -> Engine:
    """Two conversations, woven into each other; the first began anew at 50."""
    with engine.begin() as connection:
        for time, kind in enumerate(["action", "user", "slot", "bot", "action"] * 20):
            for who in ("ann", "ben"):
                row = {"who": who, "kind": kind, "time": time, "data": f"{who} {time}"}
                if (who, time) == ("ann", 50):
                    row["kind"] = "session_started"
                connection.execute(INSERT, row)
    return engine


def test_the_last_events_of_some_kinds_newest_first(talk):
    with talk.connect() as connection:
        assert store.last_events(connection, "ann", ("user", "bot"), 3) == [
            ("bot", "ann 98"), ("user", "ann 96"), ("bot", "ann 93"),
        ]  # fmt: skip
        assert store.last_events(connection, "ann", ("session_started",), 3) == [("session_started", "ann 50")]
        assert store.last_events(connection, "nobody", ("user",), 3) == []


def test_a_session_and_all_sessions_oldest_first(talk):
    with talk.connect() as connection:
        assert store.session_events(connection, "ann") == [f"ann {time}" for time in range(50, 100)]
        assert store.session_events(connection, "ben") == [f"ben {time}" for time in range(100)]
        assert store.all_events(connection, "ann") == [f"ann {time}" for time in range(100)]
        assert store.all_events(connection, "nobody") == []


def test_a_clock_that_was_put_back_takes_nothing_out_of_a_session(talk):
    with talk.begin() as connection:
        connection.execute(INSERT, {"who": "ann", "kind": "user", "time": 3, "data": "late"})
        assert store.session_events(connection, "ann")[-1] == "late"
        assert store.session_length(connection, "ann") == 51


def test_a_session_is_what_came_since_it_began(talk):
    with talk.connect() as connection:
        assert store.session_length(connection, "ann") == 50
        assert store.session_length(connection, "ben") == 100
        assert store.session_length(connection, "nobody") == 0
