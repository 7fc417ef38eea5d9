"""People's names go, medicines, diseases and everyday words stay; a damaged model is refused; no word is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.privacy.names import FILES, FOLDER, NamesError, Recogniser, mask_names, recogniser
from bot.privacy.words import is_protected, protected


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("my son liam has mouth sores", "my son [name] has mouth sores"),
        ("MARK DELANEY needs his tablets", "[name] needs his tablets"),
        ("it's Priya here", "it's [name] here"),
        ("dr nguyen said to stop everolimus", "dr [name] said to stop everolimus"),
        ("Aaliyah's mum", "[name]'s mum"),
        ("thanks, Tomasz", "thanks, [name]"),
        ("J. Whitcombe, father", "[name], father"),
        ("Siobh\u00e1n O'Connell", "[name]"),
        ("Professor Okonkwo-Reid wants a scan", "Professor [name] wants a scan"),
        ("my daughter Addison has a cough", "my daughter [name] has a cough"),
        ("ever since Jayden and Kayla started Votubia", "ever since [name] and [name] started Votubia"),
        ("My husband Oluwaseun's AML bled", "My husband [name]'s AML bled"),
        ("uncle bob's on dialysis", "uncle [name]'s on dialysis"),
        ("Grace is on sirolimus", "[name] is on sirolimus"),
        ("my son rob has a cough", "my son [name] has a cough"),
        ("my wife Lam has it", "my wife [name] has it"),
        ("my wife LAM has it", "my wife [name] has it"),
        ("NGUYEN LAM has it", "[name] has it"),
        ("my daughter ANA has sores", "my daughter [name] has sores"),
        ("rose has a fever", "[name] has a fever"),
        ("dr baker says it is fine", "dr [name] says it is fine"),
        ("Yasmin is on sirolimus", "[name] is on sirolimus"),
        ("my girls Rosemary and Allegra", "my girls [name] and [name]"),
        ("my son Milo takes it, says Dr Potter", "my son [name] takes it, says Dr [name]"),
        ("[my son liam has a fever]", "[my son [name] has a fever]"),
        ("his brother [tomasz] has it too", "his brother [[name]] has it too"),
    ],
)
def test_names_are_masked(text, masked):
    assert mask_names(text) == masked


@pytest.mark.parametrize(
    "text",
    ["variant says c.5238_5255del p.His1746_Arg1751del", "St John\u2019s wort is natural", "Earl Grey has bergamot",
        "ginger tea, green tea and kombucha", "Klacid and Norvasc", "Will dialysis or a transplant be needed one day?", "Will everolimus help",
        "my wife burns easily in the sun", "is it true or a joke", "can he have honey and lemon", "HONEY IS GOOD FOR A SORE MOUTH", "cant sleep",
        "she is moody and nothing else helps", "does it make you moody", "will it bleed again", "will my brother need Sabril?", "my daughter will need a scan", "she may have a cyst", "in may she had a scan",
        "97 in April, 110 in August", "I hope she gets better", "Hope it's nothing", "a mark on her skin", "her temperature rose to 39",
        "the bill from the hospital", "a kidney stone", "frank blood in the urine", "crystal clear urine", "at dawn he had a seizure",
        "what is Wunderlich syndrome", "lenk's triad", "addison's disease", "Hodgkin lymphoma", "Crohn's disease", "a Foley catheter",
        "I called Samaritans and Lifeline", "Everolimus and Afinitor, Rapamune, Votubia", "sirolimus or rapamycin", "EXIST-1 and the MILES trial",
        "we live in Perth", "angiomyolipoma", "ANGIOMYOLIPOMA BLEEDING", "everolymus and angiomyolipma", "haemoglobin is 8.4", "Hemoglobin 8.4",
        "So it's LAM then isn't it", "im LAM lady 41", "does PIP count", "our doctor said no", "Kidney pain on the left", "[name] has [phone number]", "", " ",
    ],
)  # fmt: skip
def test_what_is_no_name_stays(text):
    assert mask_names(text) == text


def test_a_name_goes_wherever_it_stands_again():
    assert mask_names("my girl Xiomara fell. is xiomara ok? XIOMARA cried") == "my girl [name] fell. is [name] ok? [name] cried"


@pytest.mark.parametrize(
    "word", ["everolimus", "Votubia", "sirolimus", "angiomyolipoma", "everolimuss", "angiomyolopoma", "kidny", "Samaritans"]
)
def test_medical_words_are_protected_with_typing_errors_too(word):
    assert is_protected(word)
    assert mask_names(f"my son {word} has mouth sores") == f"my son {word} has mouth sores"


@pytest.mark.parametrize("name", ["will", "grace", "elizabeth", "jordan", "liam", "priya"])
def test_names_are_not_protected(name):
    assert name not in protected()


def test_a_message_leaves_no_word_behind():
    """spaCy keeps every string it is given; so each message has a vocabulary of its own."""
    found = recogniser()
    found.spans("my son Liam")
    kept = len(found._ner.vocab.strings), len(found._ner.vocab)
    found.spans("Zebedee Quagmire of Xylophone Lane asked for Aloysius")
    assert (len(found._ner.vocab.strings), len(found._ner.vocab)) == kept


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The model's folder, as links that a test replaces."""
    for name in ("manifest.json", *FILES):
        (tmp_path / name).symlink_to(FOLDER / name)
    return tmp_path


def test_a_whole_copy_works(copy):
    assert Recogniser(copy).spans("my son Liam has a cyst") == [(7, 11)]


@pytest.mark.parametrize("name", ["manifest.json", *FILES])
def test_a_missing_file_is_refused_with_a_remedy(copy, name):
    (copy / name).unlink()
    with pytest.raises(NamesError, match=f"the names' model is not there .*{name}.*; restore .* from version control"):
        Recogniser(copy)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", [lambda content: content[:-1], lambda content: b"", lambda content: content + b" "])
def test_a_damaged_file_is_refused_with_a_remedy(copy, name, damage):
    (copy / name).unlink()
    (copy / name).write_bytes(damage((FOLDER / name).read_bytes()))
    with pytest.raises(NamesError, match=f"{name} is damaged; restore it from version control"):
        Recogniser(copy)


def test_a_file_that_the_manifest_does_not_name_is_refused(copy):
    (copy / "manifest.json").unlink()
    manifest = json.loads((FOLDER / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({name: digest for name, digest in manifest.items() if name != "names.npz"}))
    with pytest.raises(NamesError, match=r"names\.npz"):
        Recogniser(copy)


def test_the_files_are_small():
    assert sum((FOLDER / name).stat().st_size for name in FILES) < 5_000_000  # bytes
