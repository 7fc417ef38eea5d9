"""An alarm is answered first, and no turn is answered with silence, whatever the dialogue model did."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.knowledge import ContentPolicy, Kind
from bot.reply import Guide, Reader
from bot.triage import Alarm, Category, Level
from bot.web.guarantee import what_is_missing

BLEED = Alarm(Level.emergency, Category.bleeding, ("blood_in_urine",))
FEVER = Alarm(Level.urgent, Category.infection, ("fever",))


def said(*kinds: str) -> list[dict]:
    return [{"text": "Text.", "buttons": [], "custom": {"kind": kind}} for kind in kinds]


@pytest.mark.parametrize(
    ("alarm", "kinds", "missing"),
    [
        (BLEED, ["emergency"], None),
        (BLEED, ["crisis"], None),
        (BLEED, ["emergency", "answer"], None),
        (BLEED, [], "emergency/bleeding"),
        (BLEED, ["urgent"], "emergency/bleeding"),
        (BLEED, ["answer"], "emergency/bleeding"),
        (BLEED, ["unknown"], "emergency/bleeding"),
        (BLEED, ["notice"], "emergency/bleeding"),
        (BLEED, ["answer", "emergency"], "emergency/bleeding"),
        (FEVER, ["urgent"], None),
        (FEVER, ["emergency"], None),
        (FEVER, ["crisis"], None),
        (FEVER, [], "urgent/infection"),
        (FEVER, ["answer"], "urgent/infection"),
        (FEVER, ["answer", "urgent"], "urgent/infection"),
        (None, [], "fixed/not_available"),
        (None, ["answer"], None),
        (None, ["unknown"], None),
        (None, ["smalltalk", "answer"], None),
    ],
)
def test_the_advice_of_an_alarm_or_any_answer_at_all_is_put_first_when_it_is_missing(knowledge, alarm, kinds, missing):
    make = what_is_missing(said(*kinds), alarm)
    if missing is None:
        assert make is None
    else:
        assert make(Guide(knowledge.load(), ContentPolicy.preview), Reader()).custom["notice"] == missing


@pytest.mark.parametrize("message", [{"custom": {}}, {"custom": {"kind": None}}, {"custom": {"kind": "other"}}])
def test_a_message_without_a_known_kind_answers_no_alarm(message):
    assert what_is_missing([{"text": "Text.", **message}], BLEED) is not None
    assert what_is_missing([{"text": "Text.", **message}], None) is None


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("category", Category)
def test_every_alarm_has_an_advice_with_the_numbers_of_the_place(knowledge, level, category):
    make = what_is_missing([], Alarm(level, category, ()))
    message = make(Guide(knowledge.load(), ContentPolicy.preview, lambda: dt.date(2026, 6, 1)), Reader(place="GB"))
    assert message.kind in {Kind.emergency, Kind.crisis} if level is Level.emergency else message.kind is Kind.urgent
    assert "Call 999." in message.text
    assert what_is_missing([message.as_dict()], Alarm(level, category, ())) is None
