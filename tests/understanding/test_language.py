"""English is never taken for another language; other languages are named as far as the library can tell them."""

from __future__ import annotations

import threading
import unicodedata
from pathlib import Path

import pytest
import yaml

from bot.understanding.examples import read_examples
from bot.understanding.language import OPENINGS, LanguageDetector

MESSAGES = yaml.safe_load(Path(__file__).with_name("foreign_messages.yml").read_text(encoding="utf-8"))
FOREIGN = [(code, text) for code, texts in MESSAGES["messages"].items() for text in texts]
ENGLISH = [text for _, text in read_examples()]
FALSE_ALARMS = 0.003  # share of unseen English messages that may be called foreign
RECOGNISED = 0.93  # share of MESSAGES that must be named, first or second
ROMANISED = 0.8
FOLDS = 4
SINGLE = """
    tysm thx ty helo hiya cya uk usa ok k lol omg idk brb tbh ttyl pls plz ngl hallo ciao merci danke
    yes no maybe never mum dad nan kidneys haematuria nephrectomy lymphangioleiomyomatosis creatinine
    angiomyolipoma everolimus votubia sirolimus TSC2 mTOR AML MRI eGFR Perth Wales Ohio Chennai Lagos
"""


@pytest.fixture(scope="module")
def detector() -> LanguageDetector:
    return LanguageDetector.train(ENGLISH)


# English


@pytest.mark.parametrize(
    "text", ["ketoconazole interaction", "atorvastatin combined", "ceftriaxone, vancomycin", "adalimumab?"]
)
def test_names_of_medicines_tell_no_language(detector, text):
    assert detector.detect(text) == ()


def test_unseen_english_messages_are_english():
    wrong = []
    for fold in range(FOLDS):
        detector = LanguageDetector.train(text for number, text in enumerate(ENGLISH) if number % FOLDS != fold)
        wrong += [text for text in ENGLISH[fold::FOLDS] if detector.detect(text)]
    assert len(wrong) <= FALSE_ALARMS * len(ENGLISH), wrong


def test_no_message_of_the_training_data_is_foreign(detector):
    assert [text for text in ENGLISH if detector.detect(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        # Shorthand
        *SINGLE.split(),
        "thx so much",
        "cya later",
        "no",
        "die",
        "u ok hun",
        "wdym by that",
        "soz typo",
        "morning all x",
        "im in the uk",
        # Typing errors
        "everolymus and mouht sores",
        "wht is an angiomiolipoma",
        "my sonn has fevr shuld i stop votubai",
        "can he hav grapefriut joos",
        "does evrolimus mke you tierd",
        "hwo oftne shoudl we scna",
        "kidny pian on teh lfet sdie",
        # Medical notes
        "Pt 14F TSC2, bilat AML, L 4.2cm, eGFR 88, BP 130/85, on everolimus 5mg OD",
        "Dx TSC. Hx SEGA resection. Rx everolimus. Adv MRI 12/12.",
        "Bilateral multiple angiomyolipomata, largest 38 mm, interpolar, intralesional aneurysm 6 mm",
        "s/p selective arterial embolisation, post-embolisation syndrome resolved",
        "trough 6.2 ng/mL",
        "stomatitis grade 2",
        "MRI abdo w/o gadolinium",
        "serum creatinine 62 µmol/L",
        "β-blocker or ACE inhibitor?",
        "hyperlipidaemia, proteinuria, amenorrhoea",
        # Names and places
        "my name is Siobhan and my son is Mateusz",
        "Dr Papadopoulos said so",
        "we saw Professor van der Berg in Rotterdam",
        "is there a clinic in San Francisco",
        "Jose Garcia",
        "we live in Ho Chi Minh City",
        "who was Bourneville",
        # Some foreign words in English
        "my mother in law speaks only español, can she read this",
        "what does 肾 mean in the report",
        "the letter says Nierenzyste, what is that",
        "do you have this in Polish?",
        "hola, do you speak english",
        "my abuela gives him grapefruit juice, is that a problem",
        # Other subjects
        "quantum chromodynamics lecture notes",
        "the lasagne recipe with aubergine please",
        "who won the cricket",
        "sing me a sea shanty",
        "https://example.org/gesundheit/niere.html",
        "jan.kowalski@example.pl",
        # No words at all
        "",
        " \n",
        "12345",
        "😀😀",
        "👍🏽",
        "?!...",
        "٣٩",
        "\ud800",
        "a",
        "שלום",  # a script of none of the languages
    ],
)
def test_english_and_what_is_no_language_stay_english(detector, text):
    assert detector.detect(text) == ()


# Other languages


def test_most_messages_in_other_languages_are_named(detector):
    missed = [(code, text, found) for code, text in FOREIGN if code not in (found := detector.detect(text))]
    assert len(missed) <= (1 - RECOGNISED) * len(FOREIGN), missed


def test_hindi_in_latin_letters_is_named(detector):
    texts = MESSAGES["romanised_hindi"]
    missed = [text for text in texts if detector.detect(text) != ("hi",)]
    assert len(missed) <= (1 - ROMANISED) * len(texts), missed


def test_spanish_without_accents_is_named(detector):
    texts = [text for code, text in FOREIGN if code == "es"]
    plain = [
        "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)) for text in texts
    ]
    assert sum("es" in detector.detect(text) for text in plain) >= 0.9 * len(texts)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("hola", ("es",)),
        ("¿Qué es un AML?", ("es",)),
        ("Was ist ein Angiomyolipom?", ("de",)),
        ("hablan español?", ("es",)),
        ("谢谢", ("zh",)),
        ("شكرا", ("ar",)),
        ("MRI는?", ("ko",)),
        ("no me siento bien y la niña no para de llorar", ("es",)),
        ("die Kleine hat no immer Fieber und will nichts essen", ("de",)),
        ("MI HIJO TOMA EVEROLIMUS Y NO DUERME", ("es",)),
        ("mi hijo toma everolimus y no duerme https://example.org/why-does-it-happen", ("es",)),
        (unicodedata.normalize("NFD", "con tôi bị loét miệng có sao không"), ("vi",)),
    ],
)
def test_plainly_foreign(detector, text, codes):
    assert detector.detect(text) == codes


def test_two_codes_when_it_is_unsure():
    detector = LanguageDetector([])
    found = [detector.detect(text) for text in ("grande dolor no pode", "eu quero me matar", "la dosis es alta para ela")]
    assert any(len(codes) == 2 for codes in found)
    assert all(len(set(codes)) == len(codes) <= 2 for codes in found)


def test_words_of_the_training_messages_hide_a_language():
    text = "ich habe angst vor der operation"
    assert LanguageDetector([]).detect(text) == ("de",)
    assert LanguageDetector.train([text]).detect(text) == ()


def test_an_opening_that_is_english_too_does_not_count():
    assert OPENINGS["hola"] == "es"
    assert LanguageDetector(["hola"]).detect("hola") == ()


# Around it


def test_what_is_saved_is_what_is_loaded(detector, tmp_path):
    detector.save(tmp_path)
    loaded = LanguageDetector.load(tmp_path)
    assert loaded.known_words == detector.known_words
    texts = [text for _, text in FOREIGN] + ENGLISH[::100]
    assert [loaded.detect(text) for text in texts] == [detector.detect(text) for text in texts]


def test_nothing_saved(tmp_path):
    with pytest.raises(FileNotFoundError):
        LanguageDetector.load(tmp_path)


def test_several_threads_get_the_same(detector):
    alone = [detector.detect(text) for _, text in FOREIGN]
    together: list[list[tuple[str, ...]]] = []
    threads = [threading.Thread(target=lambda: together.append([detector.detect(t) for _, t in FOREIGN])) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone] * 8
