"""Two hundred families at the same time: nobody's message is lost, and nobody sees another's."""

from __future__ import annotations

import asyncio
import json
import statistics
import time

import httpx
from conversation import assert_contract

FAMILIES, TURNS = 200, 5
QUESTION = "What is an angiomyolipoma?"
TOPIC = "aml/what"
THINGS = ("table", "chair", "window", "garden", "pencil", "basket", "bottle", "carpet", "ladder", "mirror")
BUSY = {"fixed/not_available"}
"""What a family reads when its turn took too long: honest, stored, and not another family's answer."""
MOST_BUSY = FAMILIES * TURNS // 20
"""At most twenty turns are under way (bot/web/waiting.py), so a machine that stands still for eight seconds costs twenty, and
this bears two such. One that is merely slow does not come so far: below ten turns a second the last of two hundred waits for
more than twenty seconds and is refused, which fails above. At eleven a second there were none."""


def message(number: int, turn: int) -> str:
    """A question with a canary in things of a house: digits could be taken for a reading, an unknown word for a name."""
    canary = " ".join(THINGS[int(digit)] for digit in f"{number:03}{turn}")
    return f"{QUESTION} canary {canary}"


async def family(client: httpx.AsyncClient, number: int, seconds: list[float]) -> tuple[str, list[str | None]]:
    """One conversation: its token, and topic or notice of each answer."""
    token = (await client.post("/session", json={})).json()["sender"]
    shown = []
    for turn in range(TURNS):
        began = time.monotonic()
        answer = await client.post("/webhook", json={"sender": token, "message": message(number, turn)})
        seconds.append(time.monotonic() - began)
        assert answer.status_code == 200, answer.text[:200]
        assert_contract(answer.json())
        assert {message["recipient_id"] for message in answer.json()} == {token}
        custom = answer.json()[0]["custom"]
        shown.append(custom.get("topic") or custom.get("notice"))
    return token, shown


async def test_two_hundred_families_with_five_turns_each_lose_nothing_and_never_meet(guide):
    seconds: list[float] = []
    limits = httpx.Limits(max_connections=FAMILIES)
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=guide.url, timeout=300, limits=limits) as client:
        families = await asyncio.gather(*(family(client, number, seconds) for number in range(FAMILIES)))
        took = time.monotonic() - began
        busy = sum(sum(one in BUSY for one in shown) for _, shown in families)
        steps = statistics.quantiles(seconds, n=20)
        print(
            f"\n{FAMILIES} families, {TURNS} turns each: {took:.0f} s, {len(seconds) / took:.0f} turns/s; "
            f"a turn took {statistics.median(seconds):.2f} s (p50), {steps[18]:.2f} s (p95); {busy} were told to try again"
        )
        assert busy <= MOST_BUSY, f"{busy} of {FAMILIES * TURNS} were told to try again"
        for number, (token, shown) in enumerate(families):
            assert set(shown) <= {TOPIC, *BUSY}
            answer = await client.get("/session", headers={"Authorization": f"Bearer {token}"})
            lines = answer.json()["messages"]
            said = [line["text"] for line in lines if line["from"] == "you"]
            assert said == [message(number, turn) for turn in range(TURNS)]
            assert json.dumps(lines).count("canary") == TURNS
