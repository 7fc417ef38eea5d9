"""The texts as a whole: every topic, for every kind of reader, in plain words, with sources."""

from __future__ import annotations

import re
import statistics
from pathlib import Path

import pytest
import textstat
import yaml

from bot.datafile import DataFile
from bot.knowledge import Audience, Library
from bot.knowledge.models import Statement, Term, Topic
from bot.knowledge.reading import grade, word_count

ROOT = Path(__file__).parents[2]
LIBRARY = Library.load()
SPECIFICATION = {topic["id"] for topic in yaml.safe_load((ROOT / "tests/specification/topics.yml").read_text())}
ALLOWED = {
    word for words in yaml.safe_load((ROOT / "tests/specification/long_words.yml").read_text()).values() for word in words
}
LONG_WORD = 4
"""Syllables from which a word counts as long."""
WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
WITHOUT_FIGURES = ("about/", "care/", "living/")
"""Areas that need no text for professionals."""
WORDS = {Audience.family: (70, 160), Audience.easy_read: (30, 95), Audience.professional: (50, 180)}
MOST_WORDS_OF_A_PART = 110
FAMILY_MEDIAN, FAMILY_MOST, EASY_MOST = 7.0, 9.0, 5.0
AMERICAN = (
    r"physician|tumors?|edema|anemia|anemic|diarrhea|color(?:ed)?|pediatric(?:ian)?|hemorrhage|behaviors?|estrogen|embolization"
)
DOSE = r"\d\s*(?:mg|milligrams?|micrograms?|mcg)\b|ng/m[lL]"

TOPICS = sorted(LIBRARY.topics.items())
ALL = pytest.mark.parametrize(("topic_id", "topic"), TOPICS, ids=[name for name, _ in TOPICS])


def body(statements: list[Statement]) -> str:
    return "\n\n".join(statement.text for statement in statements)


def every_text(topic: Topic) -> str:
    answers = [topic.answers, *topic.parts.values()]
    return "\n".join([*(body(statements) for answer in answers for statements in answer.values()), *topic.questions])


def long_words(text: str) -> set[str]:
    """In lower case."""
    return {word.lower() for word in WORD.findall(text) if textstat.syllable_count(word) >= LONG_WORD}


def test_every_topic_of_the_specification_has_its_text():
    assert set(LIBRARY.topics) == SPECIFICATION
    assert len(SPECIFICATION) >= 95


@ALL
def test_a_topic_has_a_text_for_each_kind_of_reader_in_its_length(topic_id, topic):
    wanted = {Audience.family, Audience.easy_read}
    if not topic_id.startswith(WITHOUT_FIGURES):
        wanted.add(Audience.professional)
    assert wanted <= set(topic.answers)
    for audience, statements in topic.answers.items():
        least, most = WORDS[audience]
        assert least <= word_count(body(statements)) <= most, audience


@ALL
def test_what_can_be_asked_next_is_short_and_there_are_questions_for_the_team(topic_id, topic):
    for name, answer in topic.parts.items():
        assert word_count(body(answer[Audience.family])) <= MOST_WORDS_OF_A_PART, name
    assert 2 <= len(topic.related) <= 5
    if topic.basis != "site":
        assert topic.parts
        assert 2 <= len(topic.questions) <= 4


@ALL
def test_families_can_read_it(topic_id, topic):
    assert grade(body(topic.answers[Audience.family])) <= FAMILY_MOST
    assert grade(body(topic.answers[Audience.easy_read])) <= EASY_MOST
    for answer in topic.parts.values():
        assert grade(body(answer[Audience.family])) <= FAMILY_MOST
    strange = long_words(body([*topic.answers[Audience.family], *topic.answers[Audience.easy_read]])) - ALLOWED
    assert not strange, "say it more simply, or add the word to tests/specification/long_words.yml"


def test_half_of_the_texts_for_families_have_grade_seven_or_less():
    assert statistics.median(grade(body(topic.answers[Audience.family])) for _, topic in TOPICS) <= FAMILY_MEDIAN


@ALL
def test_no_dose_no_target_level_and_british_spelling(topic_id, topic):
    text = every_text(topic)
    assert re.findall(DOSE, text) == []
    assert re.findall(rf"\b(?:{AMERICAN})\b", text, re.I) == []


@pytest.mark.parametrize("topic_id", [topic_id for topic_id, _ in TOPICS if topic_id.startswith("side_effects/")])
def test_an_answer_on_a_side_effect_says_whom_to_call_or_tell(topic_id):
    topic = dict(TOPICS)[topic_id]
    for audience in (Audience.family, Audience.easy_read):
        assert re.search(r"\b(call|tell|ask|show|speak to|talk to|emergency number)\b", body(topic.answers[audience]), re.I)


def test_every_source_is_used():
    answers = [answer for _, topic in TOPICS for answer in (topic.answers, *topic.parts.values())]
    used = {key for answer in answers for statements in answer.values() for one in statements for key in one.sources}
    used |= {key for term in terms().values() for key in term.sources}
    assert set(LIBRARY.sources) - used == set()


def terms() -> dict[str, Term]:
    return DataFile(ROOT / "bot/knowledge/glossary.yml").mapping(Term)


def test_forty_words_of_the_field_are_explained_in_plain_words():
    assert len(terms()) >= 40
    for name, term in terms().items():
        assert word_count(term.text) <= 40, name
        assert grade(term.text) <= FAMILY_MOST, name


def test_most_answers_speak_of_a_word_that_is_explained():
    found = [LIBRARY.glossary.terms_in(body(topic.answers[Audience.family])) for _, topic in TOPICS]
    assert sum(map(bool, found)) > 0.7 * len(found)


@ALL
def test_no_answer_begins_with_yes_or_no_because_the_question_was_asked_in_other_words(topic_id, topic):
    for audience, statements in topic.answers.items():
        assert not re.match(r"(yes|no)[.,]", statements[0].text.strip("*").lower()), (topic_id, audience)
