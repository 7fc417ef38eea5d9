"""Back up the conversations and the staff console's database while both are in use.

    python -m tools.backup FOLDER             a new folder in FOLDER, named by the time; backups that are too old go
    python -m tools.backup FOLDER --erasures  only notes who erased a chat (FOLDER/erased.json): quick, for every few minutes

A backup holds what families wrote (masked): keep FOLDER on an encrypted disk, readable by nobody else, and not for ever.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import os
import re
import shutil
import sys
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.settings import Settings, SettingsError
from bot.store import StoreError
from tools import databases, erasures

NAME = "%Y%m%dT%H%M%SZ"
LOOKS_LIKE = re.compile(r"\d{8}T\d{6}Z")
MANIFEST = "manifest.json"
KEEP_DAYS = 14


def checksum(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def note_erasures(folder: Path, guide: databases.Database, console: databases.Database) -> int:
    """Bring FOLDER/erased.json up to date; returns how many it knows."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = {**erasures.of_console(console), **erasures.of_guide(guide)} if console.is_used() else erasures.of_guide(guide)
    return len(erasures.note(folder, found))


def back_up(folder: Path, guide: databases.Database, console: databases.Database, now: dt.datetime) -> Path:
    """Make one backup; it appears complete or not at all. The console's comes first: it never knows more than the guide's."""
    note_erasures(folder, guide, console)
    made = folder / now.strftime(NAME)
    making = folder / f"{made.name}.making"
    making.mkdir(mode=0o700)
    try:
        files = [database.save(making) for database in (console, guide) if database.is_used()]
        manifest = {"made": now.isoformat(), "sha256": {file.name: checksum(file) for file in files}}
        (making / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
        for file in making.iterdir():
            with file.open("rb") as content:
                os.fsync(content.fileno())
        making.rename(made)
    except BaseException:
        shutil.rmtree(making)
        raise
    return made


def remove_old(folder: Path, keep_days: int, now: dt.datetime) -> int:
    """Remove backups that are older, and nothing else; returns how many."""
    old = []
    for path in folder.iterdir():
        if LOOKS_LIKE.fullmatch(path.name) and (path / MANIFEST).is_file():
            made = dt.datetime.strptime(path.name, NAME).replace(tzinfo=dt.timezone.utc)
            if now - made > dt.timedelta(days=keep_days):
                old.append(path)
    for path in old:
        shutil.rmtree(path)
    return len(old)


def main() -> None:
    parser = argparse.ArgumentParser(prog="tools.backup", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="folder of all backups")
    parser.add_argument("--erasures", action="store_true", help="only note who erased a chat since")
    parser.add_argument("--keep-days", type=int, default=KEEP_DAYS, help="remove backups that are older (%(default)s)")
    wanted = parser.parse_args()
    os.umask(0o077)
    now = dt.datetime.now(dt.timezone.utc)
    try:
        settings = Settings.read()
        guide, console = databases.guide(settings), databases.console(settings)
        if not guide.is_used():
            sys.exit("backup: no conversations are kept there (TRACKER_DB)")
        if wanted.erasures:
            print(f"backup: {note_erasures(wanted.folder, guide, console)} erased chats are noted in {wanted.folder}")
            return
        made = back_up(wanted.folder, guide, console, now)
        removed = remove_old(wanted.folder, wanted.keep_days, now)
    except (SettingsError, StoreError, databases.DatabaseError, OSError) as error:
        sys.exit(f"backup: not made. {error}")
    except SQLAlchemyError as error:
        sys.exit(f"backup: not made. {getattr(error, 'orig', None) or type(error).__name__}")
    names = " and ".join(file.name for file in sorted(made.iterdir()) if file.name != MANIFEST)
    print(f"backup: {names} are in {made}; {removed} older than {wanted.keep_days} days were removed")


if __name__ == "__main__":
    main()
