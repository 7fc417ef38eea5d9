"""The databases that are backed up: the guide's and the staff console's, each an SQLite file or PostgreSQL."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.settings import Settings
from bot.store.database import url_of

DEBIAN = Path("/usr/lib/postgresql")
CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class DatabaseError(Exception):
    """A database cannot be saved or loaded; the message names the setting and never holds a password or a row."""


@dataclass(frozen=True)
class Database:
    """``table`` is one that it has rows in once it was used."""

    name: str
    setting: str
    url: URL
    table: str

    @property
    def kind(self) -> str:
        return "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"

    @property
    def file(self) -> Path:
        return Path(str(self.url.database))

    @property
    def saved_as(self) -> str:
        """Name of its file in a backup."""
        return f"{self.name}.{'db' if self.kind == 'sqlite' else 'dump'}"

    def engine(self) -> Engine:
        return create_engine(self.url, hide_parameters=True)

    def is_used(self) -> bool:
        """Whether there is anything in it. Raises DatabaseError when it cannot be reached."""
        if self.kind == "sqlite" and not self.file.exists():
            return False
        engine = self.engine()
        try:
            with engine.connect() as connection:
                if not inspect(connection).has_table(self.table):
                    return False
                return connection.execute(text(f"SELECT 1 FROM {self.table} LIMIT 1")).first() is not None
        except SQLAlchemyError as error:
            raise DatabaseError(f"{self.setting}: the database cannot be read: {_reason(error)}") from None
        finally:
            engine.dispose()

    def refuse_while_in_use(self) -> None:
        """Raises DatabaseError while a program has it open: what that one writes meanwhile would be lost."""
        in_use = _is_open(self.file) if self.kind == "sqlite" else self._connections() > 0
        if in_use:
            raise DatabaseError(f"{self.setting}: a program is using this database. Stop guide, console and feed first")

    def save(self, folder: Path) -> Path:
        """Write a copy that is whole in itself, as it was at one moment, while others may go on writing."""
        target = folder / self.saved_as
        if self.kind == "sqlite":
            self._save_sqlite(target)
        else:
            self._run("pg_dump", "--format", "custom", "--file", str(target))
        target.chmod(0o600)
        return target

    def load(self, file: Path) -> None:
        """Put the copy in the place of everything that is there now: all of it, or nothing changes."""
        if self.kind == "sqlite":
            self.file.parent.mkdir(parents=True, exist_ok=True)
            new = not self.file.exists()
            with contextlib.closing(sqlite3.connect(file)) as source, contextlib.closing(sqlite3.connect(self.file)) as target:
                target.execute("PRAGMA secure_delete = ON")
                source.backup(target)
                target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if new:
                self.file.chmod(0o600)
        else:
            self._run("pg_restore", "--clean", "--if-exists", "--single-transaction", "--no-owner", str(file), into="--dbname")

    def _save_sqlite(self, target: Path) -> None:
        source = sqlite3.connect(f"{self.file.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
        with contextlib.closing(source), contextlib.closing(sqlite3.connect(target)) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, also when the console's write-ahead log is on
            found = copy.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise DatabaseError(f"{self.setting}: the database is damaged ({found})")

    def _connections(self) -> int:
        engine = self.engine()
        try:
            with engine.connect() as connection:
                return int(connection.execute(text(CONNECTED)).scalar() or 0)
        finally:
            engine.dispose()

    def _run(self, name: str, *arguments: str, into: str = "--dbname") -> None:
        """Run a program of PostgreSQL; the password goes by the environment, where no list of processes shows it."""
        place = self.url.set(drivername="postgresql", password=None).render_as_string()
        environment = {**os.environ, **({"PGPASSWORD": str(self.url.password)} if self.url.password else {})}
        command = [_program(name), into, place, "--no-password", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise DatabaseError(f"{self.setting}: {name} says: {done.stderr.strip()[-600:]}")


def guide(settings: Settings) -> Database:
    """The conversations. Raises StoreError."""
    return Database("conversations", "TRACKER_DB", url_of(settings.database), "events")


def console(settings: Settings) -> Database:
    """The staff console's database, by the console's own setting. Raises DatabaseError."""
    setting = "CONSOLE_DATABASE_URL"
    place = os.environ.get(setting, "") or f"sqlite:///{(settings.var / 'console.db').resolve()}"
    try:
        url = make_url(place.replace("postgres://", "postgresql://", 1) if place.startswith("postgres://") else place)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() not in {"sqlite", "postgresql"} or not url.database:
        raise DatabaseError(f"{setting}: write sqlite:////folder/file.db or postgresql://user:password@host/database")
    return Database("console", setting, url, "django_migrations")


def _program(name: str) -> str:
    """The newest of PostgreSQL's own: an older pg_dump refuses a newer server."""
    found = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    program = str(found[-1]) if found else shutil.which(name)
    if not program:
        raise DatabaseError(f"{name} is missing. Install PostgreSQL's programs (Debian: postgresql-client)")
    return program


def _is_open(file: Path) -> bool:
    """Whether another process has the file open, as far as Linux tells."""
    wanted = str(file.resolve())
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if os.readlink(link) == wanted and link.parts[2] != str(os.getpid()):
                return True
    return False


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or type(error).__name__).strip()
