"""A private PostgreSQL server on a free port of this machine, from Debian's package."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

BINARIES = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this account."""


class Server:
    """``start``, ``restart``, ``close``; databases by ``create``."""

    def __init__(self) -> None:
        found = sorted(BINARIES.glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
        if not found:
            raise RuntimeError("PostgreSQL is not installed; these tests need it: apt-get install -y postgresql")
        # Not in pytest's own folder, which is closed to other accounts.
        self._bin, self.folder, self.port = found[-1].parent, Path(tempfile.mkdtemp(prefix="console-postgres-")), _free_port()
        self._data = self.folder / "data"
        if os.geteuid() == 0:
            shutil.chown(self.folder, ACCOUNT)
        self._run(
            "initdb", "--pgdata", str(self._data), "--username", "owner", "--auth", "trust", "--no-sync", "--encoding", "UTF8"
        )

    def url(self, database: str, user: str = "owner") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def start(self) -> Server:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=50"
        self._control("start", "-o", options, "--log", str(self.folder / "log"))
        return self

    def stop(self) -> None:
        """As an administrator does in a hurry: connections are cut, transactions that are open are undone."""
        self._control("stop", "--mode", "fast")

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.folder)

    def create(self, database: str) -> None:
        """An empty database that the role ``reader`` may connect to; one of that name that another test made goes."""
        self._sql("postgres", f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        self._sql("postgres", f"CREATE DATABASE {database}")
        self._sql("postgres", "DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")

    def _sql(self, database: str, statement: str) -> None:
        self._run("psql", "--quiet", "--dbname", self.url(database), "--command", statement)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "--pgdata", str(self._data), "--wait", "--silent", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._bin / program), *arguments]
        if os.geteuid() == 0:
            account = pwd.getpwnam(ACCOUNT)
            command = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *command]
        with (self.folder / f"{program}.out").open("ab") as output:
            subprocess.run(command, cwd=self.folder, stdout=output, stderr=output, check=True, timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
