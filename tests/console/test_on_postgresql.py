"""Queue, search and review page once more, on a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from postgres import Server

FILES = ["test_search.py", "test_queue.py", "test_review_page.py", "test_data.py", "test_alerts.py"]


def test_queue_search_and_review_work_on_postgresql(postgres: Server) -> None:
    postgres.create("console")
    environment = {**os.environ, "CONSOLE_DATABASE_URL": postgres.url("console")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *FILES]
    run = subprocess.run(command, cwd=Path(__file__).parent, env=environment, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout[-3000:]
