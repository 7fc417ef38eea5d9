"""What the generator of training messages puts together."""

from __future__ import annotations

import random
import re

import pytest
import yaml

from bot import triage
from training.generate import ALARM, CALM, SIGNS, generate

MESSAGES = generate(2000, random.Random(1))


def test_the_same_dice_give_the_same_messages_and_none_twice():
    assert generate(2000, random.Random(1)) == MESSAGES
    assert len({text for _, text in MESSAGES}) == len(MESSAGES)


def test_alarms_of_each_category_and_about_as_many_calm_twins():
    categories = {f"{ALARM}{category}" for category in yaml.safe_load(SIGNS.read_text())["signs"]}
    assert {label for label, _ in MESSAGES} == categories | {CALM}
    calm = sum(label == CALM for label, _ in MESSAGES)
    assert 0.4 < calm / len(MESSAGES) < 0.6


@pytest.mark.parametrize("wrong", ["{", "}", "  ", "None", r"\bI is\b", r"\bno an? ", r"\b(he|she) am\b"])
def test_every_place_is_filled_and_fits(wrong):
    assert [text for _, text in MESSAGES if re.search(wrong, text)] == []


def test_each_sign_as_told_now_is_an_alarm_to_the_rules_as_well():
    """The clinical dossier decides what is an emergency, not this file: most of its signs the rules must know."""
    alarms = [text for label, text in MESSAGES if label != CALM]
    known = sum(triage.assess(text) is not None for text in alarms)
    assert known / len(alarms) > 0.8, f"{known}/{len(alarms)}"
