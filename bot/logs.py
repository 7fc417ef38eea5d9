"""No word of a family gets into a log, at whatever level: neither in the guide's process nor in the action server's.

Rasa writes messages, slots and whole conversations into its DEBUG lines, Sanic the address of every request into its access
log, and the text of an error may quote what it failed on. So DEBUG is not followed, an error is logged by its kind and the
places in the code that it came through, and the access log is off (``bot/rasa_ext/channel.py``).
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Mapping
from typing import Any

LOWEST = logging.INFO
logger = logging.getLogger(__name__)


def protect() -> None:
    """Take effect for all loggers of this process. Doing it twice changes nothing."""
    logging.setLogRecordFactory(Record)
    existing = [item for item in logging.root.manager.loggerDict.values() if isinstance(item, logging.Logger)]
    chatty = [item for item in (logging.root, *existing) if logging.NOTSET < item.level < LOWEST]
    for item in chatty:
        item.setLevel(LOWEST)
    if logging.root in chatty:
        logger.warning("DEBUG is not followed: at that level Rasa logs what families write")


class Record(logging.LogRecord):
    """Holds of an exception its kind and its way through the code, and nothing that it says."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.msg = _kind(self.msg)
        if isinstance(self.args, tuple):
            self.args = tuple(_kind(value) for value in self.args)
        elif isinstance(self.args, Mapping):
            self.args = {name: _kind(value) for name, value in self.args.items()}
        if self.exc_info and self.exc_info[1]:
            self.exc_text = way_of(self.exc_info[1])
        self.exc_info = None


def way_of(error: BaseException) -> str:
    """The trace of an error and of those that led to it, as Python prints it, without their messages."""
    lines = list[str]()
    at: BaseException | None = error
    while at:
        lines[:0] = [*traceback.format_tb(at.__traceback__), f"{type(at).__name__}\n"]
        following = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
        if following:
            lines.insert(0, "... which led to:\n")
        at = following
    return "".join(lines).rstrip()


def without_words(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Exception handler of an event loop: its own prints what the failing task was given."""
    logger.error("a task failed outside of any request", exc_info=context.get("exception"))


def _kind(value: Any) -> Any:
    return type(value).__name__ if isinstance(value, BaseException) else value
