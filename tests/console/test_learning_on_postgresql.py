"""Proposals, exports, groups and the overview once more, on a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from postgres import Server

FILES = ["test_proposals.py", "test_evaluations.py", "test_export_examples.py", "test_missing.py", "test_overview.py"]
ELSEWHERE = "not role and not login and not real and not program"
"""What does not depend on the database is tested once."""


def test_the_learning_loop_and_the_overview_work_on_postgresql(postgres: Server) -> None:
    postgres.create("learning")
    environment = {**os.environ, "CONSOLE_DATABASE_URL": postgres.url("learning")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", ELSEWHERE, *FILES]
    run = subprocess.run(command, cwd=Path(__file__).parent, env=environment, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout[-3000:]
    assert " passed" in run.stdout
