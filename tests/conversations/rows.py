"""Events as Rasa writes them, and what is left of them."""

from __future__ import annotations

import json
import time

from sqlalchemy import text
from sqlalchemy.engine import Engine

INSERT = text(
    "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (:sender_id, 'user', :timestamp, :data) RETURNING id"
)


def say(engine: Engine, conversation: str, words: str = "hello", days_ago: float = 0.0) -> int:
    """Write an event of a conversation; returns its id."""
    data = json.dumps({"event": "user", "text": words})
    row = {"sender_id": conversation, "timestamp": time.time() - days_ago * 24 * 3600, "data": data}
    with engine.begin() as connection:
        return int(connection.execute(INSERT, row).scalar())


def conversations(engine: Engine) -> dict[str, int]:
    """How many events each stored conversation has."""
    with engine.connect() as connection:
        return dict(connection.execute(text("SELECT sender_id, count(*) FROM events GROUP BY sender_id")).fetchall())


def tombstones(engine: Engine) -> list[tuple[str, float]]:
    with engine.connect() as connection:
        return [
            tuple(row) for row in connection.execute(text("SELECT sender_id, erased_at FROM erased_conversations ORDER BY id"))
        ]
