"""An erased conversation is gone, has its tombstone, and no turn that was under way brings it back."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

import pytest
from rows import conversations, say, tombstones
from sqlalchemy import text

from bot import store


def event() -> dict[str, Any]:
    return {"event": "user", "timestamp": time.time()}


def test_erasing_deletes_one_conversation_and_says_so(engine):
    for _ in range(3):
        say(engine, "mine")
        say(engine, "yours")
    began = time.time()
    assert store.erase(engine, "mine") == 3
    assert conversations(engine) == {"yours": 3}
    [(conversation, at)] = tombstones(engine)
    assert conversation == "mine"
    assert began <= at <= time.time()


def test_erasing_again_finds_nothing_and_keeps_the_first_time(engine):
    say(engine, "mine")
    store.erase(engine, "mine")
    first = tombstones(engine)
    assert store.erase(engine, "mine") == 0
    assert tombstones(engine) == first


def test_a_conversation_without_a_word_is_erased_too(engine):
    assert store.erase(engine, "silent") == 0
    assert [conversation for conversation, _ in tombstones(engine)] == ["silent"]


def test_removing_leaves_no_tombstone(engine):
    say(engine, "health-check")
    assert store.remove(engine, "health-check") == 1
    assert (conversations(engine), tombstones(engine)) == ({}, [])


def test_a_turn_after_the_erasing_is_not_stored(engine):
    say(engine, "mine")
    store.erase(engine, "mine")
    with pytest.raises(store.Erased), engine.begin() as connection:
        store.write(connection, "mine", [event(), event()])
    with engine.begin() as connection:
        store.write(connection, "yours", [event()])
    assert conversations(engine) == {"yours": 1}


def test_an_erasing_that_comes_between_the_writing_and_the_commit_of_a_turn_wins(engine):
    """The turn has written its rows and the erasing does not see them yet."""
    written, erased = threading.Event(), threading.Event()
    stored: list[str] = []

    def turn() -> None:
        with engine.begin() as connection:
            store.write(connection, "mine", [event()])  # also looks whether it was erased: not yet
            written.set()
            time.sleep(0.3)
        stored.append("mine")

    def erase() -> None:
        written.wait(5)
        store.erase(engine, "mine")
        erased.set()

    threads = [threading.Thread(target=turn), threading.Thread(target=erase)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored == ["mine"]
    assert erased.is_set()
    assert conversations(engine) == {}


def test_many_turns_and_erasings_at_once_leave_no_row_of_an_erased_conversation(engine):
    def turns(number: int) -> None:
        for _ in range(5):
            with contextlib.suppress(store.Erased), engine.begin() as connection:
                store.write(connection, f"chat{number}", [event()])

    threads = [threading.Thread(target=turns, args=(number,)) for number in range(6)]
    threads += [threading.Thread(target=store.erase, args=(engine, f"chat{number}")) for number in range(0, 6, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert conversations(engine) == {"chat1": 5, "chat3": 5, "chat5": 5}


def test_a_tombstone_is_all_or_nothing(engine):
    """When the rows cannot be deleted, nobody is told that they are."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE events RENAME TO elsewhere"))
    with pytest.raises(Exception, match="events"):
        store.erase(engine, "mine")
    assert tombstones(engine) == []
