"""The guides that are broken: one with SQLite, one with PostgreSQL and Redis, each behind gates. Started when first needed."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
from servers import PostgreSQL, Redis

from bot.knowledge import Library
from bot.web.sessions import Sessions
from faults.gate import Gate
from tools.guide_process import ROOT, GuideProcess

HOURS = 24
SECRET = "0123456789abcdef" * 2
RECOVERY = 60.0
"""Seconds within which a guide is healthy again after a fault has gone."""
DATABASE = "conversations.db"


class House:
    """A context; ``sqlite`` and ``postgresql`` are guides, the others what stands around them."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="faults-")
        self.folder = Path(self._folder.name)
        self.library = Library.load()
        self.sqlite = self._guide("sqlite")
        self.actions = Gate(self.sqlite.action_port)
        self.sqlite.environment["ACTION_SERVER_URL"] = f"http://127.0.0.1:{self.actions.port}/webhook"
        self.server, self.redis = PostgreSQL(), Redis()
        self.database, self.counts = Gate(self.server.port), Gate(self.redis.port)
        self.postgresql = self._guide(
            "postgresql",
            TRACKER_DB=self.server.url.replace(str(self.server.port), str(self.database.port)),
            RATE_LIMIT_STORE=self.redis.url.replace(str(self.redis.port), str(self.counts.port)),
        )

    def __enter__(self) -> House:
        return self

    def __exit__(self, *_: object) -> None:
        for guide in (self.sqlite, self.postgresql):
            guide.stop()
        self.redis.stop()
        self.server.remove()
        self._folder.cleanup()

    def guide(self, name: str) -> GuideProcess:
        return {"sqlite": self.sqlite, "postgresql": self.postgresql}[name]

    def start(self, names: Sequence[str]) -> None:
        """Start the named guides side by side. Raises RuntimeError with the end of the log of one that does not."""
        if "postgresql" in names:
            self.server.start()
            self.redis.start()
        for name in names:
            self.guide(name).start_actions()
            self.guide(name).start_rasa()
        for name in names:
            self.guide(name).wait_until_healthy()

    def conversation(self, token: str) -> str:
        """The id under which the database keeps the conversation of a token."""
        found = Sessions(SECRET, HOURS).conversation(token)
        assert found, "the guide issued it"
        return found

    def database_file(self) -> Path:
        return self.sqlite.folder / DATABASE

    def waits_on_disk(self, guide: GuideProcess) -> bool:
        return any(path.stat().st_size for path in (guide.folder / "spool").glob("*.jsonl"))

    def recovers(self, guide: GuideProcess) -> bool:
        """Whether the guide is healthy, and nothing waits on the disk any more, within RECOVERY seconds."""
        deadline = time.monotonic() + RECOVERY
        while time.monotonic() < deadline:
            if health(guide)[0] == 200 and not self.waits_on_disk(guide):
                return True
            threading.Event().wait(0.5)
        return False

    def _guide(self, name: str, **settings: str) -> GuideProcess:
        folder = self.folder / name
        folder.mkdir()
        return GuideProcess(folder, ROOT, WEB_SECRET=SECRET, **settings)


def health(guide: GuideProcess) -> tuple[int, str]:
    """Status of the health page and the part that it says is failing; status 0 when it does not answer."""
    try:
        answer = httpx.get(f"{guide.url}/health", timeout=30)
    except httpx.TransportError:
        return 0, ""
    return answer.status_code, str(answer.json().get("part", ""))
