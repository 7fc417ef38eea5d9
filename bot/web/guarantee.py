"""The two promises of the channel: an alarm is answered first, and no turn is answered with silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.knowledge import Kind
from bot.reply import Guide, Message, Reader
from bot.reply.guide import NOT_AVAILABLE
from bot.triage import Alarm, Level

ANSWERS_TO = {
    Level.emergency: {Kind.emergency.value, Kind.crisis.value},
    Level.urgent: {Kind.urgent.value, Kind.emergency.value, Kind.crisis.value},
}


def what_is_missing(answers: list[dict[str, Any]], alarm: Alarm | None) -> Callable[[Guide, Reader], Message] | None:
    """How to make the message that must stand first and does not; None when nothing is missing.

    ``answers`` are the messages that the dialogue model gave for this turn, possibly none. An alarm needs its advice as
    the first message, whatever else there is; without any answer the stored "not available" text is the answer.
    """
    if alarm and not (answers and answers[0]["custom"].get("kind") in ANSWERS_TO[alarm.level]):
        return lambda guide, reader: guide.alarm(alarm.level.value, alarm.category.value, reader, alarm.language)
    if not answers:
        return lambda guide, reader: guide.notice(NOT_AVAILABLE, reader)
    return None
