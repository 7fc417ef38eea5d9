"""Log lines that hold nothing of what families wrote."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType


class WithoutValues(logging.Formatter):
    """Where an error happened and of what kind it is, but not its message: a database's errors repeat the values of a row."""

    def formatException(
        self, error: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        kind, _, trace = error
        lines = [f"    {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([*lines, f"    {kind.__name__ if kind else 'unknown'}"])
