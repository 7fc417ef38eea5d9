"""What the database did not take is on the disk, and goes there once: after a crash, half a line, a full disk, an erasing."""

from __future__ import annotations

import json
import os
import resource
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot import store
from bot.store.spool import Spool


def said(words: str, at: float = 1.0) -> dict[str, object]:
    return {"event": "user", "timestamp": at, "text": words, "parse_data": {"intent": {"name": "ask_aml"}}}


def rows(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT sender_id, data FROM events ORDER BY id"))
        return [(row.sender_id, json.loads(row.data)["text"]) for row in found]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", "5005")


def test_what_waits_goes_to_the_database_in_its_order_and_the_file_goes(engine, spool, tmp_path):
    spool.add("one", [said("first"), said("second")])
    spool.add("two", [said("other")])
    spool.add("one", [said("third")])
    assert (spool.times("one"), spool.times("two"), spool.times("three")) == (2, 1, 0)
    assert [event["text"] for event in spool.events("one")] == ["first", "second", "third"]
    assert spool.drain(engine) == 4
    assert sorted(rows(engine)) == [("one", "first"), ("one", "second"), ("one", "third"), ("two", "other")]
    assert [words for sender, words in rows(engine) if sender == "one"] == ["first", "second", "third"]
    assert not spool
    assert list((tmp_path / "spool").iterdir()) == []
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM events LIMIT 1")).one()
    assert (row.type_name, row.timestamp, row.intent_name, row.action_name) == ("user", 1.0, "ask_aml", None)


def test_a_restarted_copy_finds_what_waits_and_leaves_what_is_another_copys(engine, spool, tmp_path):
    spool.add("one", [said("first")])
    assert not Spool(tmp_path / "spool", "500")
    again = Spool(tmp_path / "spool", "5005")
    again.add("one", [said("second")])
    assert again.drain(engine) == 2
    assert rows(engine) == [("one", "first"), ("one", "second")]


def test_while_the_database_is_away_everything_waits_on(engine, spool, tmp_path):
    away = store.connect(str(tmp_path / "no such folder" / "file.db"))
    spool.add("one", [said("first")])
    with pytest.raises(SQLAlchemyError):
        spool.drain(away)
    spool.add("one", [said("second")])
    assert spool.times("one") == 2
    assert spool.drain(engine) == 2
    assert rows(engine) == [("one", "first"), ("one", "second")]


def test_after_a_crash_between_storing_and_removing_the_file_nothing_is_stored_twice(engine, spool, tmp_path, monkeypatch):
    spool.add("one", [said("first")])
    with monkeypatch.context() as crash:
        crash.setattr(Path, "unlink", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            spool.drain(engine)
    again = Spool(tmp_path / "spool", "5005")
    assert again.drain(engine) == 0
    assert rows(engine) == [("one", "first")]
    assert not Spool(tmp_path / "spool", "5005")


def test_a_line_that_was_not_finished_is_left_out_and_the_others_are_stored(engine, spool, tmp_path, caplog):
    spool.add("one", [said("first")])
    (file,) = (tmp_path / "spool").iterdir()
    with file.open("a") as cut:
        cut.write('{"conversation": "one", "events": [{"event": "user", "text": "sec')
    assert Spool(tmp_path / "spool", "5005").drain(engine) == 1
    assert rows(engine) == [("one", "first")]
    assert "was not finished" in caplog.text
    assert "sec" not in caplog.text.replace("second", "")


def test_a_full_disk_is_told_and_spoils_no_other_line(engine, spool, monkeypatch):
    spool.add("one", [said("first")])
    with monkeypatch.context() as full:
        full.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space"):
            spool.add("one", [said("lost")])
    spool.add("one", [said("second")])
    assert spool.drain(engine) == 2
    assert rows(engine) == [("one", "first"), ("one", "second")]


def test_of_an_erased_conversation_nothing_is_stored(engine, spool):
    spool.add("one", [said("first")])
    spool.add("two", [said("other")])
    store.erase(engine, "one")
    assert spool.drain(engine) == 1
    assert rows(engine) == [("two", "other")]


def test_what_the_database_refuses_is_put_aside_and_holds_nothing_up(engine, spool, tmp_path, caplog):
    """A row that can never be stored."""
    spool.add("one", [said("first")])
    spool.add("two", [{"event": None, "text": "canary"}])
    spool.add("three", [said("third")])
    assert spool.drain(engine) == 2
    assert rows(engine) == [("one", "first"), ("three", "third")]
    (aside,) = (tmp_path / "spool").iterdir()
    assert aside.suffix == ".refused"
    assert "canary" in aside.read_text()
    assert aside.name in caplog.text
    assert "canary" not in caplog.text
    spool.add("two", [said("later")])
    assert spool.drain(engine) == 1
    spool.forget("one")
    assert aside.exists()
    spool.forget("two")
    assert list((tmp_path / "spool").iterdir()) == [], "erased, also from what was put aside"


def test_only_its_owner_may_read_the_file(spool, tmp_path):
    spool.add("one", [said("first")])
    (file,) = (tmp_path / "spool").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_what_is_added_while_it_drains_is_stored_as_well(engine, spool):
    """Turns go on while a thread brings the waiting ones away."""
    done = threading.Event()

    def add() -> None:
        for number in range(200):
            spool.add(f"talk {number % 7}", [said(str(number))])
        done.set()

    adding = threading.Thread(target=add)
    adding.start()
    while not done.is_set():
        spool.drain(engine)
    adding.join()
    spool.drain(engine)
    stored = rows(engine)
    assert sorted(int(words) for _, words in stored) == list(range(200))
    for talk in {sender for sender, _ in stored}:
        numbers = [int(words) for sender, words in stored if sender == talk]
        assert numbers == sorted(numbers)


@pytest.mark.parametrize("before", [0, 1])
def test_a_disk_that_takes_half_a_line_keeps_none_of_it(spool, tmp_path, before):
    """A buffer would write it again when the file is closed, and the next line would be lost with it after a crash."""
    for _ in range(before):
        spool.add("one", [said("first")])
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    kept = sum(path.stat().st_size for path in (tmp_path / "spool").glob("*"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (kept + 100, limits[1]))
    try:
        with pytest.raises(OSError, match=r"no room|too large"):
            spool.add("one", [said("long " * 200)])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.stat().st_size for path in (tmp_path / "spool").glob("*")] == [kept] * before
    spool.add("one", [said("next")])
    assert [event["text"] for event in Spool(tmp_path / "spool", "5005").events("one")] == [*["first"] * before, "next"]
