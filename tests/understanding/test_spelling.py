"""Typing errors are put right towards the words of the training messages, and right words stay as they are."""

from __future__ import annotations

import pytest

from bot.understanding.examples import read_examples
from bot.understanding.spelling import Speller, Words


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(Words.of(text for _, text in read_examples()))


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        ("mouht sores from evreolimus", "mouth sores from everolimus"),
        ("what is an angiomylipoma", "what is an angiomyolipoma"),
        ("is siroliums safe for the kidnesy?", "is sirolimus safe for the kidneys?"),
        ("kideny faliure", "kidney failure"),
        ("when shoudl we ring the tema", "when should we ring the team"),
        ("tuberus sclerossis", "tuberous sclerosis"),
    ],
)
def test_typing_errors_are_put_right(speller, text, repaired):
    assert speller.repair(text) == repaired


@pytest.mark.parametrize(
    "text",
    [
        "She sees the nephrologist on Monday.",
        "My friend Siobhan's cat likes rhubarb",
        "RRT, ASMs and EEG: what now?",
        "scab, flaky, ungrateful, mouthwashes",
        "AML 3.4 cm, eGFR 62, 5 mg",
        "Afinitor Votubia Rapamune",
        "",
        "\x00 \ud800 \u202e",
        "no go if my or at is",
    ],
    ids=ascii,
)
def test_what_is_right_or_no_word_stays_as_it_is(speller, text):
    assert speller.repair(text) == text


def test_the_words_beside_it_decide_what_a_wrong_word_meant():
    told = ["we give the dose at night"] * 9 + ["the nose of the child bleeds"] * 9
    speller = Speller(Words.of(told))
    assert speller.repair("give the xose at night") == "give the dose at night"
    assert speller.repair("the xose of the child") == "the nose of the child"


def test_marks_and_blanks_between_words_stay(speller):
    assert speller.repair("  mouht -- sores!!\n\tkideny?") == "  mouth -- sores!!\n\tkidney?"


def test_a_repaired_text_is_not_changed_again(speller):
    once = speller.repair("wehn shuold she tkae the tabelt, befor or aftre brekfast")
    assert speller.repair(once) == once


def test_pairs_that_stand_once_are_left_out():
    words = Words.of(["one two", "one two", "two three"])
    assert words.single == {"one": 2, "two": 3, "three": 1}
    assert words.pairs == {"^ one": 2, "one two": 2, "two $": 2}
