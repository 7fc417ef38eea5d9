"""The slots that are known without the database: in memory, and in Redis for all copies."""

from __future__ import annotations

import pytest
from servers import Redis

from bot.rasa_ext import kept_slots
from bot.rasa_ext.kept_slots import KeptSlots

ALARM = {"alarm": "emergency", "place": "AU"}


@pytest.fixture
def server():
    made = Redis().start()
    yield made
    made.stop()


def test_one_copy_keeps_them_in_memory():
    kept = KeptSlots()
    assert kept.of("ann") == {}
    kept.keep("ann", {"alarm": "urgent"})
    kept.keep("ann", ALARM)
    assert (kept.of("ann"), kept.of("ben")) == (ALARM, {})
    kept.forget("ann")
    assert kept.of("ann") == {}


def test_the_memory_is_limited_to_who_wrote_last(monkeypatch):
    monkeypatch.setattr(kept_slots, "KEPT", 2)
    kept = KeptSlots()
    for name in ("ann", "ben", "ann", "cai"):
        kept.keep(name, ALARM)
    assert (kept.of("ann"), kept.of("ben"), kept.of("cai")) == (ALARM, {}, ALARM)


def test_what_one_copy_keeps_the_other_knows_and_both_forget(server):
    first, second = KeptSlots(server.url), KeptSlots(server.url)
    first.keep("ann", {"alarm": None})
    second.keep("ann", ALARM)
    assert first.of("ann") == ALARM
    second.forget("ann")
    assert (second.of("ann"), KeptSlots(server.url).of("ann")) == ({}, {})


def test_in_redis_they_end_with_the_token(server):
    kept = KeptSlots(server.url, hours=2)
    kept.keep("ann", ALARM)
    assert 7_100 < kept._redis.ttl("slots:ann") <= 7_200


def test_without_redis_a_copy_knows_what_it_heard_itself_and_tries_again(server, monkeypatch, caplog):
    kept = KeptSlots(server.url)
    kept.keep("ann", ALARM)
    server.stop()
    assert kept.of("ann") == ALARM
    kept.keep("ben", ALARM)
    kept.forget("ann")
    assert (kept.of("ann"), kept.of("ben")) == ({}, ALARM)
    assert caplog.text.count("RATE_LIMIT_STORE cannot be reached") == 1
    monkeypatch.setattr(kept_slots, "PAUSE", 0.0)
    kept._away_until = 0.0
    server.start()
    kept.keep("cai", ALARM)
    assert KeptSlots(server.url).of("cai") == ALARM
