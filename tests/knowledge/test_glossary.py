"""The words behind an answer are found as texts write them."""

from __future__ import annotations

import pytest

from bot.datafile import DataFileError
from bot.knowledge.glossary import Glossary
from bot.knowledge.models import Term

TERMS = {
    "aml": Term(term="AML", forms=["AML", "AMLs", "angiomyolipoma"], text="A growth.", sources=["a"]),
    "ct": Term(term="CT", text="An X-ray scan.", sources=["a"]),
    "trough": Term(term="Trough level", forms=["trough level", "trough"], text="A blood test.", sources=["a"]),
}
FILE = "glossary.yml"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("An AML shows on CT.", ["AML", "CT"]),
        ("CT shows AMLs, and each AML", ["CT", "AML"]),
        ("Angiomyolipoma", ["AML"]),
        ("the trough level, the trough", ["Trough level"]),
        ("ct aml", []),
        ("AMLX, XCT, troughs", []),
        ("", []),
    ],
)
def test_terms_are_found_as_whole_words_in_the_order_of_the_text(text, found):
    assert [term.term for term in Glossary(TERMS).terms_in(text)] == found


def test_without_terms_nothing_is_found():
    assert Glossary({}).terms_in("An AML") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("forms: [AML, AMLs, angiomyolipoma]", "forms: [AML, scan]", 6, "'scan' stands under aml too; keep it in one place"),
        ("sources: [leaflet]", "sources: [nothing]", 9, "unknown source 'nothing'"),
        ("sources: [leaflet]", "sources: []", 6, "this term names no source"),
        ("term: scan", "word: scan", 7, "unknown key 'word'"),
    ],
)
def test_a_faulty_glossary_names_the_line(knowledge, old, new, line, words):
    knowledge.edit(FILE, old, new)
    with pytest.raises(DataFileError) as error:
        knowledge.load()
    assert error.value.line == line
    assert words in str(error.value)
