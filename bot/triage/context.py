"""Whether a sign is meant as present: not denied, not long over, not asked in general, not someone's story.

The method is that of ConText (Harkema et al. 2009): trigger phrases with a direction, a reach, and phrases that end it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from spacy.matcher import Matcher
from spacy.tokens import Doc, Span
from spacy.vocab import Vocab

from bot.triage.entries import PAST, ContextRule, Direction
from bot.triage.notation import TokenPattern, words_of
from bot.triage.rules import Rules
from bot.triage.words import END, START

CALM = "calm"  # the kind that says of a whole message that nobody is ill
PERSONAL = "personal"  # the kind that it silences: 'his' and 'her' make no question an emergency then
NOW, LASTING, ELSEWHERE = "now", "lasting", "elsewhere"
_STILL_OF_IT = 12
"""Words after a sign in which a "like this" or "before" belongs to it: "never had pain like this", but not a later question."""
JOINS = frozenset((",", "or", "nor", "/"))  # what joins the things that one 'no' denies


class Mark(NamedTuple):
    """A phrase of context.yml in a sentence: words from ``start`` to before ``end``."""

    start: int
    end: int
    rule: ContextRule


class _Phrase(NamedTuple):
    """A phrase of the rule at ``position``, worth trying only in sentences with a word of each set of ``required``."""

    position: int
    required: list[frozenset[str]]


class Found(NamedTuple):
    """Ids of signs: those that count, and those only asked about or told (they count if the next sentence says so)."""

    present: set[str]
    asked: set[str]


class Context:
    """Judges the signs of one sentence."""

    def __init__(self, vocab: Vocab, rules: Rules) -> None:
        self._rules, self._kinds = rules, rules.context.kinds
        self._matchers: list[Matcher] = []  # one for each rule
        self._by_word: dict[str, list[_Phrase]] = {}  # a word -> the phrases that need it
        for position, (_, patterns) in enumerate(rules.context_patterns):
            matcher = Matcher(vocab, validate=False)  # the loader has read the patterns
            matcher.add(str(position), patterns)
            self._matchers.append(matcher)
            for places in map(_required, patterns):
                for word in places[0]:
                    self._by_word.setdefault(word, []).append(_Phrase(position, places[1:]))
        self._beats = {name: {one for one, other in self._kinds.items() if name in other.beaten_by} for name in self._kinds}
        calm = [pattern for rule, patterns in rules.context_patterns if rule.kind == CALM for pattern in patterns]
        self._calm = [_required(pattern) for pattern in calm]

    def may_be_calm(self, words: set[str]) -> bool:
        """A cheap test: False where ``is_calm`` cannot be true of a sentence of ``words``."""
        return any(all(not asked.isdisjoint(words) for asked in places) for places in self._calm)

    def is_calm(self, doc: Doc) -> bool:
        """Whether ``doc`` says that nobody is ill and the question is a general one."""
        return any(mark.rule.kind == CALM for mark in self._marks(doc))

    def judge(self, doc: Doc, spans: Sequence[Span], calm: bool = False) -> Found:
        """Which of the signs at ``spans`` count, and which are only asked about; ``calm`` if the message says so."""
        marks = self._marks(doc)
        said = {mark.rule.kind for mark in marks} - ({PERSONAL} if calm else set())
        found = Found(set(), set())
        for span in spans:
            kinds = {mark.rule.kind for mark in marks if self._holds_back(mark, span, marks, said, spans)}
            if not kinds:
                found.present.add(span.label_)
            elif all(NOW in self._kinds[kind].beaten_by for kind in kinds):
                found.asked.add(span.label_)
        return found

    def _marks(self, doc: Doc) -> list[Mark]:
        """The phrases in ``doc``, without what stands in a longer 'nothing', or an 'end' or 'nothing' in a longer phrase.

        A denial always stays: 'is not breathing' begins like a question and is none, but its 'not' is a 'not'.
        A 'now' in a phrase of the past is none: 'never again', 'healed now'. Nor does anything beat the phrase that it is a
        part of: 'has not changed', 'tell me about'.
        """
        words = {token.text for token in doc}
        positions = {
            phrase.position
            for word in words
            for phrase in self._by_word.get(word, ())
            if not any(place.isdisjoint(words) for place in phrase.required)
        }
        rules = self._rules.context_patterns
        found = [
            Mark(start, end, rules[position][0])
            for position in sorted(positions)
            for _, start, end in self._matchers[position](doc)
        ]
        marks: list[Mark] = []
        for mark in sorted(found, key=lambda mark: (mark.start - mark.end, mark.start)):
            beside = [other for other in marks if mark.start < other.end and other.start < mark.end]
            around = {other.rule.kind for other in beside if other.start <= mark.start and mark.end <= other.end}
            kinds = {other.rule.kind for other in beside}
            if mark.rule.kind in ("end", "nothing"):
                cancelled = kinds
            else:
                cancelled = kinds & {"nothing", PAST if mark.rule.kind == NOW else ""} | around & self._beats[mark.rule.kind]
            if not cancelled or mark.rule.kind == "negated":
                marks.append(mark)
        return marks

    def _holds_back(self, mark: Mark, span: Span, marks: list[Mark], said: set[str], spans: Sequence[Span]) -> bool:
        rule, sign = mark.rule, span.label_
        kind = self._kinds.get(rule.kind)
        if kind is None or not kind.holds_back:
            return False
        beaten = said.intersection(kind.beaten_by)
        if beaten and not (rule.kind == PAST and beaten <= {NOW, LASTING} and self._outlasts(mark, span, marks, spans)):
            return False
        if (rule.only and sign not in rule.only) or sign in kind.not_for:
            return False
        if rule.kind == PAST and self._rules.signs[sign].entry.even_past:
            return False
        return self._reaches(mark, span, marks) and not (rule.kind == "negated" and not self._denied(mark, span))

    def _outlasts(self, past: Mark, span: Span, marks: list[Mark], spans: Sequence[Span]) -> bool:
        """Whether a past stays one beside a 'now': 'It burst in 2017, now I wonder why', not 'it bled in 2017 and now again'.

        The past must have a date, behind the sign in the same clause; each 'now' must stand in a clause that has a subject of
        its own, no sign and no word that points back; what lasted must end in that past ('for an hour when she was a baby').
        """
        words = [token.text for token in span.doc]
        if past.rule.vague or past.start < span.end or past.start not in self._clause(words, span.start):
            return False
        if any(mark.rule.kind == LASTING and mark.end != past.start for mark in marks):
            return False
        another = self._rules.context.another_matter
        for mark in marks:
            if mark.rule.kind == NOW:
                clause = self._clause(words, mark.end - 1)
                said = {words[place] for place in clause}
                if (
                    span.start in clause
                    or said.isdisjoint(another.subjects)
                    or not said.isdisjoint(another.points_back)
                    or any(one.start in clause for one in spans)
                ):
                    return False
        return True

    def _clause(self, words: Sequence[str], place: int) -> range:
        """The places from the mark or joining word before ``place`` to before the next."""
        joins = self._rules.context.another_matter.joins
        start = next((at for at in range(place, -1, -1) if words[at] in joins), 0)
        return range(start, next((at for at in range(place + 1, len(words)) if words[at] in joins), len(words)))

    def _reaches(self, mark: Mark, span: Span, marks: list[Mark]) -> bool:
        if mark.start <= span.start and span.end <= mark.end and mark.rule.kind == ELSEWHERE:
            return True  # the phrase names the sign and what it is meant of
        if mark.start >= span.start and mark.end <= span.end:
            return mark.rule.kind == PAST  # a part of the sign itself: only a date says something about it
        if mark.rule.direction == Direction.anywhere:
            return True
        between = None
        if mark.rule.direction in (Direction.before, Direction.beside) and mark.start < span.start:
            between = (mark.end, span.start)
        elif mark.rule.direction in (Direction.after, Direction.beside) and mark.end > span.end:
            between = (span.end, mark.start)
        return (
            between is not None
            and between[1] - between[0] <= (mark.rule.reach or len(span.doc))
            and not any(other.rule.kind == "end" and between[0] <= other.start < between[1] for other in marks)
        )

    def _denied(self, mark: Mark, span: Span) -> bool:
        """'no .. blood', 'no pain, fever or blood', but not 'no pain blood', 'not sure but blood', 'never like this'."""
        if mark.rule.direction != Direction.before:
            return True
        if mark.end > span.start:
            return False  # the 'not' belongs to the sign: 'has not had a wet nappy'
        denial = self._rules.context.denial
        between = [token.text for token in span.doc[mark.end : span.start]]
        after = [token.text for token in span.doc[span.end : span.end + _STILL_OF_IT]]
        if not denial.not_denied_before.isdisjoint(after):
            return False
        part: list[str] = []
        for word in between:
            if word in JOINS:
                part = []
            elif word in denial.bridge or word in denial.symptoms:
                part.append(word)
            else:
                return False
        if "," in between and not {"or", "nor"} & {*between, *after}:
            return False
        return denial.symptoms.isdisjoint(part)


def _required(pattern: TokenPattern) -> list[frozenset[str]]:
    """The sets of words of each of which one must be in the sentence: a cheap test before the search. Narrowest set first."""
    places = [frozenset(words_of([[place]])) for place in pattern if "OP" not in place]
    return sorted(places, key=lambda words: (words <= {START, END}, len(words)))
