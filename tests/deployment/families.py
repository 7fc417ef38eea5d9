"""Families that write all the time, and what they and the database know of it afterwards."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field

import httpx

QUESTIONS = {
    "aml/what": "What is an angiomyolipoma?",
    "side_effects/overview": "What are the side effects of everolimus?",
    "kidney/cysts": "Are kidney cysts part of TSC?",
    "aml/size": "How big is too big for an AML?",
}
"""A question of its own for each family: an answer on the topic of another one was meant for that one."""

THINGS = ("table", "chair", "window", "garden", "pencil", "basket", "bottle", "carpet", "ladder", "mirror")
"""For digits: a number from 38 to 42 is read as a fever, and letters may be masked as a name."""


@dataclass
class Family:
    """One conversation: what it sent, which of it was answered, and with which topics."""

    url: str
    question: str
    token: str = ""
    sent: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    refused: list[tuple[int, str]] = field(default_factory=list)
    longest: float = 0.0

    def write_until(self, stopped: threading.Event) -> None:
        with httpx.Client(base_url=self.url, timeout=30) as client:
            self.token = client.post("/session", json={}).json()["sender"]
            for number in itertools.count(1):
                if stopped.is_set():
                    return
                text = f"{self.question} canary {' '.join(THINGS[int(digit)] for digit in str(number))}"
                self.sent.append(text)
                began = time.monotonic()
                answer = self._send(client, text)
                self.longest = max(self.longest, time.monotonic() - began)
                if answer.status_code == 200:
                    self.answered.append(text)
                    self.topics.add(str(answer.json()[0]["custom"].get("topic") or answer.json()[0]["custom"].get("notice")))
                else:
                    self.refused.append((answer.status_code, answer.text))
                stopped.wait(0.2)

    def _send(self, client: httpx.Client, text: str) -> httpx.Response:
        """As browsers do: a connection kept from the message before, which nginx closed without a word when it read its files
        anew, is replaced and the message sent again, once (RFC 9112, section 9.3.1). A message taken twice would be seen."""
        body = {"sender": self.token, "message": text}
        try:
            return client.post("/webhook", json=body)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return client.post("/webhook", json=body)

    def stored(self) -> list[str]:
        """What the guide tells of the conversation: the family's messages, in order."""
        shown = httpx.get(f"{self.url}/session", headers={"Authorization": f"Bearer {self.token}"}, timeout=30)
        assert shown.status_code == 200, shown.text
        return [line["text"] for line in shown.json()["messages"] if line["from"] == "you"]


class Load:
    """Several families at once, as a context."""

    def __init__(self, url: str, families: int = 4) -> None:
        questions = list(itertools.islice(itertools.cycle(QUESTIONS.values()), families))
        self.families = [Family(url, question) for question in questions]
        self._stopped = threading.Event()
        self._failed: list[BaseException] = []
        self._threads = [threading.Thread(target=self._run, args=(family,)) for family in self.families]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        assert not self._failed, self._failed

    @property
    def answered(self) -> int:
        return sum(len(family.answered) for family in self.families)

    def wait_for_answers(self, more: int) -> None:
        """Until so many more messages were answered."""
        wanted, deadline = self.answered + more, time.monotonic() + 60
        while self.answered < wanted:
            assert time.monotonic() < deadline, f"{wanted - self.answered} of {more} messages were not answered in a minute"
            time.sleep(0.05)

    def _run(self, family: Family) -> None:
        try:
            family.write_until(self._stopped)
        except BaseException as error:
            self._failed.append(error)
