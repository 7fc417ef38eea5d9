"""The database is away for long: families are answered and told, health says so, and afterwards each turn is stored once."""

from __future__ import annotations

import concurrent.futures
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx
from sqlalchemy import create_engine, text

from faults.family import QUESTIONS, Family, Reply, canary, client_of
from faults.goal import Amounts, Finding
from faults.house import House, health

A_SECOND = 5
"""Messages."""
TURNS = 10
"""Of a conversation, then the next one begins."""
AT_ONCE = 20
"""Conversations."""
MARGIN = 3.0
"""Seconds of writing before the outage and after it."""
NOTICED = 12.0
"""Seconds until health has noticed: it keeps what it found last for five."""
TOLD = "fixed/not_remembered"
SAID = text("SELECT data FROM events WHERE type_name = 'user' ORDER BY id")


@dataclass
class Talk:
    """One conversation: what was said when, and the replies."""

    family: Family
    writing: threading.Lock = field(default_factory=threading.Lock)
    said: list[tuple[float, str, Reply]] = field(default_factory=list)

    def say(self, words: str) -> None:
        with self.writing:
            began = time.monotonic()
            self.said.append((began, words, self.family.say(words)))


class Writers:
    """A_SECOND messages a second to AT_ONCE conversations, as a context."""

    def __init__(self, client: httpx.Client) -> None:
        self.talks: list[Talk] = []
        self._client, self._over = client, threading.Event()
        self._pool = concurrent.futures.ThreadPoolExecutor(AT_ONCE)
        self._turns: list[concurrent.futures.Future[None]] = []
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Writers:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._pool.shutdown()

    def raise_what_failed(self) -> None:
        """Raises httpx.HTTPError when a conversation could not be opened."""
        for turn in self._turns:
            turn.result()

    def _write(self) -> None:
        began, number = time.monotonic(), 0
        slots: list[list[Talk]] = [[] for _ in range(AT_ONCE)]
        while not self._over.wait(max(0.0, began + number / A_SECOND - time.monotonic())):
            slot, turn = slots[number % AT_ONCE], number // AT_ONCE
            # Not all conversations begin and end together.
            begins = turn == 0 or (turn + number % TURNS) % TURNS == 0
            self._turns.append(self._pool.submit(self._turn, slot, number, begins))
            number += 1

    def _turn(self, slot: list[Talk], number: int, begins: bool) -> None:
        if begins:
            talk = Talk(Family(self._client, **({"place": "AU"} if number % 2 else {})))
            self.talks.append(talk)
            slot.append(talk)
        slot[-1].say(f"{list(QUESTIONS)[number % len(QUESTIONS)]} {canary(1_000_000 + number)}")


def check(house: House, amounts: Amounts) -> list[Finding]:
    """``amounts.outage`` seconds without PostgreSQL."""
    guide = house.postgresql
    red: list[tuple[int, str]] = []
    with client_of(guide.url) as client:
        with Writers(client) as writers:
            time.sleep(MARGIN)
            house.server.stop()
            gone = time.monotonic()
            while time.monotonic() < gone + amounts.outage:
                time.sleep(2)
                if time.monotonic() > gone + NOTICED:
                    red.append(health(guide))
            back = time.monotonic()
            house.server.start()
            time.sleep(MARGIN)
        writers.raise_what_failed()
    recovered = house.recovers(guide)
    engine = create_engine(house.server.url, hide_parameters=True)
    with engine.connect() as connection:
        stored = [str(json.loads(row.data)["text"]) for row in connection.execute(SAID)]
    engine.dispose()
    place, times = {words: number for number, words in enumerate(stored)}, Counter(stored)
    turns = [one for talk in writers.talks for one in talk.said]
    acknowledged = [words for _, words, reply in turns if reply.status == 200 and reply.in_shape]
    lost = sum(words not in times for words in acknowledged)
    doubled = sum(times[words] > 1 for _, words, _ in turns)
    in_order = sum(_is_sorted([place.get(words, -1) for _, words, _ in talk.said]) for talk in writers.talks)
    met = [talk for talk in writers.talks if any(gone < when < back - 1 for when, _, _ in talk.said)]
    told = sum(any(TOLD in reply.notices for _, _, reply in talk.said) for talk in met)
    silent, slowest = len(turns) - len(acknowledged), max(reply.seconds for _, _, reply in turns)
    noticed = sum(found == (503, "tracker_store") for found in red)
    line = (
        f"away for {back - gone:.0f} s; {len(acknowledged)}/{len(turns)} turns acknowledged, slowest {slowest:.1f} s; "
        f"of them {lost} lost, {doubled} doubled; {in_order}/{len(writers.talks)} talks in order; "
        f"{told}/{len(met)} families told; health said so {noticed}/{len(red)} times"
    )
    good = recovered and not (silent or lost or doubled) and in_order == len(writers.talks)
    good = good and told == len(met) and noticed == len(red) > 0
    return [Finding(good, line + ("" if recovered else "; NOT HEALTHY AGAIN"))]


def _is_sorted(numbers: list[int]) -> bool:
    return numbers == sorted(numbers)
