"""Which message of a family stands for the conversation in the queue: the one that most needs a look. No Django."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Candidate(NamedTuple):
    """Fields of a turn in which something was typed."""

    text: str
    topic: str
    alarm_level: int
    failed: bool
    feedback: str
    kind: str


def leading(candidates: Iterable[Candidate]) -> Candidate | None:
    """The worst alarm; else what failed or did not help, was not answered, was refused or asked back; else what came first."""
    return min(candidates, key=_weight, default=None)


def _weight(turn: Candidate) -> tuple[int, int]:
    reasons = [
        turn.failed or turn.feedback == "no",
        turn.kind == "unknown",
        turn.kind in {"refusal", "clarify"},
        True,
    ]
    return -turn.alarm_level, reasons.index(True)
