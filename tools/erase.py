"""Erase conversations from the guide's database, as those who had them could: `python -m tools.erase <conversation id>...`.

The staff console calls this (BOT_ERASE_COMMAND) with the id on standard input (`-`), where no list of processes shows it. The
last line of the output is the number of events that were deleted. Exit status 0: the conversations are gone. 1: they, or traces
of them, may still be there; standard error says why. 2: called wrongly.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot import store
from bot.settings import Settings, SettingsError
from bot.store.database import is_file

LARGE = 100_000_000
"""Bytes: a larger file would keep the guide waiting for seconds; traces of deleted rows are then wiped in its daily run."""


class NotErased(Exception):
    """Nothing was erased; the message says why, without the id."""


def erase(place: str, conversations: Sequence[str]) -> int:
    """Erase them from the database ``place`` (``TRACKER_DB``); returns how many events there were.

    Raises NotErased and StoreError. A file that is not there is not made: its erasing would be a promise about nothing.
    """
    engine = store.connect(place)
    if is_file(engine) and not Path(str(engine.url.database)).exists():
        raise NotErased(f"TRACKER_DB: there is no database {engine.url.database}")
    try:
        store.prepare(engine)
        count = sum(store.erase(engine, conversation) for conversation in conversations)
        store.clean(engine, LARGE)
    except SQLAlchemyError as error:
        raise NotErased(f"the database could not do it ({type(error).__name__}); please try again") from None
    finally:
        engine.dispose()
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    conversations = sys.stdin.read().split() if given == ["-"] else given
    if not conversations or any(not one or one.startswith("-") for one in conversations):
        print("use: python -m tools.erase <conversation id>...   or - to read the ids from standard input", file=sys.stderr)
        return 2
    try:
        count = erase(Settings.read().database, conversations)
    except (NotErased, SettingsError, store.StoreError) as problem:
        print(f"erase: {problem}", file=sys.stderr)
        return 1
    print(count)
    return 0


if __name__ == "__main__":
    sys.exit(main())
