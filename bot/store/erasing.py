"""Erase one conversation for good: its rows go, and a tombstone says so to whoever has copies or is about to write more."""

from __future__ import annotations

import time

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine

DELETE = text("DELETE FROM events WHERE sender_id = :conversation")
BURY = text(
    "INSERT INTO erased_conversations (sender_id, erased_at) SELECT :conversation, :now "
    "WHERE NOT EXISTS (SELECT 1 FROM erased_conversations WHERE sender_id = :conversation)"
)
IS_ERASED = text("SELECT count(*) FROM erased_conversations WHERE sender_id = :conversation")
LOCK = text("SELECT pg_advisory_xact_lock(hashtext(:conversation))")


class Erased(Exception):
    """The conversation was erased; nothing more of it is stored."""


def erase(engine: Engine, conversation: str) -> int:
    """Delete all events of a conversation and leave its tombstone, both or neither; returns how many events there were."""
    with engine.begin() as connection:
        one_at_a_time(connection, conversation)
        connection.execute(BURY, {"conversation": conversation, "now": time.time()})
        return int(connection.execute(DELETE, {"conversation": conversation}).rowcount)


def remove(engine: Engine, conversation: str) -> int:
    """Delete all events of a conversation that no family had (health's own); it may begin again."""
    with engine.begin() as connection:
        return int(connection.execute(DELETE, {"conversation": conversation}).rowcount)


def is_erased(connection: Connection, conversation: str) -> bool:
    """Whether a family erased the conversation."""
    return bool(connection.execute(IS_ERASED, {"conversation": conversation}).scalar())


def one_at_a_time(connection: Connection, conversation: str) -> None:
    """Until this transaction ends, who else erases or writes the same conversation waits.

    SQLite has one writer at a time anyway. PostgreSQL would let a turn that began before the erasing write its rows after it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(LOCK, {"conversation": conversation})
