"""Emergencies in other languages, by the commonest words for them: whoever writes no English must be sent to help, too.

`languages.yml` holds the phrases in the notation of notation.py, with three differences: `word*` is any word that begins
so, a list may also stand under the language itself, and gaps cross commas (words of their own) but none of the language's
`negations`. Letters are compared without accents and in lower case; a Chinese sign is a word of its own. `denied` says where
words such as 'there is no' stand beside a phrase (`~`) that then does not count; one with a negation in it always counts
('cannot breathe').
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import NamedTuple

from bot.datafile import DataFile
from bot.triage.alarm import Category
from bot.triage.entries import Language, LanguagesFile
from bot.triage.notation import Element, Notation, NotationError
from bot.triage.words import END, START, Words, plain_signs

ANY_ENDING = "*"
SIGN = "~"  # stands for the phrase that a pattern of `denied` denies
_FILE = "languages.yml"

# A word holds no Chinese sign; the vowel signs of Devanagari are part of a word, though no letters.
_WORD = r"(?:[^\W\d_\u3400-\u9fff]|[\u0900-\u0963\u0971-\u097f])+"
_TOKEN = re.compile(rf"\d+(?:[.,]\d+)?|{_WORD}|[\u3400-\u9fff]|\.{{2,}}|[,.!?;\n\u060c\u061b\u061f\u0964\u3001\u3002]")
_TOKEN_OF_PATTERN = re.compile(rf"\d+(?:\.\*)?|{_WORD}\*?|[\u3400-\u9fff]|[{END}{START},]")
_SENTENCE_END = frozenset(".!?;\n\u061b\u061f\u0964\u3002")
_COMMAS = frozenset(",\u060c\u3001")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")  # 'sangreeee'
_NO_LETTER = re.compile(  # accents; vowel marks and lengthening of Arabic; the dot below of Devanagari; what is not seen
    r"[\u0300-\u036f\u0640\u064b-\u0655\u0670\u093c\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]"
)


class Foreign(NamedTuple):
    """What was found: the language (ISO 639-1), and the categories of its phrases, the one that decides the text first."""

    language: str
    categories: tuple[Category, ...]


class _Place(NamedTuple):
    """One place of a phrase: some words (``exact``; ``lengths`` are the numbers of words in them), or ``loose`` ones with
    any ending, or (if ``optional``) nothing; or a gap of up to ``gap`` words.
    """

    exact: frozenset[Words]
    lengths: tuple[int, ...]
    loose: tuple[Words, ...]
    optional: bool
    gap: int

    @classmethod
    def of(cls, element: Element) -> _Place:
        loose = tuple(words for words in element.phrases if any(word.endswith(ANY_ENDING) for word in words))
        exact = frozenset(element.phrases).difference(loose)
        return cls(exact, tuple({len(words) for words in exact}), loose, element.optional, element.gap)

    @property
    def needs(self) -> frozenset[str]:
        """Words of which one must be there; empty when that cannot be said."""
        return frozenset() if self.optional or self.loose else frozenset(words[0] for words in self.exact)

    def ends(self, sentence: Words, start: int) -> Iterator[int]:
        """Where the words of this place can end when they begin at ``start``."""
        for length in self.lengths:
            if sentence[start : start + length] in self.exact:
                yield start + length
        for words in self.loose:
            end = start + len(words)
            if end <= len(sentence) and all(map(_same, words, sentence[start:end])):
                yield end


class _Phrase(NamedTuple):
    """A phrase ready for the search, with what it stands for: ``language`` and, if it is a sign, ``category``."""

    places: list[_Place]
    needs: list[frozenset[str]]  # of each of them one word must be in the sentence: a cheap test before the search
    negations: frozenset[str]
    language: str
    category: Category | None = None
    before: bool = False  # of a denial: it stands before what it denies

    def ends(self, sentence: Words, start: int) -> set[int]:
        """Where the phrase can end when it begins at ``start``. The work does not depend on the sentence's length."""
        positions = {start}
        for place in self.places:
            after = set(positions) if place.optional else set()
            for position in positions:
                after.update(self._gap(sentence, position, place.gap) if place.gap else place.ends(sentence, position))
            if not after:
                return after
            positions = after
        return positions

    def _gap(self, sentence: Words, start: int, most: int) -> Iterator[int]:
        yield start
        for end in range(start + 1, min(start + most, len(sentence)) + 1):
            if sentence[end - 1] in self.negations:
                return
            yield end


class _Index:
    """Phrases by the word that they begin with."""

    def __init__(self, phrases: Iterable[_Phrase]) -> None:
        self._by_word: dict[str, list[_Phrase]] = {}
        for phrase in phrases:
            place = phrase.places[0]
            for word in dict.fromkeys(words[0] for words in (*place.exact, *place.loose)):
                self._by_word.setdefault(word, []).append(phrase)
        self._lengths = sorted({len(word) - 1 for word in self._by_word if word.endswith(ANY_ENDING)})

    def matches(self, sentence: Words) -> Iterator[tuple[_Phrase, int, set[int]]]:
        """Each phrase in ``sentence``, with where it begins and where it can end."""
        words = set(sentence)
        possible = {
            word: [phrase for phrase in self.beginning_with(word) if not any(map(words.isdisjoint, phrase.needs))]
            for word in words
        }
        for start, word in enumerate(sentence):
            for phrase in possible[word]:
                ends = phrase.ends(sentence, start)
                if ends:
                    yield phrase, start, ends

    def beginning_with(self, word: str) -> list[_Phrase]:
        found = list(self._by_word.get(word, ()))
        for length in self._lengths:
            if length > len(word):
                break
            found += self._by_word.get(word[:length] + ANY_ENDING, ())
        return found


class Languages:
    """Finds emergencies in the languages of `languages.yml`."""

    def __init__(self, phrases: Sequence[_Phrase], entries: Mapping[str, Language], letters: Mapping[int, str]) -> None:
        self._signs = _Index(phrase for phrase in phrases if phrase.category)
        self._denials = _Index(phrase for phrase in phrases if not phrase.category)
        self._letters = letters
        self._everyday = {
            code: frozenset(word for words in (*entry.words, *entry.negations) for word in _split(words, letters))
            for code, entry in entries.items()
        }

    def find(self, text: str) -> Foreign | None:
        """The emergency that ``text`` tells in another language, or None. Pure; any string will do."""
        tokens = _split(text, self._letters)
        lengths: dict[str, dict[Category, int]] = {}  # language -> category -> words of the longest phrase
        told: set[tuple[str, Category]] = set()  # what is not denied
        for sentence in _sentences(tokens):
            for phrase, start, ends in self._signs.matches(sentence):
                if phrase.category:
                    longest = lengths.setdefault(phrase.language, {})
                    longest[phrase.category] = max(longest.get(phrase.category, 0), max(ends) - start)
                    if not all(self._denied(sentence, start, end, phrase) for end in ends):
                        told.add((phrase.language, phrase.category))
        if not told:
            return None
        # Neighbours share phrases ('sangue', 'urina'); then the everyday words around tell. The same decides whose denials
        # count: a 'não' says nothing to the Italian phrases.
        words = set(tokens)
        language = max(lengths, key=lambda code: sum(lengths[code].values()) + len(words & self._everyday[code]))
        categories = tuple(category for category in Category if (language, category) in told)
        return Foreign(language, categories) if categories else None

    def _denied(self, sentence: Words, start: int, end: int, sign: _Phrase) -> bool:
        """Whether a denial of the sign's language ends where the sign starts, or starts where it ends."""
        if not sign.negations.isdisjoint(sentence[start:end]):
            return False
        for begin in range(max(start - _LONGEST_DENIAL, 0), start):
            for denial in self._denials.beginning_with(sentence[begin]):
                if denial.before and denial.language == sign.language and start in denial.ends(sentence, begin):
                    return True
        return end < len(sentence) and any(
            not denial.before and denial.language == sign.language and denial.ends(sentence, end)
            for denial in self._denials.beginning_with(sentence[end])
        )


_LONGEST_DENIAL = 6  # words


def load_languages(file: DataFile) -> Languages:
    """Read and check `languages.yml`. Raises DataFileError with file and line."""
    content = file.entry(LanguagesFile)
    letters = str.maketrans({letter: plain for plain, others in content.letters.items() for letter in _plain_form(others)})
    phrases: list[_Phrase] = []
    for code, language in content.languages.items():
        where = ("languages", code)
        for category in Category:
            if category not in language.phrases:
                raise file.error((*where, "phrases"), f"there are no phrases for '{category.value}'; add them")

        plain = partial(_plain_words, letters)
        notation = Notation(_whole_lists(file, code, content), plain, _FILE)
        negations = frozenset(chain.from_iterable(map(plain, language.negations)))
        for category, entry in language.phrases.items():
            for row, phrase in enumerate(entry.phrases):
                try:
                    phrases.append(_phrase(notation, phrase, negations, code, category))
                except NotationError as error:
                    raise file.error((*where, "phrases", category.value, "phrases", row), str(error)) from None
        for row, phrase in enumerate(language.denied):
            try:
                before, words = _denial(phrase)
                phrases.append(_phrase(notation, words, frozenset(), code, before=before))
            except NotationError as error:
                raise file.error((*where, "denied", row), str(error)) from None
    return Languages(phrases, content.languages, letters)


def _plain_words(letters: Mapping[int, str], phrase: str) -> Words:
    words = tuple(_TOKEN_OF_PATTERN.findall(_plain_form(phrase).translate(letters)))
    if not words:
        raise NotationError(f"cannot read '{phrase}'")
    return words


def _whole_lists(file: DataFile, code: str, content: LanguagesFile) -> dict[str, list[str]]:
    """The lists of a language, with those that stand in them as `<name>` put in."""
    lists = {**content.lists, **content.languages[code].lists}
    whole: dict[str, list[str]] = {}
    for name, members in lists.items():
        whole[name] = []
        for row, member in enumerate(members):
            if member.startswith("<") and member[1:-1] not in content.lists:
                where = ("languages", code, "lists", name, row)
                raise file.error(where, f"there is no list {member} among the lists of all languages")
            whole[name] += content.lists[member[1:-1]] if member.startswith("<") else [member]
    return whole


def _phrase(
    notation: Notation,
    phrase: str,
    negations: frozenset[str],
    code: str,
    category: Category | None = None,
    before: bool = False,
) -> _Phrase:
    elements = notation.read(phrase)
    if any(element.gap and element.phrases for element in elements):
        raise NotationError(f"'{phrase}' has a run of words ('{{name}}'), which this file does not know; use '..'")
    places = [_Place.of(element) for element in elements]
    if places[0].optional or places[0].gap:
        raise NotationError(f"'{phrase}' begins with what may be left out; begin with a word")
    needs = [place.needs for place in places[1:] if place.needs]
    return _Phrase(places, needs, negations, code, category, before)


def _denial(phrase: str) -> tuple[bool, str]:
    """Whether the words of a pattern of ``denied`` stand before the sign, and the words."""
    before, _, after = phrase.partition(SIGN)
    if (SIGN not in phrase) or bool(before.strip()) == bool(after.strip()) or SIGN in after:
        raise NotationError(f"write words before or after one '{SIGN}' in '{phrase}'")
    return bool(before.strip()), (before or after).strip()


def _same(asked: str, word: str) -> bool:
    return word == asked or (asked.endswith(ANY_ENDING) and word.startswith(asked[:-1]))


def _plain_form(text: str) -> str:
    """``text`` in lower case and without accents, with the digits 0 to 9."""
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", plain_signs(text)).lower())
    text = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.digit(digit[0])), _NO_LETTER.sub("", text))
    return _REPEATED.sub(r"\1", text)


def _split(text: str, letters: Mapping[int, str]) -> list[str]:
    return [token.replace(",", ".") if token[0].isdecimal() else token
            for token in _TOKEN.findall(_plain_form(text).translate(letters))]  # fmt: skip


def _sentences(tokens: Iterable[str]) -> Iterator[Words]:
    """Sentences of words between START and END; dots in a row are a comma, as in 'my son... blood'."""
    sentence = [START]
    for token in [*tokens, "."]:
        if token in _SENTENCE_END:
            if len(sentence) > 1:
                yield (*sentence, END)
            sentence = [START]
        else:
            sentence.append("," if token in _COMMAS or token.startswith("..") else token)
