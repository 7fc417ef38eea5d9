"""A chat that was erased is in no file any more, byte for byte, while the others are untouched."""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from faults.family import Family, canary, client_of
from faults.goal import Amounts, Finding
from faults.house import House

WIPED = 20.0
"""Seconds after the last erasure."""
WAYS = 4
BEFORE, AWAY, CAUGHT_UP, STAYS = range(WAYS)
"""Erased with nothing special; while its turns wait on the disk for the database; after they went there; not at all."""
ASKED = "what is an angiomyolipoma, {}?"


def check(house: House, amounts: Amounts) -> list[Finding]:
    """``amounts.erasures`` chats are erased, in three ways, and as many stay; each has a word found nowhere else."""
    folder = house.sqlite.folder
    with client_of(house.sqlite.url) as client:
        stay = [_written(Family(client), _word()) for _ in range(amounts.erasures)]
        talks = [(number % STAYS, Family(client), _word()) for number in range(amounts.erasures)]
        for way, family, word in talks:
            if way == BEFORE:
                _written(family, word)
        refused = sum(family.erase() != 200 for way, family, _ in talks if way == BEFORE)
        with _taking_nothing(house.database_file()):
            for way, family, word in talks:
                if way != BEFORE:
                    _written(family, word)
            waited = sum(word in _holding(folder / "spool", [word]) for way, _, word in talks if way != BEFORE)
            refused += sum(family.erase() != 200 for way, family, _ in talks if way == AWAY)
        recovered = house.recovers(house.sqlite)
        refused += sum(family.erase() != 200 for way, family, _ in talks if way == CAUGHT_UP)
    words = [word for _, _, word in talks]
    began = time.monotonic()
    _until(lambda: not _holding(folder, words), WIPED)
    took, left, kept = time.monotonic() - began, _holding(folder, words), _holding(folder, stay)
    files = len([path for path in folder.rglob("*") if path.is_file()])
    line = (
        f"{len(talks)} chats erased ({waited} of them had waited on the disk), {refused} refused; {len(left)} found again in "
        f"{files} files after {took:.0f} s; {len(kept)}/{len(stay)} of the others are there"
    )
    return [Finding(recovered and not refused and not left and len(kept) == len(stay) and waited > 0, line)]


def _written(family: Family, word: str) -> str:
    family.say(ASKED.format(word))
    family.say(f"there is blood in her urine {word}")
    return word


def _word() -> str:
    """Words found together nowhere else, which nothing masks: the search for them would find nothing otherwise."""
    return canary(10**15 + secrets.randbelow(10**15))


def _holding(folder: Path, words: list[str]) -> set[str]:
    """Which of the words stand in a file below the folder."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError, IsADirectoryError):
            content = path.read_bytes()
            found |= {word for word in words if word.encode() in content}
    return found


@contextlib.contextmanager
def _taking_nothing(path: Path) -> Iterator[None]:
    """The database takes no event, and says so like one that has no room; deleting goes on."""
    with contextlib.closing(sqlite3.connect(path, timeout=30)) as database:
        database.execute("CREATE TRIGGER away BEFORE INSERT ON events BEGIN INSERT INTO nowhere VALUES (1); END")
        try:
            yield
        finally:
            database.execute("DROP TRIGGER away")


def _until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.5)
