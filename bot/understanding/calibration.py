"""How sure is sure enough: limits and temperature from what the classifier makes of messages that it did not learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.understanding.encoder import Floats

MOST_WRONG = 0.095
"""Of the held-out messages that get a topic, at most this share may get a wrong one. They are harder than what families
write: their authors looked for the borders between topics, and one in thirty stands for two turns. On the open half of
tests/evaluation the same limit shows about 2 % wrong ones. Of 2,169 harder questions of other authors 136 are shown a wrong
topic and 1,909 the right one (with 0.1: 142 and 1,912 of 2,160)."""
UNKNOWN_SHARE = 0.005
"""Of the held-out questions on topics that are ranked right, this share falls below the lower limit."""
FALSE_ALARMS = 0.0165
"""At most this share of held-out messages that are no alarm may be taken for one; every tenth of them was written to sound like
an emergency. With 0.0165, 96.8 % of the held-out alarms are found by the model alone, with 0.0125 it was 96.2 %."""
LEAST_ALARM = 0.1
"""The limit of an alarm never lies below this summed probability."""
REFUSED_TOPICS = 0.02
"""At most this share of held-out questions in general may be taken for a personal one: when in doubt, refuse, because a refusal
offers the general topic as a button."""
LEAST_REFUSAL = 0.1
"""The limit of a refusal never lies below this summed probability."""
ABOUT_THE_ANSWER = {"more", "sources", "simpler", "repeat", "professional", "family", "not_meant"}
ALARMS = ("red_flag/", "urgent/")


@dataclass(frozen=True)
class Limits:
    """``accept`` and ``unknown`` are limits of the score of a topic, the others of the summed probability of a group."""

    accept: float
    unknown: float
    alarm: float
    refuse: float


@dataclass(frozen=True)
class Scored:
    """A held-out message: its true intent, the best one found, that one's score, how likely any alarm and any refusal is."""

    intent: str
    found: str
    score: float
    alarm: float
    refuse: float


def is_topic(intent: str) -> bool:
    return intent.startswith("ask_")


def is_refusal(intent: str) -> bool:
    return intent.startswith("refuse/")


def is_follow_up(intent: str) -> bool:
    return intent.startswith("follow_up/")


def is_aspect(intent: str) -> bool:
    """A follow-up that asks something of the last topic; the others are about the answer itself (more, simpler, ...)."""
    return is_follow_up(intent) and intent.partition("/")[2] not in ABOUT_THE_ANSWER


def is_alarm(intent: str) -> bool:
    return intent.startswith(ALARMS)


def is_emergency(intent: str) -> bool:
    return intent.startswith("red_flag/")


def choose_limits(scored: Sequence[Scored]) -> Limits:
    """The limits that keep what is promised above on ``scored`` (some hundred messages at least, else they are coarse)."""
    shown = sorted((one for one in scored if is_topic(one.found) and not is_alarm(one.intent)), key=lambda one: -one.score)
    accept, wrong = 1.0, 0
    for count, one in enumerate(shown, 1):
        wrong += one.found != one.intent
        if wrong <= MOST_WRONG * count:
            accept = one.score
    right = [one.score for one in shown if one.found == one.intent]
    unknown = min(float(np.quantile(right, UNKNOWN_SHARE)), accept) if right else accept
    alarm = max(_limit([one.alarm for one in scored if not is_alarm(one.intent)], FALSE_ALARMS), LEAST_ALARM)
    refuse = max(_limit([one.refuse for one in scored if is_topic(one.intent)], REFUSED_TOPICS), LEAST_REFUSAL)
    return Limits(accept, unknown, alarm, refuse)


def _limit(sums: Sequence[float], most: float) -> float:
    """The lowest limit that at most the share ``most`` of ``sums`` reaches; 1.0 when there are none."""
    above = sorted(sums, reverse=True)
    return above[int(most * len(above))] + 1e-6 if above else 1.0


def choose_temperature(logits: Floats, truth: Sequence[int]) -> float:
    """The temperature that makes the true intents (columns of ``logits``) likeliest (Guo et al. 2017, arXiv:1706.04599)."""
    choices = np.exp(np.linspace(np.log(0.2), np.log(5.0), 60))
    return float(min(choices, key=lambda temperature: _surprise(logits / temperature, truth)))


def _surprise(logits: Floats, truth: Sequence[int]) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    likely = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-likely[np.arange(len(truth)), list(truth)].mean())
