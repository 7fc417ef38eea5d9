"""Python reads this at its start when the folder stands in PYTHONPATH: a clock that goes by the seconds in the file CLOCK_OFFSET."""

import os
import time
from pathlib import Path

_real, _offset = time.time, Path(os.environ["CLOCK_OFFSET"])


def _shifted() -> float:
    return _real() + float(_offset.read_text())


time.time = _shifted
