"""Every version that a file had, for tests that compare it with what it was before."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


def versions(file: Path) -> list[str]:
    """The texts of ``file`` in the commits that changed it, the oldest first.

    Skips the test in a shallow clone, and says so: its history begins somewhere, so that it would have nothing to compare with.
    """

    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=file.parent, check=True, capture_output=True, text=True, encoding="utf-8"
        ).stdout

    if git("rev-parse", "--is-shallow-repository").strip() != "false":
        pytest.skip(f"this clone lacks the history of {file.name}: run `git fetch --unshallow`")
    commits = git("log", "--format=%H", "--reverse", "--", file.name).split()
    return [git("show", f"{commit}:./{file.name}") for commit in commits]
