"""What triage says: how soon help is needed, what for, and on which signs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(str, Enum):
    """How soon. ``emergency``: call for help now. ``urgent``: call your team today."""

    emergency = "emergency"
    urgent = "urgent"


class Category(str, Enum):
    """What for: it chooses the text that the family reads."""

    bleeding = "bleeding"
    seizure = "seizure"
    breathing_or_swelling = "breathing_or_swelling"
    infection = "infection"
    overdose = "overdose"
    self_harm = "self_harm"
    other = "other"


@dataclass(frozen=True)
class Alarm:
    """An alarm; ``signs`` are the ids of all signs found, for the log and the reviewer (``es/bleeding`` for Spanish words).

    ``language`` is the ISO 639-1 code of the language other than English in which the emergency was told, if any.
    """

    level: Level
    category: Category
    signs: tuple[str, ...]
    language: str | None = None
