"""TensorFlow costs seconds and hundreds of megabytes: no process of ours that reads messages loads it."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["actions.answer", "tools.serve", "bot.understanding.entities", "bot.triage", "bot.privacy"])
def test_it_is_not_loaded(module):
    check = f"import sys, {module}; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-W", "ignore", "-c", check], timeout=120).returncode == 0
