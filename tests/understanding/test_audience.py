"""A message may say for whom its answer is meant; who only speaks of a nurse is none."""

from __future__ import annotations

import pytest

from bot.understanding.audience import audience_of


@pytest.mark.parametrize(
    "text",
    [
        "im a nurse, trough level monitoring everolimus?",
        "I'm a newly qualified paediatric nurse. How fast do AMLs grow?",
        "GP here, what is the 3 cm rule",
        "Student nurse: which scans are used?",
        "how common is pneumonitis, asking as a pharmacist",
        "Practice nurse asking. Which bloods?",
        "I am nurse in hospital, please give numbers",
        "As a midwife, what is known on AMLs in pregnancy?",
        "RN here, adult TSC clinic. What raises the level?",
        "clinical nurse specialist asking, which trough",
        "one of my pts is on it, what raises levels in general",
        "what raises everolimus levels, for a professional audience",
        "embolisation, with figures please",
        "figures please",
    ],
)
def test_who_says_to_be_a_professional_is_one(text):
    assert audience_of(text) == "professional"


@pytest.mark.parametrize(
    "text",
    [
        "my nurse said something about 3 cm",
        "I'm married to a nurse and she worries, what is an AML",
        "I'm not a nurse, what does stomatitis mean",
        "I am a doctor's daughter, what is an AML",
        "my sister works as a nurse, where do I look for help",
        "I'm seeing the nurse tomorrow, what do I ask",
        "I'm waiting for our GP here in Leeds",
        "answer as a doctor",
        "The doctor here measures every month, why",
        "ring the nurse or not?",
        "I'm 14, what is an AML",
        "as a mum of three, what helps",
        "I'm in our patients' group, what is an AML",
        "is there a patient group, our patient group closed",
        "not for professionals please",
        "",
    ],
)
def test_who_only_speaks_of_one_is_none(text):
    assert audience_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "explain what an aml is like i'm 12",
        "eli5 embolisation",
        "What is an AML, in plain words?",
        "mtor inhibitors, use simple language please",
        "I'm a nurse, but how would you say that in easy words",
        "explain mtor like im 15 pls",
        "how does it work, explain like im dead thick",
        "say it like I was a ten year old",
    ],
)
def test_who_asks_for_plain_words_gets_them(text):
    assert audience_of(text) == "easy_read"


@pytest.mark.parametrize(
    "text",
    [
        "is it easy to read an MRI",
        "that looks like im going to need it",
        "tell me what the scan is like I'm really scared",
        "say it hurts like I am being stabbed",
        "plain paracetamol",
    ],
)
def test_words_that_only_look_like_it_change_nothing(text):
    assert audience_of(text) is None
