"""The feed as it really runs: killed at any moment, nothing is lost and nothing is there twice."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from family_writer import Families, assert_whole
from feed_process import MIGRATE, PATIENCE, Feed
from guide_database import PostgresDatabase, SqliteDatabase, turn
from postgres import Server

KILLS, RESTARTS = 20, 5
TURNS = (
    "SELECT c.sender_id, t.number, t.event_ids "
    "FROM conversations_turn t JOIN conversations_conversation c ON c.id = t.conversation_id"
)
COUNT = "SELECT count(*) FROM conversations_turn"
Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def start_feed(tmp_path: Path) -> Iterator[Callable[..., Feed]]:
    feeds: list[Feed] = []

    def start(guide_url: str, **more: Any) -> Feed:
        feeds.append(Feed(tmp_path / "console", guide_url, **more))
        return feeds[-1]

    yield start
    for feed in feeds:
        feed.close()


def wait_until(true: Callable[[], bool], seconds: float, feed: Feed) -> float:
    """How long it took. Fails with the feed's own words when it took too long."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s:\n{feed.log.read_text()}"
        time.sleep(0.1)
    return time.monotonic() - begun


def kill_at_work(feed: Feed, query: Query, chance: random.Random) -> None:
    """Let the feed import something, and kill it while it goes on."""
    before = query(COUNT)
    feed.start()
    wait_until(lambda: query(COUNT) != before, PATIENCE, feed)
    time.sleep(chance.uniform(0, 0.3))
    feed.kill()


def test_twenty_kills_lose_and_double_nothing(start_feed, tmp_path):
    file = tmp_path / "conversations.db"
    guide = SqliteDatabase(file)
    feed, chance = start_feed(guide.url, seconds=0.1), random.Random(7)
    with Families(lambda: SqliteDatabase(file), threads=2, pause=0.05) as families:
        for _ in range(KILLS):
            kill_at_work(feed, feed.query, chance)
    feed.once()
    rows = [(sender, number, json.loads(ids)) for sender, number, ids in feed.query(TURNS)]
    messages = assert_whole(guide, rows, families.erased)
    print(f"{messages} messages, {len(families.erased)} conversations erased, {KILLS} kills")
    assert messages > 300
    assert families.erased
    guide.close()


def test_twenty_kills_and_five_restarts_of_postgresql_lose_and_double_nothing(start_feed, postgres: Server):
    """Guide and console both in PostgreSQL, which gives out ids before it commits: writers overlap."""
    for name in ("guide", "console"):
        postgres.create(name)

    def connect() -> PostgresDatabase:
        return PostgresDatabase(postgres.url("guide"), postgres.url("guide", "reader"))

    def query(statement: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(postgres.url("console"), connect_timeout=5) as connection:
            return connection.execute(statement.encode()).fetchall()

    guide = connect().prepare()
    feed = start_feed(guide.url, console_url=postgres.url("console"), seconds=0.1)
    chance = random.Random(7)
    with Families(connect, threads=4, pause=0.1) as families:
        for number in range(KILLS):
            if number % (KILLS // RESTARTS) == 0:
                before = query(COUNT)
                feed.start()
                wait_until(lambda before=before: query(COUNT) != before, PATIENCE, feed)
                postgres.restart()
                before = query(COUNT)
                wait_until(lambda before=before: query(COUNT) != before, PATIENCE, feed)
                feed.kill()
            else:
                kill_at_work(feed, query, chance)
    guide.close()
    guide = connect()
    feed.once()
    messages = assert_whole(guide, query(TURNS), families.erased)
    print(f"{messages} messages, {len(families.erased)} conversations erased, {KILLS} kills, {RESTARTS} restarts")
    assert messages > 300
    assert families.erased
    log = feed.log.read_text()
    assert "trying again every 0.1 s" in log
    assert "Traceback" not in log
    assert "question" not in log
    guide.close()


def test_a_conversation_shows_up_within_five_seconds_of_its_last_turn(start_feed, guide):
    """With the setting that is the default."""
    feed = start_feed(guide.url, seconds=2)
    feed.start()
    guide.say(guide.conversation(), turn())
    wait_until(lambda: feed.query(COUNT) == [(1,)], PATIENCE, feed)
    took = []
    for number in range(2, 6):
        guide.say(guide.conversation(), turn())
        took.append(wait_until(lambda number=number: feed.query(COUNT) == [(number,)], 5, feed))
    print("seconds:", [round(seconds, 2) for seconds in took])
    assert feed.stop() == 0


def test_a_guide_that_is_not_there_yet_is_waited_for(start_feed, tmp_path):
    file = tmp_path / "later.db"
    feed = start_feed(f"sqlite:///{file}")
    feed.start()
    wait_until(lambda: "not there yet" in feed.log.read_text(), PATIENCE, feed)
    guide = SqliteDatabase(file)
    guide.say(guide.conversation(), turn("a private question"))
    wait_until(lambda: feed.query(COUNT) == [(1,)], PATIENCE, feed)
    assert feed.stop() == 0
    log = feed.log.read_text()
    assert log.count("not there yet") == 1
    assert log.count("all is well again") == 1
    assert "private" not in log
    guide.close()


def test_a_database_of_the_console_that_is_not_set_up_is_waited_for(start_feed, guide):
    feed = start_feed(guide.url)
    feed.file.unlink()
    feed.start()
    wait_until(lambda: "waiting for the console's database to be set up" in feed.log.read_text(), PATIENCE, feed)
    guide.say(guide.conversation(), turn())
    feed.manage(*MIGRATE)
    wait_until(lambda: feed.query(COUNT) == [(1,)], PATIENCE, feed)
    assert feed.stop() == 0


def test_an_account_that_may_not_read_is_told_what_to_do(start_feed, postgres: Server, tmp_path):
    postgres.create("closed")
    owner = PostgresDatabase(postgres.url("closed"), postgres.url("closed", "reader")).prepare()
    owner.connection.execute("REVOKE SELECT ON events FROM reader")
    owner.connection.commit()
    feed = start_feed(owner.url)
    with pytest.raises(AssertionError, match=r"BOT_DATABASE_URL: .*GRANT SELECT ON events"):
        feed.once()
    owner.close()


def test_the_account_of_the_feed_cannot_write(postgres: Server):
    postgres.create("readonly")
    guide = PostgresDatabase(postgres.url("readonly"), postgres.url("readonly", "reader")).prepare()
    with psycopg.connect(guide.url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DELETE FROM events")
    guide.close()
