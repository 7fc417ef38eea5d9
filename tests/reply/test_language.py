"""What a family reads that writes in another language: its own words first, with the emergency number."""

from __future__ import annotations

import re

import pytest

from bot.knowledge import Audience, ContentPolicy, Kind, Library
from bot.reply import Guide, Reader
from bot.reply.contacts import numbers

GUIDE = Guide(Library.load(), ContentPolicy.preview)
SPOKEN = ("es", "fr", "de", "pt", "it", "ar", "zh", "hi", "vi")
COMMON = "000 (AU), 111 (NZ), 999 (GB), 112 (IE, EU), 911 (US, CA)"
ANYWHERE, IN_BRITAIN = Reader(), Reader(place="GB")


def stored(code: str, reader: Reader) -> str:
    text = GUIDE.library.notices[f"language/{code}"].texts[Audience.family]
    return text.format(numbers=numbers(GUIDE.library, reader.place), emergency="911")


# The numbers


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (None, COMMON),
        ("", COMMON),
        ("XX", COMMON),
        ("other", COMMON),
        ("GB", "999"),
        ("AU", "000"),
        ("IN", "112"),
        ("ZA", "10177"),
    ],
)
def test_the_numbers_of_the_place_or_the_common_ones_without_a_word(place, text):
    assert numbers(GUIDE.library, place) == text


def test_the_numbers_come_from_the_places(knowledge):
    assert numbers(knowledge.load(), None) == "000 (AU), 999 (GB), 112 (IE)"


def test_every_english_notice_may_hold_the_numbers(knowledge):
    knowledge.edit("notices/fixed.yml", "Text of fixed/consent. Call {emergency}.", "Call {numbers}.")
    assert Guide(knowledge.load(), ContentPolicy.preview).notice("fixed/consent", Reader(place="AU")).text == "Call 000."


# The stored texts


def test_each_language_has_both_texts_and_no_other_stands_there():
    names = {name.removeprefix("language/") for name in GUIDE.library.notices if name.startswith("language/")}
    assert names == {"other", *SPOKEN, *(f"{code}_emergency" for code in SPOKEN)}


@pytest.mark.parametrize("name", [name for code in SPOKEN for name in (code, f"{code}_emergency")])
def test_each_text_has_the_numbers_once_and_early_and_says_that_no_native_speaker_checked_it(name):
    notice = GUIDE.library.notices[f"language/{name}"]
    text = notice.texts[Audience.family]
    assert notice.kind is Kind.language
    assert text.count("{numbers}") == 1
    assert "{numbers}" in text.split("\n\n")[0]
    assert text.endswith("A native speaker has not checked this text yet.")
    assert len(text) < 600  # characters: to be read in a hurry
    assert not re.search(r"[\u4e00-\u9fff] [\u4e00-\u9fff]", text)  # a line break of the file inside a Chinese sentence


@pytest.mark.parametrize("code", SPOKEN)
def test_each_emergency_text_gives_the_words_to_say_in_english(code):
    text = GUIDE.library.notices[f"language/{code}_emergency"].texts[Audience.family]
    assert "Tuberous sclerosis (TSC), with kidney growths. I speak " in text
    assert "TSC" in text


# The alarm


@pytest.mark.parametrize("category", ["bleeding", "seizure", "self_harm", "other", "anything"])
@pytest.mark.parametrize("reader", [ANYWHERE, IN_BRITAIN, Reader(Audience.easy_read)])
def test_the_alarm_begins_with_the_familys_language_and_goes_on_as_ever(category, reader):
    plain, foreign = GUIDE.alarm("emergency", category, reader), GUIDE.alarm("emergency", category, reader, "es")
    assert foreign.text == f"{stored('es_emergency', reader)}\n\n{plain.text}"
    assert (foreign.kind, foreign.buttons) == (plain.kind, plain.buttons)
    assert foreign.custom == {**plain.custom, "languages": ["es"]}


@pytest.mark.parametrize("language", [None, "", "pl", "en", "other", "xx"])
def test_the_alarm_is_english_alone_without_a_text_in_that_language(language):
    assert GUIDE.alarm("emergency", "bleeding", ANYWHERE, language) == GUIDE.alarm("emergency", "bleeding", ANYWHERE)


def test_an_alarm_that_nobody_knows_the_number_for_names_the_common_ones():
    assert GUIDE.alarm("emergency", "bleeding", ANYWHERE, "de").text.startswith(
        f"Das klingt nach einem Notfall. Rufen Sie jetzt {COMMON} an."
    )


# The guide reads only English


@pytest.mark.parametrize(
    ("codes", "shown"),
    [
        (["es"], ["es"]),
        (["es", "pt"], ["es", "pt"]),
        (["es", "pt", "it"], ["es", "pt"]),
        (["es", "es"], ["es"]),
        (["pl"], ["en"]),
        (["pl", "nl"], ["en"]),
        (["pl", "de"], ["en", "de"]),
        (["de", "pl"], ["de", "en"]),
        ([], ["en"]),
    ],
)
@pytest.mark.parametrize("reader", [ANYWHERE, IN_BRITAIN])
def test_the_texts_of_up_to_two_languages_are_shown_once_each(codes, shown, reader):
    message = GUIDE.language(codes, reader)
    texts = [GUIDE.notice("language/other", reader).text if code == "en" else stored(code, reader) for code in shown]
    assert message.text == "\n\n".join(texts)
    assert message.custom["languages"] == shown
    assert message.kind is Kind.language
    assert "disclaimer" not in message.custom


@pytest.mark.parametrize("reader", [ANYWHERE, IN_BRITAIN])
def test_it_names_the_same_people_as_not_knowing(reader):
    assert GUIDE.language(["fr"], reader).custom["contacts"] == GUIDE.unknown(reader).custom["contacts"]
