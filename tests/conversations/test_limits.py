"""How often one chat and one address may write, counted in a real Redis, behind a proxy, and while that Redis is gone."""

from __future__ import annotations

import concurrent.futures
import itertools
import time
from collections.abc import Iterator

import httpx
import pytest
from conversation import OPEN
from redis import Redis as Client
from servers import Redis

from tools.guide_process import GuideProcess

PER_CHAT, PER_ADDRESS, CHATS = 20, 25, 8
QUESTION = "thank you"
ALARM = "there is blood in her urine"
NUMBERS = itertools.count(1)
PAUSE = 5.5
"""Seconds after which the guide looks for a Redis that was gone; a little more."""


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    server = Redis()
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, redis: Redis) -> Iterator[GuideProcess]:
    process = GuideProcess(
        tmp_path_factory.mktemp("limited"), RATE_LIMIT_STORE=redis.url, TRUSTED_PROXIES="1",
        WEB_RATE_LIMIT=f"{PER_CHAT}/minute", WEB_ADDRESS_LIMIT=f"{PER_ADDRESS}/minute", WEB_SESSION_LIMIT=f"{CHATS}/minute",
    )  # fmt: skip
    try:
        yield process.start()
    finally:
        process.stop()


class Visitor:
    """Somebody at an address, as a proxy in front of the guide tells it."""

    def __init__(self, guide: GuideProcess, address: str = "") -> None:
        self.address = address or f"192.0.2.{next(NUMBERS)}"
        self.client = httpx.Client(base_url=guide.url, timeout=30, headers={"X-Forwarded-For": self.address})
        OPEN.append(self.client)

    def begin(self) -> str:
        opened = self.client.post("/session", json={})
        assert opened.status_code == 200, opened.text
        return str(opened.json()["sender"])

    def say(self, token: str, words: str = QUESTION, **headers: str) -> httpx.Response:
        return self.client.post("/webhook", json={"sender": token, "message": words}, headers=headers)


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def assert_too_fast(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.json()["error"]) == (429, "too_fast")
    assert "emergency number" in answer.json()["text"]


def test_thirty_messages_in_a_second_are_slowed_down_kindly(limited):
    visitor = Visitor(limited)
    token = visitor.begin()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor.say(token), range(PER_CHAT + 3)))
    assert statuses(answers) == [200] * PER_CHAT + [429] * 3
    assert_too_fast(next(answer for answer in answers if answer.status_code == 429))
    alarm = visitor.say(token, ALARM)
    assert alarm.status_code == 429
    assert alarm.json()["messages"][0]["custom"]["kind"] == "emergency"
    assert visitor.say(visitor.begin()).status_code == 200, "another chat of the same family goes on"


def test_one_address_is_slowed_down_over_all_its_chats_and_nobody_else_is(limited):
    visitor = Visitor(limited)
    tokens = [visitor.begin() for _ in range(3)]
    answers = [visitor.say(tokens[number % 3]) for number in range(PER_ADDRESS + 2)]
    assert [answer.status_code for answer in answers] == [200] * PER_ADDRESS + [429] * 2
    assert_too_fast(answers[-1])
    alarm = visitor.say(tokens[0], ALARM)
    assert alarm.status_code == 429
    assert alarm.json()["messages"][0]["custom"]["kind"] == "emergency"
    for method in ("GET", "DELETE"):
        assert_too_fast(visitor.client.request(method, "/session", headers={"Authorization": f"Bearer {tokens[0]}"}))
    other = Visitor(limited)
    assert other.say(other.begin()).status_code == 200


def test_a_made_up_address_in_front_of_the_proxys_own_changes_nothing(limited):
    visitor = Visitor(limited)
    real, token = visitor.address, visitor.begin()
    for number in range(PER_ADDRESS):
        spoofed = visitor.client.get(
            "/session", headers={"Authorization": f"Bearer {token}", "X-Forwarded-For": f"198.51.100.{number}, {real}"}
        )
        assert spoofed.status_code == 200
    assert_too_fast(visitor.say(token, **{"X-Forwarded-For": f"203.0.113.9,{real}"}))


def test_too_many_new_chats_from_one_address_wait(limited):
    visitor = Visitor(limited)
    for _ in range(CHATS):
        visitor.begin()
    assert_too_fast(visitor.client.post("/session", json={}))
    Visitor(limited).begin()


def test_wrong_tokens_are_counted_too(limited):
    visitor = Visitor(limited)
    answers = [visitor.say("no token") for _ in range(PER_ADDRESS + 1)]
    assert [answer.status_code for answer in answers] == [401] * PER_ADDRESS + [429]


def test_an_erased_chat_leaves_its_count(limited, redis):
    client = Client.from_url(redis.url)
    visitor = Visitor(limited)
    token = visitor.begin()
    before = set(client.keys())
    visitor.say(token)
    counted = set(client.keys()) - before
    assert len(counted) == 3, "the counts of the address and of the chat, and the chat's slots"
    visitor.client.delete("/session", headers={"Authorization": f"Bearer {token}"})
    (left,) = set(client.keys()) & counted
    assert left.startswith(b"LIMITER"), "that of the address"


def test_a_redis_that_is_killed_in_mid_conversation_silences_nobody(limited, redis):
    def health() -> dict[str, object]:
        answer = httpx.get(f"{limited.url}/health", timeout=15)
        assert answer.status_code == 200
        return dict(answer.json())

    visitor = Visitor(limited)
    token = visitor.begin()
    assert visitor.say(token).status_code == 200
    assert health() == {"status": "ok"}
    redis.stop()
    try:
        answers = [visitor.say(token) for _ in range(PER_CHAT + 2)]
        assert [answer.status_code for answer in answers] == [200] * PER_CHAT + [429] * 2, "counted in the process meanwhile"
        assert health() == {"status": "ok", "warnings": ["rate_limit_store"]}
        other = Visitor(limited)
        assert other.say(other.begin(), ALARM).json()[0]["custom"]["kind"] == "emergency"
    finally:
        redis.start()
    time.sleep(PAUSE)
    assert health() == {"status": "ok"}
    assert visitor.say(token).status_code == 200
    log = limited.log("rasa")
    assert "RATE_LIMIT_STORE cannot be reached (ConnectionError): counting in this process until it is back" in log
    assert "RATE_LIMIT_STORE is back" in log


def test_no_address_is_in_redis_or_in_a_file(limited, redis):
    visitor = Visitor(limited, "192.0.2.217")
    visitor.say(visitor.begin())
    kept = b" ".join(Client.from_url(redis.url).keys())
    assert b"LIMITER" in kept
    kept += b"".join(path.read_bytes() for path in limited.folder.iterdir())
    assert b"192.0.2." not in kept
    assert b"198.51.100." not in kept
