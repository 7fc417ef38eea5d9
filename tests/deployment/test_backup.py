"""Back up, restore and move both databases: nothing lost, nothing that was erased comes back."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rows import say, tombstones
from servers import PostgreSQL
from sqlalchemy import text
from sqlalchemy.engine import Engine, make_url

from bot import store
from tools import backup, databases, erasures, move_store

ROOT = Path(__file__).parents[2]
CONSOLE_PYTHON = ROOT / ".venv-console/bin/python"
EVENTS = "SELECT id, sender_id, type_name, timestamp, intent_name, action_name, data FROM events ORDER BY id"
STAFF_ERASE = """
from django.contrib.auth import get_user_model
from bot.console.accounts import erasing
from bot.console.conversations.models import Conversation
erasing.erase(Conversation.objects.get(sender_id="family-1"), get_user_model().objects.get())
"""
MAKE_CONSOLE = """
import datetime
from bot.console.feed.models import Erased
Erased.objects.create(sender_id="known-to-the-console", erased=datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc))
from django.contrib.auth import get_user_model
get_user_model().objects.create_user("ann", password="a long invented phrase")
"""


@pytest.fixture(scope="module")
def console_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The console's database as the console itself makes it, with one user and one erased conversation."""
    if not CONSOLE_PYTHON.exists():
        pytest.fail("the console's environment is missing: run `sh tools/setup.sh console`", pytrace=False)
    folder = tmp_path_factory.mktemp("console")
    environment = {**os.environ, "VAR": str(folder), "CONSOLE_DATABASE_URL": f"sqlite:///{folder}/console.db"}
    for command in (["migrate", "--verbosity", "0"], ["shell", "--command", MAKE_CONSOLE]):
        subprocess.run(
            [str(CONSOLE_PYTHON), "-m", "bot.console.manage", *command], cwd=ROOT, env=environment, check=True,
            capture_output=True, timeout=300,
        )  # fmt: skip
    with contextlib.closing(sqlite3.connect(folder / "console.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "console.db"


@dataclass
class House:
    """The settings of one installation, and its commands."""

    folder: Path
    backups: Path
    tracker_db: str
    console_url: str

    def environment(self, **settings: str) -> dict[str, str]:
        return {
            **os.environ, "VAR": str(self.folder), "TRACKER_DB": self.tracker_db,
            "CONSOLE_DATABASE_URL": self.console_url, "RETENTION_DAYS": "30", **settings,
        }  # fmt: skip

    def run(self, module: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """A command as the administrator types it, but in this process: a new one takes seconds to import everything."""
        told, complaint, code = io.StringIO(), io.StringIO(), 0
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(told), redirect_stderr(complaint):
            for name, value in self.environment(**settings).items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", [module, *arguments])
            before = os.umask(0o077)
            try:
                importlib.import_module(module).main()
            except SystemExit as ended:
                complaint.write(str(ended.code))
                code = 1
            finally:
                os.umask(before)
        return subprocess.CompletedProcess(sys.argv, code, told.getvalue(), complaint.getvalue())

    def done(self, module: str, *arguments: str, **settings: str) -> str:
        finished = self.run(module, *arguments, **settings)
        assert finished.returncode == 0, finished.stderr[-2000:]
        return finished.stdout

    def refused(self, module: str, *arguments: str, **settings: str) -> str:
        finished = self.run(module, *arguments, **settings)
        assert finished.returncode == 1, finished.stdout
        return finished.stderr

    def back_up(self) -> Path:
        self.done("tools.backup", str(self.backups))
        return max(path for path in self.backups.iterdir() if backup.LOOKS_LIKE.fullmatch(path.name))

    @contextlib.contextmanager
    def conversations(self) -> Iterator[Engine]:
        engine = store.connect(self.tracker_db)
        try:
            yield engine
        finally:
            engine.dispose()

    def events(self) -> list[tuple[Any, ...]]:
        with self.conversations() as engine, engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(EVENTS))]

    def senders(self) -> set[str]:
        return {row[1] for row in self.events()}

    def say(self, conversation: str, words: str = "hello", days_ago: float = 0.0) -> int:
        with self.conversations() as engine:
            return say(engine, conversation, words, days_ago)

    def erase(self, conversation: str) -> None:
        with self.conversations() as engine:
            store.erase(engine, conversation)

    def manage(self, *arguments: str) -> None:
        """A command of the staff console."""
        command = [str(CONSOLE_PYTHON), "-m", "bot.console.manage", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment(), check=True, capture_output=True, timeout=300)

    def staff(self) -> list[str]:
        """Names of the console's users."""
        return self._console("SELECT username FROM auth_user")

    def seen_by_staff(self) -> set[str]:
        """The conversations in the console."""
        return set(self._console("SELECT sender_id FROM conversations_conversation"))

    def _console(self, query: str) -> list[str]:
        url = make_url(self.console_url)
        engine = databases.Database("console", "CONSOLE_DATABASE_URL", url, "django_migrations").engine()
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(query)).scalars())
        finally:
            engine.dispose()


def fill(file: Path) -> None:
    """Three conversations in a new SQLite file, as the guide keeps them."""
    engine = store.connect(str(file))
    with engine.begin() as connection:
        connection.execute(text(store.tables.NEW_EVENTS.replace("new_events", "events")))
        connection.execute(text("CREATE INDEX ix_events_sender_id ON events (sender_id)"))
    store.prepare(engine)
    for number in range(30):
        say(engine, f"family-{number % 3}", f"message {number} with ünïcode")
    engine.dispose()


def new_house(folder: Path, console_file: Path) -> House:
    folder.mkdir()
    fill(folder / "conversations.db")
    shutil.copy(console_file, folder / "console.db")
    return House(folder, folder / "backups", str(folder / "conversations.db"), f"sqlite:///{folder}/console.db")


@pytest.fixture
def on_sqlite(tmp_path: Path, console_file: Path) -> House:
    return new_house(tmp_path / "house", console_file)


@pytest.fixture
def on_postgresql(tmp_path: Path, console_file: Path, postgresql: PostgreSQL) -> House:
    """The same, moved to two new databases of PostgreSQL; the console's holds the tables that backups look into."""
    house = new_house(tmp_path / "house", console_file)
    guide, console = new_database(postgresql), new_database(postgresql)
    source, target = store.connect(house.tracker_db), store.connect(guide)
    move_store.move(source, target)
    source.dispose()
    target.dispose()
    environment = {**os.environ, "VAR": str(house.folder), "CONSOLE_DATABASE_URL": console}
    for command in (["migrate", "--verbosity", "0"], ["shell", "--command", MAKE_CONSOLE]):
        subprocess.run(
            [str(CONSOLE_PYTHON), "-m", "bot.console.manage", *command], cwd=ROOT, env=environment, check=True,
            capture_output=True, timeout=300,
        )  # fmt: skip
    house.tracker_db, house.console_url = guide, console
    return house


def new_database(server: PostgreSQL) -> str:
    """The URL of an empty database."""
    name = f"test_{time.monotonic_ns()}"
    engine = store.connect(server.url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return make_url(server.url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest) -> House:
    return request.getfixturevalue(f"on_{request.param}")


def emptied(house: House, postgresql: PostgreSQL) -> House:
    """A new machine, with the backups of the old one."""
    folder = house.folder.parent / "new"
    folder.mkdir()
    if house.tracker_db.startswith("postgresql"):
        return House(folder, house.backups, new_database(postgresql), new_database(postgresql))
    return House(folder, house.backups, str(folder / "conversations.db"), f"sqlite:///{folder}/console.db")


def test_a_backup_restored_on_an_empty_machine_is_the_same(house, postgresql):
    house.erase("family-2")
    before = house.events()
    made = house.back_up()
    assert (made.stat().st_mode & 0o777, house.backups.stat().st_mode & 0o777) == (0o700, 0o700)
    assert {file.stat().st_mode & 0o777 for file in made.iterdir()} == {0o600}
    new = emptied(house, postgresql)
    new.done("tools.restore", str(made))
    assert new.events() == before
    assert new.staff() == ["ann"]
    with new.conversations() as engine:
        assert "family-2" in {sender for sender, _ in tombstones(engine)}
        last = say(engine, "family-0", "after the restore")
    assert last > erasures.JUMP, "no id that was given since the backup is given again"


def test_a_restore_of_an_old_backup_erases_again_what_was_erased_since(house):
    house.say("too-old", days_ago=40)
    made = house.back_up()
    house.erase("family-1")
    house.say("newer")
    assert "--replace" in house.refused("tools.restore", str(made))
    assert "newer" in house.senders()
    told = house.done("tools.restore", str(made), "--replace")
    assert "1 chats erased since then erased again, 1 older than 30 days removed" in told
    assert house.senders() == {"family-0", "family-2"}
    with house.conversations() as engine, engine.connect() as connection:
        assert {sender for sender, _ in tombstones(engine)} == {"family-1", "known-to-the-console"}
        assert connection.execute(text("SELECT min(id) FROM erased_conversations")).scalar() > erasures.JUMP
    if house.tracker_db.endswith(".db"):
        assert b"message 1 with" not in Path(house.tracker_db).read_bytes(), "nothing of it is left in the file"


def test_erasures_are_known_without_the_lost_database_when_they_were_noted(house, postgresql):
    """The disk is gone; what is left are last night's backup and the note of ten minutes ago."""
    made = house.back_up()
    house.erase("family-1")
    house.done("tools.backup", str(house.backups), "--erasures")
    new = emptied(house, postgresql)
    new.done("tools.restore", str(made))
    assert new.senders() == {"family-0", "family-2"}


def test_the_console_remembers_erasures_that_nobody_noted(on_sqlite):
    on_sqlite.say("known-to-the-console")
    made = on_sqlite.back_up()
    (on_sqlite.backups / erasures.FILE).unlink()
    Path(on_sqlite.tracker_db).unlink()
    on_sqlite.done("tools.restore", str(made), "--only", "conversations")
    assert "known-to-the-console" not in on_sqlite.senders()
    assert on_sqlite.staff() == ["ann"], "the console's database was left alone"


def test_what_staff_erased_stays_erased_when_the_console_alone_is_restored(house):
    """The guide had not done it yet: the console restored knows nothing of it any more, and nobody else would ever tell it."""
    house.manage("feed", "--once")
    made = house.back_up()
    house.manage("shell", "--command", STAFF_ERASE)
    assert house.senders() == {"family-0", "family-1", "family-2"}, "the guide still owes it"
    told = house.done("tools.restore", str(made), "--only", "console", "--replace")
    assert "1 chats that staff had erased are erased in the guide, too" in told
    assert house.senders() == {"family-0", "family-2"}
    if house.tracker_db.endswith(".db"):
        assert b"message 1 with" not in Path(house.tracker_db).read_bytes(), "nothing of it is left in the file"
    house.manage("feed", "--once")
    assert house.seen_by_staff() == {"family-0", "family-2"}


def test_the_console_is_not_restored_alone_while_the_guide_cannot_be_told_what_staff_erased(on_sqlite):
    made, before = on_sqlite.back_up(), on_sqlite.seen_by_staff()
    Path(on_sqlite.tracker_db).write_bytes(b"no database" * 100)
    told = on_sqlite.refused("tools.restore", str(made), "--only", "console", "--replace")
    assert "TRACKER_DB" in told
    assert "Restore the conversations" in told
    assert on_sqlite.seen_by_staff() == before
    Path(on_sqlite.tracker_db).unlink()
    told = on_sqlite.done("tools.restore", str(made), "--only", "console", "--replace")
    assert "restore the conversations, too" in told
    assert not Path(on_sqlite.tracker_db).exists(), "no database is made where none was"


def test_a_backup_of_a_database_in_which_someone_writes_is_of_one_moment(on_sqlite):
    with on_sqlite.conversations() as engine:
        stop = time.monotonic() + 3
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.backup", str(on_sqlite.backups)], cwd=ROOT,
            env=on_sqlite.environment(PYTHONWARNINGS="ignore"),
        )  # fmt: skip
        number = 0
        while process.poll() is None or time.monotonic() < stop:
            with engine.begin() as connection:  # both or neither
                for half in "ab":
                    connection.execute(
                        text("INSERT INTO events (sender_id, type_name, data) VALUES (:sender, 'user', '{}')"),
                        {"sender": f"pair-{number}-{half}"},
                    )
            number += 1
        assert process.returncode == 0
    (made,) = (path for path in on_sqlite.backups.iterdir() if path.is_dir())
    with contextlib.closing(sqlite3.connect(made / "conversations.db")) as copy:
        halves = [sender for (sender,) in copy.execute("SELECT sender_id FROM events WHERE sender_id LIKE 'pair-%'")]
    assert len(halves) % 2 == 0
    assert {sender[:-1] + "b" for sender in halves if sender.endswith("a")} == {
        sender for sender in halves if sender.endswith("b")
    }


@pytest.mark.parametrize("harm", ["changed", "missing", "no manifest", "another kind"])
def test_a_backup_that_is_not_right_changes_nothing(on_sqlite, postgresql, harm):
    made, before = on_sqlite.back_up(), on_sqlite.events()
    file = made / "conversations.db"
    settings = {}
    if harm == "changed":
        file.write_bytes(file.read_bytes()[:-1] + b"x")
    elif harm == "missing":
        file.unlink()
    elif harm == "no manifest":
        (made / backup.MANIFEST).unlink()
    else:
        settings["TRACKER_DB"] = new_database(postgresql)
    words = {"no manifest": "is no backup", "another kind": "TRACKER_DB is postgresql, but the backup holds conversations.db"}
    arguments = [str(made), "--replace", "--only", "conversations"]
    assert words.get(harm, "is missing or damaged") in on_sqlite.refused("tools.restore", *arguments, **settings)
    assert on_sqlite.events() == before


def test_a_restore_waits_for_nobody_and_takes_nothing_from_under_a_program(house):
    made = house.back_up()
    with house.conversations() as engine, engine.connect() as connection:
        connection.execute(text("SELECT 1 FROM events LIMIT 1")).all()
        restore = [sys.executable, "-W", "ignore", "-m", "tools.restore", str(made), "--replace"]
        done = subprocess.run(restore, cwd=ROOT, env=house.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Stop guide, console and feed first" in done.stderr
    assert "Traceback" not in done.stderr


def test_only_old_backups_are_removed(tmp_path):
    now = dt.datetime(2026, 6, 30, 3, tzinfo=dt.timezone.utc)
    for name in ("20260601T030000Z", "20260617T030000Z", "letters"):
        (tmp_path / name).mkdir()
        (tmp_path / name / backup.MANIFEST).touch()
    (tmp_path / "20260502T030000Z").mkdir()  # no backup: nothing says so
    assert backup.remove_old(tmp_path, 14, now) == 1
    assert not (tmp_path / "20260601T030000Z").exists()
    assert len(list(tmp_path.iterdir())) == 3


def test_an_old_backup_of_which_half_was_removed_is_removed_later(tmp_path, monkeypatch):
    now = dt.datetime(2026, 6, 30, 3, tzinfo=dt.timezone.utc)
    (tmp_path / "20260601T030000Z").mkdir()
    (tmp_path / "20260601T030000Z" / backup.MANIFEST).touch()
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", lambda path: (path / backup.MANIFEST).unlink())
        backup.remove_old(tmp_path, 14, now)
    assert backup.remove_unfinished(tmp_path, now) == 1
    assert not list(tmp_path.iterdir())


def test_what_a_killed_backup_left_goes_with_the_next_one(on_sqlite):
    """Families' words, which nobody would else ever remove."""
    now = dt.datetime.now(dt.timezone.utc)
    killed, running = (
        on_sqlite.backups / f"{(now - dt.timedelta(hours=hours)).strftime(backup.NAME)}.making" for hours in (25, 1)
    )
    foreign = on_sqlite.backups / "wedding.making"
    for folder in (killed, running, foreign):
        folder.mkdir(parents=True)
        (folder / "conversations.db").write_text("what a family wrote")
    on_sqlite.back_up()
    assert not killed.exists()
    assert running.exists(), "a backup that may still be under way is left alone"
    assert foreign.exists()


def test_two_that_note_erasures_at_the_same_moment_lose_none(tmp_path):
    """The backup of the night and the note of every ten minutes both begin at 03:00."""
    wanted = {f"family-{number}": float(number) for number in range(200)}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda sender: erasures.note(tmp_path, {sender: wanted[sender]}), wanted))
    assert erasures.read(tmp_path) == wanted
    assert {file.name for file in tmp_path.iterdir()} == {erasures.FILE, erasures.LOCK}, "and nothing is left lying about"
    assert (tmp_path / erasures.FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"TRACKER_DB": "/nowhere/conversations.db"}, "no conversations are kept there (TRACKER_DB)"),
        ({"TRACKER_DB": "postgresql://guide:secret-word@127.0.0.1:1/guide"}, "TRACKER_DB: the database cannot be read"),
        ({"CONSOLE_DATABASE_URL": "mysql://ann:secret-word@db/console"}, "CONSOLE_DATABASE_URL: write sqlite:////"),
    ],
)
def test_what_is_wrong_is_named_and_no_password_shown(on_sqlite, settings, words):
    told = on_sqlite.refused("tools.backup", str(on_sqlite.backups), **settings)
    assert words in told
    assert "secret-word" not in told


def test_conversations_move_from_a_file_to_postgresql(on_sqlite, postgresql):
    on_sqlite.say("gone", "deleted as the last row")
    with on_sqlite.conversations() as engine:
        store.remove(engine, "gone")
    on_sqlite.erase("family-1")
    before = on_sqlite.events()
    file = on_sqlite.tracker_db
    url = new_database(postgresql)
    told = on_sqlite.done("tools.move_store", file, TRACKER_DB=url)
    assert "20 rows of events, 1 rows of erased_conversations" in told
    moved = House(on_sqlite.folder, on_sqlite.backups, url, on_sqlite.console_url)
    assert moved.events() == before, "the same rows with the same ids, in the same order, of the same types"
    assert moved.say("family-0") == 32, "above every id that was ever given: 31 is gone, but someone may have read it"
    with moved.conversations() as engine, engine.connect() as connection:
        indexed = connection.execute(text("SELECT indexdef FROM pg_indexes WHERE tablename = 'events'")).scalars()
        assert any("sender_id" in definition for definition in indexed)
        assert [sender for sender, _ in tombstones(engine)] == ["family-1"]
        store.erase(engine, "family-2")
        assert len(tombstones(engine)) == 2
    assert "is not empty" in on_sqlite.refused("tools.move_store", file, TRACKER_DB=url)
    assert "must name where to" in on_sqlite.refused("tools.move_store", file, TRACKER_DB=str(on_sqlite.folder / "other.db"))
    assert json.loads(before[0][6])["text"] == "message 0 with ünïcode"
