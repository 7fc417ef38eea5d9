"""Rasa's locks, one for each conversation: in the memory of this process, and in Redis when several copies of the guide run.

Rasa's own ``RedisLockStore`` reads a lock, changes it and writes it back. Two copies that do so at the same moment are both
told that it is their turn, and a turn is stored twice or lost. Redis' own recipe (``SET NX`` with a token, in redis-py) tells
only one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from typing import TypeVar

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LOCK_LIFETIME, InMemoryLockStore, LockError
from rasa.utils.endpoints import EndpointConfig
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError as NotHeld
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as TooSlow

from bot.settings import Settings

LEASE = 5.0
"""Seconds after which the lock of a copy that died is free; well below the limit of a turn, so that the family's next message
is answered."""
RENEWAL = 1.0
"""Seconds between two renewals of a lock that is held."""
PATIENCE = 3.0
"""Seconds that Redis may take to renew a lock. With one, a machine that had twenty times too much to do lost locks that it
held. To take and to free one it gets half the limit of an alarm's turn (``WEB_ALARM_SECONDS``), at most: else a Redis that
takes connections and answers nothing would cost each alarm its whole turn, and nobody would notice."""
PAUSE = 5.0
"""Seconds until Redis is asked again after it failed."""
NEXT_TRY = 0.1
"""Seconds between two looks whether the lock of another copy is free."""
OWN_NEXT_TRY = 0.05
"""The same of the lock of another turn in this copy; with Rasa's second, an alarm would wait for half of its limit in vain."""
logger = logging.getLogger(__name__)
T = TypeVar("T")


class ConversationLocks(InMemoryLockStore):
    """The setting ``RATE_LIMIT_STORE`` names the Redis that copies share. Empty: there is one copy, and memory is enough.

    While Redis cannot be reached, only the messages that reach the same copy wait for each other: families are answered, and
    who sends two messages at the same moment risks their order, which is better than no answer.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        super().__init__()
        settings = Settings.read()
        url = settings.rate_limit_store
        self._redis: Redis[bytes] | None = (
            Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) if url else None
        )
        self._patience = min(PATIENCE, settings.web_alarm_seconds / 2)
        self._away_until = 0.0

    @contextlib.asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = LOCK_LIFETIME, wait_time_in_seconds: float = OWN_NEXT_TRY
    ) -> AsyncGenerator[TicketLock, None]:
        """Wait for the turn of a conversation, first in this process, then among all copies. Raises LockError."""
        own = super().lock(conversation_id, lock_lifetime, wait_time_in_seconds)
        async with own as ticket, self._among_copies(conversation_id, lock_lifetime):
            yield ticket

    async def close(self) -> None:
        """Close the connections to Redis."""
        if self._redis:
            await self._redis.close(close_connection_pool=True)

    @contextlib.asynccontextmanager
    async def _among_copies(self, conversation_id: str, patience: float) -> AsyncIterator[None]:
        held = await self._acquire(conversation_id, patience)
        if held is None:
            yield
            return
        renewing = asyncio.create_task(self._renew(held))
        try:
            yield
        finally:
            renewing.cancel()
            await self._release(held)

    async def _acquire(self, conversation_id: str, patience: float) -> Lock | None:
        if self._redis is None or time.monotonic() < self._away_until:
            return None
        lock = Lock(self._redis, f"lock:{conversation_id}", LEASE, thread_local=False)
        end = time.monotonic() + patience
        try:
            while not await self._soon(lock.acquire(blocking=False)):
                if time.monotonic() > end:
                    raise LockError("another copy of the guide did not finish this conversation's turn")
                await asyncio.sleep(NEXT_TRY)
        except RedisError as error:
            self._note(error)
            return None
        if self._away_until:
            self._away_until = 0.0
            logger.warning("RATE_LIMIT_STORE is back: conversations are locked among all copies")
        return lock

    async def _soon(self, asked: Awaitable[T]) -> T:
        """What Redis answers. Raises RedisError, also when it takes longer than a turn with an alarm can wait."""
        asking = asyncio.ensure_future(asked)
        try:
            await asyncio.wait({asking}, timeout=self._patience)
            if not asking.done():
                raise TooSlow
            return asking.result()
        finally:
            asking.cancel()

    async def _renew(self, lock: Lock) -> None:
        while True:
            await asyncio.sleep(RENEWAL)
            with contextlib.suppress(RedisError):  # it may be back before the lease ends; what was lost is told at the end
                await lock.reacquire()

    async def _release(self, lock: Lock) -> None:
        try:
            await self._soon(lock.release())
        except NotHeld:
            logger.warning("a turn lost its lock, because Redis or this copy was too slow: another copy may have had it, too")
        except RedisError as error:  # it ends with its lease
            self._note(error)

    def _note(self, error: RedisError) -> None:
        if not self._away_until:
            logger.error("RATE_LIMIT_STORE cannot be reached (%s): locks hold in this copy alone", type(error).__name__)
        self._away_until = time.monotonic() + PAUSE
