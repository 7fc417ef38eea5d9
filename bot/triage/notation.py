"""The notation of patterns in the rule files, and its translation into spaCy Matcher patterns.

    blood in urine       these words in this order, in any case and any listed spelling
    (red|dark brown)     one of these
    [very|so]            one of these, or nothing
    <urine>              one of the list `urine` of words.yml; also inside brackets: (<urine>|nappy)
    {small}              up to four words of that list, in any order, or none
    ..                   up to two words in between
    ...                  up to five words in between
    ^                    the beginning of a sentence
    $                    the end of a sentence

So `blood .. in [<whose>] <urine>` finds 'blood in his wee' and 'blood clots in the urine'. Gaps never cross a
comma or a 'no'. Brackets cannot stand inside brackets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, product
from typing import Any, NamedTuple

from bot.triage.words import END, START, Words

TokenPattern = list[dict[str, Any]]

_ELEMENT = re.compile(r"\(([^()\[\]]+)\)|\[([^()\[\]]+)\]|(<\w+>)|\{(\w+)\}|(\.{2,3})(?=\s|$)|([^\s()\[\]{}|<>]+)")
_GAPS = {"..": 2, "...": 5}
_RUN = 4  # words
_NOT_IN_GAP = [",", ":", "no", "not", "never", "without"]
_MOST_VARIANTS = 3000


class NotationError(ValueError):
    """A pattern that cannot be read; the message says why."""


class Part(NamedTuple):
    """One place of a pattern as it is written: one of ``alternatives`` (words, ``<list>``, ^ or $), or a gap.

    A gap of up to ``gap`` words with ``alternatives`` lets only their words through.
    """

    alternatives: tuple[str, ...] = ()
    optional: bool = False
    gap: int = 0


class Element(NamedTuple):
    """One place of a pattern: one of ``phrases`` (or nothing if ``optional``), or a gap of up to ``gap`` words.

    A gap with phrases lets only their words through.
    """

    phrases: tuple[Words, ...] = ()
    optional: bool = False
    gap: int = 0


def parts(pattern: str) -> list[Part]:
    """The places of ``pattern`` as they are written, its lists by their names. Raises NotationError."""
    if _ELEMENT.sub("", pattern).strip():
        raise NotationError(f"cannot read '{_ELEMENT.sub('', pattern).strip()}' in '{pattern}'; see notation.py")
    found = []
    for one_of, maybe, name, run, gap, word in _ELEMENT.findall(pattern):
        if gap:
            found.append(Part(gap=_GAPS[gap]))
        elif run:
            found.append(Part((f"<{run}>",), gap=_RUN))
        else:
            alternatives = (one_of or maybe or name or word).split("|")
            found.append(Part(tuple(alternative.strip() for alternative in alternatives), bool(maybe)))
    return found


class Notation:
    """Reads patterns; knows the lists of words (of the file ``home``) and the plain spelling."""

    def __init__(self, lists: Mapping[str, Sequence[str]], plain: Callable[[str], Words], home: str = "words.yml") -> None:
        self._lists, self._plain, self._home = lists, plain, home

    def read(self, pattern: str) -> list[Element]:
        """The places of ``pattern``. Raises NotationError."""
        elements = [Element(self._phrases(part.alternatives), part.optional, part.gap) for part in parts(pattern)]
        if not any(_asks(element) for element in elements):
            raise NotationError(f"'{pattern}' asks for no word at all")
        return elements

    def _phrases(self, alternatives: Sequence[str]) -> tuple[Words, ...]:
        found: dict[Words, None] = {}
        for name in alternatives:
            if name in (START, END):
                found[(name,)] = None
            elif name.startswith("<") and name.endswith(">"):
                if name[1:-1] not in self._lists:
                    raise NotationError(f"there is no list {name} in {self._home}")
                found.update(dict.fromkeys(self._plain(phrase) for phrase in self._lists[name[1:-1]]))
            elif "<" in name:
                raise NotationError(f"cannot read '{name}'; a list must be an alternative of its own")
            else:
                found[self._plain(name)] = None
        if () in found:
            raise NotationError(f"'{'|'.join(alternatives)}' has an empty alternative")
        return tuple(found)


def compiled(elements: Sequence[Element]) -> list[TokenPattern]:
    """All spaCy Matcher patterns of one pattern. Raises NotationError when there are too many."""
    places = [_ways(element) for element in elements]
    variants = [list(chain.from_iterable(ways)) for ways in product(*places)]
    if len(variants) > _MOST_VARIANTS:
        raise NotationError(f"the pattern has {len(variants)} variants; split it or use fewer phrases of several words")
    return variants


def required(elements: Sequence[Element], small: frozenset[str]) -> list[frozenset[str]]:
    """Sets of words of each of which one must be in the sentence: a cheap test before the search. Narrowest set first."""
    places = [element.phrases for element in elements if _asks(element)]
    places.sort(key=lambda phrases: (any(small.issuperset(phrase) for phrase in phrases), len(phrases)))
    return [frozenset(next((word for word in phrase if word not in small), phrase[0]) for phrase in place) for place in places]


def words_of(patterns: Sequence[TokenPattern]) -> set[str]:
    """All words that the patterns name."""
    found: set[str] = set()
    for place in chain.from_iterable(patterns):
        asked = place["ORTH"]
        found.update([asked] if isinstance(asked, str) else asked.get("IN", asked.get("NOT_IN")))
    return found


def _asks(element: Element) -> bool:
    """Whether a word of this place must be there."""
    return bool(element.phrases) and not element.optional and not element.gap


def _ways(element: Element) -> list[TokenPattern]:
    """What may stand in one place: all single words together, and each phrase of several words."""
    if element.gap:
        allowed = {"IN": [word for phrase in element.phrases for word in phrase]}
        return [[{"ORTH": allowed if element.phrases else {"NOT_IN": _NOT_IN_GAP}, "OP": "?"}] * element.gap]
    singles = [phrase[0] for phrase in element.phrases if len(phrase) == 1]
    ways: list[TokenPattern] = [[{"ORTH": word} for word in phrase] for phrase in element.phrases if len(phrase) > 1]
    if singles:
        ways.append([{"ORTH": singles[0] if len(singles) == 1 else {"IN": singles}}])
    if element.optional:
        ways.append([])
    return ways
