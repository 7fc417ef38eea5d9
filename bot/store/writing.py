"""Adds events to a conversation, as Rasa's own SQL tracker store would fill the columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import column, insert, table
from sqlalchemy.engine import Connection

from bot.store.erasing import refuse_erased
from bot.store.tables import COLUMNS, EVENTS

WRITE = insert(table(EVENTS, *(column(name) for name in COLUMNS)))
"""Not as text: of such a statement SQLAlchemy sends PostgreSQL all rows at once, else one after the other."""
Event = Mapping[str, Any]


def write(connection: Connection, conversation: str, events: Sequence[Event]) -> None:
    """Add the events (Rasa's, as dictionaries) within the transaction of ``connection``.

    Raises Erased when a family erased the conversation; the transaction has to be rolled back then.
    """
    if events:
        connection.execute(WRITE, [row(conversation, event) for event in events])
        refuse_erased(connection, conversation)


def row(conversation: str, event: Event) -> dict[str, Any]:
    """The columns of an event."""
    return {
        "sender_id": conversation,
        "type_name": event["event"],
        "timestamp": event.get("timestamp"),
        "intent_name": (event.get("parse_data") or {}).get("intent", {}).get("name"),
        "action_name": event.get("name"),
        "data": json.dumps(event),
    }
