"""Every sign is found in its examples and not in its counter-examples: the rule files are their own tests."""

from __future__ import annotations

import pytest

from bot.triage.rules import IT_HAPPENED, load_rules
from bot.triage.signs import Finder

RULES = load_rules()
FINDER = Finder(RULES)
EXAMPLES = [(sign, text) for sign, rule in RULES.signs.items() for text in rule.entry.must_match]
COUNTER_EXAMPLES = [(sign, text) for sign, rule in RULES.signs.items() for text in rule.entry.must_not_match]


def signs_in(text: str) -> set[str]:
    found = FINDER.find(RULES.spelling.sentences(text))
    return found.present | found.asked if IT_HAPPENED in found.present else found.present


@pytest.mark.parametrize(("sign", "text"), EXAMPLES)
def test_the_sign_is_found(sign, text):
    assert sign in signs_in(text)


@pytest.mark.parametrize(("sign", "text"), COUNTER_EXAMPLES)
def test_the_sign_is_not_found(sign, text):
    assert sign not in signs_in(text)


def test_a_message_leaves_no_word_behind():
    """spaCy keeps every string it is given; so it is given only words of the rules, all of them at the start."""
    finder = Finder(RULES)
    kept = set(finder._vocab.strings)
    texts = [text for _, text in EXAMPLES]
    for text in ["Her side hurts, says Zebedee Quagmire of 17 Xylophone Lane, born 12.3.2014", *texts]:
        finder.find(RULES.spelling.sentences(text))
    assert set(finder._vocab.strings) == kept
