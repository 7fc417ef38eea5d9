"""Numbers in a sentence, written in digits ('38,5') or in words ('thirty eight point five', 'half an')."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_VALUES = {
    **{word: float(value) for value, word in enumerate(_ONES.split())},
    **{word: 10.0 * value for value, word in enumerate(_TENS.split(), start=2)},
    "once": 1.0,
    "twice": 2.0,
    "double": 2.0,
    "triple": 3.0,
}


class Number(NamedTuple):
    """A number and its words, from ``start`` to before ``end``."""

    value: float
    start: int
    end: int


def numbers(words: Sequence[str]) -> Iterator[Number]:
    """All numbers of a sentence, in order."""
    position = 0
    while position < len(words):
        value, end = _number_at(words, position)
        if value is not None:
            yield Number(value, position, end)
        position = end


def word_at(words: Sequence[str], position: int) -> str:
    """The word at ``position``, or nothing outside the sentence."""
    return words[position] if 0 <= position < len(words) else ""


def _number_at(words: Sequence[str], start: int) -> tuple[float | None, int]:
    """The number that begins at ``start``, if one does, and where the search goes on."""
    word, end = words[start], start + 1
    if word[0].isdecimal():
        value: float | None = float(word.replace(",", "."))
    elif word == "half" and word_at(words, end) in ("an", "a"):
        value, end = 0.5, end + 1
    elif word == "quarter" and words[end : end + 2] == ("of", "an"):
        value, end = 0.25, end + 2
    elif word in ("an", "a") and word_at(words, end) in ("hour", "hr"):
        value = 1.0
    else:
        value = _VALUES.get(word)
    if value is None:
        return None, end
    if word in _TENS.split() and 1 <= _ones(words, end) <= 9:
        value, end = value + _ones(words, end), end + 1
    if word_at(words, end) == "hundred":
        value, end = value * 100, end + 1
        if word_at(words, end) == "and" and _ones(words, end + 1) >= 1:
            value, end = value + _ones(words, end + 1), end + 2
    if word_at(words, end) == "point" and 0 <= _ones(words, end + 1) <= 9:
        value, end = value + _ones(words, end + 1) / 10, end + 2
    return value, end


def _ones(words: Sequence[str], position: int) -> float:
    """The value of a number word from zero to nineteen, -1 for any other word."""
    word = word_at(words, position)
    return _VALUES[word] if word in _ONES.split() else -1
