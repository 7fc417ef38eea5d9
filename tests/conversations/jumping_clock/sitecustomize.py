"""Python reads this at its start when the folder stands in PYTHONPATH: a clock set ahead by the seconds in CLOCK_OFFSET."""

import os
import time
from pathlib import Path

_real, _offset = time.time, Path(os.environ["CLOCK_OFFSET"])


def _shifted() -> float:
    return _real() + float(_offset.read_text())


time.time = _shifted
