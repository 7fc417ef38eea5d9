"""What compares a file with its history says so where there is none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.history import versions


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two versions of it, in a repository of its own."""
    folder = tmp_path / "whole"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for text in ("first", "second"):
        (folder / "ledger.yml").write_text(text)
        git(folder, "add", "ledger.yml")
        git(folder, "commit", "--quiet", "--message", text)
    return folder / "ledger.yml"


def test_all_versions_of_a_file_come_oldest_first(file):
    assert versions(file) == ["first", "second"]


def test_a_clone_without_history_is_no_reason_to_pass_without_a_word(file, tmp_path):
    git(tmp_path, "clone", "--quiet", "--depth", "1", file.parent.as_uri(), "shallow")
    with pytest.raises(pytest.skip.Exception, match=r"lacks the history .* run `git fetch --unshallow`"):
        versions(tmp_path / "shallow/ledger.yml")
