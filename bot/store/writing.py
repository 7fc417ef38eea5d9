"""Adds events to a conversation, as Rasa's own SQL tracker store would fill the columns."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.sql.elements import TextClause

from bot.store.erasing import LOCK, Erased, is_erased
from bot.store.reading import IN_SESSION

FILLED = ("sender_id", "type_name", "timestamp", "intent_name", "action_name", "data")
SAME = text("SELECT count(*) FROM events WHERE sender_id = :conversation AND data = :data")
Event = Mapping[str, Any]


class Changed(Exception):
    """The conversation is not as it was when it was read; nothing was written."""


def write(connection: Connection, conversation: str, events: Sequence[Event], known: int | None = None) -> None:
    """Add the events (Rasa's, as dictionaries): all of them or none.

    ``known`` is how many events the current session has, as far as the writer knows. Raises Changed when it has more or fewer,
    and Erased when a family erased the conversation: a turn that was under way meanwhile must not bring rows back.
    """
    if not events:
        return
    values: dict[str, Any] = {"conversation": conversation, "known": known}
    for number, event in enumerate(events):
        values.update((f"{name}_{number}", value) for name, value in _row(conversation, event).items())
    if not connection.execute(_statement(len(events), connection.dialect.name == "postgresql"), values).rowcount:
        raise Erased if is_erased(connection, conversation) else Changed


def is_stored(connection: Connection, conversation: str, event: Event) -> bool:
    """Whether the conversation has this very event: each has its own time."""
    return bool(connection.execute(SAME, {"conversation": conversation, "data": json.dumps(event)}).scalar())


@functools.cache
def _statement(rows: int, locks: bool) -> TextClause:
    """One statement that looks and writes, because on its way to PostgreSQL and back each takes as long as its work.

    SQLite has one writer at a time anyway; PostgreSQL takes a lock first, or would not see an erasing that is under way.
    """
    given = ", ".join(f"({number}, {', '.join(f':{name}_{number}' for name in FILLED)})" for number in range(rows))
    # PostgreSQL takes a column for text that has no value in any row.
    columns = "column2, column3, CAST(column4 AS FLOAT), column5, column6, column7"
    return text(
        f"{f'{LOCK.text}; ' if locks else ''}INSERT INTO events ({', '.join(FILLED)}) "
        f"SELECT {columns} FROM (VALUES {given}) AS given "
        "WHERE NOT EXISTS (SELECT 1 FROM erased_conversations WHERE sender_id = :conversation) "
        f"AND (CAST(:known AS INTEGER) IS NULL OR (SELECT count(*) {IN_SESSION}) = :known) ORDER BY column1"
    )


def _row(conversation: str, event: Event) -> dict[str, Any]:
    """The columns of an event."""
    return {
        "sender_id": conversation,
        "type_name": event["event"],
        "timestamp": event.get("timestamp"),
        "intent_name": (event.get("parse_data") or {}).get("intent", {}).get("name"),
        "action_name": event.get("name"),
        "data": json.dumps(event),
    }
