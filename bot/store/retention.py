"""Remove conversations whose last event is too old: whole ones, never half of one."""

from __future__ import annotations

import time
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.engine import Engine

DAY = 24 * 3600
"""Seconds."""
BATCH = 50
"""Conversations that are deleted in one transaction."""
PAUSE = 0.1
"""Seconds between two batches, so that who writes a turn gets in between."""
OLD = text("SELECT sender_id FROM events GROUP BY sender_id HAVING max(timestamp) < :limit")
DELETE = text(
    "DELETE FROM events WHERE sender_id = :conversation "
    "AND NOT EXISTS (SELECT 1 FROM events WHERE sender_id = :conversation AND timestamp >= :limit)"
)
"""Asked anew, because a turn may have come since."""


class Purged(NamedTuple):
    """How many were removed."""

    conversations: int
    events: int


def purge(engine: Engine, days: int) -> Purged:
    """Delete every conversation whose last event is more than ``days`` days old.

    A session token must not be valid for longer (``Settings`` sees to that), so that no turn is added to a chat that goes.
    """
    limit = time.time() - days * DAY
    with engine.connect() as connection:
        old = [row.sender_id for row in connection.execute(OLD, {"limit": limit})]
    counts = []
    for first in range(0, len(old), BATCH):
        if first:
            time.sleep(PAUSE)
        with engine.begin() as connection:
            for conversation in old[first : first + BATCH]:
                counts.append(connection.execute(DELETE, {"conversation": conversation, "limit": limit}).rowcount)
    return Purged(sum(count > 0 for count in counts), sum(counts))
