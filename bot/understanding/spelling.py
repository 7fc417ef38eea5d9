"""Puts typing errors right before a message is understood: 'everolymus and mouht sores' is read 'everolimus and mouth sores'.

A noisy channel (Kernighan, Church and Gale 1990): of the words near to a wrong one, take the one that is likeliest between its
neighbours in the training messages, less a cost for each error. Only words that are no usual English and no usual word of the
training messages are touched, so that a repair never turns one right word into another. symspellpy searches; its list of
English words (82,765, from the Google Books Ngrams and SCOWL, with their frequency) says what is usual.
"""

from __future__ import annotations

import importlib.resources
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from symspellpy import SymSpell, Verbosity

SHORTEST = 3
"""Letters. Shorter words are too near to each other."""
LONGEST_ABBREVIATION = 5
TWO_ERRORS_FROM = 5
"""Letters from which a word may hold two errors."""
COMMON = 6
"""A word that stands so often in the training messages is right, in the English list or not (``aml``, ``votubia``)."""
FAR_MORE = 10
"""A word that stands so many times as often as one that is no English is what that one meant."""
SHORT, USUAL = 3, 5_000
"""A word of so few letters is right when it is among so many most frequent English words; 'thn' and 'byy' are listed, too."""
TARGETS = 15_000
"""So many of the most frequent English words may be what was meant, even when no training message holds them."""
UNSEEN = 0.3
"""Occurrences that a word counts as when the training messages do not hold it."""
COST = 5.0
"""Of one error: the factor e^5 by which another word must be likelier. 2 to 5 gave the same accuracy."""
OTHER_LETTER = 1.0
"""Further cost of another first letter: people seldom get that one wrong."""
START, END = "^", "$"
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


@dataclass(frozen=True)
class Words:
    """How often each word, and each word after another (joined by a space), stands in the training messages."""

    single: Mapping[str, int]
    pairs: Mapping[str, int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Words:
        """Counts in lower case. Pairs that stand there only once are left out: they are many and say little."""
        single: Counter[str] = Counter()
        pairs: Counter[str] = Counter()
        for text in texts:
            words = _WORD.findall(text.lower())
            single.update(words)
            pairs.update(f"{before} {after}" for before, after in pairwise([START, *words, END]))
        return cls(dict(single), {pair: count for pair, count in pairs.items() if count > 1})


class Speller:
    """Repairs messages by the words of the training messages."""

    def __init__(self, words: Words) -> None:
        self.words = words
        english = _english()
        known = set(english)
        usual = {word for place, word in enumerate(english) if len(word) > SHORT or place < USUAL}
        self._total = sum(words.single.values()) or 1
        self._search = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        meant = {word for word, count in words.single.items() if count >= COMMON or word in known}
        for word in meant.union(english[:TARGETS]):
            if len(word) >= SHORTEST:
                self._search.create_dictionary_entry(word, max(words.single.get(word, 0), 1))
        told = {word for word, count in words.single.items() if count >= COMMON}
        errors = {word for word in told - known if len(word) >= TWO_ERRORS_FROM and self._is_common_error(word)}
        for word in errors:
            self._search.delete_dictionary_entry(word)
        self._right = (usual | told) - errors

    def _is_common_error(self, word: str) -> bool:
        """Whether a word that is no English is one error away from a far more common one ('siroliums')."""
        most = self.words.single[word] * FAR_MORE
        return any(near.count >= most for near in self._search.lookup(word, Verbosity.ALL, max_edit_distance=1))

    def repair(self, text: str) -> str:
        """``text`` with its wrong words replaced by what was probably meant, where anything known is near enough."""
        found = list(_WORD.finditer(text))
        words = [match.group().lower() for match in found]
        pieces, end = [], 0
        for place, (match, word) in enumerate(zip(found, words, strict=True)):
            pieces.append(text[end : match.start()])
            end = match.end()
            meant = word if self._is_right(word) or _is_abbreviation(match.group()) else self._meant(words, place)
            pieces.append(match.group() if meant == word else meant)
            words[place] = meant
        return "".join(pieces) + text[end:]

    def _is_right(self, word: str) -> bool:
        return len(word) < SHORTEST or word in self._right or word.removesuffix("'s") in self._right

    def _meant(self, words: list[str], place: int) -> str:
        """The likeliest word near to the one at ``place``, given the ones beside it; the same when none is near."""
        wrong = words[place]
        before = words[place - 1] if place else START
        after = words[place + 1] if place + 1 < len(words) else END

        def likelihood(near: Any) -> float:
            cost = COST * near.distance + (OTHER_LETTER if near.term[0] != wrong[0] else 0.0)
            return self._log(before, near.term) + (self._log(near.term, after) if self._is_right(after) else 0.0) - cost

        errors = 2 if len(wrong) >= TWO_ERRORS_FROM else 1
        choices = self._search.lookup(wrong, Verbosity.ALL, max_edit_distance=errors)
        return str(max(choices, key=likelihood).term) if choices else wrong

    def _log(self, before: str, after: str) -> float:
        """Log probability of ``after`` following ``before``, smoothed by how frequent ``after`` is."""
        alone = self.words.single.get(after, UNSEEN) / self._total
        pair = self.words.pairs.get(f"{before} {after}", 0)
        return math.log((pair + 2.0 * alone) / (self.words.single.get(before, 0) + 2.0))


def _is_abbreviation(word: str) -> bool:
    """``RRT``, ``ASMs``: short and in capitals."""
    return len(word) <= LONGEST_ABBREVIATION and word.removesuffix("s").isupper()


def _english() -> list[str]:
    """The words of the list, most frequent first."""
    listed = importlib.resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    lines = [line.split() for line in listed.read_text(encoding="utf-8-sig").splitlines()]
    return [word for word, _ in sorted(lines, key=lambda line: -int(line[1]))]
