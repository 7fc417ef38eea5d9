"""What a family says to the running guide shows up in the staff console, and goes from there when it is erased."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.guide_process import GuideProcess

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-console/bin/python"
SHOWS_UP_SECONDS = 5.0


class Console:
    """The feed of the console, as a process; what it imported is looked up in the console's own file."""

    def __init__(self, folder: Path, guide: GuideProcess) -> None:
        assert PYTHON.exists(), "the console's environment is missing: sh tools/setup.sh console"
        self.file = folder / "console.db"
        guide_url = f"sqlite:///{guide.folder}/conversations.db"
        self.environment = {**os.environ, "VAR": str(folder), "BOT_DATABASE_URL": guide_url, "CONSOLE_DATABASE_URL": ""}
        self.manage = [str(PYTHON), "bot/console/manage.py"]
        subprocess.run([*self.manage, "migrate", "--verbosity", "0"], cwd=ROOT, env=self.environment, check=True, timeout=120)
        self.process = subprocess.Popen([*self.manage, "feed"], cwd=ROOT, env=self.environment)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.file, timeout=30)
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def turns(self, text: str) -> list[tuple[Any, ...]]:
        """All turns of the conversation in which the family wrote ``text``."""
        return self.ask(
            "SELECT text, intent, topic, kind, alarm_level, feedback FROM conversations_turn WHERE conversation_id = "
            "(SELECT conversation_id FROM conversations_turn WHERE text = ?) ORDER BY number",
            text,
        )

    def conversation(self, text: str) -> tuple[Any, ...]:
        """Of the one in which the family wrote ``text``."""
        (found,) = self.ask(
            "SELECT place, state, alarm_level, turn_count FROM conversations_conversation WHERE id = "
            "(SELECT conversation_id FROM conversations_turn WHERE text = ?)",
            text,
        )
        return found


@pytest.fixture(scope="module")
def console(guide: GuideProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    found = Console(tmp_path_factory.mktemp("console"), guide)
    yield found
    found.stop()


def wait_for(true: Callable[[], object], seconds: float) -> float:
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - begun


def test_a_conversation_shows_up_grows_and_is_erased(talk, console):
    family, first = talk(place="GB"), "What is an angiomyolipoma, please?"
    family.say(first)
    wait_for(lambda: console.turns(first), 60)  # the feed may still be starting
    family.choose("helped:no")
    family.say("There is blood in his urine")
    took = wait_for(lambda: len(console.turns(first)) == 2, SHOWS_UP_SECONDS)
    print(f"seen by staff after {took:.1f} s")
    asked, alarm = console.turns(first)
    assert asked == (first, "ask_aml/what", "aml/what", "answer", 0, "no")
    assert alarm[1:5] == ("red_flag/bleeding", "", "emergency", 2)
    assert console.conversation(first) == ("GB", "new", 2, 2)
    assert family.erase().status_code == 200
    wait_for(lambda: not console.turns(first), SHOWS_UP_SECONDS)


def test_names_are_masked_before_staff_see_them(talk, console):
    talk().say("my son Peter Hartmann has a cyst in his kidney")
    wait_for(lambda: console.ask("SELECT 1 FROM conversations_turn WHERE text LIKE '%has a cyst in his kidney'"), 60)
    assert not console.ask("SELECT 1 FROM conversations_turn WHERE text LIKE '%Hartmann%'")


def test_the_health_check_is_not_seen_by_staff(guide, talk, console):
    """The feed reads in the order of writing: when it has brought what was said after the check, it has passed that."""
    family, before, after = talk(), "What is TSC, before the check?", "What is TSC, after the check?"
    family.say(before)
    wait_for(lambda: console.turns(before), 60)
    guide.wait_until_healthy()
    family.say(after)
    wait_for(lambda: console.turns(after), SHOWS_UP_SECONDS)
    assert not console.ask("SELECT 1 FROM conversations_conversation WHERE sender_id = 'health-check'")
