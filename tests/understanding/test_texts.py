"""A message is cut where a second question begins, and nowhere else."""

from __future__ import annotations

import pytest

from bot.understanding.texts import asks, clauses, without_lead_in


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("what is LAM", ["what is LAM"]),
        ("What is LAM? Is it rare?", ["What is LAM?", "Is it rare?"]),
        ("what is lam and is tsc inherited", ["what is lam", "is tsc inherited"]),
        ("salt and water and bread", ["salt and water and bread"]),
        ("Does it hurt, and how long does it take?", ["Does it hurt", "how long does it take?"]),
        ("first line\nsecond line", ["first line", "second line"]),
        ("ok. what is LAM?", ["what is LAM?"]),
        ("3.4 cm at 12 yrs", ["3.4 cm at 12 yrs"]),
        ("", []),
    ],
)
def test_a_message_is_cut_into_its_questions(text, pieces):
    assert clauses(text) == pieces


@pytest.mark.parametrize("text", ["is it rare", "and what about salt", "mouth sores?", "Please explain LAM", "so who decides"])
def test_what_looks_like_a_question_asks(text):
    assert asks(text)


@pytest.mark.parametrize("text", ["he is nine", "mouth sores", "We have a dog. ", ""])
def test_what_does_not_look_like_one_does_not(text):
    assert not asks(text)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("no, I meant the cysts", "the cysts"),
        ("ok and what about sirolimus?", "sirolimus?"),
        ("thanks, how common is that", "how common is that"),
        ("no - not that, the scan", "the scan"),
        ("no i mean the odds", "the odds"),
        ("no blood in his urine", "no blood in his urine"),
        ("right side hurts", "right side hurts"),
        ("not that I have pain", "not that I have pain"),
        ("ok,", ""),
        ("nobody told us", "nobody told us"),
        ("rightly so", "rightly so"),
        ("mouth sores", "mouth sores"),
    ],
)
def test_words_that_lead_over_are_taken_away(text, rest):
    assert without_lead_in(text) == rest
