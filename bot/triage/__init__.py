"""Is this an emergency? Rules raise an alarm on a family's words; nothing takes one away."""

import bot.without_tensorflow  # noqa: F401  # before spaCy
from bot.triage.alarm import Alarm, Category, Level
from bot.triage.assess import assess, load
from bot.triage.yes_no import answer

__all__ = ["Alarm", "Category", "Level", "answer", "assess", "load"]
