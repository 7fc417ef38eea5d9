"""The judgement: the signs of a message, put together with those of the turns before, make an alarm or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from bot.triage.alarm import Alarm, Level
from bot.triage.rules import IT_HAPPENED, Rules, load_rules
from bot.triage.signs import Finder

_TURNS = 3  # how many earlier turns are read


@lru_cache(maxsize=1)
def _loaded() -> tuple[Rules, Finder]:
    rules = load_rules()
    return rules, Finder(rules)


def load() -> None:
    """Read and check all rules; call it at start-up. Raises DataFileError with file and line."""
    _loaded()


def assess(text: str, earlier_turns: Sequence[str] = (), model_reads_too: bool = False) -> Alarm | None:
    """The alarm that ``text`` calls for, or None. Pure; any string will do.

    ``model_reads_too`` says that the learned model reads the same text and may raise an alarm: it is left some urgent signs
    that people speak of calmly just as often (``left_to_model`` in combinations.yml).

    ``earlier_turns`` are the family's messages before this one, oldest first; the last three are read, so that a sign
    in one turn and its severity in the next are put together. Earlier turns alone never raise an alarm again.
    Words of another language raise an emergency; one that was found in English keeps its category and signs.
    """
    rules, finder = _loaded()
    alarm = _in_english(rules, finder, text, earlier_turns, model_reads_too)
    foreign = rules.languages.find(text)
    if foreign is None:
        return alarm
    if alarm and alarm.level is Level.emergency:
        return replace(alarm, language=foreign.language)
    signs = tuple(f"{foreign.language}/{category.value}" for category in foreign.categories)
    return Alarm(Level.emergency, foreign.categories[0], (*signs, *(alarm.signs if alarm else ())), foreign.language)


def _in_english(rules: Rules, finder: Finder, text: str, earlier_turns: Sequence[str], model_reads_too: bool) -> Alarm | None:
    turns = [rules.spelling.sentences(turn) for turn in [*earlier_turns[-_TURNS:], text]]
    topic = any(rules.numbers.speaks_of_temperature(sentence) for turn in turns for sentence in turn)
    known: set[str] = set()
    asked: set[str] = set()
    current: set[str] = set()
    for turn in turns:
        found = finder.find(turn, topic)
        asked |= found.asked
        current = found.present | asked if IT_HAPPENED in found.present else found.present
        known |= current
    for one in rules.combinations:
        if one.left_to_model and model_reads_too:
            continue
        if all(needed & known for needed in one.needs) and any(needed & current for needed in one.needs):
            return Alarm(one.level, one.category, tuple(sign for sign in rules.signs if sign in known))
    return None
