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

_COUNTING = frozenset(f"{_ONES} {_TENS}".split())
_FRACTIONS = {
    ("1", "/", "2"): 0.5,
    ("1", "/", "4"): 0.25,
    ("3", "/", "4"): 0.75,
    ("and", "a", "half"): 0.5,
    ("and", "half"): 0.5,
    ("and", "a", "quarter"): 0.25,
    ("and", "three", "quarters"): 0.75,
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
    elif word in ("an", "a") and word_at(words, end) in ("hour", "hr", "hundred"):
        value = 1.0
    elif word == "hundred":
        value, end = 1.0, start
    else:
        value, end = _below_hundred(words, start)
    if value is None:
        return None, end
    if word_at(words, end) == "hundred":
        value, end = _with_hundred(words, value * 100, end + 1)
    if word_at(words, end) == "point" and 0 <= _ones(words, end + 1) <= 9:
        return value + _ones(words, end + 1) / 10, end + 2
    part, length = _fraction(words, end)
    return value + part, end + length


def _below_hundred(words: Sequence[str], start: int) -> tuple[float | None, int]:
    """The number in words that begins at ``start`` ('twice', 'forty two'), if one does, and where it ends."""
    value, end = _VALUES.get(word_at(words, start)), start + 1
    if value is not None and words[start] in _TENS.split() and 1 <= _ones(words, end) <= 9:
        return value + _ones(words, end), end + 1
    return value, end


def _with_hundred(words: Sequence[str], hundreds: float, end: int) -> tuple[float, int]:
    """``hundreds`` and the rest of the number: 'one hundred four', 'a hundred and thirty two', but not 'a hundred twice'."""
    start = end + 1 if word_at(words, end) == "and" else end
    rest, after = _below_hundred(words, start)
    return (hundreds + rest, after) if rest and word_at(words, start) in _COUNTING else (hundreds, end)


def _fraction(words: Sequence[str], start: int) -> tuple[float, int]:
    """What is added to a number by the words behind it ('5 1/2', 'five and a half'), and how many words say so."""
    for phrase, value in _FRACTIONS.items():
        end = start + len(phrase)
        if words[start:end] == phrase and word_at(words, end) not in ("/", "an", "past"):
            return value, len(phrase)
    return 0.0, 0


def _ones(words: Sequence[str], position: int) -> float:
    """The value of a number word from zero to nineteen, -1 for any other word."""
    word = word_at(words, position)
    return _VALUES[word] if word in _ONES.split() else -1
