"""Patterns, names and numbers of the rules in words that need no notation."""

from __future__ import annotations

from typing import NamedTuple

from bot.triage.entries import ContextRule, Direction, NumberRange
from bot.triage.languages import ANY_ENDING, SIGN
from bot.triage.notation import Part, parts
from bot.triage.numbers import Kind
from bot.triage.words import END, START

_INFINITE = float("inf")
MEASURES = {
    Kind.celsius: ("body temperature", "°C"),
    Kind.minutes: ("how long it lasts", "minutes"),
    Kind.extra_doses: ("doses beyond the usual one", "doses"),
    Kind.tablets: ("tablets taken, where nothing says how many are usual", "tablets"),
    Kind.systolic: ("blood pressure, upper number", "mmHg"),
    Kind.diastolic: ("blood pressure, lower number", "mmHg"),
}
_PLACES = {
    Direction.before: "said before the sign",
    Direction.after: "said after the sign",
    Direction.beside: "said before or after the sign",
    Direction.anywhere: "said anywhere in the sentence",
}


class Choice(NamedTuple):
    """Words, or the name of a list of words."""

    text: str
    is_list: bool = False


class Piece(NamedTuple):
    """One place of a pattern: one of ``choices``, perhaps nothing (``optional``), or up to ``gap`` words (of the choices)."""

    choices: tuple[Choice, ...]
    optional: bool = False
    gap: int = 0


def pieces(pattern: str) -> list[Piece]:
    """The places of ``pattern``; words that stand side by side are one place."""
    found: list[Piece] = []
    for part in parts(pattern):
        piece = Piece(tuple(map(_choice, part.alternatives)), part.optional, part.gap)
        if found and _is_words(part) and _follows(found[-1]):
            text = f"{found[-1].choices[0].text} {piece.choices[0].text}".replace(" ,", ",")
            found[-1] = Piece((Choice(text),))
        else:
            found.append(piece)
    return found


def _is_words(part: Part) -> bool:
    """Whether ``part`` is one plain word."""
    plain = len(part.alternatives) == 1 and not (part.optional or part.gap)
    return plain and part.alternatives[0] not in (START, END, SIGN) and not part.alternatives[0].startswith("<")


def _follows(piece: Piece) -> bool:
    """Whether ``piece`` is plain words, to which more can be added."""
    plain = len(piece.choices) == 1 and not (piece.optional or piece.gap or piece.choices[0].is_list)
    return plain and piece.choices[0] not in map(_choice, (START, END, SIGN))


def _choice(alternative: str) -> Choice:
    if alternative.startswith("<") and alternative.endswith(">"):
        return Choice(alternative[1:-1], is_list=True)
    names = {START: "start of the sentence", END: "end of the sentence", SIGN: "the phrase"}
    return Choice(names.get(alternative, alternative.replace(ANY_ENDING, "…")))


def words(member: str) -> str:
    """A member of a list of words: words, another list, or words with any ending."""
    choice = _choice(member)
    return f"list “{name(choice.text)}”" if choice.is_list else choice.text


def name(identifier: str) -> str:
    """``side_pain`` as words: 'side pain'."""
    return identifier.replace("_", " ")


def limits(number: NumberRange) -> str:
    """From where to where a number makes its sign, with its unit: '39 °C (102.2 °F) or more'."""
    at_least, below = number.at_least > -_INFINITE, number.below < _INFINITE
    if at_least and below:
        return f"from {_measured(number, number.at_least)} to just below {_measured(number, number.below)}"
    if at_least:
        return f"{_measured(number, number.at_least)} or more"
    return f"below {_measured(number, number.below)}"


def _measured(number: NumberRange, value: float) -> str:
    unit = MEASURES[number.kind][1]
    text = f"{value:g} {unit}"
    if number.kind is Kind.celsius:
        text += f" ({value * 1.8 + 32:.1f} °F)"
    if number.kind is Kind.minutes and value >= 60:
        text += f" ({value / 60:g} hours)"
    return text


def place(rule: ContextRule) -> str:
    """Where a phrase of context must stand: 'said before the sign, at most 4 words away'."""
    away = f", at most {rule.reach} words away" if rule.reach else ""
    return _PLACES[rule.direction] + away + (", without a date" if rule.vague else "")
