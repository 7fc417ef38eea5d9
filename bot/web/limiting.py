"""How often something may be done: counted in Redis, which several processes share, or in the memory of this process.

What is counted is only known by a hash that needs the secret and changes with the day: neither an address nor the id of a
chat can be read from memory or from Redis, nor found again on another day. The counts end by themselves with their window.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import hmac
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from limits import RateLimitItem
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError

PATIENCE = 0.25
"""Seconds that Redis may take; nobody waits for it longer."""
PAUSE = 5.0
"""Seconds until Redis is asked again after it failed."""
THREADS = 4
logger = logging.getLogger(__name__)


def today() -> dt.date:
    return dt.datetime.now(dt.timezone.utc).date()


class Limiter:
    """Counts in fixed windows: one begins with the first thing counted and lasts as long as its limit says.

    ``store`` is a Redis URL, or empty. While Redis cannot be reached, counting goes on in memory: a family must not be refused
    because of that, nor may anyone write without any limit.
    """

    def __init__(self, secret: str, store: str = "", day: Callable[[], dt.date] = today) -> None:
        self._secret, self._day = secret.encode(), day
        self._memory = MemoryStorage()
        self._redis = storage_from_string(store, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) if store else None
        self._threads = ThreadPoolExecutor(THREADS, "limiter") if store else None
        self._away_until = 0.0
        self._away = threading.Lock()

    async def admits(self, limit: RateLimitItem | None, kind: str, what: str) -> bool:
        """Count one more of ``kind`` by ``what``; False when that is more than ``limit`` (None: no limit)."""
        if limit is None:
            return True
        return bool(await self._do(lambda storage: FixedWindowRateLimiter(storage).hit(limit, self._key(kind, what))))

    async def forget(self, limit: RateLimitItem | None, kind: str, what: str) -> None:
        """Remove what was counted today."""
        if limit:
            await self._do(lambda storage: FixedWindowRateLimiter(storage).clear(limit, self._key(kind, what)))

    async def reachable(self) -> bool:
        """Whether the configured store answers now."""
        if self._redis is None:
            return True
        await self._do(lambda storage: storage.get("reachable"), anew=True)
        return not self._away_until

    def _key(self, kind: str, what: str) -> str:
        counted = f"{self._day().isoformat()}\0{kind}\0{what}".encode()
        return hmac.new(self._secret, counted, hashlib.sha256).hexdigest()

    async def _do(self, task: Callable[[Storage], Any], anew: bool = False) -> Any:
        if self._redis is None:
            return task(self._memory)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._in_redis, task, anew)

    def _in_redis(self, task: Callable[[Storage], Any], anew: bool) -> Any:
        """Asked again here, in the thread: Redis may have failed while this one waited for its turn."""
        if anew or time.monotonic() >= self._away_until:
            try:
                done = task(self._redis)
            except RedisError as error:
                self._note(type(error).__name__)
            else:
                self._note(None)
                return done
        return task(self._memory)

    def _note(self, failed: str | None) -> None:
        with self._away:
            was_away, self._away_until = bool(self._away_until), time.monotonic() + PAUSE if failed else 0.0
        if failed and not was_away:
            logger.error("RATE_LIMIT_STORE cannot be reached (%s): counting in this process until it is back", failed)
        if was_away and not failed:
            logger.warning("RATE_LIMIT_STORE is back")
