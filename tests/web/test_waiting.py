"""Turns wait for each other in the order in which they came; an emergency waits for nobody, and nobody waits for ever."""

from __future__ import annotations

import asyncio

import pytest

from bot.web.waiting import NoPlace, WaitingRoom


async def turn(room: WaitingRoom, name: str, done: list[str], seconds: float = 0.02, first: bool = False) -> None:
    async with room.place(first):
        await asyncio.sleep(seconds)
        done.append(name)


async def test_so_many_at_once_and_the_others_in_their_order():
    room, done, at_once = WaitingRoom(2), list[str](), [0, 0]

    async def counted(name: str) -> None:
        async with room.place():
            at_once[0] += 1
            at_once[1] = max(at_once)
            await asyncio.sleep(0.01)
            at_once[0] -= 1
            done.append(name)

    await asyncio.gather(*(counted(f"{number}") for number in range(9)))
    assert done == [f"{number}" for number in range(9)]
    assert at_once == [0, 2]
    assert not room.full


async def test_an_emergency_waits_for_nobody():
    room, done = WaitingRoom(1), list[str]()
    waiting = [asyncio.create_task(turn(room, name, done, 0.2)) for name in ("one", "two")]
    await asyncio.sleep(0.01)
    assert room.full
    await turn(room, "emergency", done, 0.01, first=True)
    assert done == ["emergency"]
    assert room.full, "it has taken nobody's place"
    await asyncio.gather(*waiting)
    assert done == ["emergency", "one", "two"]


async def test_an_emergency_does_not_wait_for_what_came_in_the_same_moment():
    room, done = WaitingRoom(3), list[str]()
    calm = [asyncio.create_task(turn(room, f"calm {number}", done, 0.2)) for number in range(6)]
    emergency = asyncio.create_task(turn(room, "emergency", done, 0.01, first=True))
    await asyncio.gather(emergency, *calm)
    assert done[0] == "emergency"
    assert not room.full


async def test_an_emergency_that_finds_a_free_place_takes_it():
    room, done = WaitingRoom(2), list[str]()
    emergency = asyncio.create_task(turn(room, "emergency", done, 0.05, first=True))
    calm = asyncio.create_task(turn(room, "calm", done, 0.05))
    await asyncio.sleep(0.01)
    assert room.full
    await asyncio.gather(emergency, calm)


async def test_nobody_waits_for_ever():
    room, done = WaitingRoom(1, patience=0.05), list[str]()
    slow = asyncio.create_task(turn(room, "slow", done, 0.3))
    await asyncio.sleep(0.01)
    with pytest.raises(NoPlace):
        await turn(room, "late", done)
    await slow
    await turn(room, "next", done)
    assert done == ["slow", "next"]


async def test_what_is_slow_gives_its_place_away():
    """The action server is away: each turn takes as long as it may, and yet the others do not wait for it."""
    room, done = WaitingRoom(1, slow_after=0.05, most_slow=2), list[str]()
    slow = [asyncio.create_task(turn(room, f"slow {number}", done, 0.4)) for number in range(2)]
    await asyncio.sleep(0.15)
    await turn(room, "quick", done)
    assert done == ["quick"]
    await asyncio.gather(*slow)
    assert done == ["quick", "slow 0", "slow 1"]
    assert not room.full


async def test_not_all_that_is_slow_gives_its_place_away():
    room, done = WaitingRoom(1, slow_after=0.05, most_slow=1), list[str]()
    slow = [asyncio.create_task(turn(room, f"slow {number}", done, 0.3)) for number in range(2)]
    await asyncio.sleep(0.15)  # the first one gave its place to the second, which has to keep it
    assert room.full
    await turn(room, "quick", done)
    assert done[0] == "slow 0"
    await asyncio.gather(*slow)
    assert not room.full


@pytest.mark.parametrize("slow_after", [0.01, 0.3])
async def test_each_place_comes_back_once(slow_after):
    room, done = WaitingRoom(2, slow_after=slow_after, most_slow=1), list[str]()
    for _ in range(2):
        await asyncio.gather(*(turn(room, f"{number}", done, 0.05) for number in range(6)))
        assert len(done) == 6
        done.clear()
    first, second, third = (asyncio.create_task(turn(room, name, done, 0.1)) for name in ("one", "two", "three"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert room.full, "two places, not three"
    await asyncio.gather(first, second, third)


@pytest.mark.parametrize("ends", ["fails", "is given up"])
async def test_a_turn_that_does_not_end_well_gives_its_place_back(ends):
    room, done = WaitingRoom(1), list[str]()

    async def broken() -> None:
        async with room.place():
            await asyncio.sleep(0.02)
            raise ValueError

    task = asyncio.create_task(broken())
    waiting = asyncio.create_task(turn(room, "given up while it waits", done))
    await asyncio.sleep(0.01)
    waiting.cancel()
    if ends == "is given up":
        task.cancel()
    await asyncio.gather(task, waiting, return_exceptions=True)
    assert not room.full
    await turn(room, "next", done)
    assert done == ["next"]
