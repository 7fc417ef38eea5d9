"""One family never meets another: talks at the same time keep to themselves, and an altered token opens nothing."""

from __future__ import annotations

import asyncio
import random
import string
from collections import Counter
from dataclasses import dataclass

import httpx

from faults.family import PATIENCE, QUESTIONS, Family, canary, client_of
from faults.goal import SEED, Amounts, Finding
from faults.house import House

AT_ONCE = 10
"""Talks."""
TURNS = 3
BASE64 = string.ascii_letters + string.digits + "-_"
NAMED = 20
"""Of the talks that went wrong, so that one can be had again."""
WITH_MESSAGE = 10
"""Each tenth token comes with a message, the others ask for the conversation."""


@dataclass(frozen=True)
class Found:
    """Of the talk ``number``. ``crossed``: something of another family was in it; ``missing``: something of its own was not;
    ``astray``: an answer was on another topic, which is meant for another family or was misread."""

    number: int
    crossed: bool
    missing: bool
    astray: bool

    @property
    def as_it_should(self) -> bool:
        return not (self.crossed or self.missing or self.astray)


def check(house: House, amounts: Amounts) -> list[Finding]:
    """``amounts.talks`` talks, AT_ONCE of them at a time, then ``amounts.tokens`` altered tokens."""
    found = asyncio.run(_talks(house.sqlite.url, amounts.talks))
    crossed, missing, astray = (sum(getattr(one, sign) for one in found) for sign in ("crossed", "missing", "astray"))
    talks = (
        f"{len(found)} talks with {TURNS} turns, {AT_ONCE} at a time: {crossed} crossings, {missing} with a turn missing, "
        f"{astray} answered on another topic"
    )
    odd = sorted(one.number for one in found if not one.as_it_should)
    if odd:
        talks += f" (talks {', '.join(map(str, odd[:NAMED]))})"
    statuses = asyncio.run(_try_tokens(house.sqlite.url, amounts.tokens))
    refused = statuses[401]
    tokens = f"{amounts.tokens} altered tokens: {refused} refused, {statuses[200]} accepted"
    return [Finding(not odd, talks), Finding(refused == amounts.tokens, tokens)]


async def _talks(url: str, count: int) -> list[Found]:
    numbers, found = iter(range(count)), []
    limits = httpx.Limits(max_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE, limits=limits) as client:

        async def in_turn() -> None:
            for number in numbers:
                found.append(await _talk(client, number))

        await asyncio.gather(*(in_turn() for _ in range(AT_ONCE)))
    return found


async def _talk(client: httpx.AsyncClient, number: int) -> Found:
    token = (await client.post("/session", json={})).json()["sender"]
    question, topic = list(QUESTIONS.items())[number % len(QUESTIONS)]
    said = [f"{question} {canary(10 * number + turn)}" for turn in range(TURNS)]
    crossed = missing = astray = False
    for words in said:
        answer = await client.post("/webhook", json={"sender": token, "message": words})
        messages = answer.json() if answer.status_code == 200 else []
        crossed |= "canary" in answer.text.replace(words, "") or any(one["recipient_id"] != token for one in messages)
        missing |= not messages
        astray |= any(one["custom"].get("topic", topic) != topic for one in messages)
    shown = await client.get("/session", headers={"Authorization": f"Bearer {token}"})
    own = [line["text"] for line in shown.json()["messages"] if line["from"] == "you"]
    crossed |= bool(set(own) - set(said)) or shown.text.count("canary") > TURNS
    return Found(number, crossed, missing or own != said, astray)


async def _try_tokens(url: str, count: int) -> Counter[int]:
    chance, statuses, numbers = random.Random(SEED), Counter[int](), iter(range(count))
    with client_of(url) as opening:
        tokens = [Family(opening).token for _ in range(20)]
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:

        async def in_turn() -> None:
            for number in numbers:
                token = altered(chance, tokens)
                if number % WITH_MESSAGE:
                    answer = await client.get("/session", headers={"Authorization": f"Bearer {token}".strip()})
                else:
                    answer = await client.post("/webhook", json={"sender": token, "message": "What is an angiomyolipoma?"})
                statuses[answer.status_code] += 1

        await asyncio.gather(*(in_turn() for _ in range(AT_ONCE)))
    return statuses


def altered(chance: random.Random, tokens: list[str]) -> str:
    """A token that the server did not issue, made of some that it did."""
    one, other = chance.sample(tokens, 2)
    where = chance.randrange(len(one))
    parts, others = one.split("."), other.split(".")
    way = chance.randrange(8)
    if way == 0:
        made = one[:where] + chance.choice(BASE64) + one[where + 1 :]
    elif way == 1:
        made = one[:where]
    elif way == 2:
        made = one[:where] + chance.choice(BASE64 + "=!*%~ ") + one[where:]
    elif way == 3:
        piece = chance.randrange(3)
        made = ".".join(others[number] if number == piece else parts[number] for number in range(3))
    elif way == 4:
        made = one[:where] + one[where:].swapcase()
    elif way == 5:
        made = "".join(chance.choices(BASE64 + ".", k=len(one)))
    elif way == 6:
        made = one[:-1] + chance.choice(BASE64)
    else:
        made = one + chance.choice(("=", "==", ".", "A", " ", parts[2]))
    return altered(chance, tokens) if made.strip() in tokens else made
