"""How far a table was read when ids appear out of order."""

from __future__ import annotations

import random

import pytest

from bot.console.feed.position import OLD_SECONDS, PATIENCE_SECONDS, Gap, Position, Row

NOW = 1_790_000_000.0


def rows(*ids: int, at: float = NOW) -> list[Row]:
    return [Row(id_, "c", at) for id_ in ids]


def test_ids_without_holes_leave_no_gap():
    assert Position().after(rows(1, 2, 3), NOW) == Position(3, NOW)


def test_a_missing_id_is_looked_for_and_found():
    held = Position().after(rows(1, 4), NOW)
    assert held == Position(4, NOW, (Gap(2, 3, NOW),))
    assert held.after(rows(3), NOW + 1) == Position(4, NOW, (Gap(2, 2, NOW),))
    assert held.after(rows(2, 3), NOW + 1).gaps == ()


def test_the_middle_of_a_gap_leaves_both_sides():
    held = Position(10, NOW, (Gap(1, 9, NOW),)).after(rows(5), NOW)
    assert held.gaps == (Gap(1, 4, NOW), Gap(6, 9, NOW))


def test_a_gap_is_given_up_after_a_while():
    held = Position().after(rows(2), NOW)
    assert held.after([], NOW + PATIENCE_SECONDS - 1).gaps == held.gaps
    assert held.after([], NOW + PATIENCE_SECONDS).gaps == ()


def test_gaps_of_long_ago_are_not_looked_for():
    """The first import meets the holes of months: whatever was erased or rolled back."""
    assert Position().after(rows(5, 9, at=NOW - OLD_SECONDS), NOW).gaps == ()
    assert Position().after(rows(5, at=NOW - OLD_SECONDS + 1), NOW).gaps == (Gap(1, 4, NOW),)


def test_nothing_read_changes_nothing():
    held = Position(7, NOW, (Gap(2, 3, NOW),))
    assert held.after([], NOW) == held


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_order_of_appearance_every_id_is_seen_exactly_once(seed):
    chance = random.Random(seed)
    waiting, there, seen, position = list(range(1, 200)), set(), [], Position()
    while waiting:
        # Ids appear near the front of the line, not in line.
        for _ in range(min(chance.randint(1, 20), len(waiting))):
            there.add(waiting.pop(min(chance.randint(0, 10), len(waiting) - 1)))
        wanted = [
            id_ for id_ in sorted(there) if id_ > position.last or any(gap.first <= id_ <= gap.last for gap in position.gaps)
        ]
        seen += wanted
        position = position.after(rows(*wanted), NOW)
    assert sorted(seen) == list(range(1, 200))
    assert position.gaps == ()
