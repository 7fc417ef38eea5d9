"""Not more turns at once than the server can do in time.

All turns share one processor. When two hundred begin together, each takes as long as all of them, nearly all run into the
limit of a turn, and their work was for nothing. A few at a time, the others in the order in which they came, and everyone gets
an answer.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

PLACES = 20
"""Turns at once. Enough that a few slow ones do not stop the others; each takes about a second when all are taken."""
PATIENCE = 20.0
"""Seconds that a message waits for its turn; pages wait thirty for the answer."""


class NoPlace(Exception):
    """The message has waited long enough; whoever sent it is asked to try again."""


class WaitingRoom:
    def __init__(self, places: int = PLACES, patience: float = PATIENCE) -> None:
        self._free = asyncio.Semaphore(places)
        self._patience = patience

    @property
    def full(self) -> bool:
        """Whether a message would have to wait now."""
        return self._free.locked()

    @contextlib.asynccontextmanager
    async def place(self, first: bool = False) -> AsyncIterator[None]:
        """Wait for a place and hold it. ``first``: an emergency waits for nobody. Raises NoPlace."""
        if first:
            yield
            return
        try:
            await asyncio.wait_for(self._free.acquire(), self._patience)
        except asyncio.TimeoutError:
            raise NoPlace from None
        try:
            yield
        finally:
            self._free.release()
