"""Copies of the project in which something can be broken, or trained anew."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.guide_process import ROOT

FOLDERS = ("bot", "actions", "tools")
FILES = ("config.yml", "domain.yml", "credentials.yml", "endpoints.yml")


def copy(folder: Path, *more: str) -> Path:
    """What the start reads, and ``more`` folders, below the new ``folder``."""
    for name in (*FOLDERS, *more):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    return folder
