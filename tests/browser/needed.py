"""What the browser tests need beside Python. Nothing is skipped: what is missing is an error that says what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
AXE = HERE / "node_modules/axe-core/axe.min.js"
COMPILER = HERE / "node_modules/typescript/bin/tsc"


def program(*names: str) -> str:
    """Path of the first of these programs that is installed."""
    return next((path for name in names if (path := shutil.which(name))), "") or missing(names[0])


def present(file: Path) -> Path:
    return file if file.is_file() else Path(missing(str(file.relative_to(HERE))))


def missing(what: str) -> str:
    pytest.fail(
        f"{what} is missing: run `sh tools/setup.sh browser`, which installs it or says what to install.", pytrace=False
    )
