"""Old conversations go as a whole; young ones, and what was said long ago in them, stay."""

from __future__ import annotations

import random

import pytest
from rows import conversations, say, tombstones
from sqlalchemy import text

from bot import store
from bot.store import retention


def test_only_conversations_whose_last_event_is_too_old_go(engine):
    ages = {
        "old": [40.0, 35.0, 30.01],
        "begun long ago and still going on": [400.0, 100.0, 29.9],
        "young": [3.0, 2.0],
        "now": [0.0],
        "of tomorrow": [-1.0],
    }
    for conversation, days in ages.items():
        for age in days:
            say(engine, conversation, days_ago=age)
    assert store.purge(engine, 30) == (1, 3)
    assert conversations(engine) == {name: len(days) for name, days in ages.items() if name != "old"}
    assert store.purge(engine, 30) == (0, 0)


def test_purging_leaves_no_tombstone(engine):
    say(engine, "old", days_ago=31)
    store.purge(engine, 30)
    assert tombstones(engine) == []


@pytest.mark.parametrize("days", [1, 7, 365])
def test_the_number_of_days_is_the_setting(engine, days):
    say(engine, "older", days_ago=days + 0.01)
    say(engine, "younger", days_ago=days - 0.01)
    assert store.purge(engine, days) == (1, 1)
    assert conversations(engine) == {"younger": 1}


def test_more_than_one_batch_goes_and_the_rest_stays(engine, monkeypatch):
    monkeypatch.setattr(retention, "PAUSE", 0)
    count = 2 * retention.BATCH + 7
    rows = [{"sender_id": f"old{number}", "at": 1000.0 + number} for number in range(count) for _ in range(2)]
    insert = text("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (:sender_id, 'user', :at, '{}')")
    with engine.begin() as connection:
        connection.execute(insert, rows)
    say(engine, "young")
    assert store.purge(engine, 30) == (count, 2 * count)
    assert conversations(engine) == {"young": 1}


def test_a_turn_that_comes_during_the_purge_keeps_its_whole_conversation(engine, monkeypatch):
    """After the old conversations were looked for, and before they are deleted."""
    monkeypatch.setattr(retention, "BATCH", 1)
    conversations_of_old = [f"old{number}" for number in range(3)]
    for conversation in conversations_of_old:
        say(engine, conversation, days_ago=31)
        say(engine, conversation, days_ago=31)
    spoken: list[str] = []

    def speak(seconds: float) -> None:
        if not spoken:
            spoken.append(next(name for name in conversations_of_old if conversations(engine).get(name)))
            for name in conversations(engine):
                say(engine, name)

    monkeypatch.setattr(retention.time, "sleep", speak)
    assert store.purge(engine, 30) == (1, 2)
    assert sorted(conversations(engine).values()) == [3, 3]


def test_a_purge_that_is_cut_off_leaves_whole_conversations(engine, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    dice = random.Random(1)
    sizes = {f"old{number}": dice.randint(1, 4) for number in range(9)}
    for conversation, size in sizes.items():
        for _ in range(size):
            say(engine, conversation, days_ago=50)

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(retention.time, "sleep", stop)
    with pytest.raises(KeyboardInterrupt):
        store.purge(engine, 30)
    left = conversations(engine)
    assert len(left) == 7
    assert left.items() <= sizes.items()
