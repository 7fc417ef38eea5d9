"""The feed as a process of its own, with a database of its own."""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
MANAGE = [sys.executable, str(ROOT / "bot/console/manage.py")]
PATIENCE = 180
"""Seconds for what takes one or two on a machine that has nothing else to do."""
MIGRATE = ["migrate", "--verbosity", "0", "--skip-checks"]


class Feed:
    """Reads the guide's database at ``guide_url``; writes to a file in ``folder``, or to the database at ``console_url``."""

    def __init__(self, folder: Path, guide_url: str, console_url: str = "", seconds: float = 0.1) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.file, self.log = folder, folder / "console.db", folder / "feed.log"
        self.environment = {
            **os.environ,
            "VAR": str(folder),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "bot.console.settings",
            "BOT_DATABASE_URL": guide_url,
            "CONSOLE_DATABASE_URL": console_url,
            "FEED_SECONDS": str(seconds),
        }
        self.pid = 0
        self._starter: subprocess.Popen[str] | None = None
        if console_url:
            self.manage(*MIGRATE)
        else:
            shutil.copy(_migrated(), self.file)

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [*MANAGE, *arguments], env=self.environment, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def once(self) -> str:
        return self.manage("feed", "--once")

    def start(self) -> None:
        """Start the feed; the first start loads Django, too."""
        if not self._starter:
            with self.log.open("ab") as log:
                self._starter = subprocess.Popen(
                    [sys.executable, str(Path(__file__).with_name("feed_starter.py"))],
                    env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT,
                )  # fmt: skip
            self._answer()
        self.pid = int(self._ask("start"))

    def kill(self) -> None:
        """SIGKILL: nothing of the process gets a chance to tidy up."""
        os.kill(self.pid, signal.SIGKILL)
        status = int(self._ask("wait"))
        assert status == -signal.SIGKILL, f"the feed had ended by itself ({status}):\n{self.log.read_text()}"

    def stop(self) -> int:
        """SIGTERM; returns the exit status."""
        os.kill(self.pid, signal.SIGTERM)
        return int(self._ask("wait"))

    def close(self) -> None:
        """End whatever is still running."""
        if self._starter:
            if self.pid:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self.pid, signal.SIGKILL)
            self._starter.communicate(timeout=PATIENCE)

    def _ask(self, what: str) -> str:
        assert self._starter
        assert self._starter.stdin
        self._starter.stdin.write(f"{what}\n")
        self._starter.stdin.flush()
        if what == "wait":
            self.pid = 0
        return self._answer()

    def _answer(self) -> str:
        assert self._starter
        assert self._starter.stdout
        line = self._starter.stdout.readline()
        assert line, f"the feed could not be started:\n{self.log.read_text()}"
        return line

    def bytes(self) -> bytes:
        """Everything in the files of the console's SQLite database."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.glob("console.db*")))

    def query(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(self.file, timeout=30)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()


@functools.cache
def _migrated() -> Path:
    """An empty database of the console, made once for a test run."""
    folder = tempfile.mkdtemp(prefix="console-empty-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = Path(folder) / "console.db"
    environment = {**os.environ, "VAR": folder, "DJANGO_SETTINGS_MODULE": "bot.console.settings", "CONSOLE_DATABASE_URL": ""}
    subprocess.run([*MANAGE, *MIGRATE], env=environment, check=True, timeout=PATIENCE)
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return file
