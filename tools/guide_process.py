"""The really running guide, for tests and for the evaluation: action server and Rasa as processes on free ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
START_SECONDS = 240
"""Fifteen on an idle machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class GuideProcess:
    """Starts and stops both processes; ``folder`` holds the conversations, the secret and the logs."""

    def __init__(self, folder: Path, root: Path = ROOT, **settings: str) -> None:
        self.root, self.folder = root, folder
        self.web_port, self.action_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.web_port}/webhooks/web"
        self.environment = {
            **os.environ,
            "PYTHONWARNINGS": "ignore",
            "SANIC_HOST": "127.0.0.1",
            "ACTION_SERVER_URL": f"http://127.0.0.1:{self.action_port}/webhook",
            "WEB_PORT": str(self.web_port),
            "WEB_RATE_LIMIT": "off",
            "WEB_ADDRESS_LIMIT": "off",
            "WEB_SESSION_LIMIT": "off",
            "VAR": str(folder),
            "TRACKER_DB": str(folder / "conversations.db"),
            **settings,
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> GuideProcess:
        self.start_actions()
        self.start_rasa()
        self.wait_until_healthy()
        return self

    def start_actions(self) -> None:
        self._start("actions", "rasa_sdk", "--actions", "actions", "--port", str(self.action_port))

    def start_rasa(self) -> None:
        self._start("rasa", "tools.serve")

    def stop(self, *names: str) -> None:
        """Stop the named processes (all when none is named) and wait for their end."""
        for name in names or tuple(self._processes):
            process = self._processes.pop(name, None)
            if process:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def kill(self, name: str) -> None:
        """End a process as a crash would, without a chance to put anything in order."""
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def lives(self, name: str) -> bool:
        """Whether the process was started and has not ended."""
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def wait_until_healthy(self) -> None:
        deadline, last = time.monotonic() + START_SECONDS, "no answer"
        with httpx.Client(timeout=15) as client:  # one for all tries: making one costs more than a try
            while time.monotonic() < deadline:
                for name, process in self._processes.items():
                    if process.poll() is not None:
                        raise RuntimeError(f"{name} ended with {process.returncode}:\n{self.log(name)[-3000:]}")
                try:
                    answer = client.get(f"{self.url}/health")
                    if answer.status_code == 200:
                        return
                    last = answer.text
                except httpx.TransportError:
                    pass
                time.sleep(0.3)
        raise RuntimeError(f"not healthy after {START_SECONDS} s: {last}\n{self.log('rasa')[-3000:]}")

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def pid(self, name: str) -> int:
        return self._processes[name].pid

    def memory(self) -> int:
        """Bytes that both processes hold in memory now."""
        return sum(resident(process.pid) for process in self._processes.values())

    def _start(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", *arguments], cwd=self.root, env=self.environment, stdout=log, stderr=log
            )
