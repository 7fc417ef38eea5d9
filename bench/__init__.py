"""Speed and memory of the guide, beside Rasa's default pipeline where there is one to compare with."""

import sys
from pathlib import Path

# The private servers of the conversations' tests and the page of the browser's (pyproject.toml gives pytest and mypy the same).
sys.path[:0] = [str(Path(__file__).parents[1] / "tests" / name) for name in ("conversations", "browser")]
