"""The large profile in small: PostgreSQL, Redis, two copies of the guide with an action server each, nginx in front."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers import PostgreSQL, Redis, free_port

from tests.deployment.proxy import CONSOLE_HOST, Nginx
from tools.guide_process import GuideProcess


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    server = PostgreSQL()
    try:
        yield server.start()
    finally:
        server.remove()


@dataclass
class Site:
    """Everything that runs; ``copies`` by their address."""

    postgresql: PostgreSQL
    redis: Redis
    nginx: Nginx
    copies: dict[str, GuideProcess]

    @property
    def url(self) -> str:
        return self.nginx.url

    def kill(self, address: str) -> None:
        os.kill(self.copies[address].pid("rasa"), signal.SIGKILL)

    def restart(self, address: str) -> None:
        """As systemd does: SIGTERM, time to finish, and a new process."""
        self.copies[address].stop("rasa")
        self.copies[address].start_rasa()

    @property
    def action_servers(self) -> dict[str, GuideProcess]:
        """By their address; each was started with a copy, but nginx asks any of them."""
        return {f"127.0.0.1:{copy.action_port}": copy for copy in self.copies.values()}

    def restart_actions(self, address: str) -> None:
        copy = self.action_servers[address]
        copy.stop("actions")
        copy.start_actions()

    def wait_until_caught_up(self) -> None:
        """Until nothing waits on the disk any more for the database."""
        deadline = time.monotonic() + 60
        for copy in self.copies.values():
            while list((copy.folder / "spool").glob("*.jsonl")):
                assert time.monotonic() < deadline, "what waited for the database was not stored in a minute"
                time.sleep(0.1)
            copy.wait_until_healthy()

    def logs(self) -> str:
        return "".join(copy.log("rasa") for copy in self.copies.values())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, monkeypatch_module: pytest.MonkeyPatch) -> Iterator[Site]:
    postgresql, redis = PostgreSQL(), Redis()
    actions = f"127.0.0.1:{free_port()}"
    copies: list[GuideProcess] = []
    nginx = None
    try:
        postgresql.start()
        redis.start()
        for name in ("first", "second"):
            copies.append(
                GuideProcess(
                    tmp_path_factory.mktemp(name),
                    TRACKER_DB=postgresql.url,
                    RATE_LIMIT_STORE=redis.url,
                    WEB_SECRET="0123456789abcdef" * 2,
                    TRUSTED_PROXIES="1",
                    WEB_SESSION_LIMIT="60/minute",
                    WEB_TURN_SECONDS="20",  # what is lost is looked for here, not what is late
                    ACTION_SERVER_URL=f"http://{actions}/webhook",
                )
            )
        for copy in copies:  # all at once, from an empty database
            copy.start_actions()
            copy.start_rasa()
        by_address = {f"127.0.0.1:{copy.web_port}": copy for copy in copies}
        nginx = Nginx(
            tmp_path_factory.mktemp("nginx"), list(by_address), "--actions", actions, "--console-host", CONSOLE_HOST,
            *(part for copy in copies for part in ("--action-server", f"127.0.0.1:{copy.action_port}")),
            turn_seconds=20.0,
        ).start()  # fmt: skip
        monkeypatch_module.setenv("SSL_CERT_FILE", str(nginx.certificate))
        for copy in copies:
            copy.wait_until_healthy()
        yield Site(postgresql, redis, nginx, by_address)
    finally:
        for copy in copies:
            copy.stop()
        if nginx:
            nginx.stop()
        redis.stop()
        postgresql.remove()


@pytest.fixture(scope="module")
def monkeypatch_module() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"
