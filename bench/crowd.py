"""Many families at once: turns a second, how long one waits, memory over thousands of turns, the size of a stored event.

    .venv-test/bin/python -m bench.crowd [TURNS]        24,000 turns by default (a quarter of an hour or more)

First one copy of the guide with SQLite, then two copies with PostgreSQL and Redis; each message goes to the one that has fewer
under way, as behind nginx. The families' requests come from this process and share the processors with the guide.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from servers import PostgreSQL, Redis
from sqlalchemy import text

from bench.questions import questions
from bot import store
from tools.guide_process import ROOT, GuideProcess

FAMILIES = 50
TURNS = 24_000
LONG_TALK = 200
"""Turns of one conversation."""
EARLY, LATE = slice(1, 10), slice(-9, None)
"""Turns around the fifth and the last nine, of which the medians are compared: one turn alone says little."""
WATCHED = 12
"""Times that memory is looked at, evenly over the turns."""
EVENTS = text("SELECT count(*), avg(length(data)) FROM events")


@dataclass
class Crowd:
    """Seconds of each turn, answers that were no answer, and memory (MB) of all processes as the turns went on."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    took: float = 0.0
    megabytes: list[float] = field(default_factory=list)

    def line(self) -> str:
        ordered = statistics.quantiles(self.seconds, n=100)
        return (
            f"{len(self.seconds) / self.took:5.1f} turns/s, p50 {ordered[49]:.2f} s, p95 {ordered[94]:.2f} s, "
            f"{self.failed} of {len(self.seconds)} failed; memory {' '.join(f'{one:.0f}' for one in self.megabytes)} MB"
        )


class Balance:
    """Gives each request to the copy that has the fewest under way, and to these in turn, as nginx does with least_conn."""

    def __init__(self, copies: list[GuideProcess]) -> None:
        self._under_way = dict.fromkeys((copy.url for copy in copies), 0)

    @contextmanager
    def url(self) -> Iterator[str]:
        chosen = min(self._under_way, key=self._under_way.__getitem__)
        self._under_way[chosen] = self._under_way.pop(chosen) + 1  # to the end of the turn
        try:
            yield chosen
        finally:
            self._under_way[chosen] -= 1


async def talk(client: aiohttp.ClientSession, balance: Balance, asked: Iterator[str], crowd: Crowd) -> None:
    """One family, one turn after the other until there is nothing left to ask."""
    with balance.url() as url:
        async with client.post(f"{url}/session", json={}) as opened:
            token = (await opened.json())["sender"]
    for question in asked:
        began = time.monotonic()
        try:
            with balance.url() as url:
                async with client.post(f"{url}/webhook", json={"sender": token, "message": question}) as answer:
                    fine = answer.status == 200 and bool(await answer.json())
        except (aiohttp.ClientError, asyncio.TimeoutError):
            fine = False
        crowd.seconds.append(time.monotonic() - began)
        crowd.failed += not fine


async def run(copies: list[GuideProcess], families: int, turns: int) -> Crowd:
    crowd, asked, balance = Crowd(), iter(questions(turns)), Balance(copies)

    async def watch() -> None:
        for part in itertools.count(1):
            while len(crowd.seconds) < part * turns / WATCHED:
                await asyncio.sleep(0.2)
            crowd.megabytes.append(sum(copy.memory() for copy in copies) / 1e6)

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(60)) as client:
        watching = asyncio.create_task(watch())
        began = time.monotonic()
        await asyncio.gather(*(talk(client, balance, asked, crowd) for _ in range(families)))
        crowd.took = time.monotonic() - began
        watching.cancel()
    return crowd


@contextmanager
def one_copy(folder: Path) -> Iterator[list[GuideProcess]]:
    guide = GuideProcess(folder)
    try:
        yield [guide.start()]
    finally:
        guide.stop()


@contextmanager
def two_copies(folder: Path) -> Iterator[list[GuideProcess]]:
    with ExitStack() as stack:
        database, counts = PostgreSQL(), Redis()
        stack.callback(database.remove)
        stack.callback(counts.stop)
        settings = {"TRACKER_DB": database.start().url, "RATE_LIMIT_STORE": counts.start().url, "WEB_SECRET": "0" * 32}
        copies = []
        for name in ("first", "second"):
            (folder / name).mkdir()
            copies.append(GuideProcess(folder / name, ROOT, **settings))
            stack.callback(copies[-1].stop)
            copies[-1].start_actions()
            copies[-1].start_rasa()
        for copy in copies:
            copy.wait_until_healthy()
        yield copies


def main() -> None:
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else TURNS
    for name, house in (("one copy, SQLite", one_copy), ("two copies, PostgreSQL and Redis", two_copies)):
        with tempfile.TemporaryDirectory() as folder, house(Path(folder)) as copies:
            print(f"crowd: {name}", flush=True)
            asyncio.run(run(copies, 1, 20))  # nothing is cold
            long = asyncio.run(run(copies, 1, LONG_TALK)).seconds
            early, late = statistics.median(long[EARLY]), statistics.median(long[LATE])
            print(f"  one talk: turn 5 {early * 1e3:.0f} ms, turn {LONG_TALK} {late * 1e3:.0f} ms, {late / early:.2f} times")
            print(f"  {FAMILIES} families: {asyncio.run(run(copies, FAMILIES, turns)).line()}")
            with store.connect(copies[0].environment["TRACKER_DB"]).connect() as connection:
                count, size = connection.execute(EVENTS).one()
            print(f"  {count} events stored, {size:.0f} characters on average", flush=True)


if __name__ == "__main__":
    main()
