"""Limits keep the shares that they promise, and the temperature makes confidence honest."""

from __future__ import annotations

import numpy as np
import pytest

from bot.understanding.calibration import (
    FALSE_ALARMS,
    LEAST_ALARM,
    MOST_WRONG,
    REFUSED_TOPICS,
    Scored,
    choose_limits,
    choose_temperature,
)

DICE = np.random.default_rng(7)


def scored(intent: str, found: str, score: float, alarm: float = 0.0, refuse: float = 0.0) -> Scored:
    return Scored(intent, found, score, alarm, refuse)


def mixed() -> list[Scored]:
    """Right answers score high, wrong ones low, with an overlap."""
    right = [scored("ask_a/x", "ask_a/x", float(score)) for score in DICE.uniform(0.3, 1.0, 900)]
    wrong = [scored("ask_a/y", "ask_a/x", float(score)) for score in DICE.uniform(0.0, 0.6, 300)]
    return right + wrong


def test_the_limit_keeps_wrong_topics_below_their_share_and_accepts_most_right_ones():
    messages = mixed()
    accept = choose_limits(messages).accept
    shown = [one for one in messages if one.score >= accept]
    assert sum(one.intent != one.found for one in shown) <= MOST_WRONG * len(shown)
    assert sum(one.intent == one.found for one in shown) > 600
    lower = [one for one in messages if one.score >= accept - 0.05]
    assert sum(one.intent != one.found for one in lower) > MOST_WRONG * len(lower)


def test_between_the_limits_lies_what_is_asked_about():
    limits = choose_limits(mixed())
    assert 0.3 <= limits.unknown < limits.accept < 0.6


def test_when_all_are_right_nothing_right_is_asked_about_twice():
    limits = choose_limits([scored("ask_a/x", "ask_a/x", score / 100) for score in range(50, 100)])
    assert limits.unknown == limits.accept == pytest.approx(0.5, abs=0.02)


def test_without_any_topic_nothing_is_accepted():
    limits = choose_limits([scored("smalltalk/thanks", "smalltalk/thanks", 0.9)])
    assert (limits.accept, limits.unknown) == (1.0, 1.0)


def test_alarms_and_refusals_keep_their_shares():
    alarms, refusals = DICE.uniform(0, 1, 1000), DICE.uniform(0, 1, 1000)
    limits = choose_limits(
        [scored("ask_a/x", "ask_a/x", 0.9, float(one), float(two)) for one, two in zip(alarms, refusals, strict=True)]
    )
    assert np.mean(alarms >= limits.alarm) == pytest.approx(FALSE_ALARMS, abs=0.002)
    assert np.mean(refusals >= limits.refuse) == pytest.approx(REFUSED_TOPICS, abs=0.002)


def test_the_alarm_limit_never_falls_so_low_that_every_message_alarms():
    assert choose_limits([scored("ask_a/x", "ask_a/x", 0.9)] * 100).alarm == LEAST_ALARM


def test_true_alarms_do_not_raise_the_limit():
    calm = [scored("ask_a/x", "ask_a/x", 0.9, alarm=0.01)] * 100
    loud = [scored("red_flag/bleeding", "ask_a/x", 0.9, alarm=0.99)] * 100
    assert choose_limits(calm + loud).alarm == choose_limits(calm).alarm


@pytest.mark.parametrize(("scale", "expected"), [(1.0, 1.0), (3.0, 3.0), (0.5, 0.5)])
def test_the_temperature_undoes_a_scale_of_the_logits(scale, expected):
    honest = DICE.normal(size=(4000, 3)) * 2
    chances = np.exp(honest) / np.exp(honest).sum(axis=1, keepdims=True)
    truth = [int(DICE.choice(3, p=row)) for row in chances]
    assert choose_temperature((honest * scale).astype(np.float32), truth) == pytest.approx(expected, rel=0.15)
