"""A guide that starts while PostgreSQL is away answers, says that it cannot remember, and catches up when it comes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conversation import Conversation
from servers import PostgreSQL

from bot import store
from bot.store.tables import IS_WHOLE
from tools.guide_process import START_SECONDS, GuideProcess


@pytest.fixture
def stopped() -> Iterator[PostgreSQL]:
    """An empty database that nobody has started yet."""
    server = PostgreSQL()
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture
def guide(stopped: PostgreSQL, tmp_path: Path) -> Iterator[GuideProcess]:
    guide = GuideProcess(tmp_path, TRACKER_DB=stopped.url)
    try:
        guide.start_actions()
        guide.start_rasa()
        yield guide
    finally:
        guide.stop()


def health(guide: GuideProcess, status: int) -> httpx.Response:
    """Health once it says ``status``; fails when the guide ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and guide.lives("rasa"):
        try:
            found = httpx.get(f"{guide.url}/health", timeout=10)
            if found.status_code == status:
                return found
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"health never said {status}:\n{guide.log('rasa')[-2000:]}")


def test_a_start_without_the_database_serves_families_and_catches_up(guide, stopped):
    assert health(guide, 503).json()["part"] == "tracker_store"
    talk = Conversation(guide.url)
    answers = talk.say("What is an angiomyolipoma?")
    assert (answers[0]["custom"]["topic"], answers[-1]["custom"]["notice"]) == ("aml/what", "fixed/not_remembered")
    assert talk.say("there is blood in her urine")[0]["custom"]["kind"] == "emergency"
    stopped.start()
    assert health(guide, 200)
    assert talk.say("how common is it?")[0]["custom"]["alarm"] == "emergency"
    asked = [line["text"] for line in talk.history() if line["from"] == "you"]
    assert asked == ["What is an angiomyolipoma?", "there is blood in her urine", "how common is it?"]
    assert not list((guide.folder / "spool").glob("*.jsonl")), "nothing waits on the disk any more"
    engine, deadline = store.connect(stopped.url), time.monotonic() + 10
    with engine.connect() as connection:
        while not connection.execute(IS_WHOLE).scalar() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert connection.execute(IS_WHOLE).scalar(), "long chats are found quickly"
    engine.dispose()
