"""Counting in memory and in a real Redis, and what happens when that Redis is gone."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time

import pytest
from limits import parse_many
from redis import Redis as Client
from servers import Redis, free_port

from bot.web import limiting
from bot.web.limiting import PATIENCE, Limiter

SECRET = "0123456789abcdef" * 2
FIVE = parse_many("5/minute")[0]
FAMILY = "192.0.2.7"


@pytest.fixture(scope="module")
def server():
    redis = Redis()
    try:
        yield redis.start()
    finally:
        redis.stop()


@pytest.fixture(params=["memory", "redis"])
def limiter(request, server):
    if request.param == "memory":
        return Limiter(SECRET)
    Client.from_url(server.url).flushall()
    return Limiter(SECRET, server.url)


async def used(limiter: Limiter, times: int, what: str = FAMILY, kind: str = "address") -> list[bool]:
    return [await limiter.admits(FIVE, kind, what) for _ in range(times)]


async def test_so_many_are_admitted_and_no_more(limiter):
    assert await used(limiter, 7) == [True] * 5 + [False] * 2


async def test_each_address_and_each_kind_has_a_count_of_its_own(limiter):
    await used(limiter, 6)
    assert await used(limiter, 5, "198.51.100.1") == [True] * 5
    assert await used(limiter, 5, kind="session") == [True] * 5


async def test_without_a_limit_everything_is_admitted(limiter):
    assert all([await limiter.admits(None, "address", FAMILY) for _ in range(100)])


async def test_a_count_ends_with_its_window(limiter):
    second = parse_many("2/second")[0]
    assert [await limiter.admits(second, "chat", "a") for _ in range(3)] == [True, True, False]
    await asyncio.sleep(1.1)
    assert await limiter.admits(second, "chat", "a")


async def test_a_chat_that_is_erased_is_not_counted_any_more(limiter):
    await used(limiter, 6, "chat", "chat")
    await limiter.forget(FIVE, "chat", "chat")
    assert await used(limiter, 5, "chat", "chat") == [True] * 5
    await limiter.forget(None, "chat", "chat")


async def test_many_at_once_are_counted_right(limiter):
    admitted = await asyncio.gather(*(limiter.admits(FIVE, "address", FAMILY) for _ in range(50)))
    assert sum(admitted) == 5


def keys_in(limiter: Limiter, server: Redis) -> str:
    memory = limiter._memory
    kept = [memory.storage, memory.expirations, memory.events]
    return str([list(part) for part in kept]) + str(Client.from_url(server.url).keys())


async def test_neither_address_nor_chat_can_be_read_from_where_it_is_counted(limiter, server):
    await used(limiter, 1)
    await used(limiter, 1, "conversation-id", "chat")
    keys = keys_in(limiter, server)
    assert keys.count("LIMITER") >= 2
    for plain in (FAMILY, "192.0", "conversation", "address"):
        assert plain not in keys


async def test_on_another_day_or_with_another_secret_nothing_can_be_found_again(server):
    monday, tuesday = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
    Client.from_url(server.url).flushall()
    for limiter in (Limiter(SECRET, server.url, lambda: monday), Limiter(SECRET, server.url, lambda: tuesday),
                    Limiter(SECRET[::-1], server.url, lambda: monday)):  # fmt: skip
        await used(limiter, 1)
    assert len(Client.from_url(server.url).keys()) == 3


async def test_old_counts_leave_memory():
    limiter = Limiter(SECRET)
    second = parse_many("1/second")[0]
    for number in range(20):
        await limiter.admits(second, "address", f"192.0.2.{number}")
    await asyncio.sleep(1.1)
    await limiter.admits(second, "address", FAMILY)
    await asyncio.sleep(0.1)
    assert len(limiter._memory.storage) == 1
    assert len(limiter._memory.expirations) == 1


async def test_counts_in_redis_end_by_themselves(server):
    client = Client.from_url(server.url)
    client.flushall()
    await used(Limiter(SECRET, server.url), 2)
    assert 0 < client.ttl(client.keys()[0]) <= 60


async def test_several_processes_count_together_in_redis(server):
    Client.from_url(server.url).flushall()
    one, two = Limiter(SECRET, server.url), Limiter(SECRET, server.url)
    assert await used(one, 3) == [True] * 3
    assert await used(two, 3) == [True, True, False]


async def test_without_redis_counting_goes_on_in_memory_and_says_so_once(caplog):
    limiter = Limiter(SECRET, f"redis://:secret@127.0.0.1:{free_port()}/0")
    with caplog.at_level(logging.INFO):
        assert await used(limiter, 7) == [True] * 5 + [False] * 2
        assert not await limiter.reachable()
    said = [record.getMessage() for record in caplog.records if "RATE_LIMIT_STORE" in record.getMessage()]
    assert said == ["RATE_LIMIT_STORE cannot be reached (ConnectionError): counting in this process until it is back"]
    assert "secret" not in caplog.text


async def test_a_redis_that_is_killed_and_comes_back_is_used_again(caplog, monkeypatch):
    monkeypatch.setattr(limiting, "PAUSE", 0.2)
    redis = Redis().start()
    try:
        limiter = Limiter(SECRET, redis.url)
        assert await used(limiter, 2) == [True, True]
        assert await limiter.reachable()
        redis.stop()
        assert await used(limiter, 6) == [True] * 5 + [False], "a family is not refused because Redis is away"
        assert not await limiter.reachable()
        redis.start()
        await asyncio.sleep(0.3)
        assert await limiter.reachable()
        assert await used(limiter, 6) == [True] * 5 + [False]
        assert Client.from_url(redis.url).keys()
        assert "RATE_LIMIT_STORE is back" in caplog.text
    finally:
        redis.stop()


async def test_a_redis_that_hangs_is_not_waited_for(caplog):
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    hanging = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = hanging.sockets[0].getsockname()[1]
    limiter = Limiter(SECRET, f"redis://127.0.0.1:{port}/0")
    began = time.monotonic()
    admitted = await asyncio.gather(*(limiter.admits(FIVE, "address", FAMILY) for _ in range(40)))
    assert sum(admitted) == 5
    assert time.monotonic() - began < 20 * PATIENCE, "only those that were already waiting for it when it was found to hang"
    hanging.close()
