"""Medicines by any name, organs, symptoms, sizes, ages and amounts are found; a bad entry is refused with its line."""

from __future__ import annotations

import pytest

from bot.datafile import DataFileError
from bot.understanding import entities
from bot.understanding.entities import find_entities, things


def found(text: str) -> list[tuple[str, str]]:
    return [(entity.kind, entity.value) for entity in find_entities(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Afinitor or Rapamune?", [("medicine", "everolimus"), ("medicine", "sirolimus")]),
        ("everolymus", [("medicine", "everolimus")]),
        ("VOTUBIA", [("medicine", "everolimus")]),
        ("a 3.4 cm AML", [("size", "34"), ("growth", "angiomyolipoma")]),
        ("12mm", [("size", "12")]),
        ("3,5 centimetres", [("size", "35")]),
        ("5 mg", [("amount", "5")]),
        ("500 mcg", [("amount", "0.5")]),
        ("a 6 year old", [("age", "6")]),
        ("18 months old", [("age", "1.5")]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_entities_are_found(text, expected):
    assert found(text) == expected


def test_places_are_those_of_the_message():
    text = "My son takes Votubia, 5 mg"
    found = [text[one.start : one.end] for one in find_entities(text) if one.kind in ("medicine", "amount")]
    assert found == ["Votubia", "5 mg"]


def test_every_entry_is_found_by_its_own_words():
    assert {"everolimus", "sirolimus"} <= set(things())
    for name, kind in things().items():
        assert (kind, name) in found(name.replace("_", " ")) or any(
            (kind, name) in found(word) for word in entities.DataFile(entities.FILE).mapping(entities._Thing)[name].words
        )


@pytest.mark.parametrize(
    ("content", "line", "fault"),
    [
        ("a:\n  kind: medicine\n  words: [Upper]\n", 3, "lower case"),
        ("a:\n  kind: medicine\n  words: [one]\nb:\n  kind: organ\n  words: [one]\n", 6, "twice"),
        ("a:\n  kind: planet\n  words: [one]\n", 2, "kind"),
        ("a:\n  kind: medicine\n  words: [one]\n  colour: red\n", 4, "colour"),
    ],
)
def test_a_bad_entry_is_refused_with_its_line(tmp_path, monkeypatch, content, line, fault):
    file = tmp_path / "entities.yml"
    file.write_text(content)
    monkeypatch.setattr(entities, "FILE", file)
    entities._ruler.cache_clear()
    try:
        with pytest.raises(DataFileError, match=rf"entities\.yml:{line}: .*{fault}"):
            find_entities("one")
    finally:
        entities._ruler.cache_clear()
