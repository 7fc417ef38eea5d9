"""The locks of conversations: short waits in one copy, and a Redis that takes connections and answers nothing.

Locks among copies, with a real Redis: tests/deployment/test_lock_store.py.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import pytest

from bot.rasa_ext import lock_store
from bot.rasa_ext.lock_store import ConversationLocks

ALARM_SECONDS = 1.0


@pytest.fixture
async def silent(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """The settings name a Redis that never says a word; its connections."""
    connections: list[asyncio.StreamWriter] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    monkeypatch.setenv("RATE_LIMIT_STORE", f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0")
    monkeypatch.setenv("WEB_ALARM_SECONDS", str(ALARM_SECONDS))
    yield connections
    for writer in connections:
        writer.close()
    server.close()
    await server.wait_closed()


async def test_who_waits_for_another_turn_of_this_copy_begins_soon_after_it(monkeypatch):
    monkeypatch.delenv("RATE_LIMIT_STORE", raising=False)
    locks = ConversationLocks()
    first = locks.lock("family")
    await first.__aenter__()

    async def second() -> float:
        async with locks.lock("family"):
            return time.monotonic()

    waiting = asyncio.create_task(second())
    await asyncio.sleep(0.1)
    freed = time.monotonic()
    await first.__aexit__(None, None, None)
    assert await waiting - freed < 0.5


async def turn(locks: ConversationLocks) -> str:
    async with locks.lock("family"):
        return "answered"


async def test_a_redis_that_answers_nothing_costs_one_alarm_a_part_of_its_turn_and_the_next_nothing(silent, caplog):
    locks = ConversationLocks()
    with caplog.at_level(logging.ERROR, logger=lock_store.__name__):
        assert await asyncio.wait_for(turn(locks), ALARM_SECONDS) == "answered"
    assert "RATE_LIMIT_STORE cannot be reached (TimeoutError)" in caplog.text
    asked = len(silent)
    assert asked
    began = time.monotonic()
    assert await turn(locks) == "answered"
    assert time.monotonic() - began < ALARM_SECONDS / 4
    assert len(silent) == asked, "it is not asked again for a while"
    await locks.close()


async def test_a_turn_that_is_given_up_does_not_wait_for_such_a_redis_either(silent, monkeypatch):
    """It holds a lock that it got while Redis still answered."""

    async def acquire(lock: lock_store.Lock, **_: object) -> bool:
        lock.local.token = b"token"
        return True

    monkeypatch.setattr(lock_store.Lock, "acquire", acquire)
    monkeypatch.setattr(lock_store, "RENEWAL", 0.05)
    locks = ConversationLocks()

    async def never_ends() -> None:
        async with locks.lock("family"):
            await asyncio.sleep(60)

    began = time.monotonic()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(never_ends(), ALARM_SECONDS)
    assert time.monotonic() - began < 2 * ALARM_SECONDS
    await locks.close()
