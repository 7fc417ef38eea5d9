"""Not more turns at once than the server can do in time.

All turns share one processor. When two hundred begin together, each takes as long as all of them, nearly all run into the
limit of a turn, and their work was for nothing. A few at a time, the others in the order in which they came, and everyone gets
an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

PLACES = 5
"""Turns at once. With 20, a message of several sentences waited for four times as many others as a short one: of 50 families,
one in twenty waited 1.52 s or more; with 5 it was 1.25 s, at as many turns a second (bench/crowd.py)."""
SLOW_AFTER = 1.0
"""Seconds after which a turn gives its place away: it waits for something else, such as the action server."""
SLOW = 15
"""Turns that may be under way beside those PLACES. With more of them, slow turns keep theirs: it is the processor after all."""
PATIENCE = 20.0
"""Seconds that a message waits for its turn; pages wait thirty for the answer."""


class NoPlace(Exception):
    """The message has waited long enough; whoever sent it is asked to try again."""


class WaitingRoom:
    def __init__(
        self, places: int = PLACES, patience: float = PATIENCE, slow_after: float = SLOW_AFTER, most_slow: int = SLOW
    ) -> None:
        self._free = asyncio.Semaphore(places)
        self._patience, self._slow_after = patience, slow_after
        self._slow = asyncio.Semaphore(most_slow)

    @property
    def full(self) -> bool:
        """Whether a message would have to wait now."""
        return self._free.locked()

    @contextlib.asynccontextmanager
    async def place(self, first: bool = False) -> AsyncIterator[None]:
        """Wait for a place and hold it. ``first``: an emergency that finds none free waits for nobody. Raises NoPlace."""
        if not self.full:
            await self._free.acquire()  # at once: with wait_for, others could come in between
        elif first:
            yield
            return
        else:
            try:
                await asyncio.wait_for(self._free.acquire(), self._patience)
            except asyncio.TimeoutError:
                raise NoPlace from None
        gives_away = asyncio.create_task(self._give_away())
        try:
            yield
        finally:
            gave_away = gives_away.done() and not gives_away.cancelled()
            gives_away.cancel()
            (self._slow if gave_away else self._free).release()

    async def _give_away(self) -> None:
        await asyncio.sleep(self._slow_after)
        await self._slow.acquire()
        self._free.release()
