"""The keeper as a process: mails, owed erasures and retention are done by themselves, and one that hangs delays no other."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.console.accounts.management.commands.keeper import Duty

MANAGE = [sys.executable, str(Path(__file__).parents[2] / "bot/console/manage.py")]
INVENT = """
from datetime import timedelta
from django.utils import timezone
from bot.console.conversations.models import Conversation, Turn
from bot.console.accounts.models import Erasure
from django.contrib.auth.models import User
for sender, level, days in (("now", 2, 0), ("old", 0, 99)):
    at = timezone.now() - timedelta(days=days)
    one = Conversation.objects.create(sender_id=sender, started=at, last_activity=at, alarm_level=level)
    Turn.objects.create(conversation=one, number=1, event_id=1, at=at, text=f"words of {sender} " * 20_000)
Erasure.objects.create(number=7, sender_id="gone", by=User.objects.create_user("ann"))
"""


@pytest.fixture
def settings_of_process(tmp_path: Path) -> dict[str, str]:
    with sqlite3.connect(tmp_path / "conversations.db") as guide:
        guide.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, type_name TEXT, timestamp FLOAT, data TEXT)"
        )
    guide.close()
    hang = f"{sys.executable} -c 'import time; time.sleep(60)'"
    return {
        **os.environ,
        "VAR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "bot.console.settings",
        "CONSOLE_ALERT_TO": "nurse@charity.example",
        "CONSOLE_URL": "https://console.example",
        "BOT_ERASE_COMMAND": f"{sys.executable} -c 'print(3)'",
        "BOT_KNOWLEDGE_COMMAND": hang,
    }


@pytest.fixture
def keeper(tmp_path: Path, settings_of_process: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    for arguments in (["migrate", "--verbosity", "0"], ["shell", "-v0", "-c", INVENT]):
        subprocess.run([*MANAGE, *arguments], env=settings_of_process, check=True, timeout=120, capture_output=True)
    with (tmp_path / "keeper.log").open("wb") as log:
        process = subprocess.Popen(
            [*MANAGE, "keeper"], env={**settings_of_process, "PYTHONUNBUFFERED": "1"}, stdout=log, stderr=log
        )
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()


def test_it_does_its_duties_and_stops_when_told(keeper, tmp_path):
    def done() -> tuple[int, ...]:
        with sqlite3.connect(tmp_path / "console.db") as console:
            counts = [
                console.execute(query).fetchone()[0]
                for query in (
                    "SELECT count(*) FROM accounts_alert WHERE state = 'sent'",
                    "SELECT count(*) FROM accounts_erasure WHERE done IS NOT NULL AND sender_id = ''",
                    "SELECT count(*) FROM conversations_conversation WHERE sender_id = 'old'",
                )
            ]
        console.close()
        return tuple(counts)

    limit = time.monotonic() + 60
    while (done() != (1, 1, 0) or left_over(tmp_path / "console.db")) and time.monotonic() < limit:
        time.sleep(0.5)
    log = (tmp_path / "keeper.log").read_text()
    assert done() == (1, 1, 0), log
    assert left_over(tmp_path / "console.db") == 0
    assert b"words of now" in (tmp_path / "console.db").read_bytes()
    assert not any(b"words of old" in path.read_bytes() for path in tmp_path.glob("console.db*"))
    assert "To: nurse@charity.example" in log
    assert log.count("Subject:") == 1
    keeper.send_signal(signal.SIGTERM)
    assert keeper.wait(20) == 0
    assert "stopped" in (tmp_path / "keeper.log").read_text()


def left_over(file: Path) -> int:
    """Pages of the file that hold nothing any more, or deleted rows."""
    with sqlite3.connect(file) as console:
        count = console.execute("PRAGMA freelist_count").fetchone()[0]
    console.close()
    return int(count)


def test_a_trouble_is_told_once_and_without_its_words(caplog):
    broken = [True]

    def work() -> None:
        if broken:
            raise ValueError("a family's words")

    duty = Duty("something", 2, work, threading.Event())
    with caplog.at_level("INFO"):
        assert not duty.do()
        assert not duty.do()
        broken.clear()
        assert duty.do()
    assert [record.getMessage() for record in caplog.records] == ["something: ValueError", "something: all is well again"]
