"""The regression set: what once was right stays right. It is no measure of what the rules know (see the file's head)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.triage import Category, assess

CONTENT = yaml.safe_load(Path(__file__).with_name("plain_emergencies.yml").read_text(encoding="utf-8"))
ALARMS = [(category, message) for category, messages in CONTENT["alarms"].items() for message in messages]


@pytest.mark.parametrize(("category", "message"), ALARMS)
def test_the_alarm_is_raised(category, message):
    alarm = assess(message["text"], message.get("earlier", ()))
    assert alarm is not None
    assert (alarm.level.value, alarm.category.value) == (message["level"], category)


@pytest.mark.parametrize("message", CONTENT["questions"])
def test_an_ordinary_question_shows_what_a_nurse_would_show(message):
    alarm = assess(message["text"], message.get("earlier", ()))
    assert (alarm.level.value if alarm else "none") == message["level"]


def test_the_set_is_large_enough():
    emergencies = Counter(category for category, message in ALARMS if message["level"] == "emergency")
    assert all(len(CONTENT["alarms"][category]) >= 15 for category in Category.__members__)
    assert all(emergencies[category] >= 10 for category in Category.__members__)
    assert len(CONTENT["questions"]) >= 80
