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
MAKING = ".making"
"""Behind the name of a backup that is not complete yet."""
LONGEST = dt.timedelta(days=1)
"""No backup takes so long (a large one takes minutes): one that is older and not complete was killed."""
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
    remove_unfinished(folder, now)
    made = folder / now.strftime(NAME)
    making = folder / f"{made.name}{MAKING}"
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
    old = [
        path
        for path in folder.iterdir()
        if LOOKS_LIKE.fullmatch(path.name) and (path / MANIFEST).is_file() and _age(path, now) > dt.timedelta(days=keep_days)
    ]
    for path in old:
        shutil.rmtree(path.rename(f"{path}{MAKING}"))  # cut off halfway, it would else be no backup any more and stay
    return len(old)


def remove_unfinished(folder: Path, now: dt.datetime) -> int:
    """Remove what killed backups left (power loss, SIGKILL): families' words, of no use to anyone; returns how many there were.

    Before the next backup is made, not after it: what they hold may be the room on the disk that it needs.
    """
    left = [path for path in folder.glob(f"*{MAKING}") if LOOKS_LIKE.fullmatch(path.stem) and _age(path, now) > LONGEST]
    for path in left:
        shutil.rmtree(path)
    return len(left)


def _age(backup: Path, now: dt.datetime) -> dt.timedelta:
    """By its name: a copy to another disk has another time of its own."""
    return now - dt.datetime.strptime(backup.name.removesuffix(MAKING), NAME).replace(tzinfo=dt.timezone.utc)


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
