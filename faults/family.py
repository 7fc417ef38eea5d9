"""A family that writes to the guide: it notes what came back and never raises because of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from conversation import assert_contract

PATIENCE = 60.0
"""Seconds: an answer that comes too late is to be counted as late."""
THINGS = ("table", "chair", "window", "garden", "pencil", "basket", "bottle", "carpet", "ladder", "mirror")
"""For digits: a number from 38 to 42 is read as a fever, and letters may be masked as a name."""
QUESTIONS = {
    "What is an angiomyolipoma?": "aml/what",
    "What are the side effects of everolimus?": "side_effects/overview",
    "Are kidney cysts part of TSC?": "kidney/cysts",
    "How big is too big for an AML?": "aml/size",
}
ALARMS = (
    "there is blood in her urine",
    "I can't breathe and my lips are swelling",
    "he is having a seizure that does not stop",
    "now she fainted and is grey",
    "I want to kill myself",
)
EMERGENCY = frozenset({"emergency", "crisis"})


def canary(number: int) -> str:
    """A few words that stand for a number and are stored as they are."""
    return "canary " + " ".join(THINGS[int(digit)] for digit in str(number))


@dataclass(frozen=True)
class Reply:
    """``status`` is 0 when the connection ended without an answer."""

    status: int
    seconds: float
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def first(self) -> dict[str, Any]:
        """Custom data of the first message; empty when there is none."""
        found: dict[str, Any] = self.messages[0]["custom"] if self.messages else {}
        return found

    @property
    def notices(self) -> list[str]:
        return [str(message["custom"].get("notice")) for message in self.messages]

    @property
    def in_shape(self) -> bool:
        """Whether the messages are as docs/architecture.md promises."""
        try:
            assert_contract(self.messages)
        except (AssertionError, KeyError, TypeError):
            return False
        return True


class Family:
    """One conversation over a client that may be shared. Opening it raises httpx.HTTPError when the guide does not open one."""

    def __init__(self, client: httpx.Client, **wanted: str) -> None:
        self.client = client
        opened = client.post("/session", json=wanted)
        opened.raise_for_status()
        self.token: str = opened.json()["sender"]

    def say(self, text: str) -> Reply:
        return self._post({"sender": self.token, "message": text})

    def choose(self, choice: str) -> Reply:
        return self._post({"sender": self.token, "choice": choice})

    def said(self) -> list[str]:
        """What the guide has stored of this family's messages, in order."""
        answer = self.client.get("/session", headers=self._header())
        answer.raise_for_status()
        return [line["text"] for line in answer.json()["messages"] if line["from"] == "you"]

    def erase(self) -> int:
        """Status of the answer."""
        return self.client.delete("/session", headers=self._header()).status_code

    def _header(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _post(self, body: dict[str, str]) -> Reply:
        began = time.monotonic()
        try:
            answer = self.client.post("/webhook", json=body)
        except httpx.TransportError:
            return Reply(0, time.monotonic() - began)
        messages = answer.json() if answer.status_code == 200 else []
        return Reply(answer.status_code, time.monotonic() - began, messages)


def client_of(url: str) -> httpx.Client:
    """A client that several threads may share."""
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=0)  # a kept connection would hide a dead server
    return httpx.Client(base_url=url, timeout=PATIENCE, limits=limits)
