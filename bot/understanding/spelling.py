"""Puts typing errors right before a message is understood: 'everolymus and mouht sores' is read 'everolimus and mouth sores'.

Only words that are no English word are touched, and only towards words of the training messages, so that a repair can bring
a message nearer to a topic but never turn one right word into another. symspellpy does the search; its list of English words
(82,765 words, from the Google Books Ngrams and SCOWL) says what is right already.
"""

from __future__ import annotations

import importlib.resources
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from symspellpy import SymSpell, Verbosity

SHORTEST = 3
"""Letters. Shorter words are too near to each other."""
TWO_ERRORS_FROM = 6
"""Letters from which a word may hold two errors."""
COMMON = 6
"""A word that stands so often in the training messages is right, dictionary or not (``aml``, ``votubia``)."""
SEEN = 3
"""An English word becomes a target of repairs when it stands so often in the training messages."""
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


class Speller:
    """Knows the words of the training messages and how often each stands there."""

    def __init__(self, words: Mapping[str, int]) -> None:
        """``words``: lower case -> count, as ``count_words`` returns them."""
        self.words = dict(words)
        dictionary = importlib.resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
        english = {line.partition(" ")[0] for line in dictionary.read_text(encoding="utf-8-sig").splitlines()}
        self._right = english | {word for word, count in self.words.items() if count >= COMMON}
        self._search = SymSpell(max_dictionary_edit_distance=2, prefix_length=7)
        for word, count in self.words.items():
            if len(word) >= SHORTEST and (count >= COMMON or (count >= SEEN and word in english)):
                self._search.create_dictionary_entry(word, count)

    def repair(self, text: str) -> str:
        """``text`` with its wrong words replaced by the nearest known ones, where there is one near enough."""
        return _WORD.sub(lambda found: self._repaired(found.group()), text)

    def _repaired(self, word: str) -> str:
        lower = word.lower()
        if len(lower) < SHORTEST or lower in self._right:
            return word
        near = self._search.lookup(lower, Verbosity.TOP, max_edit_distance=2 if len(lower) >= TWO_ERRORS_FROM else 1)
        return near[0].term if near else word


def count_words(texts: Iterable[str]) -> Counter[str]:
    """How often each word stands in ``texts``, in lower case."""
    return Counter(word for text in texts for word in _WORD.findall(text.lower()))
