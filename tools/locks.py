"""The hash-locked lists in requirements/: which packages stand in them, in which version."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "requirements"
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)


def lists() -> list[Path]:
    """All lists, by name."""
    return sorted(FOLDER.glob("*.lock"))


def plain(name: str) -> str:
    """The name of a package in the one spelling that all indexes agree on (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages(lock: Path) -> dict[str, str]:
    """Version of each package of a list, by its plain name."""
    return {plain(name): version for name, version in _PIN.findall(lock.read_text(encoding="utf-8"))}
