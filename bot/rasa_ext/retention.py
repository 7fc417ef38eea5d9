"""What the running guide does about old and erased conversations: removes the one daily, and wipes the traces of both."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable

from rasa.core.agent import Agent
from sqlalchemy.engine import Engine

from bot import store
from bot.rasa_ext import conversations
from bot.rasa_ext.tracker_store import ConversationStore

DAILY = 24 * 3600.0
AFTER_FAILURE = 3600.0
"""Seconds until a purge that failed is tried again."""
BETWEEN_CLEANINGS = 10.0
"""Seconds at least between two rewritings of the file: nobody can hold up the guide by erasing again and again."""
LARGE = 100_000_000
"""Bytes, one and a half seconds of rewriting: a larger file is only cleaned in the daily run."""
logger = logging.getLogger(__name__)


class Retention:
    """Two tasks of the server's loop. ``failing`` is for health: what is kept too long is a promise broken."""

    def __init__(self, days: int) -> None:
        self._days = days
        self._erased = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._failing: set[str] = set()

    @property
    def failing(self) -> bool:
        return bool(self._failing)

    def start(self, agent: Agent) -> None:
        kept = conversations.primary_store(agent)
        if not isinstance(kept, ConversationStore):  # Rasa takes one in memory when it cannot load the configured one
            logger.error("endpoints.yml: the tracker store must be %s.ConversationStore", ConversationStore.__module__)
            return  # health is red: it cannot erase its own question
        engine: Engine = kept.engine
        self._tasks = [asyncio.create_task(self._purge_daily(agent, engine)), asyncio.create_task(self._clean_soon(engine))]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def erased(self) -> None:
        """A conversation was erased: what deleting left of it is wiped within seconds."""
        self._erased.set()

    async def _purge_daily(self, agent: Agent, engine: Engine) -> None:
        async def purge() -> None:
            purged = await asyncio.to_thread(store.purge, engine, self._days)
            conversations.forget_fallback(agent)
            await asyncio.to_thread(store.clean, engine)
            logger.info("retention: %d conversations with %d events were removed", *purged)

        while True:
            await asyncio.sleep(DAILY if await self._try("removing old conversations", purge) else AFTER_FAILURE)

    async def _clean_soon(self, engine: Engine) -> None:
        async def clean() -> None:
            await asyncio.to_thread(store.clean, engine, LARGE)

        while True:
            await self._erased.wait()
            self._erased.clear()
            if not await self._try("wiping erased conversations", clean):
                self._erased.set()
            await asyncio.sleep(BETWEEN_CLEANINGS)

    async def _try(self, what: str, task: Callable[[], Awaitable[None]]) -> bool:
        try:
            await task()
        except Exception as error:
            logger.error("%s failed: %s", what, type(error).__name__)
            self._failing.add(what)
            return False
        self._failing.discard(what)
        return True
