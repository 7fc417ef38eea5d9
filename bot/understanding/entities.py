"""What a message speaks of: medicines with their brand names, organs, growths, symptoms, sizes, ages, doses.

spaCy's EntityRuler finds the words of ``entities.yml``; numbers with a unit become sizes (in mm), ages (in years) and amounts
(in mg). Entities tell one medicine from another where a sentence vector hardly does, feed follow-ups, and stand in the log.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import spacy
from pydantic import Field
from spacy.language import Language

from bot.datafile import DataFile, DataFileError, Entry
from bot.understanding.texts import encodable

FILE = Path(__file__).with_name("entities.yml")
KINDS = ("medicine", "food", "organ", "growth", "symptom", "person")
_NUMBER = r"(\d{1,4}(?:[.,]\d{1,2})?)"
_MEASURES = {
    "size": (re.compile(rf"{_NUMBER}\s*(mm|millimet(?:re|er)s?|cms?|centimet(?:re|er)s?)\b", re.I), {"m": 1.0, "c": 10.0}),
    "amount": (re.compile(rf"{_NUMBER}\s*(mg|milligram(?:me)?s?|mcg)\b", re.I), {"mg": 1.0, "mi": 1.0, "mc": 0.001}),
    "age": (re.compile(rf"{_NUMBER}\s*-?\s*(y(?:ea)?rs?[ -]?olds?|y/?o\b|months?[ -]?olds?)", re.I), {"y": 1.0, "m": 1 / 12}),
}
"""For each measure how it is written, and by the beginning of the unit what one of it is in mm, mg or years."""


class Entity(NamedTuple):
    """``value`` is an id of entities.yml, or a number as text; ``start`` and ``end`` are places in the message."""

    kind: str
    value: str
    start: int
    end: int


class _Thing(Entry):
    kind: str = Field(regex=f"^({'|'.join(KINDS)})$")
    words: list[str]


@lru_cache(maxsize=1)
def things() -> dict[str, str]:
    """Every id of entities.yml with its kind. Raises DataFileError with file and line."""
    return {name: thing.kind for name, thing in DataFile(FILE).mapping(_Thing).items()}


@lru_cache(maxsize=1)
def _ruler() -> Language:
    file = DataFile(FILE)
    nlp = spacy.blank("en")
    patterns, seen = [], set[str]()
    for name, thing in file.mapping(_Thing).items():
        for position, word in enumerate(thing.words):
            if word != word.lower() or word in seen:
                fault = "must be in lower case" if word != word.lower() else "stands in this file twice; keep one"
                raise DataFileError(FILE, file.line((name, "words", position)), f"'{word}' {fault}")
            seen.add(word)
            patterns.append({"label": thing.kind, "pattern": word, "id": name})
    # As phrases, not as patterns of tokens: the same finds in 0.19 ms a message, not 0.27.
    nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "LOWER"}).add_patterns(patterns)  # type: ignore[attr-defined]
    return nlp


def find_entities(text: str) -> list[Entity]:
    """The entities of ``text`` in their order; of overlapping words the longest counts."""
    found = [Entity(span.label_, span.ent_id_, span.start_char, span.end_char) for span in _ruler()(encodable(text)).ents]
    for kind, (written, units) in _MEASURES.items():
        for match in written.finditer(text):
            factor = next(factor for unit, factor in units.items() if match.group(2).lower().startswith(unit))
            value = float(match.group(1).replace(",", ".")) * factor
            found.append(Entity(kind, f"{value:g}", match.start(), match.end()))
    return sorted(found, key=lambda entity: entity.start)
