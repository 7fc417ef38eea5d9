"""From what a family typed to sentences of plain words: lower case, spelling mended, idioms taken out.

Everything after this module sees only such words, so patterns need one spelling. Long sentences are cut into
overlapping windows, so that a text of any length is read to its end at a cost that grows with its length only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

Words = tuple[str, ...]

IDIOM = "~"  # stands for a phrase that only sounds like a sign: 'sick of', 'dying to know'
START, END = "^", "$"  # first and last word of every sentence, so that a pattern can ask for them
_WINDOW, _OVERLAP = 60, 15  # words
_SHORTEST_MENDED = 5  # letters

_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:'[^\W\d_]+)*|[^\w\s()\[\]{}^$~*\"']|\n")
_SENTENCE_END = frozenset(".!?;\n")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}|([^\w\s]|\n)\2+")  # 'weeee' is read 'wee', '!!!' is read '!'
_BROKEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, halves of characters
_INVISIBLE = re.compile(r"[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4", "'"))


class Spelling:
    """Turns any text into sentences of plain words. Built from the tables of spelling.yml."""

    def __init__(
        self,
        variants: Mapping[str, Iterable[str]],
        idioms: Iterable[str],
        mended: Iterable[str],
        real_words: Iterable[str],
        possessed: Iterable[str] = (),
        no_owners: Iterable[str] = (),
    ) -> None:
        """``variants``: plain form -> other ways to write it. One wrong letter in a word of ``mended`` is put right,
        unless it makes one of ``real_words``. Before a word of ``possessed`` 'Liam's' is read 'his', unless 'Liam' is one of
        ``no_owners``.
        """
        self._possessed, self._no_owners = frozenset(possessed), frozenset(no_owners)
        self._phrases: dict[str, list[tuple[Words, Words]]] = {}  # first word -> (phrase, what it becomes)
        for plain, others in variants.items():
            for other in others:
                self._add(other, tuple(split(plain)))
        for idiom in idioms:
            self._add(idiom, (IDIOM,))
        for found in self._phrases.values():
            found.sort(key=lambda pair: -len(pair[0]))
        self._right = {*mended, *real_words}
        self._near = {shorter: word for word in mended for shorter in (word, *_without_one_letter(word))}

    def _add(self, phrase: str, becomes: Words) -> None:
        words = tuple(split(phrase))
        self._phrases.setdefault(words[0], []).append((words, becomes))

    def plain(self, phrase: str) -> Words:
        """The plain words of a phrase of a rule; nothing is cut or marked as a sentence."""
        return self._plain(split(phrase))

    def sentences(self, text: str) -> list[Words]:
        """All different sentences of ``text`` in order, each between START and END."""
        found: dict[Words, None] = {}
        sentence: list[str] = []
        for token in [*self._owned(_tokens(text)), "."]:
            if token not in _SENTENCE_END:
                sentence.append(token)
                continue
            words = self._plain(sentence)
            for begin in range(0, max(len(words) - _OVERLAP, 1), _WINDOW - _OVERLAP):
                window = (START, *words[begin : begin + _WINDOW], END)
                found[window] = None
            sentence = []
        found.pop((START, END), None)
        return list(found)

    def _owned(self, tokens: list[str]) -> list[str]:
        """``tokens`` without apostrophes; no pattern can list the names that stand before 's urine'."""
        return [
            "his"
            if token.endswith("'s") and following in self._possessed and token[:-2] not in self._no_owners
            else token.replace("'", "")
            for token, following in zip(tokens, [*tokens, ""][1:], strict=True)
        ]

    def _plain(self, tokens: Sequence[str]) -> Words:
        words: list[str] = []
        position = 0
        while position < len(tokens):
            for phrase, becomes in self._phrases.get(tokens[position], ()):
                if tuple(tokens[position : position + len(phrase)]) == phrase:
                    words.extend(becomes)
                    position += len(phrase)
                    break
            else:
                words.append(self._mended(tokens[position]))
                position += 1
        return tuple(words)

    def _mended(self, word: str) -> str:
        if word in self._right or len(word) < _SHORTEST_MENDED:
            return word
        for shorter in (word, *_without_one_letter(word)):
            near = self._near.get(shorter)
            if near and near[0] == word[0]:
                return near
        return word


def split(text: str) -> list[str]:
    """Lower-case words, numbers ('38.5', '38,5') and signs of ``text``. Any string will do, broken Unicode too."""
    return [token.replace("'", "") for token in _tokens(text)]


def _tokens(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)
    text = _REPEATED.sub(r"\1\1\2", _INVISIBLE.sub("", _BROKEN.sub(" ", text)))
    return _TOKEN.findall(text.replace(" - ", ", ").replace("-", " "))


def _without_one_letter(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]
