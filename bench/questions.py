"""What is asked in the benchmarks: the first training example of each topic, which any bot trained on them knows."""

from __future__ import annotations

from bot.understanding.calibration import is_topic
from bot.understanding.examples import read_examples


def questions(count: int) -> list[str]:
    """``count`` questions, from the first topic again after the last."""
    first: dict[str, str] = {}
    for intent, text in read_examples():
        if is_topic(intent):
            first.setdefault(intent, text)
    known = list(first.values())
    return [known[number % len(known)] for number in range(count)]
