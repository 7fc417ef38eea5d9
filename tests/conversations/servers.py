"""Private servers for tests: on free ports of loopback, in folders of their own, stopped at the end.

Nothing is skipped: a server that is not installed is an error that says what to do.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg2
import pytest

START_SECONDS = 30
DEBIAN = Path("/usr/lib/postgresql")
NOT_ROOT = "nobody"
"""PostgreSQL refuses to run as root."""


def program(name: str, *folders: Path) -> str:
    found = shutil.which(name) or next((str(folder / name) for folder in folders if (folder / name).is_file()), "")
    if not found:
        pytest.fail(f"{name} is missing: run `sh tools/setup.sh servers`, which installs it or says what to install.", False)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"{process.args!r} did not start")


class Redis:
    """A Redis that keeps everything in memory."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Redis:
        arguments = [
            program("redis-server"),
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        wait_for(self.port, self.process)
        return self

    def stop(self) -> None:
        """As a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


class PostgreSQL:
    """A PostgreSQL with one empty database. ``url`` is what the setting TRACKER_DB takes."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"postgresql://guide@127.0.0.1:{self.port}/postgres"
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self.process: subprocess.Popen[bytes] | None = None
        self._binaries = sorted((folder / "bin" for folder in DEBIAN.glob("*")), reverse=True)
        self._as: dict[str, Any] = {"user": NOT_ROOT, "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        if self._as:
            shutil.chown(self.folder, NOT_ROOT, "nogroup")
        data = str(self.folder / "data")
        make = [program("initdb", *self._binaries), "--pgdata", data, "--username", "guide", "--auth", "trust", "--no-sync"]
        subprocess.run([*make, "--encoding", "UTF8"], check=True, stdout=subprocess.DEVNULL, cwd="/", **self._as)

    def start(self) -> PostgreSQL:
        arguments = [
            program("postgres", *self._binaries), "-D", str(self.folder / "data"), "-p", str(self.port), "-h", "127.0.0.1",
            "-k", str(self.folder), "-c", "fsync=off", "-c", "log_min_messages=fatal",
        ]  # fmt: skip
        self.process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self._as)
        wait_for(self.port, self.process)
        self._wait_until_it_has_started_up()
        return self

    def _wait_until_it_has_started_up(self) -> None:
        """It listens before it takes any question."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg2.connect(self.url, connect_timeout=1).close()
                return
            except psycopg2.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()  # ends when the last client has gone
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.send_signal(2)  # ends every client's work
                self.process.wait(10)
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)
