"""Numbers in words and digits, and what they measure."""

from __future__ import annotations

import pytest

from bot.triage import Level, assess
from bot.triage.numbers import Kind
from bot.triage.rules import load_rules

RULES = load_rules()


def values(text: str, kind: Kind, topic: bool = False) -> list[float]:
    sentences = RULES.spelling.sentences(text)
    return [r.value for words in sentences for r in RULES.numbers.readings(words, topic) if r.kind is kind]


@pytest.mark.parametrize(
    ("text", "celsius"),
    [
        ("temperature 38.5", [38.5]),
        ("temp 38,5", [38.5]),
        ("38.5°C", [38.5]),
        ("38.5 degrees", [38.5]),
        ("fever of 39", [39.0]),
        ("thermometer says 101", [38.3]),
        ("100.4 F", [38.0]),
        ("102f", [38.9]),
        ("fever of one hundred and one", [38.3]),
        ("fever of one hundred four", [40.0]),
        ("fever of a hundred and four point five", [40.3]),
        ("fever of hundred and two", [38.9]),
        ("temp is thirty nine point four", [39.4]),
        ("temp is thirty nine and a half", [39.5]),
        ("temp 39\u00bd", [39.5]),
        ("temp 38 1/2", [38.5]),
        ("his temperature was 37.2", [37.2]),
        ("he is 40.1", [40.1]),
        ("it is 39.0 exactly", [39.0]),
        ("he is 39", []),
        ("temperature 44.5", [44.5]),
        ("temp 33.8", [33.8]),
        ("temperature 18", []),
        ("AML of 44.5 in 2019", []),
        ("between 38 and 39 fever", [38.0, 39.0]),
        ("I am 39 and have TSC", []),
        ("she is 38 weeks pregnant with a fever", []),
        ("he weighs 38.5", []),
        ("he weighs 38.5 kg", []),
        ("my AML is 41.5 mm", []),
        ("fever, pulse 120", []),
    ],
)
def test_temperatures(text, celsius):
    assert values(text, Kind.celsius) == celsius


def test_a_bare_number_is_a_temperature_when_that_is_the_topic():
    assert values("39", Kind.celsius) == []
    assert values("39", Kind.celsius, topic=True) == [39.0]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("for 7 minutes", [7]),
        ("7min", [7]),
        ("5+ mins", [5]),
        ("ten or more minutes", [10]),
        ("half an hour", [30]),
        ("an hour", [60]),
        ("14 hours", [840]),
        ("twenty five minutes", [25]),
        ("5\u00bd minutes", [5.5]),
        ("5 \u00bd minutes", [5.5]),
        ("5\u2153 minutes", [5.33]),
        ("\u00bd minute", [0.5]),
        ("5 1/2 minutes", [5.5]),
        ("five and a half minutes", [5.5]),
        ("five and half minutes", [5.5]),
        ("two and three quarters hours", [165]),
        ("two hundred and fifty two minutes", [252]),
        ("five and half an hour", [30]),
        ("2 hundred minutes", [200]),
        ("10 minutes ago", []),
        ("in 5 minutes", []),
        ("every 10 minutes", []),
        ("30 seconds", []),
    ],
)
def test_durations(text, minutes):
    assert values(text, Kind.minutes) == minutes


@pytest.mark.parametrize(
    ("text", "extra"),
    [
        ("took 4 instead of 1", [3]),
        ("two tablets instead of one", [1]),
        ("10 mg instead of 5 mg", [1]),
        ("three extra tablets", [3]),
        ("1 instead of 2", []),
        ("at 9 instead of 8", []),
        ("2 instead of 0", []),
        ("50 mg rather than 5 mg of everolimus", [9]),
        ("picked 3 cm rather than 2", []),
    ],
)
def test_extra_doses(text, extra):
    assert values(text, Kind.extra_doses) == extra


@pytest.mark.parametrize(
    ("text", "tablets"), [("I took 20 tablets", [20]), ("he takes 2 tablets", []), ("took 2 tablets a day", [])]
)
def test_tablets_taken(text, tablets):
    assert values(text, Kind.tablets) == tablets


@pytest.mark.parametrize(
    ("text", "pressure"),
    [
        ("190 over 120", ([190], [120])),
        ("bp 190/110", ([190], [110])),
        ("pressure 200", ([200], [])),
        ("bp 100/60", ([100], [60])),
        ("one hundred and eighty over a hundred and ten", ([180], [110])),
        ("her blood pressure is 70/40", ([70], [40])),
        ("24/7", ([], [])),
        ("on 10/11/2020", ([], [])),
    ],
)
def test_blood_pressures(text, pressure):
    assert (values(text, Kind.systolic), values(text, Kind.diastolic)) == pressure


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("She has a fever of one hundred four", "fever_39"),
        ("She has a fever of a hundred and four", "fever_39"),
        ("Her temperature is 39\u00bd", "fever_39"),
        ("he had a seizure of 5\u00bd minutes this morning", "five_minutes"),
        ("he had a seizure of five and a half minutes this morning", "five_minutes"),
        ("he had a seizure of 5 1/2 minutes this morning", "five_minutes"),
    ],
)
def test_a_number_that_decides_is_read_however_it_is_written(text, sign):
    alarm = assess(text)
    assert alarm is not None
    assert (alarm.level, sign in alarm.signs) == (Level.emergency, True)


@pytest.mark.parametrize("length", ["4\u00bd", "four and a half", "4 1/2"])
def test_a_seizure_of_less_than_five_minutes_stays_one(length):
    assert assess(f"he had a seizure of {length} minutes this morning, as usual") is None
