"""Breaks the really running guide, counts what families get meanwhile, and ends with status 1 when a goal does not hold."""

import sys
from pathlib import Path

# What the conversations' tests are helped by (pyproject.toml gives pytest and mypy the same path).
sys.path.insert(0, str(Path(__file__).parents[1] / "tests/conversations"))
