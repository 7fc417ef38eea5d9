"""What waits on the disk gets into the database, whatever else goes wrong there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest
from rasa.shared.core.domain import Domain
from rows import conversations

from bot.rasa_ext import catching_up
from bot.rasa_ext.catching_up import CatchingUp
from bot.rasa_ext.tracker_store import ConversationStore

DOMAIN = Domain.load(str(Path(__file__).parents[2] / "domain.yml"))
WAITS = {"event": "user", "text": "words", "timestamp": 1.0}


async def until(holds) -> None:
    for _ in range(200):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never came to that")


@pytest.mark.parametrize("index", ["is made", "cannot be made"])
async def test_what_waits_is_stored_and_the_index_is_tried_once(tmp_path, monkeypatch, index):
    tries = []

    def make_index(engine) -> None:
        tries.append(engine)
        if index == "cannot be made":
            raise RuntimeError

    monkeypatch.setattr(catching_up, "make_index", make_index)
    monkeypatch.setattr(catching_up, "EVERY", 0.02)
    store = ConversationStore(domain=DOMAIN, db=str(tmp_path / "chats.db"))
    task = CatchingUp()
    task.start(SimpleNamespace(tracker_store=store))
    await until(lambda: tries)
    store.spool.add("family", [WAITS])
    await until(lambda: conversations(store.engine) == {"family": 1})
    await task.stop()
    assert tries == [store.engine]
    store.engine.dispose()
