"""The two promises of the channel: an alarm is answered first, and no turn is answered with silence."""

from __future__ import annotations

from typing import Any

from bot.knowledge import Kind
from bot.reply import Guide, Reader
from bot.triage import Alarm, Level

ANSWERS_TO = {
    Level.emergency: (Kind.emergency.value, Kind.crisis.value),
    Level.urgent: (Kind.urgent.value, Kind.emergency.value, Kind.crisis.value),
}


def guaranteed(
    answers: list[dict[str, Any]], alarm: Alarm | None, guide: Guide, reader: Reader
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What the family gets, and which of it the channel had to add itself.

    ``answers`` are the messages that the dialogue model gave for this turn, possibly none. With an alarm its advice is
    the first message whatever else there is; without any answer the stored "not available" text is the answer.
    """
    if alarm and not (answers and answers[0]["custom"].get("kind") in ANSWERS_TO[alarm.level]):
        added = [guide.alarm(alarm.level.value, alarm.category.value, reader).as_dict()]
    elif not answers:
        added = [guide.notice("fixed/not_available", reader).as_dict()]
    else:
        added = []
    return added + answers, added
