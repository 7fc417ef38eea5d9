"""The running guide removes old conversations by itself, wipes erased ones, and says when it cannot."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rows import conversations, say

from bot import store as database
from bot.rasa_ext import retention
from bot.rasa_ext.retention import Retention
from bot.rasa_ext.tracker_store import ConversationStore

ROOT = Path(__file__).parents[2]
DOMAIN = Domain.load(str(ROOT / "domain.yml"))
WAIT = 10
"""Seconds until something that should happen counts as not happening."""


@pytest.fixture
def store(tmp_path):
    made = ConversationStore(domain=DOMAIN, db=str(tmp_path / "chats.db"))
    yield made
    made.engine.dispose()


async def until(happened) -> None:
    async def look() -> None:
        while not happened():
            await asyncio.sleep(0.02)

    await asyncio.wait_for(look(), WAIT)


async def test_old_conversations_go_at_the_start_and_again_every_day(store, monkeypatch, caplog):
    monkeypatch.setattr(retention, "DAILY", 0.1)
    say(store.engine, "old", days_ago=31)
    say(store.engine, "young", days_ago=29)
    keeping = Retention(30)
    with caplog.at_level(logging.INFO):
        keeping.start(SimpleNamespace(tracker_store=store))
        await until(lambda: conversations(store.engine) == {"young": 1})
        say(store.engine, "canary of tomorrow", days_ago=31)
        await until(lambda: conversations(store.engine) == {"young": 1})
        await keeping.stop()
    assert "retention: 1 conversations with 1 events were removed" in caplog.text
    assert "canary" not in caplog.text
    assert not keeping.failing


async def test_a_purge_that_fails_is_said_and_tried_again(store, monkeypatch, caplog):
    monkeypatch.setattr(retention, "AFTER_FAILURE", 0.05)
    broken = [True]
    purge = database.purge

    def sometimes(engine, days):
        if broken[0]:
            raise OSError("canary words")
        return purge(engine, days)

    monkeypatch.setattr(database, "purge", sometimes)
    say(store.engine, "old", days_ago=31)
    keeping = Retention(30)
    keeping.start(SimpleNamespace(tracker_store=store))
    await until(lambda: keeping.failing)
    broken[0] = False
    await until(lambda: not keeping.failing)
    await keeping.stop()
    assert conversations(store.engine) == {}
    assert "removing old conversations failed: OSError" in caplog.text
    assert "canary" not in caplog.text


async def test_what_was_erased_is_wiped_from_the_file_within_seconds(store, tmp_path, monkeypatch):
    """The rest of a page that a deleting moved, which overwriting the row does not reach."""
    wiped: list[int | None] = []
    monkeypatch.setattr(database, "clean", lambda engine, most=None: wiped.append(most))
    keeping = Retention(30)
    keeping.start(SimpleNamespace(tracker_store=store))
    await until(lambda: wiped == [None])
    for _ in range(5):
        keeping.erased()
    await until(lambda: wiped == [None, retention.LARGE])
    await asyncio.sleep(0.1)
    assert len(wiped) == 2, "many erasings in a row rewrite the file once"
    await keeping.stop()


async def test_a_wiping_that_fails_is_said_and_tried_again(store, monkeypatch, caplog):
    monkeypatch.setattr(retention, "BETWEEN_CLEANINGS", 0.05)
    outcomes = [None, OSError("canary"), None]

    def sometimes(engine, most=None):
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome

    monkeypatch.setattr(database, "clean", sometimes)
    keeping = Retention(30)
    keeping.start(SimpleNamespace(tracker_store=store))
    await until(lambda: len(outcomes) == 2)
    keeping.erased()
    await until(lambda: keeping.failing)
    await until(lambda: not outcomes and not keeping.failing)
    await keeping.stop()
    assert "wiping erased conversations failed: OSError" in caplog.text


async def test_another_store_is_named_as_the_reason(caplog):
    keeping = Retention(30)
    keeping.start(SimpleNamespace(tracker_store=InMemoryTrackerStore(DOMAIN)))
    await keeping.stop()
    assert "endpoints.yml: the tracker store must be bot.rasa_ext.tracker_store.ConversationStore" in caplog.text
