"""What a turn has to know of the conversation before Rasa reads it: two small questions that do not grow with it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, text
from sqlalchemy.engine import Connection

LAST = text(
    "SELECT data FROM events WHERE sender_id = :conversation AND type_name IN :kinds ORDER BY id DESC LIMIT :most"
).bindparams(bindparam("kinds", expanding=True))
SESSION = text(
    "SELECT count(*) FROM events WHERE sender_id = :conversation AND timestamp >= coalesce((SELECT max(timestamp) FROM events "
    "WHERE sender_id = :conversation AND type_name = 'session_started'), 0)"
)
"""Rasa's own idea of a session: what is not older than the last beginning of one."""


def last_events(connection: Connection, conversation: str, kinds: Sequence[str], most: int) -> list[str]:
    """The last ``most`` events of these kinds (Rasa's type names) as stored (JSON), oldest first."""
    rows = connection.execute(LAST, {"conversation": conversation, "kinds": list(kinds), "most": most})
    return [row.data for row in rows][::-1]


def session_length(connection: Connection, conversation: str) -> int:
    """How many events the conversation's current session has."""
    return int(connection.execute(SESSION, {"conversation": conversation}).scalar() or 0)
