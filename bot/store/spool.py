"""What the database did not take, kept on disk until it does: a turn that was answered is neither lost nor stored twice.

Each copy of the guide has a file of its own, with a line for each time something was to be stored, on the disk before the
family gets the answer. When the database answers again, the file is closed, all its rows go there in one transaction together
with the file's name, and then the file goes. After a crash in between, the name says that the rows are there already.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.store.erasing import Erased
from bot.store.writing import is_stored, write

WAS_WRITTEN = text("SELECT count(*) FROM spools WHERE name = :name")
NOTE = text("INSERT INTO spools (name, written_at) VALUES (:name, :now)")
AWAY = (OperationalError, InterfaceError, ProgrammingError, NoConnection)
"""No connection, no room, no table: later it may go well. Any other error is about the row itself, and comes again."""
REFUSED = ".refused"
"""Ending of a file with what the database does not take although it answers; somebody has to look at it."""
logger = logging.getLogger(__name__)
Event = dict[str, Any]


class Spool:
    """The waiting events of one copy. ``add`` and the questions belong to one thread; ``drain`` may run in another one."""

    def __init__(self, folder: Path, copy: str) -> None:
        """Find what waits from before. ``copy`` names the copy of the guide; two never share a name."""
        self._folder, self._copy = folder, copy
        self._draining = threading.Lock()
        self._adding = threading.Lock()
        self._waiting: dict[Path, dict[str, list[list[Event]]]] = {path: _read(path) for path in sorted(self._files())}
        self._current: Path | None = None

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def times(self, conversation: str) -> int:
        """How many times something of the conversation was kept here."""
        return sum(len(waiting.get(conversation, ())) for waiting in list(self._waiting.values()))

    def events(self, conversation: str) -> list[Event]:
        """What waits of the conversation, oldest first, as Rasa's events are stored."""
        lines = [line for waiting in list(self._waiting.values()) for line in waiting.get(conversation, ())]
        return [event for line in lines for event in line]

    def add(self, conversation: str, events: Sequence[Event]) -> None:
        """Keep the events; they are on the disk when this returns. Raises OSError when the disk does not take them."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._adding:
            path = self._current or self._folder / f"{self._copy}-{time.time_ns():020}-{uuid.uuid4().hex}.jsonl"
            _append(path, _line(conversation, events))
            self._current = path
            self._waiting.setdefault(path, {}).setdefault(conversation, []).append(list(events))

    def drain(self, engine: Engine) -> int:
        """Store all that waits; returns how many events. Raises SQLAlchemyError, and everything waits on, when that fails.

        Of a conversation that was erased meanwhile nothing is stored.
        """
        with self._draining:
            with self._adding:  # what comes from now on waits in a file of its own
                self._current, closed = None, sorted(self._waiting.items())
            count = 0
            for path, waiting in closed:
                with engine.begin() as connection:
                    stored, refused = _store(connection, path.stem, waiting)
                    for conversation, lines in refused.items():
                        logger.error("the database refused what waited of a conversation; it is in %s%s", path.stem, REFUSED)
                        _append(path.with_suffix(REFUSED), _line(conversation, [event for line in lines for event in line]))
                count += stored
                path.unlink(missing_ok=True)
                del self._waiting[path]
            return count

    def forget(self, conversation: str) -> None:
        """Remove an erased conversation from what the database refused; what still waits of it is never stored."""
        for path in self._folder.glob(f"{self._copy}-*{REFUSED}"):
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if json.loads(line)["conversation"] != conversation]
            if not kept:
                path.unlink()
            elif len(kept) < len(lines):
                path.write_text("".join(kept), encoding="utf-8")

    def _files(self) -> list[Path]:
        return list(self._folder.glob(f"{self._copy}-*.jsonl"))


def _line(conversation: str, events: Sequence[Event]) -> str:
    return json.dumps({"conversation": conversation, "events": list(events)}) + "\n"


def _append(path: Path, line: str) -> None:
    # Without a buffer: it would be written once more when the file is closed, after the half line was cut off.
    with open(path, "ab", buffering=0, opener=_for_the_owner) as file:
        end = file.tell()
        try:
            content = line.encode()
            if file.write(content) < len(content):
                raise OSError(errno.ENOSPC, "no room for the whole line")
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)  # half a line would spoil the next one
            if not end:
                path.unlink()
            raise


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _read(path: Path) -> dict[str, list[list[Event]]]:
    found: dict[str, list[list[Event]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            kept = json.loads(line)
        except ValueError:  # the machine stopped while it was written: that turn was never answered
            logger.warning("a line in %s was not finished and is left out", path.name)
            continue
        found.setdefault(kept["conversation"], []).append(kept["events"])
    return found


Waiting = Mapping[str, Sequence[Sequence[Event]]]


def _store(connection: Connection, name: str, waiting: Waiting) -> tuple[int, Waiting]:
    """Write all that waits in a file; returns how many events, and the conversations that the database refuses."""
    if connection.execute(WAS_WRITTEN, {"name": name}).scalar():
        return 0, {}
    connection.execute(NOTE, {"name": name, "now": time.time()})
    count, refused = 0, {}
    for conversation, lines in waiting.items():
        try:
            with connection.begin_nested():
                for events in lines:
                    # A server that was too slow to say so may have stored it all the same.
                    if events and not is_stored(connection, conversation, events[0]):
                        write(connection, conversation, events)
                        count += len(events)
        except Erased:
            continue
        except AWAY:
            raise
        except SQLAlchemyError:
            refused[conversation] = lines
    return count, refused
