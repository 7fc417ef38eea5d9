"""How far a table was read, by its ids, when ids may appear out of order. No Django, no database.

PostgreSQL hands out ids before it commits: row 7 may appear after row 8. So each id that is missing below the highest one is
looked for again, for an hour. Most never appear: they belonged to what was erased or rolled back.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

PATIENCE_SECONDS = 60 * 60
"""How long a missing id is looked for. The guide's transactions take milliseconds."""
OLD_SECONDS = 24 * 60 * 60
"""A gap before a row of this age is not looked for at all; far more than two clocks differ."""


@dataclass(frozen=True)
class Row:
    """A row as the position sees it; ``time`` in seconds since 1970."""

    id: int
    sender_id: str
    time: float


@dataclass(frozen=True)
class Gap:
    """Ids from ``first`` to ``last`` were missing at ``since`` (seconds since 1970)."""

    first: int
    last: int
    since: float


@dataclass(frozen=True)
class Position:
    """``last``: the highest id that was read, and the time of that row."""

    last: int = 0
    last_time: float = 0.0
    gaps: tuple[Gap, ...] = field(default=())

    def after(self, rows: Iterable[Row], now: float | None = None) -> Position:
        """The position once ``rows`` were read: rows in its gaps, and all rows from ``last`` to the highest of them."""
        now = time.time() if now is None else now
        last, last_time, gaps = self.last, self.last_time, [gap for gap in self.gaps if now - gap.since < PATIENCE_SECONDS]
        for row in sorted(rows, key=lambda row: row.id):
            if row.id > last:
                if row.id > last + 1 and now - row.time < OLD_SECONDS:
                    gaps.append(Gap(last + 1, row.id - 1, now))
                last, last_time = row.id, row.time
            else:
                gaps = [piece for gap in gaps for piece in _without(gap, row.id)]
        return Position(last, last_time, tuple(gaps))


def _without(gap: Gap, found: int) -> list[Gap]:
    if not gap.first <= found <= gap.last:
        return [gap]
    pieces = [Gap(gap.first, found - 1, gap.since), Gap(found + 1, gap.last, gap.since)]
    return [piece for piece in pieces if piece.first <= piece.last]
