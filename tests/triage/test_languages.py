"""Emergencies told in other languages raise an emergency; English raises nothing there. The rule file is its own test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from bot.datafile import DataFile, DataFileError
from bot.triage import Alarm, Category, Level, assess
from bot.triage.entries import LanguagesFile
from bot.triage.rules import RULES, load_rules

ROOT = Path(__file__).parents[2]
LANGUAGES = load_rules().languages
FILE = DataFile(RULES / "languages.yml").entry(LanguagesFile)
ENTRIES = [(code, category, entry) for code, language in FILE.languages.items() for category, entry in language.phrases.items()]
EXAMPLES = [(code, category, text) for code, category, entry in ENTRIES for text in entry.must_match]
COUNTER_EXAMPLES = [(code, text) for code, _, entry in ENTRIES for text in entry.must_not_match]
MESSAGES = yaml.safe_load(Path(__file__).with_name("foreign_messages.yml").read_text(encoding="utf-8"))
ALARMS = [
    (code, category, text)
    for code, categories in MESSAGES["alarms"].items()
    for category, texts in categories.items()
    for text in texts
]
QUESTIONS = [text for texts in MESSAGES["questions"].values() for text in texts]


@pytest.mark.parametrize(("code", "category", "text"), EXAMPLES)
def test_the_phrase_is_found(code, category, text):
    found = LANGUAGES.find(text)
    assert found is not None
    assert (found.language, category in found.categories) == (code, True)


@pytest.mark.parametrize(("code", "text"), COUNTER_EXAMPLES)
def test_the_phrase_is_not_found(code, text):
    assert LANGUAGES.find(text) is None


@pytest.mark.parametrize(("code", "category", "text"), ALARMS)
def test_a_message_raises_an_emergency(code, category, text):
    alarm = assess(text)
    assert alarm is not None
    assert (alarm.level, alarm.category.value, alarm.language) == (Level.emergency, category, code)


@pytest.mark.parametrize("text", QUESTIONS)
def test_an_ordinary_question_raises_nothing(text):
    assert assess(text) is None


def test_every_language_has_every_category():
    wanted = {"es", "fr", "de", "pt", "it", "ar", "zh", "hi", "vi", "pl", "tr", "nl", "ru", "el", "tl", "id"}
    assert set(FILE.languages) == wanted
    assert all(set(language.phrases) == set(Category) for language in FILE.languages.values())


def english() -> list[str]:
    """All English messages of the training data, the tests, the other rules and the texts of the guide."""

    def strings(value: object) -> list[str]:
        if isinstance(value, dict):
            return [text for part in value.values() for text in strings(part)]
        if isinstance(value, list):
            return [text for part in value for text in strings(part)]
        return [line.removeprefix("- ") for line in value.splitlines()] if isinstance(value, str) else []

    foreign = {"languages.yml", "language.yml", "foreign_messages.yml"}
    folders = ("data/nlu", "tests/triage", "bot/triage/rules", "bot/knowledge")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.yml")) if path.name not in foreign]
    return [text for path in files for text in strings(yaml.safe_load(path.read_text(encoding="utf-8")))]


MIXED = {  # messages of the training data in another language, or in two
    "er krampft seit 10 minuten, he is cramping whole body, no reaction",
    "soy muy cansado, quiero morir, sorry, i want die, my kidney is bad",
    "Fuerte dolor de pecho, I mean big pain in chest, go to jaw, sweat",
    "Rettungswagen ist da, I mean the ambulance is here",
    "urin ist rot. AML. bitte, red urin since one hour",
    "me duele mucho el lado, sudden, I have tumor in the kidneys TSC",
    "mi hijo no respira bien, lips are blue, TSC",
    "ung bunso ko, namamaga ang mukha, face very swell and hard to breath after new tablet, what is the name of allergy doctor",
    "pipi rouge ce matin, my boy 9 year with sclerose tubereuse",
    "Ich habe Blut im Urin, was tun",
    "sangue nella pipì, bambina 5 anni",
    "dolor fuerte costado, angiomiolipoma",
    "pasienku, 20th, nyeri pinggang mendadak, TSC, pucat",
    "Je veux mourir. sorry, english: I want die, since the surgery I am nothing",
    "in french we say pipi rouge. is it always the red urine who come first when the kidney bleed or other signs too?",
    "mon mari a pris toute la boîte, he take all the box Afinitor, he want to sleep he say. is strong medicine?",
}


def test_no_phrase_is_english():
    texts = english()
    assert len(texts) > 10_000
    assert [text for text in texts if LANGUAGES.find(text) and text not in MIXED] == []


@pytest.mark.parametrize(
    "text",
    [
        "I will die of boredom",
        "no",
        "the urine was fine, and the convulsions stopped",
        "He sang about blood in the urine sample room",
        "his temperature is 39.5",
        "She ate a pie at the mass",
        "rot",
        "Hindi",
        "my pet has a side",
        "suicide",
        "overdose",
        "ambulance",
        "Mat has sung, Tim",
        "pain au chocolat",
        "I live in Socorro, New Mexico",
        "Nice, France",
        "double dose of my medicine",
        "he had an insult",
        "the labia are swollen",
    ],
)
def test_english_words_that_other_languages_have_too(text):
    assert LANGUAGES.find(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "SANGRE EN LA ORINA",
        "hay sangreeee en la orinaaa",
        "sangre\u200b en la ori\u00adna",
        "mi hijo... sangre al orinar",
        "(sangre) en *la* orina",
        "\uff53angre en la orina",
        "hola, sangre, en la orina",
        "hola! hay sangre en la orina. gracias",
        "sangre\nsangre en la orina",
    ],
)
def test_disguised_words_are_read(text):
    assert LANGUAGES.find(text) == ("es", (Category.bleeding,))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sangre. en la orina", None),  # two sentences
        ("no, hay sangre en la orina", "es"),
        ("no hay sangre en la orina pero no puede respirar", "es"),
        ("Blut im Urin? nein, kein Blut im Urin", "de"),
        ("حرارته ٣٩", "ar"),
        ("बुखार १०४", "hi"),
        ("Fieber 39\u00bd", "de"),
        ("no orina, está hinchado", None),
        ("desde ayer no orina, está hinchado", "es"),
        ("発 尿裡有血", "zh"),
        ("", None),
        ("\ud800", None),
    ],
)
def test_sentences_denials_and_digits(text, found):
    result = LANGUAGES.find(text)
    assert (result and result.language) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("meu filho está convulsionando", "pt"),
        ("mi hijo está convulsionando", "es"),
        ("minha mãe está inconsciente, chame uma ambulância", "pt"),
        ("mi madre está inconsciente, llame una ambulancia", "es"),
        ("il mio bambino vomita sangue", "it"),
        ("o meu menino vomita sangue", "pt"),
    ],
)
def test_everyday_words_tell_neighbours_apart(text, code):
    assert LANGUAGES.find(text).language == code


# What it makes of the alarm


def test_the_alarm_names_language_and_signs():
    assert assess("tiene 40 de fiebre y sangre en la orina") == Alarm(
        Level.emergency, Category.bleeding, ("es/bleeding", "es/infection"), "es"
    )


def test_pain_and_fainting_are_a_bleed_before_anything_else():
    assert assess("bụng mẹ tôi đau dữ dội và ngất xỉu") == Alarm(
        Level.emergency, Category.bleeding, ("vi/bleeding", "vi/other"), "vi"
    )


def test_an_emergency_in_english_keeps_its_category_and_signs():
    plain = assess("he is having a seizure")
    alarm = assess("he is having a seizure, sangre en la orina")
    assert plain is not None
    assert plain.language is None
    assert alarm == Alarm(plain.level, plain.category, plain.signs, "es")


def test_an_urgent_sign_in_english_becomes_the_emergency_of_the_foreign_words():
    assert assess("fever of 38.2").level is Level.urgent
    alarm = assess("fever of 38.2 y sangre en la orina")
    assert (alarm.level, alarm.category, alarm.language) == (Level.emergency, Category.bleeding, "es")
    assert alarm.signs[0] == "es/bleeding"
    assert "fever_38" in alarm.signs


def test_an_earlier_turn_alone_raises_no_alarm_again():
    assert assess("gracias", ["hay sangre en la orina"]) is None


# What is wrong in the file


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    name: Spanish", "    nam: Spanish", "unknown key 'nam'"),
        ("  es:\n", "  spanish:\n", "is no language code of two letters"),
        ('negations: ["no", sin,', 'negations: ["no", sin más,', "'sin más' must be one word"),
        ("          - va a morir\n", "          - va (a morir\n", "cannot read '('"),
        ("          - va a morir\n", "          - va a morir <nothing>\n", "there is no list <nothing> in languages.yml"),
        ("          - va a morir\n", "          - .. morir\n", "begins with what may be left out"),
        ("          - va a morir\n", "          - (va a <die>|morir)\n", "a list must be an alternative of its own"),
        ("          - va a morir\n", "          - va {die} morir\n", "has a run of words"),
        ("      - (nada|rastro) de ~\n", "      - (nada|rastro) de\n", "write words before or after one '~'"),
        ("      - (nada|rastro) de ~\n", "      - nada ~ de\n", "write words before or after one '~'"),
        ("jarabe, dosis, <medicine>]", "jarabe, dosis, <medicin>]", "there is no list <medicin> among the lists of all"),
        (
            "      other:\n        phrases:\n          - (desmayó",
            "      others:\n        phrases:\n          - (desmayó",
            "not a valid",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, old, new, words):
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    text = (folder / "languages.yml").read_text(encoding="utf-8")
    assert old in text
    (folder / "languages.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DataFileError) as error:
        load_rules(folder)
    assert words in str(error.value)
    line = int(str(error.value).split("languages.yml:")[1].split(":")[0])
    # The line of the fault, or of the key in which it stands.
    assert line <= text[: text.index(old)].count("\n") + 1 + old.count("\n") + 3


def test_a_category_without_phrases(tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    content = yaml.safe_load((folder / "languages.yml").read_text(encoding="utf-8"))
    del content["languages"]["es"]["phrases"]["overdose"]
    (folder / "languages.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DataFileError, match="there are no phrases for 'overdose'; add them"):
        load_rules(folder)
