"""Numbers that decide: temperatures, minutes, extra doses, blood pressures.

Whether a number is high is not decided here: the rule files compare it (`number: {kind: celsius, at_least: 39.0}`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from bot.triage.numerals import Number, numbers, word_at

_LISTS = "temperature other_units other_measures moment_before moment_after moments doses taken routine pressure"
_CELSIUS, _FAHRENHEIT = ("c", "celsius", "centigrade"), ("f", "fahrenheit")

# What is read at all: a number outside is no temperature, or no blood pressure, of a person (both ends belong to it).
CELSIUS_READ, FAHRENHEIT_READ = (34.0, 43.0), (94.0, 110.0)
NAMED_READ = (32.0, 45.0)  # a number that the words call a temperature: 44.5 is a fever, mistyped or misread, and 33.8 too low
PRESSURE_READ = (30.0, 300.0)  # mmHg, of the two numbers of a blood pressure
UPPER_READ = (50.0, 300.0)  # mmHg, of an upper number alone

_AGE = tuple((who, "is") for who in ("and", "he", "she", "who"))  # 'tablets for blood pressure and is 52'
_SIZES = (("cm",), ("mm",))


class Kind(str, Enum):
    """What a number measures, with its unit."""

    celsius = "celsius"  # body temperature, degrees Celsius (Fahrenheit is converted)
    minutes = "minutes"  # how long something lasts
    extra_doses = "extra_doses"  # doses beyond the usual one: '4 instead of 1' is 3
    tablets = "tablets"  # tablets taken, when nothing says how many are usual
    systolic = "systolic"  # mmHg, the upper number of a blood pressure
    diastolic = "diastolic"  # mmHg, the lower number


class Reading(NamedTuple):
    """One number in a sentence: its kind and value, and its words from ``start`` to before ``end``."""

    kind: Kind
    value: float
    start: int
    end: int


class NumberReader:
    """Reads what the numbers of a sentence measure, by the words around them (lists number_* of words.yml)."""

    def __init__(self, lists: Mapping[str, Iterable[str]]) -> None:
        """Raises KeyError when a list is missing."""
        self._words = {name: frozenset(lists[f"number_{name}"]) for name in _LISTS.split()}

    def speaks_of_temperature(self, words: Iterable[str]) -> bool:
        """Whether a bare '39.2' near these words is a temperature."""
        return self._any("temperature", words)

    def readings(self, words: Sequence[str], temperature_is_topic: bool = False) -> Iterator[Reading]:
        """All readings of one sentence; ``temperature_is_topic`` when another sentence or turn spoke of one."""
        found = list(numbers(words))
        topic = temperature_is_topic or self.speaks_of_temperature(words)
        for number in found:
            yield from self._temperature(words, number, topic)
            yield from self._duration(words, number)
            yield from self._doses(words, number, found)
            yield from self._pressure(words, number, found)

    def _any(self, name: str, words: Iterable[str]) -> bool:
        return not self._words[name].isdisjoint(words)

    def _temperature(self, words: Sequence[str], number: Number, topic: bool) -> Iterator[Reading]:
        value, after = number.value, number.end
        while word_at(words, after) in ("°", "degrees", "degree", "deg", "+"):
            after, topic = after + 1, True
        unit = word_at(words, after)
        if unit in _CELSIUS + _FAHRENHEIT:
            after += 1
        elif unit in self._words["other_units"] or self._is_age(words, number):
            return
        if unit not in _CELSIUS + _FAHRENHEIT and not topic and not self._looks_measured(words, number):
            return
        named = self.speaks_of_temperature(words[: number.start])
        if unit not in _FAHRENHEIT and _within(value, NAMED_READ if named else CELSIUS_READ):
            yield Reading(Kind.celsius, value, number.start, after)
        elif unit not in _CELSIUS and _within(value, FAHRENHEIT_READ):
            yield Reading(Kind.celsius, round((value - 32.0) / 1.8, 1), number.start, after)

    def _looks_measured(self, words: Sequence[str], number: Number) -> bool:
        """A bare '38.6' or '39.0' is a temperature unless a word before says that it is something else."""
        other = self._any("other_measures", words[: number.start])
        return 38.0 <= number.value < 42.0 and not _is_whole(words, number) and not other

    def _is_age(self, words: Sequence[str], number: Number) -> bool:
        """'he is 39' is an age, 'his temperature is 39' is none."""
        before = words[max(number.start - 4, 0) : number.start]
        age = bool(before) and before[-1] in ("am", "is", "aged", "age", "was")
        return _is_whole(words, number) and age and not self.speaks_of_temperature(before)

    def _duration(self, words: Sequence[str], number: Number) -> Iterator[Reading]:
        after = number.end
        while word_at(words, after) in ("+", "or", "plus", "more"):
            after += 1
        unit = word_at(words, after)
        hours = unit in ("hour", "hours", "hr", "hrs")
        if not hours and unit not in ("minute", "minutes", "min", "mins"):
            return
        if word_at(words, after + 1) in self._words["moment_after"]:
            return
        if word_at(words, number.start - 1) not in self._words["moment_before"]:
            yield Reading(Kind.minutes, number.value * (60 if hours else 1), number.start, after + 1)

    def _doses(self, words: Sequence[str], number: Number, found: Sequence[Number]) -> Iterator[Reading]:
        before = words[max(number.start - 4, 0) : number.start]
        after = words[number.end : number.end + 5]
        usual = next((other for other in found if number.end < other.start <= number.end + 5), None)
        if before[-1:] == ("at",) or self._any("moments", after[:1]) or after[:1] in _SIZES:
            return  # a time, or the size of a growth
        if usual and "instead" in words[number.end : usual.start]:
            medicine = self._any("doses", words) or self._any("taken", words) or self._any("routine", words)
            if number.value > usual.value > 0 and (medicine or number.value.is_integer()):
                yield Reading(Kind.extra_doses, number.value / usual.value - 1, number.start, usual.end)
        elif after[:1] in (("extra",), ("more",)) and self._any("doses", after):
            yield Reading(Kind.extra_doses, number.value, number.start, number.end + 1)
        elif self._any("doses", after) and self._any("taken", before) and not self._any("routine", after):
            yield Reading(Kind.tablets, number.value, number.start, number.end)

    def _pressure(self, words: Sequence[str], number: Number, found: Sequence[Number]) -> Iterator[Reading]:
        def joined(upper: Number, lower: Number) -> bool:
            slash = lower.start == upper.end + 1 and words[upper.end] in ("/", "over", "on")
            return slash and PRESSURE_READ[0] <= lower.value < upper.value <= PRESSURE_READ[1]

        named = self._any("pressure", words[max(number.start - 5, 0) : number.start])
        lower = next((other for other in found if joined(number, other)), None)
        if lower and (named or number.value >= 100):
            yield Reading(Kind.systolic, number.value, number.start, number.end)
            yield Reading(Kind.diastolic, lower.value, lower.start, lower.end)
        elif any(joined(other, number) for other in found) or word_at(words, number.end) in self._words["other_units"]:
            return
        elif named and _within(number.value, UPPER_READ) and words[max(number.start - 2, 0) : number.start] not in _AGE:
            yield Reading(Kind.systolic, number.value, number.start, number.end)


def _is_whole(words: Sequence[str], number: Number) -> bool:
    """Whether it was typed as a whole number: '39', but not '39.0'."""
    return number.value.is_integer() and not words[number.start].endswith((".0", ",0"))


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]
