"""The search for signs in a message, with spaCy Matchers built once from the rules. It keeps no word of any message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import spacy
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span

from bot.triage.context import JOINS, Context, Found
from bot.triage.notation import words_of
from bot.triage.rules import Rules
from bot.triage.words import Words

_OTHER_WORD = "*"  # stands for every word that no rule knows: spaCy would keep each word it ever saw


class _Search(NamedTuple):
    """One pattern of a sign, worth trying only in sentences with a word of each set of ``required``."""

    sign: str
    matcher: Matcher
    required: list[frozenset[str]]


class Finder:
    """Finds the signs that count in sentences of plain words."""

    def __init__(self, rules: Rules) -> None:
        self._rules, self._vocab = rules, spacy.blank("en").vocab
        self._context = Context(self._vocab, rules)
        self._by_word: dict[str, list[_Search]] = {}  # a word -> the searches that need it
        denial, another = rules.context.denial, rules.context.another_matter
        self._known = {*JOINS, *denial.bridge, *denial.symptoms, *denial.not_denied_before}
        self._known |= another.joins | another.subjects | another.points_back
        for _, variants in rules.context_patterns:
            self._known |= words_of(variants)
        for sign, rule in rules.signs.items():
            self._vocab.strings.add(sign)
            for pattern in rule.patterns:
                self._known |= words_of(pattern.variants)
                matcher = Matcher(self._vocab, validate=False)  # the loader has read them
                matcher.add(sign, pattern.variants)
                search = _Search(sign, matcher, pattern.required[1:])
                for word in pattern.required[0]:
                    self._by_word.setdefault(word, []).append(search)
        Doc(self._vocab, words=[_OTHER_WORD, *sorted(self._known)])  # spaCy keeps these, and nothing that comes later

    def find(self, sentences: Iterable[Words], temperature_is_topic: bool = False) -> Found:
        """The signs of one message; ``temperature_is_topic`` when it or a message before speaks of one."""
        found = Found(set(), set())
        sentences = list(sentences)
        calm = any(self._context.may_be_calm(set(one)) and self._context.is_calm(self._doc(one)) for one in sentences)
        for sentence in sentences:
            one = self._find(sentence, temperature_is_topic, calm)
            found.present.update(one.present)
            found.asked.update(one.asked)
        return found

    def _doc(self, sentence: Words) -> Doc:
        return Doc(self._vocab, words=[word if word in self._known else _OTHER_WORD for word in sentence])

    def _find(self, sentence: Words, temperature_is_topic: bool, calm: bool) -> Found:
        words = set(sentence)
        searches = [
            search
            for word in words
            for search in self._by_word.get(word, ())
            if not any(needed.isdisjoint(words) for needed in search.required)
        ]
        numbers = list(self._rules.numbers.readings(sentence, temperature_is_topic))
        if not searches and not numbers:
            return Found(set(), set())
        doc = self._doc(sentence)
        spans = [span for search in searches for span in _shortest(search, doc)]
        for number in numbers:
            for sign, rule in self._rules.signs.items():
                wanted = rule.entry.number
                if wanted and wanted.kind == number.kind and wanted.at_least <= number.value < wanted.below:
                    spans.append(Span(doc, number.start, number.end, label=sign))
        return self._context.judge(doc, spans, calm) if spans else Found(set(), set())


def _shortest(search: _Search, doc: Doc) -> Iterator[Span]:
    """The matches of a pattern that hold no smaller match of it."""
    last_start = -1
    for _, start, end in sorted(search.matcher(doc), key=lambda match: (match[2], -match[1])):
        if start > last_start:
            last_start = start
            yield Span(doc, start, end, label=search.sign)
