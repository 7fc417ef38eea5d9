"""The command with which the staff console has a conversation erased from the guide's database."""

from __future__ import annotations

import io
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from bot import store
from bot.store.tables import NEW_EVENTS
from tools import erase

ROOT = Path(__file__).parents[2]
WORDS = "an invented sentence that nobody ever wrote"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A database with two conversations of three events each."""
    file = tmp_path / "conversations.db"
    with sqlite3.connect(file) as connection:
        connection.execute(NEW_EVENTS.replace("new_events", "events"))
        connection.executemany(
            "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, 'user', 1.0, ?)",
            [(sender, f'{{"text": "{WORDS} {sender}"}}') for sender in ("mine", "yours") for _ in range(3)],
        )
    connection.close()
    return file


def run(place: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tools.erase", *arguments],
        input=typed, capture_output=True, text=True, cwd=ROOT, timeout=60,
        env={**os.environ, "TRACKER_DB": str(place)}, check=False,
    )  # fmt: skip


def left(place: Path) -> tuple[dict[str, int], list[str]]:
    engine = store.connect(str(place))
    with engine.connect() as connection:
        events = connection.execute(text("SELECT sender_id, count(*) FROM events GROUP BY sender_id")).all()
        tombstones = connection.execute(text("SELECT sender_id FROM erased_conversations")).scalars().all()
    engine.dispose()
    return dict(events), list(tombstones)


def test_an_id_on_standard_input_is_erased_and_leaves_a_tombstone_and_no_trace(place):
    done = run(place, "-", typed="mine\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n", "")
    assert left(place) == ({"yours": 3}, ["mine"])
    assert b"wrote mine" not in place.read_bytes()
    assert b"wrote yours" in place.read_bytes()


def test_ids_as_arguments_and_again(place, monkeypatch, capsys):
    monkeypatch.setenv("TRACKER_DB", str(place))
    assert erase.main(["mine", "yours"]) == 0
    assert left(place)[0] == {}
    assert erase.main(["mine"]) == 0
    assert capsys.readouterr().out == "6\n0\n"


def test_a_database_that_is_not_there_is_not_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "other.db"))
    assert erase.main(["mine"]) == 1
    said = capsys.readouterr().err
    assert "TRACKER_DB" in said
    assert "mine" not in said
    assert not (tmp_path / "other.db").exists()


def test_a_database_that_is_busy_says_so_and_keeps_the_rows(place, monkeypatch, capsys):
    monkeypatch.setenv("TRACKER_DB", str(place))
    holder = sqlite3.connect(place, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        assert erase.main(["mine"]) == 1
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert "erase: " in capsys.readouterr().err
    assert left_events(place) == 6


def left_events(place: Path) -> int:
    connection = sqlite3.connect(place)
    count = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    connection.close()
    return int(count)


@pytest.mark.parametrize("arguments", [[], [""], ["--help"], ["-"]])
def test_called_wrongly_it_erases_nothing(arguments, place, monkeypatch):
    monkeypatch.setenv("TRACKER_DB", str(place))
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert erase.main(arguments) == 2
    assert left_events(place) == 6
