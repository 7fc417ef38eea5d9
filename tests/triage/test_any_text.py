"""Any string will do: broken, odd, endless. A sign in the last sentence is found."""

from __future__ import annotations

import random
import time

import pytest

from bot.triage import assess

QUESTION = "What is an angiomyolipoma, and how often are scans needed? Most are watched with MRI once a year. "
SIGN = "And there is blood in his wee."
ODD = [
    "a",
    "\u00e9",
    "\u00df",
    "\u6f22",
    "\u0627",
    "\u00bd",
    "\u2460",
    "\u0663\u0668",
    "\u200b",
    "\u202e",
    "\ufeff",
    "\x00",
    "\ud800",
]
ODD += [
    "\udfff",
    "\n",
    "\r\n",
    "\t",
    "'",
    "\u2019",
    '"',
    "\\",
    "^",
    "$",
    "😭",
    "🩸",
    "👩\u200d👧",
    "((",
    "]]",
    "{",
    "}",
    "...",
    ",",
    "-",
]
ODD += [
    "<urine>",
    "/",
    "%",
    "\u00b0",
    "38.5",
    "38,5",
    "1e309",
    "9" * 400,
    "blood",
    "side",
    "no",
    "not",
    "instead",
    "of",
    "over",
    "hundred",
]


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\ud800", "\n" * 50, "." * 50, "😭" * 500, "^ $ ~ * ' \"", "1" * 5000, "a" * 5000]
)
def test_odd_texts_are_no_alarm_and_no_error(text):
    assert assess(text, [text, text]) is None


def test_random_texts_raise_nothing():
    chance = random.Random(11)
    for _ in range(1500):
        text = "".join(chance.choice(["", " "]) + chance.choice(ODD) for _ in range(chance.randrange(40)))
        assess(text, ["".join(chance.sample(ODD, 3)) for _ in range(chance.randrange(5))])


@pytest.mark.parametrize(
    "text",
    [
        "THERE IS BLOOD IN HIS URINE",
        "there is bl\u200bood in his ur\u00adine",
        "there\u2019s blood in his wee",
        "blood\x00in\x00his\x00urine",
        "😭😭 blood in his wee 😭",
        "blood in his weeeee!!!!",
        "peeing 🩸",
        "\uff42\uff4c\uff4f\uff4f\uff44 in his wee",
        "(blood) in *his* wee",
        "bllood in his uirne",
    ],
)
def test_disguised_words_are_read(text):
    assert assess(text).category.value == "bleeding"


@pytest.mark.parametrize("apostrophe", "'\u2018\u2019\u201b\u02bc\u2032\u0060\u00b4\uff07\uff40", ids=ascii)
@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("He isn't breathing", "breathing_or_swelling"),
        ("she isn't waking up", "other"),
        ("I don't want to live anymore", "self_harm"),
    ],
)
def test_every_apostrophe_is_one(text, category, apostrophe):
    assert assess(text.replace("'", apostrophe)).category.value == category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("his wee is \u201cred\u201d", "bleeding"),
        ("his wee is \u201ered\u201c", "bleeding"),
        ("his wee is \u00abred\u00bb", "bleeding"),
        ("she\u2019s having a \u201cseizure\u201d now", "seizure"),
        ("peeing\u2013blood", "bleeding"),
        ("peeing\u2014blood", "bleeding"),
        ("wee\u2013red", "bleeding"),
        ("blood\u2010red wee", "bleeding"),
        ("peeing\u2011blood", "bleeding"),
        ("no \u2013 blood in his wee", "bleeding"),
        ("no\u2013blood in his wee", "bleeding"),
        ("no\u2014blood in his wee", "bleeding"),
        ("never\u2013he has blood in his wee", "bleeding"),
    ],
    ids=ascii,
)
def test_signs_of_print_are_those_of_a_keyboard(text, category):
    assert assess(text).category.value == category


FILLERS = pytest.mark.parametrize(
    "filler",
    [
        QUESTION * 1100,
        QUESTION.translate({63: None, 46: None}) * 1100,
        "word " * 20_000,
        "x" * 100_000,
        "\n" * 100_000,
        "😭" * 100_000,
    ],
    ids=["sentences", "one sentence", "words", "one word", "lines", "emoji"],
)


@FILLERS
def test_a_sign_at_the_end_of_a_very_long_text_is_found(filler):
    text = filler[: 100_000 - len(SIGN) - 1] + " " + SIGN
    alarm = assess(text)
    assert alarm is not None
    assert alarm.category.value == "bleeding"


@FILLERS
def test_the_work_grows_with_the_length_and_not_with_its_square(filler):
    seconds_for(assess, filler[:1000])  # everything is loaded
    assert seconds_for(assess, filler[:80_000]) < 8 * seconds_for(assess, filler[:20_000]) + 0.01  # its square would be 16


def seconds_for(read, text):
    """The least of three: what else the machine does only adds to it."""
    times = []
    for _ in range(3):
        started = time.thread_time()
        read(text)
        times.append(time.thread_time() - started)
    return min(times)
