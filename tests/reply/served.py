"""A guide over the invented texts of ``knowledge``, and readers of each kind."""

from __future__ import annotations

import datetime as dt

from bot.knowledge import Audience, ContentPolicy
from bot.reply import Guide, Message, Reader

TODAY, DUE = dt.date(2026, 6, 1), dt.date(2027, 1, 1)
FAMILY, EASY, PROFESSIONAL = Reader(), Reader(Audience.easy_read), Reader(Audience.professional)
IN_AUSTRALIA = Reader(place="AU")


def guide_of(knowledge, policy=ContentPolicy.preview, today=TODAY) -> Guide:
    return Guide(knowledge.load(), policy, lambda: today)


def choices(message: Message, key: str) -> list[str]:
    """What the buttons under ``key`` send."""
    return [entry["choice"] for entry in message.custom[key]]
