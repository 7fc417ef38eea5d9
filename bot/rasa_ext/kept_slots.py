"""The slots of each conversation as they last were: alarm, country and reader go on while the database is away."""

from __future__ import annotations

import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.exceptions import RedisError

KEPT = 5_000
"""Conversations that a copy of the guide keeps in its memory."""
PATIENCE = 0.25
"""Seconds that Redis may take. It is asked in the server's loop, so that all families wait with this one."""
PAUSE = 5.0
"""Seconds until Redis is asked again after it failed."""
logger = logging.getLogger(__name__)
Slots = dict[str, Any]


class KeptSlots:
    """In the memory of this copy, and in Redis when several run, because the next message may reach another one.

    ``url`` is a Redis URL, or empty; there a conversation is kept for ``hours`` after its last turn (its token ends before).
    While Redis is away a copy knows what it heard itself.
    """

    def __init__(self, url: str = "", hours: int = 24) -> None:
        self._memory: OrderedDict[str, Slots] = OrderedDict()
        self._redis: Redis[bytes] | None = (
            Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) if url else None
        )
        self._seconds, self._away_until = hours * 3600, 0.0

    def keep(self, conversation: str, slots: Slots) -> None:
        """Instead of what was kept before."""
        self._memory[conversation] = slots
        self._memory.move_to_end(conversation)
        if len(self._memory) > KEPT:
            self._memory.popitem(last=False)
        self._ask(lambda redis: redis.set(_key(conversation), json.dumps(slots), ex=self._seconds))

    def of(self, conversation: str) -> Slots:
        """Empty when nothing is known."""
        found = self._ask(lambda redis: redis.get(_key(conversation)))
        slots: Slots = json.loads(found) if found else self._memory.get(conversation, {})
        return slots

    def forget(self, conversation: str) -> None:
        """Keep nothing of an erased conversation. Another copy's memory forgets it with its next start."""
        self._memory.pop(conversation, None)
        self._ask(lambda redis: redis.delete(_key(conversation)))

    def _ask(self, task: Callable[[Redis[bytes]], Any]) -> Any:
        """None, too, when there is no Redis or it is away."""
        if self._redis is None or time.monotonic() < self._away_until:
            return None
        try:
            return task(self._redis)
        except RedisError as error:
            self._away_until = time.monotonic() + PAUSE
            logger.error("RATE_LIMIT_STORE cannot be reached (%s): this copy alone keeps slots in mind", type(error).__name__)
            return None


def _key(conversation: str) -> str:
    return f"slots:{conversation}"
