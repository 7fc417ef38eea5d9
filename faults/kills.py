"""Killed at any moment: no turn that was acknowledged is lost or doubled, and the guide is back within a minute."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx

from faults.family import QUESTIONS, Family, canary, client_of
from faults.goal import SEED, Amounts, Finding
from faults.house import House

BACK = 60.0
"""Seconds."""
FAMILIES = 4
TURNS = 8
"""Of a conversation, then the same family begins the next one."""
TOLD_EVERY = 50
"""Kills. Two hundred take the better part of an hour."""
ACTIONS_EVERY = 3
"""Each third kill meets the action server."""


@dataclass
class Talk:
    """One conversation: what was sent, and what of it was acknowledged."""

    family: Family
    sent: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    wrong: int = 0
    """Answers on another topic than the question's."""


class Writers:
    """Families that write all the time, as a context."""

    def __init__(self, client: httpx.Client) -> None:
        self.talks: list[Talk] = []
        self.failed: list[BaseException] = []
        self._client, self._over = client, threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(FAMILIES)]

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        try:
            while not self._over.is_set():
                self._talk(number)
        except BaseException as error:
            self.failed.append(error)

    def _talk(self, number: int) -> None:
        question = list(QUESTIONS)[number]
        while not self._over.is_set():
            try:
                talk = Talk(Family(self._client))
                break
            except httpx.HTTPError:
                self._over.wait(0.3)
        else:
            return
        self.talks.append(talk)
        for turn in range(TURNS):
            text = f"{question} {canary(turn)}"
            talk.sent.append(text)
            reply = talk.family.say(text)
            if reply.status == 200:
                talk.acknowledged.append(text)
                answered = reply.first.get("topic") == QUESTIONS[question]
                talk.wrong += not answered and reply.first.get("notice") != "fixed/not_available"
            if self._over.wait(0.2):
                return


def check(house: House, amounts: Amounts) -> list[Finding]:
    """``amounts.kills`` kills of the guide with PostgreSQL, a part of them of its action server."""
    guide, chance = house.postgresql, random.Random(SEED)
    slowest, not_back = 0.0, 0
    with client_of(guide.url) as client:
        with Writers(client) as writers:
            for number in range(amounts.kills):
                time.sleep(chance.uniform(0.3, 3))
                name = "actions" if number % ACTIONS_EVERY == ACTIONS_EVERY - 1 else "rasa"
                began = time.monotonic()
                guide.kill(name)
                (guide.start_actions if name == "actions" else guide.start_rasa)()
                guide.wait_until_healthy()
                slowest = max(slowest, time.monotonic() - began)
                not_back += time.monotonic() - began > BACK
                if not (number + 1) % TOLD_EVERY:
                    print(f"faults: {number + 1} of {amounts.kills} kills", flush=True)
            time.sleep(1)
        recovered = house.recovers(guide)
        lost = doubled = foreign = 0
        for talk in writers.talks:
            stored = talk.family.said()
            times = Counter(stored)
            doubled += sum(count - 1 for count in times.values())
            lost += len([text for text in talk.acknowledged if text not in times])
            foreign += len([text for text in stored if text not in talk.sent])
            foreign += [text for text in talk.sent if text in times] != list(times)  # out of order
    acknowledged = sum(len(talk.acknowledged) for talk in writers.talks)
    wrong = sum(talk.wrong for talk in writers.talks)
    line = (
        f"{amounts.kills} kills, {amounts.kills - not_back} back in time, the slowest after {slowest:.0f} s; of {acknowledged} "
        f"acknowledged turns {lost} lost, {doubled} doubled, {foreign} out of place, {wrong} answered wrongly"
    )
    good = recovered and not (not_back or lost or doubled or foreign or wrong or writers.failed)
    return [Finding(good and acknowledged > 0, line + ("" if recovered else "; NOT HEALTHY AGAIN"))]
