"""The tracker store: ids are used once, an erased chat stays erased, errors name no row, PostgreSQL is a setting."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config
from servers import PostgreSQL, Redis
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot import store as database
from bot.logs import Record
from bot.rasa_ext import conversations
from bot.rasa_ext.tracker_store import ConversationStore

ROOT = Path(__file__).parents[2]
DOMAIN = Domain.load(str(ROOT / "domain.yml"))
FAMILY = "family"


@pytest.fixture(scope="module")
def postgresql():
    server = PostgreSQL()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request, tmp_path):
    place = str(tmp_path / "chats.db") if request.param == "sqlite" else request.getfixturevalue("postgresql").url
    made = ConversationStore(domain=DOMAIN, db=place)
    with made.engine.begin() as connection:
        connection.execute(text("DELETE FROM events"))
        connection.execute(text("DELETE FROM erased_conversations"))
        connection.execute(text("DELETE FROM spools"))
    yield made
    made.engine.dispose()


async def said(store: TrackerStore, words: str, conversation: str = FAMILY) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker(conversation)
    tracker.update(UserUttered(words), DOMAIN)
    await store.save(tracker)
    return tracker


def ids(store: ConversationStore) -> list[int]:
    with store.engine.connect() as connection:
        return [row.id for row in connection.execute(text("SELECT id FROM events ORDER BY id"))]


def agent(store: TrackerStore) -> SimpleNamespace:
    return SimpleNamespace(tracker_store=store)


def test_a_server_that_is_away_at_the_start_is_named_with_the_reason_and_without_its_password(caplog, monkeypatch):
    monkeypatch.setattr(logging, "_logRecordFactory", Record)
    made = ConversationStore(domain=DOMAIN, db="postgresql://guide:secret-word@127.0.0.1:1/guide")
    assert not made.ready
    assert "starts without its database: TRACKER_DB" in caplog.text
    assert "refused" in caplog.text
    assert "secret-word" not in caplog.text


async def test_what_is_stored_comes_back(store):
    await said(store, "What is an AML?")
    tracker = await store.retrieve(FAMILY)
    assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["What is an AML?"]


async def test_ids_go_on_where_they_were(store):
    await said(store, "hello")
    last = ids(store)[-1]
    assert await conversations.erase(agent(store), FAMILY) == 2
    await said(store, "hello", "another")
    assert ids(store)[0] > last


async def test_a_turn_that_ends_after_the_erasing_brings_nothing_back(store, caplog):
    tracker = await said(store, "hello")
    await conversations.erase(agent(store), FAMILY)
    tracker.update(UserUttered("canary words"), DOMAIN)
    with caplog.at_level(logging.INFO):
        tracker.update(SlotSet("alarm", "emergency"), DOMAIN)
        await store.save(tracker)
        assert store._slots.of(FAMILY) == {}, "nor are its slots kept in mind"
        await said(store, "canary words")
    assert ids(store) == []
    assert "nothing of it was stored" in caplog.text
    assert "canary" not in caplog.text
    assert await conversations.is_erased(agent(store), FAMILY)
    assert not await conversations.is_erased(agent(store), "another")


async def test_an_erased_chat_does_not_go_on_in_the_memory_that_rasa_falls_back_to(store):
    safe = FailSafeTrackerStore(store)
    await said(store, "hello")
    await said(safe.fallback_tracker_store, "canary words")
    await said(safe.fallback_tracker_store, "canary words", "another")
    await conversations.erase(agent(safe), FAMILY)
    assert list(safe.fallback_tracker_store.store) == ["another"]
    conversations.forget_fallback(agent(safe))
    assert safe.fallback_tracker_store.store == {}


async def test_an_erased_chat_is_not_kept_by_rasas_fallback_either(store):
    safe = FailSafeTrackerStore(store)
    tracker = await said(safe, "hello")
    await conversations.erase(agent(safe), FAMILY)
    tracker.update(UserUttered("canary words"), DOMAIN)
    await safe.save(tracker)
    assert safe._fallback_tracker_store is None


def raise_(error: Exception) -> None:
    raise error


@contextlib.contextmanager
def away(store: ConversationStore):
    """The events can neither be read nor written."""
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE events RENAME TO elsewhere"))
    try:
        yield
    finally:
        with store.engine.begin() as connection:
            connection.execute(text("ALTER TABLE elsewhere RENAME TO events"))


async def words(store: ConversationStore, conversation: str = FAMILY) -> list[str]:
    tracker = await store.retrieve_full_tracker(conversation)
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


async def test_a_store_that_fails_in_a_turn_keeps_it_on_the_disk_and_is_logged_without_the_words(store, caplog, counted):
    safe = FailSafeTrackerStore(store)
    tracker = await said(safe, "hello")
    with away(store):
        tracker.update(UserUttered("canary words"), DOMAIN)
        await safe.save(tracker)
    assert safe._fallback_tracker_store is None, "nothing goes where nothing ever reads it again"
    assert "it waits on the disk" in caplog.text
    assert "canary" not in caplog.text
    assert counted("guide_failures_total") == {"tracker_store": 1}
    assert store.spool.drain(store.engine) == 1
    assert await words(store) == ["hello", "canary words"]


async def test_a_talk_goes_on_while_the_database_is_away_and_all_of_it_is_stored_once(store):
    tracker = await said(store, "one")
    tracker.update(SlotSet("alarm", "emergency"))
    await store.save(tracker)
    with away(store):
        tracker = await store.retrieve(FAMILY)
        assert tracker.get_slot("alarm") == "emergency", "the alarm is kept in mind"
        await said(store, "two")
        tracker = await said(store, "three")
        assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["two", "three"]
        assert await words(store) == ["two", "three"], "all that is known meanwhile"
        await said(store, "elsewhere", "another")
    await said(store, "four")  # it is back, but what waits must go first
    assert await words(store) == ["one", "two", "three", "four"]
    assert store.spool.drain(store.engine) > 0
    await said(store, "five")
    assert await words(store) == ["one", "two", "three", "four", "five"]
    assert await words(store, "another") == ["elsewhere"]
    tracker = await store.retrieve(FAMILY)
    assert tracker.get_slot("alarm") == "emergency"


async def test_the_question_of_an_urgent_advice_stays_open_when_the_database_goes_away_behind_it(store):
    tracker = await said(store, "38.4 on everolimus")
    advice = {"kind": "urgent", "question": "infection", "notice": "urgent/infection", "contacts": []}
    tracker.update(BotUttered("canary words", {"custom": advice}))
    tracker.update(SlotSet("topic", "side_effects/infections"))
    await store.save(tracker)
    known = conversations.Said((), "side_effects/infections", "infection", "urgent/infection")
    assert "canary" not in str(store._slots.of(FAMILY))
    with away(store):
        assert await conversations.last_said(agent(store), FAMILY) == known
        tracker = await said(store, "yes")
        tracker.update(BotUttered("Call 000 now.", {"custom": {"kind": "emergency", "notice": "emergency/infection"}}))
        await store.save(tracker)
        found = await conversations.last_said(agent(store), FAMILY)
        assert (found.messages, found.question, found.notice) == (("yes",), None, "emergency/infection")
    assert store.spool.drain(store.engine) > 0
    shown = [line.text for line in await conversations.history(agent(store), FAMILY)]
    assert shown == ["38.4 on everolimus", "canary words", "yes", "Call 000 now."], "each once"


async def test_a_database_that_stored_a_turn_and_did_not_say_so_in_time_does_not_get_it_twice(store, monkeypatch):
    write = database.write

    def slow(*arguments: Any) -> None:
        write(*arguments)
        raise OperationalError("commit", {}, Exception())

    await said(store, "one")
    with monkeypatch.context() as patch:
        patch.setattr(database, "write", slow)
        await said(store, "two")
    await said(store, "three")  # waits behind "two"
    assert store.spool.drain(store.engine) > 0
    assert await words(store) == ["one", "two", "three"]


async def test_a_turn_that_others_keep_writing_before_waits_on_the_disk_as_well(store, monkeypatch):
    """Locks see to it that nobody does; without them the turn must not end in Rasa's memory."""
    with monkeypatch.context() as patch:
        patch.setattr(database, "write", lambda *_: raise_(database.Changed()))
        await said(store, "one")
    assert store.spool.drain(store.engine) > 0
    assert await words(store) == ["one"]


async def test_what_another_copy_did_while_the_database_was_away_counts(store, tmp_path, monkeypatch):
    """The slots are shared by way of Redis, the turns are not."""
    server = Redis().start()
    try:
        monkeypatch.setenv("RATE_LIMIT_STORE", server.url)
        url = store.engine.url
        place, copies = url.database if store.engine.dialect.name == "sqlite" else str(url), []
        for name in ("first", "second"):
            monkeypatch.setenv("VAR", str(tmp_path / name))
            copies.append(ConversationStore(domain=DOMAIN, db=place))
        first, second = copies
        with away(store):
            await said(first, "one")
            tracker = await said(second, "two")
            tracker.update(SlotSet("alarm", "emergency"))
            await second.save(tracker)
            tracker = await first.retrieve(FAMILY)
            assert tracker.get_slot("alarm") == "emergency"
            assert [event.text for event in tracker.events if isinstance(event, UserUttered)] == ["one"]
            await said(first, "three")
        for copy in copies:
            assert copy.spool.drain(copy.engine) > 0
            copy.engine.dispose()
        assert sorted(await words(store)) == ["one", "three", "two"], "each once"
    finally:
        server.stop()


async def test_of_an_erased_talk_nothing_is_kept_in_mind(store):
    tracker = await said(store, "one")
    tracker.update(SlotSet("alarm", "emergency"))
    await store.save(tracker)
    await conversations.erase(agent(store), FAMILY)
    with away(store):
        assert await store.retrieve(FAMILY) is None


async def test_the_first_message_that_goes_to_the_disk_is_noticed(store):
    await said(store, "one")
    assert not store.just_away(FAMILY)
    with away(store):
        await said(store, "two")
        assert store.just_away(FAMILY)
        await said(store, "three")
        assert not store.just_away(FAMILY)


async def test_when_the_disk_is_full_too_rasas_memory_is_better_than_nothing(store, monkeypatch, caplog):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    safe = FailSafeTrackerStore(store)
    monkeypatch.setattr(store.spool, "add", full)
    with away(store):
        await said(safe, "canary words")
    assert FAMILY in safe.fallback_tracker_store.store
    assert "canary" not in caplog.text


async def test_what_health_asks_is_not_kept_and_its_failing_is_seen(store):
    with away(store), pytest.raises(SQLAlchemyError):
        await said(store, "What is an AML?", "health-check")
    assert not store.spool


async def test_a_store_that_cannot_be_read_says_that_nothing_was_erased(store, caplog):
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE erased_conversations RENAME TO elsewhere"))
    assert not await conversations.is_erased(agent(store), FAMILY)
    assert "cannot see whether a chat was erased" in caplog.text
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO erased_conversations"))


async def test_only_a_store_whose_chats_can_be_erased_will_do():
    with pytest.raises(conversations.CannotErase, match="InMemoryTrackerStore"):
        await conversations.erase(agent(InMemoryTrackerStore(DOMAIN)), FAMILY)


def test_the_endpoints_name_this_store(tmp_path, monkeypatch):
    """Rasa takes one in memory without an error when it cannot load the one that is named."""
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "chats.db"))
    monkeypatch.setenv("ACTION_SERVER_URL", "http://127.0.0.1:1/webhook")
    monkeypatch.setenv("RATE_LIMIT_STORE", "")
    made = TrackerStore.create(read_endpoint_config(str(ROOT / "endpoints.yml"), "tracker_store"), DOMAIN)
    assert isinstance(made, ConversationStore)
    assert (tmp_path / "chats.db").exists()
    made.engine.dispose()


async def test_a_database_of_before_is_taken_over(tmp_path):
    path = tmp_path / "older.db"
    older = sqlite3.connect(path)
    older.execute(
        "CREATE TABLE events (id INTEGER NOT NULL, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL, "
        "timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT, PRIMARY KEY (id))"
    )
    older.close()
    plain = database.connect(str(path))
    with plain.begin() as connection:
        connection.execute(
            text("INSERT INTO events (id, sender_id, type_name, timestamp, data) VALUES (7, 'family', 'user', 1.0, :data)"),
            {"data": '{"event": "user", "timestamp": 1.0, "text": "hello", "parse_data": {}, "metadata": {}}'},
        )
    plain.dispose()
    store = ConversationStore(domain=DOMAIN, db=str(path))
    assert [event.text for event in (await store.retrieve(FAMILY)).events if isinstance(event, UserUttered)] == ["hello"]
    await conversations.erase(agent(store), FAMILY)
    await said(store, "hello", "another")
    assert ids(store)[0] == 8
    store.engine.dispose()
