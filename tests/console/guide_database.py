"""The guide's database with invented conversations, written in the shape in which Rasa 3.6 and the web channel write it."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

Event = dict[str, Any]
CREATE_SQLITE = """
CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY AUTOINCREMENT, sender_id VARCHAR(255) NOT NULL,
    type_name VARCHAR(255) NOT NULL, timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT);
CREATE INDEX IF NOT EXISTS ix_events_sender_id ON events (sender_id);
CREATE TABLE IF NOT EXISTS erased_conversations (id INTEGER PRIMARY KEY AUTOINCREMENT, sender_id TEXT NOT NULL,
    erased_at REAL NOT NULL);
"""
CREATE_POSTGRES = CREATE_SQLITE.replace("INTEGER PRIMARY KEY AUTOINCREMENT", "SERIAL PRIMARY KEY").replace(
    "REAL", "DOUBLE PRECISION"
)
INSERT = "INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data) VALUES (?, ?, ?, ?, ?, ?)"
BURY = "INSERT INTO erased_conversations (sender_id, erased_at) VALUES (?, ?)"
ERASE = "DELETE FROM events WHERE sender_id = ?"


def user(
    text: str = "What is an AML?", intent: str = "ask_aml/what", choice: str = "", confidence: float = 0.9, **more: Any
) -> Event:
    """A message of the family, or a pressed button; ``more``: ``metadata``, ``entities``, ``ranking``."""
    area, _, name = intent.partition("/")
    entities = list(more.get("entities", []))
    if choice:
        entities.append({"entity": "choice", "value": choice})
    found: Event = {"name": area, "confidence": 1.0 if choice else confidence}
    if name:
        found["full_retrieval_intent_name"] = intent
    parsed = {"intent": found, "entities": entities, "text": text, "intent_ranking": more.get("ranking", [])}
    metadata = {"model_id": "m", **more.get("metadata", {})}
    return {"event": "user", "text": text, "parse_data": parsed, "metadata": metadata, "input_channel": "web"}


def bot(text: str = "A growth in the kidney.", kind: str = "answer", **custom: Any) -> Event:
    """A message of the guide; ``custom`` adds to its custom data."""
    data = {"elements": None, "buttons": custom.pop("buttons", None), "image": None, "custom": {"kind": kind, **custom}}
    return {"event": "bot", "text": text, "data": data, "metadata": {"model_id": "m"}}


def added(text: str = "I cannot answer right now.", kind: str = "notice", **custom: Any) -> Event:
    """A message that the channel itself put first, and stored last."""
    return {**bot(text, kind, **custom), "metadata": {}}


def action(name: str) -> Event:
    return {"event": "action", "name": name, "policy": "RulePolicy", "confidence": 1.0}


def slot(name: str, value: Any) -> Event:
    return {"event": "slot", "name": name, "value": value}


def session() -> list[Event]:
    """What a new session of Rasa begins with, after the first."""
    return [action("action_session_start"), {"event": "session_started"}, slot("place", "AU"), action("action_listen")]


def turn(text: str = "What is an AML?", **more: Any) -> list[Event]:
    """The events of one plain turn, in Rasa's order."""
    return [
        user(text, **more),
        {"event": "user_featurization", "use_text_for_featurization": False},
        action("action_answer"),
        bot(topic="aml/what", sources=[{"id": "tsa", "group": "charity", "title": "Kidneys"}]),
        slot("topic", "aml/what"),
        action("action_listen"),
    ]


class GuideDatabase:
    """What the guide does to its database. ``mark`` is the placeholder of the connection's queries."""

    url: str
    connection: Any
    mark = "?"

    def conversation(self) -> str:
        return uuid.uuid4().hex

    def say(self, sender: str, events: Sequence[Event], at: float | None = None) -> list[int]:
        """Write events in one transaction, as Rasa does at the end of a turn; returns their ids."""
        return self.write([(sender, event) for event in events], at)

    def write(self, rows: Sequence[tuple[str, Event]], at: float | None = None) -> list[int]:
        begun = time.time() if at is None else at
        ids = []
        for number, (sender, event) in enumerate(rows):
            when = begun + number / 1000
            values = (sender, event["event"], when, None, event.get("name"), json.dumps({**event, "timestamp": when}))
            ids.append(self._insert(values))
        self.connection.commit()
        return ids

    def erase(self, sender: str, at: float | None = None) -> None:
        """Delete a conversation and leave its tombstone, both or neither."""
        self._run(ERASE, (sender,))
        self._run(BURY, (sender, time.time() if at is None else at))
        self.connection.commit()

    def remove(self, sender: str) -> None:
        """Delete a conversation without a tombstone, as the health check does with its own."""
        self._run(ERASE, (sender,))
        self.connection.commit()

    def ids(self, *types: str) -> dict[str, list[int]]:
        """Ids of the events of these types, by conversation."""
        marks = ", ".join([self.mark] * len(types))
        found: dict[str, list[int]] = {}
        for sender, id_ in self._run(f"SELECT sender_id, id FROM events WHERE type_name IN ({marks}) ORDER BY id", types):
            found.setdefault(sender, []).append(id_)
        self.connection.commit()
        return found

    def close(self) -> None:
        self.connection.close()

    def _insert(self, values: Sequence[Any]) -> int:
        return int(self._run(f"{INSERT} RETURNING id", values).fetchone()[0])

    def _run(self, query: str, values: Sequence[Any] = ()) -> Any:
        return self.connection.execute(query.replace("?", self.mark), values)


class SqliteDatabase(GuideDatabase):
    def __init__(self, file: Path) -> None:
        self.file, self.url = file, f"sqlite:///{file}"
        self.connection = sqlite3.connect(file, timeout=30)
        self.connection.executescript(CREATE_SQLITE)
        self.connection.commit()


class PostgresDatabase(GuideDatabase):
    """Reached as its owner; ``url`` is that of an account that can only read."""

    mark = "%s"

    def __init__(self, owner_url: str, url: str) -> None:
        self.url = url
        self.connection = psycopg.connect(owner_url, connect_timeout=5)

    def prepare(self) -> PostgresDatabase:
        """Make the tables, and let the account ``reader`` read them."""
        self.connection.execute(CREATE_POSTGRES)
        self.connection.execute("GRANT SELECT ON events, erased_conversations TO reader")
        self.connection.commit()
        return self
