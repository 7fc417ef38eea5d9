"""The regression sets: what once was right stays right. They are no measure of what the rules know (see the files' heads)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.triage import Category, assess

PLAIN, MORE = (
    yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    for name in ("plain_emergencies.yml", "more_messages.yml")
)
ALARMS = [
    (category, message) for content in (PLAIN, MORE) for category, messages in content["alarms"].items() for message in messages
]


@pytest.mark.parametrize(("category", "message"), ALARMS)
def test_the_alarm_is_raised(category, message):
    alarm = assess(message["text"], message.get("earlier", ()))
    assert alarm is not None
    assert (alarm.level.value, alarm.category.value) == (message["level"], category)


@pytest.mark.parametrize("message", PLAIN["questions"] + MORE["questions"])
def test_an_ordinary_question_shows_what_a_nurse_would_show(message):
    alarm = assess(message["text"], message.get("earlier", ()))
    assert (alarm.level.value if alarm else "none") == message["level"]


def test_the_set_is_large_enough():
    assert all(len(PLAIN["alarms"][category]) >= 15 for category in Category.__members__)
    assert len(PLAIN["questions"]) >= 80
