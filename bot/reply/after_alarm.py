"""After an alarm, until the family says that help is there, each answer begins with a pointer to the emergency advice."""

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


def worse(one: str | None, other: str) -> str:
    """The worse one of two kinds of alarm (``one`` may be None)."""
    return max((kind for kind in (one, other) if kind in LEVELS), key=LEVELS.index)
