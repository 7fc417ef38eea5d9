"""Locks that hold among copies: with a real Redis, and each copy with an event loop of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from rasa.core.lock_store import LockError
from redis import Redis as Client
from servers import Redis

from bot.rasa_ext import lock_store
from bot.rasa_ext.lock_store import ConversationLocks

COPIES, TURNS = 4, 25


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    server = Redis()
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
async def copy(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[[], ConversationLocks]]:
    """Make what one copy of the guide has."""
    monkeypatch.setenv("RATE_LIMIT_STORE", redis.url)
    made: list[ConversationLocks] = []

    def make() -> ConversationLocks:
        made.append(ConversationLocks())
        return made[-1]

    yield make
    for locks in made:
        await locks.close()


def held(server: Redis) -> list[bytes]:
    """Names of the locks in Redis."""
    with Client.from_url(server.url) as client:
        return list(client.keys("lock:*"))


def test_of_all_copies_one_at_a_time_has_a_conversation(redis, monkeypatch):
    """Each turn reads, waits and writes: two at once would lose one."""
    monkeypatch.setenv("RATE_LIMIT_STORE", redis.url)
    monkeypatch.setattr(lock_store, "NEXT_TRY", 0.005)
    stored = {"turns": 0}
    failed: list[BaseException] = []

    async def turns() -> None:
        locks = ConversationLocks()
        for _ in range(TURNS):
            async with locks.lock("family"):
                before = stored["turns"]
                await asyncio.sleep(0.002)
                stored["turns"] = before + 1
        await locks.close()

    def run() -> None:
        try:
            asyncio.run(turns())
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run) for _ in range(COPIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert stored["turns"] == COPIES * TURNS


async def test_different_conversations_do_not_wait_for_each_other(copy):
    first, second = copy(), copy()
    async with first.lock("one"):
        began = time.monotonic()
        async with second.lock("two"):
            assert time.monotonic() - began < lock_store.LEASE / 2


async def test_a_turn_that_takes_longer_than_the_lease_keeps_its_lock(copy, redis, monkeypatch):
    monkeypatch.setattr(lock_store, "LEASE", 0.6)
    monkeypatch.setattr(lock_store, "RENEWAL", 0.1)
    slow, other = copy(), copy()
    async with slow.lock("long"):
        await asyncio.sleep(1.5)
        with pytest.raises(LockError):
            async with other.lock("long", lock_lifetime=0.3):
                pass
    assert held(redis) == []


async def test_the_lock_of_a_copy_that_died_is_free_after_its_lease(copy, monkeypatch):
    monkeypatch.setattr(lock_store, "LEASE", 0.6)
    monkeypatch.setattr(lock_store, "RENEWAL", 60)  # it renews nothing any more
    died, other = copy(), copy()
    turn = died.lock("dead")
    await turn.__aenter__()
    began = time.monotonic()
    async with other.lock("dead"):
        assert 0.3 < time.monotonic() - began < 5
    await turn.__aexit__(None, None, None)


async def test_a_turn_that_was_given_up_leaves_no_lock(copy):
    locks, other = copy(), copy()

    async def never_ends() -> None:
        async with locks.lock("given-up"):
            await asyncio.sleep(60)

    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(never_ends(), 0.5)
    began = time.monotonic()
    async with other.lock("given-up"):
        assert time.monotonic() - began < lock_store.LEASE / 2


async def test_without_redis_a_copy_goes_on_with_its_own_locks_and_says_so_once(monkeypatch, caplog):
    server = Redis().start()
    monkeypatch.setenv("RATE_LIMIT_STORE", server.url)
    monkeypatch.setattr(lock_store, "PAUSE", 0.2)
    locks = ConversationLocks()
    server.stop()
    with caplog.at_level(logging.WARNING, logger=lock_store.__name__):
        for _ in range(3):
            async with locks.lock("family"):
                pass
            await asyncio.sleep(0.3)
        assert len(caplog.records) == 1
        assert "RATE_LIMIT_STORE cannot be reached" in caplog.text
        server.start()
        try:
            await asyncio.sleep(0.3)
            async with locks.lock("family"):
                assert held(server) == [b"lock:family"]
            assert "RATE_LIMIT_STORE is back" in caplog.text
        finally:
            await locks.close()
            server.stop()


async def test_redis_that_goes_away_in_a_turn_does_not_end_the_turn(monkeypatch):
    server = Redis().start()
    monkeypatch.setenv("RATE_LIMIT_STORE", server.url)
    locks = ConversationLocks()
    async with locks.lock("family"):
        server.stop()
    await locks.close()


async def test_one_copy_alone_needs_no_redis(monkeypatch):
    monkeypatch.delenv("RATE_LIMIT_STORE", raising=False)
    locks = ConversationLocks()
    order: list[int] = []

    async def turn(number: int) -> None:
        async with locks.lock("family", wait_time_in_seconds=0.01):
            order.append(number)
            await asyncio.sleep(0.01)
            order.append(number)

    await asyncio.gather(*(turn(number) for number in range(5)))
    assert order == sorted(order), "one after the other, in the order in which they came"
