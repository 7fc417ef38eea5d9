"""What the database is still owed: tables and index once it is there, what waits on the disk as soon as it answers again."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from rasa.core.agent import Agent
from sqlalchemy.exc import SQLAlchemyError

from bot.rasa_ext import conversations
from bot.rasa_ext.tracker_store import ConversationStore
from bot.store import StoreError, make_index

EVERY = 2.0
"""Seconds between two attempts."""
logger = logging.getLogger(__name__)


class CatchingUp:
    """One task of the server's loop."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def start(self, agent: Agent) -> None:
        store = conversations.primary_store(agent)
        if isinstance(store, ConversationStore):
            self._task = asyncio.create_task(self._catch_up(store))

    async def stop(self) -> None:
        """What still waits stays on the disk; the next start finds it."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _catch_up(self, store: ConversationStore) -> None:
        indexed = False
        while True:
            try:
                if store.spool or not store.ready:
                    if not store.ready:
                        await asyncio.to_thread(store.make_ready)
                    count = await asyncio.to_thread(store.spool.drain, store.engine)
                    logger.info("the database answers again: %d events that waited on the disk are stored", count)
                if not indexed:
                    indexed = True
                    await asyncio.to_thread(make_index, store.engine)
            except (SQLAlchemyError, StoreError):  # still away; health says so
                pass
            except Exception as error:
                logger.error("the database could not be brought up to date: %s", type(error).__name__)
            await asyncio.sleep(EVERY)
