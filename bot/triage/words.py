"""From what a family typed to sentences of plain words: lower case, spelling mended, idioms taken out.

Everything after this module sees only such words, so patterns need one spelling. Long sentences are cut into
overlapping windows, so that a text of any length is read to its end at a cost that grows with its length only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bot.triage.entries import SpellingFile

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
# Signs of print as a keyboard has them. They come before NFKC, which makes a space of an acute accent and '51/2' of '5½'.
_PLAIN_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u2032\uff40\u0060\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u2039\u203a", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2212", "-"),
        **dict.fromkeys("\u2014\u2015", " - "),
    }
)
_FRACTION = re.compile(r"(?<=\d)\s?([\u00bc-\u00be\u2150-\u215e])|([\u00bc-\u00be\u2150-\u215e])")
# An en dash between two words is a hyphen (wee-red), else a comma, and so behind a 'no', which denies nothing then.
_COMMA = re.compile(r"\s\u2013|\u2013\s|(?<=\bno)\u2013|(?<=\bnot)\u2013|(?<=\bnever)\u2013|(?<=\bnothing)\u2013")


class Spelling:
    """Turns any text into sentences of plain words, by the tables of spelling.yml."""

    def __init__(self, file: SpellingFile) -> None:
        self._possessed, self._no_owners = frozenset(file.possessed), frozenset(file.no_owners)
        self._phrases: dict[str, list[tuple[Words, Words]]] = {}  # first word -> (phrase, what it becomes)
        for plain, others in file.variants.items():
            for other in others:
                self._add(other, tuple(split(plain)))
        for idiom in file.idioms:
            self._add(idiom, (IDIOM,))
        for found in self._phrases.values():
            found.sort(key=lambda pair: -len(pair[0]))
        self._right = {*file.mended, *file.real_words}
        self._near = {shorter: word for word in file.mended for shorter in (word, *_without_one_letter(word))}

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


def plain_signs(text: str) -> str:
    """``text`` with the signs of print as a keyboard has them, and fractions as decimals: '5½' is '5.50'."""
    return _FRACTION.sub(_decimals, text.translate(_PLAIN_SIGNS))


def split(text: str) -> list[str]:
    """Lower-case words, numbers ('38.5', '38,5') and signs of ``text``. Any string will do, broken Unicode too."""
    return [token.replace("'", "") for token in _tokens(text)]


def _tokens(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", plain_signs(text)).lower()
    text = _REPEATED.sub(r"\1\1\2", _INVISIBLE.sub("", _BROKEN.sub(" ", text)))
    return _TOKEN.findall(_COMMA.sub(", ", text).replace("\u2013", "-").replace(" - ", ", ").replace("-", " "))


def _decimals(fraction: re.Match[str]) -> str:
    behind_number, alone = fraction.groups()
    return f"{unicodedata.numeric(behind_number or alone):.2f}"[1 if behind_number else 0 :]


def _without_one_letter(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]
