"""After an alarm each answer begins with a pointer to the advice, until the family says that help is there or not needed."""

from __future__ import annotations

from bot.knowledge import Kind

LEVELS = (Kind.urgent.value, Kind.emergency.value, Kind.crisis.value)
"""Kinds of alarm, the one that stays longest last: a later alarm never makes an earlier, worse one less."""
HELP_TITLES = {
    Kind.urgent.value: "I have called",
    Kind.emergency.value: "Help is here",
    Kind.crisis.value: "Someone is with me",
}
"""What the button says that ends it."""

ON_GIVING = frozenset({"refuse/dose", "refuse/stop_or_start", "refuse/interaction", "refuse/clearance", "refuse/prescription"})
"""Notices that answer whether somebody may eat, drink or take something."""
MEDICINES = ("interactions/", "mtor/")
"""Topics on what is taken or given."""


def pointer(alarm: str, topic: str | None, notice: str | None) -> str:
    """The notice that points to the advice of ``alarm``, before an answer with this topic or notice."""
    giving = notice in ON_GIVING or (topic or "").startswith(MEDICINES)
    return "still/before_giving" if giving and alarm == Kind.emergency.value else f"still/{alarm}"


def is_less(kind: str, alarm: str) -> bool:
    """Whether a message of ``kind`` is no alarm, or a call to the team while something worse is not over."""
    return kind not in LEVELS or (kind == Kind.urgent.value and alarm != kind)


def worse(one: str | None, other: str) -> str:
    """The worse one of two kinds of alarm (``one`` may be None)."""
    return max((kind for kind in (one, other) if kind in LEVELS), key=LEVELS.index)
