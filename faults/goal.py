"""What a goal is, and how much of it is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faults.house import House

SEED = 2106
"""All chance comes from it, so that a run can be repeated."""


@dataclass(frozen=True)
class Amounts:
    """The numbers of the whole run."""

    messages: int = 50
    """For each fault."""
    requests: int = 100_000
    kills: int = 200
    outage: float = 600.0
    """Seconds."""
    talks: int = 10_000
    tokens: int = 100_000
    erasures: int = 500
    """Half of the talks of that goal; the other half stays."""
    intents: int = 10_000
    """At most, as there are fewer: Rasa's own words first, then the domain, then what stands under an intent of it."""
    buttons: int = 10_000
    """At most."""
    answers: int = 2_000
    builds: int = 2
    """How often the model is trained anew to be compared; 0 compares two starts of the one that is there."""
    damages: int = 5
    """Ways to break a copy that must not start then."""


SHORT = Amounts(
    messages=3, requests=2_000, kills=3, outage=20.0, talks=100, tokens=1_000, erasures=6, intents=35, buttons=30, answers=50,
    builds=0, damages=2,
)  # fmt: skip
"""For every change: each goal is tried, in two to three minutes on two idle cores."""


@dataclass(frozen=True)
class Finding:
    """What one goal came to: ``line`` has the counts and no word that was written."""

    holds: bool
    line: str


@dataclass(frozen=True)
class Goal:
    """``uses`` names the guides that it breaks (``sqlite``, ``postgresql``); goals with none in common may run side by side."""

    name: str
    uses: tuple[str, ...]
    check: Callable[[House, Amounts], list[Finding]]
