"""Whatever comes in over HTTP: the guide lives on, without an error, without keeping memory, and nobody else waits."""

from __future__ import annotations

import concurrent.futures
import json
import random
import statistics
import threading
import time
from collections import Counter

from raw_http import HARD, HEADERS, METHODS, PATHS, PIECES, STATUSES, TYPES, WORDS, ask, request_of

from faults.family import Family, client_of
from faults.goal import SEED, Amounts, Finding
from faults.house import House
from tools.guide_process import GuideProcess

AT_ONCE = 2
WARM = 0.25
"""Share of the requests before memory is first measured: caches fill with the first ones."""
GROWTH = 50.0
"""MB."""
BYSTANDER = 1.0
"""Seconds, of which the bystander's p95 stays below."""
TURNS = 10
"""Of a conversation, then the next one begins."""
PRINTED = (*range(32, 127), *range(160, 256))
"""Characters that may stand in a header."""
JSON = {"Content-Type": "application/json"}


class Making:
    """Makes requests by chance."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def request(self, token: str) -> tuple[bytes, bool]:
        """The bytes of one request, and whether nothing more will come after them."""
        kinds = (self._message, self._wish, self._http, self._hard)
        kind = self._chance.choices((*kinds, None), (35, 15, 25, 5, 20))[0]
        if kind is None:
            return self._no_http(), True
        return kind(token), False

    def _message(self, token: str) -> bytes:
        sender: object = token if self._chance.random() < 0.4 else self._value()
        key = self._chance.choice(("message", "message", "message", "choice"))
        value = {"sender": sender, key: self._text() if self._chance.random() < 0.7 else self._value()}
        if self._chance.random() < 0.2:
            value[self._chance.choice(("metadata", "choice", "__proto__", "\x00", ""))] = self._value()
        return request_of("POST", "/webhook", json.dumps(value).encode(), JSON)

    def _wish(self, token: str) -> bytes:
        wish = {self._chance.choice(("place", "audience", "sender", "")): self._value() for _ in range(2)}
        value = wish if self._chance.random() < 0.6 else self._value()
        return request_of("POST", "/session", json.dumps(value).encode(), JSON)

    def _http(self, token: str) -> bytes:
        odd = "".join(self._chance.choices("abc/%.?#=&;:0", k=12))
        headers = {
            self._chance.choice(HEADERS): "".join(chr(self._chance.choice(PRINTED)) for _ in range(30))
            for _ in range(self._chance.randrange(4))
        }
        body = self._chance.randbytes(self._chance.randrange(300)) if self._chance.random() < 0.5 else b"{}"
        path = self._chance.choice((*PATHS, f"/{odd}"))
        return request_of(self._chance.choice(METHODS), path, body, {"Content-Type": self._chance.choice(TYPES), **headers})

    def _hard(self, token: str) -> bytes:
        template, _ = HARD[self._chance.choice(list(HARD))]
        return request_of("POST", "/webhook", template.replace(b"%s", json.dumps(token).encode()), JSON)

    def _no_http(self) -> bytes:
        if self._chance.random() < 0.3:
            return self._chance.randbytes(self._chance.randrange(400))
        return b"".join(self._chance.choices(PIECES, k=self._chance.randrange(14)))

    def _text(self) -> str:
        if self._chance.random() < 0.5:
            return self._chance.choice(WORDS)
        highest = self._chance.choice((127, 0x2FF, 0xFFFF, 0x10FFFF))
        return "".join(chr(self._chance.randrange(highest)) for _ in range(self._chance.randrange(200)))

    def _value(self, depth: int = 0) -> object:
        kind = self._chance.randrange(8 if depth < 4 else 6)
        if kind == 6:
            return [self._value(depth + 1) for _ in range(self._chance.randrange(4))]
        if kind == 7:
            return {self._text()[:9]: self._value(depth + 1) for _ in range(self._chance.randrange(4))}
        simple = (None, True, self._chance.getrandbits(80), self._chance.random() * 1e300, float("nan"), self._text())
        return simple[kind]


class Bystander:
    """A family that asks all the while, as a context; ``seconds`` is how long each answer took."""

    def __init__(self, url: str) -> None:
        self.seconds: list[float] = []
        self.unanswered = 0
        self._client, self._over = client_of(url), threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> Bystander:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._client.close()

    def _ask(self) -> None:
        family = Family(self._client)
        turns = 0
        while not self._over.wait(0.3):
            turns += 1
            if turns % TURNS == 0:
                family = Family(self._client)
            reply = family.say("What is an angiomyolipoma?")
            self.seconds.append(reply.seconds)
            self.unanswered += reply.first.get("topic") != "aml/what"


def check(house: House, amounts: Amounts) -> list[Finding]:
    """``amounts.requests`` requests from AT_ONCE threads."""
    guide = house.sqlite
    warm = int(amounts.requests * WARM)
    statuses: Counter[int] = Counter()
    began = time.monotonic()
    with Bystander(guide.url) as bystander, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        before = 0.0
        for part, count in enumerate((warm, amounts.requests - warm)):
            shares = [count // AT_ONCE + (number < count % AT_ONCE) for number in range(AT_ONCE)]
            seeds = [f"{SEED} {part} {number}" for number in range(AT_ONCE)]
            for found in pool.map(_send, [guide] * AT_ONCE, shares, seeds):
                statuses.update(found)
            before = before or guide.memory() / 1e6
    growth = guide.memory() / 1e6 - before
    lives = all(guide.lives(name) for name in ("rasa", "actions")) and house.recovers(guide)
    faults = sum(count for status, count in statuses.items() if status and status not in STATUSES)
    p95 = statistics.quantiles(bystander.seconds, n=20)[18]
    line = (
        f"{statuses.total()} requests in {time.monotonic() - began:.0f} s, {statuses[200]} answered as usual, {faults} with "
        f"a fault of the server; {'lives' if lives else 'DOES NOT LIVE'}; memory {growth:+.0f} MB after the first {warm}; "
        f"a bystander's p95 {p95:.2f} s, {bystander.unanswered} of {len(bystander.seconds)} unanswered"
    )
    return [Finding(lives and not faults and growth < GROWTH and p95 < BYSTANDER and not bystander.unanswered, line)]


def _send(guide: GuideProcess, count: int, seed: str) -> Counter[int]:
    making, statuses, token = Making(random.Random(seed)), Counter[int](), ""
    with client_of(guide.url) as client:
        for number in range(count):
            if number % (TURNS * 5) == 0:  # a fifth of all requests is a turn of the conversation
                token = Family(client).token
            request, ends = making.request(token)
            try:
                statuses[ask(guide.web_port, request, ends).status] += 1
            except (OSError, ValueError, IndexError):  # no answer in 30 seconds, or none that can be read
                statuses[599] += 1
    return statuses
