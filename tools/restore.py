"""Put a backup back. Stop guide, console and feed first.

    python -m tools.restore FOLDER/20260101T030000Z
    python -m tools.restore FOLDER/20260101T030000Z --only conversations --replace

Chats that were erased since the backup are erased again, and what is older than RETENTION_DAYS goes.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot import store
from bot.settings import Settings, SettingsError
from tools import databases, erasures
from tools.backup import MANIFEST, checksum
from tools.databases import Database, DatabaseError

NAMES = ("console", "conversations")


def restore(backup: Path, targets: list[Database], others: list[Database], replace: bool, retention_days: int) -> str:
    """Restore ``targets``. Returns what was done. Raises DatabaseError.

    ``others`` are asked who erased a chat and stay as they are, but for what the guide still owes: a console of before knows
    nothing of it. The list of erasures is completed and on the disk before anything is changed: a restore that is cut off can
    be repeated.
    """
    files = _files(backup, targets)
    for database in targets:
        database.refuse_while_in_use()
        if database.is_used() and not replace:
            raise DatabaseError(f"{database.setting}: there is something in this database. To lose it, say --replace")
    erased = erasures.note(backup.parent, _known(targets + others))
    paid = [_erase_what_is_owed(database, erased) for database in others if database.name == "conversations" and erased]
    for database in targets:
        database.load(files[database.name])
    done = [f"{', '.join(database.name for database in targets)} restored from {backup.name}", *paid]
    for database in targets:
        if database.name == "conversations":
            done.append(_make_good(database.engine(), erased, retention_days))
    return "; ".join(done)


def _make_good(engine: Engine, erased: erasures.Erasures, retention_days: int) -> str:
    """Keep in the restored database the promises that were kept in the one before."""
    try:
        store.prepare(engine)
        again = erasures.apply(engine, erased)
        purged = store.purge(engine, retention_days)
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM (FULL) events")
        else:
            store.clean(engine)
    finally:
        engine.dispose()
    return f"{again} chats erased since then erased again, {purged.conversations} older than {retention_days} days removed"


def _erase_what_is_owed(guide: Database, erased: erasures.Erasures) -> str:
    """Erase in the guide's database, which is not restored, what staff erased and the guide has not erased yet.

    By the guide's tombstones the feed then erases it in the restored console, too. Raises DatabaseError.
    """
    try:
        if not guide.is_used():
            return "chats erased since are in it until the conversations are there again: restore the conversations, too"
    except DatabaseError as error:
        raise DatabaseError(f"{error}. Restore the conversations, too: only by them are erased chats kept out of it") from None
    known, engine = erasures.of_guide(guide), guide.engine()
    try:
        store.prepare(engine)
        owed = sum(store.erase(engine, sender) > 0 for sender in erased if sender not in known)
        store.clean(engine)
    finally:
        engine.dispose()
    return f"{owed} chats that staff had erased are erased in the guide, too"


def _known(found: list[Database]) -> erasures.Erasures:
    """Erasures in the databases as they are now; one that cannot be read is what a restore is for."""
    known: erasures.Erasures = {}
    for database in found:
        try:
            if database.is_used():
                known.update(erasures.of_guide(database) if database.name == "conversations" else erasures.of_console(database))
        except (DatabaseError, SQLAlchemyError):
            print(f"restore: {database.setting}: cannot be asked which chats were erased", file=sys.stderr)
    return known


def _files(backup: Path, targets: list[Database]) -> dict[str, Path]:
    """The file of each target, unharmed. Raises DatabaseError."""
    try:
        sums: dict[str, str] = json.loads((backup / MANIFEST).read_text())["sha256"]
    except (OSError, ValueError, KeyError):
        raise DatabaseError(f"{backup} is no backup: its {MANIFEST} is missing or damaged") from None
    files = {}
    for database in targets:
        file = backup / database.saved_as
        if database.saved_as not in sums:
            there = next((name for name in sums if name.startswith(f"{database.name}.")), "nothing of it")
            raise DatabaseError(
                f"{database.setting} is {database.kind}, but the backup holds {there}. Restore it with the setting of then; "
                "tools.move_store moves conversations from a file to PostgreSQL. Or leave it out with --only"
            )
        if not file.is_file() or checksum(file) != sums[database.saved_as]:
            raise DatabaseError(f"{file} is missing or damaged")
        files[database.name] = file
    return files


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.restore", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("backup", type=Path, help="folder of one backup")
    parser.add_argument("--only", choices=NAMES, help="restore this database and leave the other one as it is")
    parser.add_argument("--replace", action="store_true", help="lose what is in the databases now")
    wanted = parser.parse_args()
    os.umask(0o077)
    try:
        settings = Settings.read()
        found = {"console": databases.console(settings), "conversations": databases.guide(settings)}
        names = [wanted.only] if wanted.only else [name for name in NAMES if any(wanted.backup.glob(f"{name}.*"))] or [NAMES[1]]
        targets = [found.pop(name) for name in names]
        print(f"restore: {restore(wanted.backup, targets, list(found.values()), wanted.replace, settings.retention_days)}")
    except (SettingsError, store.StoreError, DatabaseError, OSError) as error:
        sys.exit(f"restore: {error}")
    except SQLAlchemyError as error:
        sys.exit(f"restore: {getattr(error, 'orig', None) or type(error).__name__}. Repeat it with --replace")


if __name__ == "__main__":
    main()
