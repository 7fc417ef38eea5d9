"""An erased conversation is gone, has its tombstone, and no turn that was under way brings it back."""

from __future__ import annotations

import threading
import time

import pytest
from rows import conversations, say, tombstones
from sqlalchemy import event, text
from sqlalchemy.orm import declarative_base, sessionmaker
from sqlalchemy.sql.schema import Column
from sqlalchemy.types import Float, Integer, String

from bot import store


class Event(declarative_base()):
    __tablename__ = "events"
    id = Column(Integer, primary_key=True)
    sender_id = Column(String)
    type_name = Column(String)
    timestamp = Column(Float)


@pytest.fixture
def sessions(engine):
    """Makes sessions that write as Rasa's tracker store does."""
    made = sessionmaker(bind=engine)
    event.listen(made, "after_flush", store.refuse_erased)
    return made


def row(conversation: str) -> Event:
    return Event(sender_id=conversation, type_name="user", timestamp=time.time())


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


def test_a_turn_after_the_erasing_is_not_stored(engine, sessions):
    say(engine, "mine")
    store.erase(engine, "mine")
    with sessions() as session:
        session.add_all([row("mine"), row("mine")])
        with pytest.raises(store.Erased):
            session.commit()
    with sessions() as session:
        session.add(row("yours"))
        session.commit()
    assert conversations(engine) == {"yours": 1}


def test_an_erasing_that_comes_between_the_writing_and_the_commit_of_a_turn_wins(engine, sessions):
    """The turn has written its rows and the erasing does not see them yet."""
    written, erased = threading.Event(), threading.Event()
    stored: list[str] = []

    def turn() -> None:
        with sessions() as session:
            session.add(row("mine"))
            session.flush()  # also looks whether it was erased: not yet
            written.set()
            time.sleep(0.3)
            session.commit()
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


def test_many_turns_and_erasings_at_once_leave_no_row_of_an_erased_conversation(engine, sessions):
    def turns(number: int) -> None:
        for _ in range(5):
            with sessions() as session:
                session.add(row(f"chat{number}"))
                try:
                    session.commit()
                except store.Erased:
                    session.rollback()

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
