"""Delete conversations whose last event is older than RETENTION_DAYS, and wipe what deleting left behind.

    python -m tools.purge

The running guide does the same once a day; this is for a machine on which it does not run all the time. Prints counts only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from bot import store
from bot.settings import Settings, SettingsError
from bot.store.database import is_file
from bot.store.tables import EVENTS


def main() -> None:
    try:
        settings = Settings.read()
        engine = store.connect(settings.database)
        if (is_file(engine) and not Path(settings.database).exists()) or not inspect(engine).has_table(EVENTS):
            sys.exit("purge: no conversations are kept there (TRACKER_DB)")
        purged = store.purge(engine, settings.retention_days)
        store.clean(engine)
    except (SettingsError, store.StoreError) as error:
        sys.exit(f"purge: {error}")
    except SQLAlchemyError as error:
        sys.exit(f"purge: the conversations (TRACKER_DB) could not be read or changed: {getattr(error, 'orig', error)}")
    print(
        f"purge: {purged.conversations} conversations with {purged.events} events were older than "
        f"{settings.retention_days} days and are deleted"
    )


if __name__ == "__main__":
    main()
