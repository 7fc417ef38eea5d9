"""`make console`: the staff console and its feed start together, say where they are, and stop together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from tools.guide_process import free_port

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 180


def test_the_console_starts_with_its_address_and_stops_on_ctrl_c(tmp_path):
    assert (ROOT / ".venv-console").exists(), "the console's environment is missing: sh tools/setup.sh console"
    port, log = free_port(), tmp_path / "log"
    environment = {**os.environ, "VAR": str(tmp_path), "CONSOLE_PORT": str(port)}
    for name in ("TRACKER_DB", "BOT_DATABASE_URL", "CONSOLE_DATABASE_URL"):
        environment.pop(name, None)
    with log.open("wb") as output:
        command = [sys.executable, "-m", "tools.run", "console", "feed"]
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{port}/"
        deadline = time.monotonic() + PATIENCE_SECONDS
        while address not in log.read_text():
            assert running.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        assert "The staff console is ready" in log.read_text()
        with urllib.request.urlopen(address, timeout=60) as answer:
            assert b"password" in answer.read()
        assert "reading the guide's database (SQLite)" in log.read_text()
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)


def test_a_port_in_use_is_told(tmp_path):
    from socket import create_server

    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "tools.run", "console"],
            cwd=ROOT, env={**os.environ, "CONSOLE_PORT": str(port)}, capture_output=True, text=True, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
    assert done.returncode != 0
    assert f"port {port} is in use" in done.stderr
    assert "CONSOLE_PORT=..." in done.stderr
