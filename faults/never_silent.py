"""Under every fault, each message is answered within ten seconds with a stored text, and an alarm is still an alarm."""

from __future__ import annotations

import concurrent.futures
import contextlib
import itertools
import json
import resource
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from faults.family import ALARMS, EMERGENCY, QUESTIONS, Family, Reply, client_of
from faults.gate import Way
from faults.goal import Amounts, Finding
from faults.house import House
from faults.stored import is_stored

SOON = 10.0
"""Seconds."""
FAMILIES = 5
"""That write at the same time."""


def _http(status: str, body: object) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    return head.encode() + content


@dataclass(frozen=True)
class Fault:
    """``guide`` is the one that meets it."""

    name: str
    guide: str
    on: Callable[[House], AbstractContextManager[None]]


@contextlib.contextmanager
def _table_gone(house: House) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(house.database_file(), timeout=30, isolation_level=None)) as database:
        database.execute("ALTER TABLE events RENAME TO hidden")
        try:
            yield
        finally:
            database.execute("ALTER TABLE hidden RENAME TO events")


@contextlib.contextmanager
def _locked(house: House) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(house.database_file(), timeout=30, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            database.execute("ROLLBACK")


@contextlib.contextmanager
def _disk_full(house: House) -> Iterator[None]:
    """No file of the server can grow any more."""
    server = house.sqlite.pid("rasa")
    limits = resource.prlimit(server, resource.RLIMIT_FSIZE)
    resource.prlimit(server, resource.RLIMIT_FSIZE, (1024, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(server, resource.RLIMIT_FSIZE, limits)


FAULTS = (
    Fault("action server away", "sqlite", lambda house: house.actions.being(Way.away)),
    Fault("action server hangs", "sqlite", lambda house: house.actions.being(Way.hangs)),
    Fault("action server cut off", "sqlite", lambda house: house.actions.being(Way.cuts)),
    Fault("action server talks nonsense", "sqlite", lambda house: house.actions.being(b"HTTP/1.1 200 OK\r\n\r\n[{nonsense")),
    Fault("action server fails", "sqlite", lambda house: house.actions.being(_http("500 Error", {"error": "it broke"}))),
    Fault(
        "action server says nothing", "sqlite",
        lambda house: house.actions.being(_http("200 OK", {"events": [], "responses": []})),
    ),
    Fault("table gone", "sqlite", _table_gone),
    Fault("database locked", "sqlite", _locked),
    Fault("disk full", "sqlite", _disk_full),
    Fault("database away", "postgresql", lambda house: house.database.being(Way.away)),
    Fault("database hangs", "postgresql", lambda house: house.database.being(Way.hangs)),
    Fault("Redis hangs", "postgresql", lambda house: house.counts.being(Way.hangs)),
)  # fmt: skip


def check_sqlite(house: House, amounts: Amounts) -> list[Finding]:
    """The faults of the guide with SQLite."""
    return _check(house, amounts, "sqlite")


def check_postgresql(house: House, amounts: Amounts) -> list[Finding]:
    """The faults of the guide with PostgreSQL and Redis."""
    return _check(house, amounts, "postgresql")


def _check(house: House, amounts: Amounts, guide: str) -> list[Finding]:
    answered = alarms = all_alarms = 0
    slowest, wrong = 0.0, []
    faults = [fault for fault in FAULTS if fault.guide == guide]
    for fault in faults:
        replies = _under(fault, house, amounts.messages)
        good = [reply for _, reply in replies if _is_good(house, reply)]
        kept = [is_alarm and reply.first.get("kind") in EMERGENCY for is_alarm, reply in replies]
        wanted = sum(is_alarm for is_alarm, _ in replies)
        recovered = house.recovers(house.guide(guide))
        late = max(reply.seconds for _, reply in replies)
        if len(good) < len(replies) or sum(kept) < wanted or not recovered:
            how = "" if recovered else ", not healthy again"
            wrong.append(f"{fault.name}: {len(good)}/{len(replies)}, alarms {sum(kept)}/{wanted}, slowest {late:.1f} s{how}")
        answered, alarms, all_alarms = answered + len(good), alarms + sum(kept), all_alarms + wanted
        slowest = max(slowest, late)
    line = (
        f"{answered}/{len(faults) * amounts.messages} answered under {len(faults)} faults, slowest {slowest:.1f} s; "
        f"{alarms}/{all_alarms} alarms"
    )
    return [Finding(not wrong, "; ".join([line, *wrong]))]


def _under(fault: Fault, house: House, messages: int) -> list[tuple[bool, Reply]]:
    """Whether each was an alarm, and what came back. The families have begun to write before the fault."""
    count = min(FAMILIES, messages)
    with client_of(house.guide(fault.guide).url) as client, concurrent.futures.ThreadPoolExecutor(count) as pool:
        families = [Family(client, place="AU") for _ in range(count)]
        for family, question in zip(families, itertools.cycle(QUESTIONS)):
            family.say(question)
        with fault.on(house):
            return [one for part in pool.map(_talk, range(count), families, [messages] * count) for one in part]


def _talk(number: int, family: Family, messages: int) -> list[tuple[bool, Reply]]:
    """The family's share of all messages; of these each fifth, and at least one, is an alarm."""
    replies = []
    for index in range(number, messages, FAMILIES):
        is_alarm = index % FAMILIES == min(FAMILIES, messages) - 1
        texts = ALARMS if is_alarm else tuple(QUESTIONS)
        replies.append((is_alarm, family.say(texts[index // FAMILIES % len(texts)])))
    return replies


def _is_good(house: House, reply: Reply) -> bool:
    return (
        reply.status == 200
        and reply.seconds <= SOON
        and reply.in_shape
        and all(is_stored(house.library, message) for message in reply.messages)
    )
