"""Families who write all the time, from several threads, while the feed reads; some erase their conversation."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from guide_database import GuideDatabase, bot, session, turn, user

FEEDBACK = [user("No", "feedback", "helped:no"), bot(kind="notice")]


class Families:
    """``connect`` opens a connection for each thread, which writes a turn about every ``pause`` seconds until ``stop``."""

    def __init__(self, connect: Callable[[], GuideDatabase], threads: int, pause: float) -> None:
        self._connect, self._pause = connect, pause
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(seed,)) for seed in range(threads)]
        self.erased: list[str] = []
        self.failures: list[BaseException] = []

    def __enter__(self) -> Families:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        assert not self.failures, self.failures

    def _write(self, seed: int) -> None:
        chance, database, senders = random.Random(seed), self._connect(), []
        try:
            while not self._stop.wait(self._pause * chance.uniform(0.5, 1.5)):
                try:
                    self._once(chance, database, senders)
                except Exception as error:
                    database = self._again(database, error)
        except BaseException as error:
            self.failures.append(error)
        finally:
            database.close()

    def _once(self, chance: random.Random, database: GuideDatabase, senders: list[str]) -> None:
        if not senders or chance.random() < 0.3:
            senders.append(database.conversation())
        sender = chance.choice(senders)
        if len(senders) > 3 and chance.random() < 0.05:
            senders.remove(sender)
            database.erase(sender)
            self.erased.append(sender)
        else:
            before = session() if chance.random() < 0.1 else []
            after = FEEDBACK if chance.random() < 0.2 else []
            database.say(sender, [*before, *turn(f"question {chance.random()}"), *after])

    def _again(self, database: GuideDatabase, error: Exception) -> GuideDatabase:
        """A new connection, once the server is there again."""
        if type(error).__name__ not in {"OperationalError", "AdminShutdown", "InterfaceError"}:
            raise error
        database.close()
        deadline = time.monotonic() + 20
        while True:
            try:
                return self._connect()
            except Exception:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)


def assert_whole(guide: GuideDatabase, rows: list[tuple[Any, ...]], erased: list[str]) -> int:
    """Every message of the guide's database stands in exactly one turn of its conversation, and nothing erased is there.

    ``rows``: sender, number and event ids of all turns. Returns how many messages there were.
    """
    wanted = guide.ids("user", "bot")
    kept = guide.ids("user", "bot", "action")
    found: dict[str, list[int]] = {}
    numbers: dict[str, list[int]] = {}
    for sender, number, ids in rows:
        found.setdefault(sender, []).extend(ids)
        numbers.setdefault(sender, []).append(number)
    assert set(found) == set(wanted)
    assert not set(found) & set(erased)
    for sender, ids in found.items():
        assert len(ids) == len(set(ids)), "an event was imported twice"
        assert set(wanted[sender]) <= set(ids) <= set(kept[sender]), "an event was lost, or is another's"
        assert sorted(numbers[sender]) == list(range(1, len(numbers[sender]) + 1))
    return sum(map(len, wanted.values()))
