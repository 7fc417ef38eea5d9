"""What signs make together, over one or more turns, and the decisions about level and category."""

from __future__ import annotations

import re

import pytest
import yaml

from bot.triage import Alarm, Category, Level, assess
from bot.triage.rules import RULES

COMBINATIONS = yaml.safe_load((RULES / "combinations.yml").read_text(encoding="utf-8"))["combinations"]


def shown(text: str, *earlier: str) -> str:
    alarm = assess(text, earlier)
    return f"{alarm.level.value} {alarm.category.value}" if alarm else "none"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a bit of blood in her urine, no pain", "emergency bleeding"),
        ("her side aches a little since yesterday", "urgent bleeding"),
        ("her side aches a little since yesterday and she is dizzy", "emergency bleeding"),
        ("sudden pain in his back", "emergency bleeding"),
        ("severe pain in her tummy", "emergency bleeding"),
        ("My son has a fever of 38.0", "urgent infection"),
        ("My son has a fever of 38.9", "urgent infection"),
        ("My son has a fever of 39.0", "emergency infection"),
        ("My son has a fever of 38.2 and chills", "emergency infection"),
        ("My son has a fever of 38.2 and is drowsy", "emergency infection"),
        ("My son has a fever of 38.2, his skin is mottled", "emergency infection"),
        ("My son has a fever of 38.2, he is breathing fast", "emergency infection"),
        ("My son has a fever of 38.2 and is confused", "emergency infection"),
        ("I took two tablets instead of one, I feel fine", "urgent overdose"),
        ("I took two tablets instead of one and feel sick", "emergency overdose"),
        ("I took three tablets instead of one", "emergency overdose"),
        ("I took an extra tablet on purpose", "emergency overdose"),
        ("my neighbour's boy swallowed one of my tablets", "emergency overdose"),
        ("he is having a seizure", "emergency seizure"),
        ("he had a seizure of two minutes this morning, as usual", "none"),
        ("he had a seizure of six minutes this morning", "emergency seizure"),
        ("my blood pressure is 150/95", "urgent other"),
        ("my blood pressure is 150/95 and my head hurts", "emergency other"),
        ("my blood pressure is 185/100", "emergency other"),
    ],
)
def test_level_and_category(text, expected):
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["Her side hurts", "it is unbearable"], "emergency bleeding"),
        (["Her side hurts", "ok", "hm", "it is unbearable"], "emergency bleeding"),
        (["He is having a fit", "7 minutes now"], "emergency seizure"),
        (["He has a fever", "39,4"], "emergency infection"),
        (["He has a fever", "38.2"], "urgent infection"),
        (["I gave it twice", "he is vomiting now"], "emergency overdose"),
        (["Can AMLs cause blood in the urine?", "yes he has it now"], "emergency bleeding"),
        (["Can AMLs cause blood in the urine? It just happened to me"], "emergency bleeding"),
    ],
)
def test_turns_are_read_together(turns, expected):
    assert shown(turns[-1], *turns[:-1]) == expected


@pytest.mark.parametrize("text", ["thank you", "What is an AML?", "no blood in his wee now", ""])
def test_an_earlier_turn_alone_raises_no_alarm_again(text):
    assert shown(text, "There is blood in his wee") == "none"


def test_only_the_last_three_turns_are_read():
    assert shown("it is unbearable", "Her side hurts", "a", "b", "c") == "none"


def test_the_alarm_names_the_signs_found():
    assert assess("She is dizzy", ["Her side hurts"]) == Alarm(
        Level.emergency, Category.bleeding, ("side_pain", "pain", "dizzy")
    )


LEFT = "left_to_model"


def test_some_urgent_signs_are_left_to_the_model_where_it_reads_the_message():
    for text in ("her side aches a little since yesterday", "a cough since Monday", "his belly is swollen"):
        assert assess(text).level is Level.urgent
        assert assess(text, model_reads_too=True) is None


@pytest.mark.parametrize(
    "turns",
    [
        ["blood in her urine"], ["fever of 38.2"], ["I took two tablets instead of one, I feel fine"],
        ["Her side hurts", "it is unbearable"], ["His belly is swollen", "now he is pale and dizzy"],
    ],
)  # fmt: skip
def test_everything_else_is_raised_beside_the_model_as_well(turns):
    alone = assess(turns[-1], turns[:-1])
    assert alone
    assert assess(turns[-1], turns[:-1], model_reads_too=True) == alone


def test_no_emergency_is_left_to_the_model():
    assert {one["level"] for one in COMBINATIONS if one.get(LEFT)} == {"urgent"}


def test_every_combination_of_the_dossier_has_its_rule():
    covered = {basis for combination in COMBINATIONS for basis in combination["basis"]}
    dossier = {f"R-{n:02}" for n in range(1, 14)} | {f"A-{n:02}" for n in range(1, 10)} | {f"E-{n:02}" for n in range(1, 18)}
    assert not dossier - covered
    assert all(re.fullmatch(r"[RABE]-\d\d|F-[A-Z]+-\d\d|plain", basis) for basis in covered)
