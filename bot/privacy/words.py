"""Which words are names somewhere, which are everyday words, and which are never a name here.

``names.txt`` and ``words.txt`` in ``weights/`` are made together with the model (``make names``) and checked with it. The words
that are never masked are read from the project itself, so that a medicine added to entities.yml is safe at once.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).with_name("weights")
PROTECTED = Path(__file__).with_name("protected.yml")
BOT = Path(__file__).parents[1]
ENTITIES = BOT / "understanding" / "entities.yml"
GLOSSARY = BOT / "knowledge" / "glossary.yml"
PLACES = BOT / "knowledge" / "places.yml"
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
SHORTEST_COMMON, ONE_ERROR_FROM, TWO_ERRORS_FROM = 5, 6, 9
"""Letters of a common word, of a medical word with one typing error in it, and of one with two: shorter ones are too near to names."""


def fold(word: str) -> str:
    """``word`` in small letters, without accents and without an ending 's."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(letter))
    return plain.replace("\u2019", "'").removesuffix("'s").strip("'")


def is_usual(word: str) -> bool:
    """Whether ``word`` is an everyday English word or one of the project's own texts."""
    return fold(word) in everyday()


def everyday() -> frozenset[str]:
    """The everyday English words, and those of the project's own texts, folded."""
    return _listed("words.txt")


def is_name(word: str) -> bool:
    """Whether ``word`` is a first or last name somewhere; it may be a word besides."""
    return fold(word) in _listed("names.txt")


def is_protected(word: str) -> bool:
    """Whether ``word`` is a medicine, disease, study, service or place, also with typing errors in it, or a common word of the
    families' questions with one: never masked."""
    plain = fold(word)
    if plain in protected():
        return True
    if is_name(plain):
        return False
    if any(_distance(plain, term, 1) <= 1 for piece in _shortened(plain) for term in _by_piece().get(piece, ())):
        return True
    return len(plain) >= TWO_ERRORS_FROM - 1 and any(
        abs(len(plain) - len(term)) <= 2 and _distance(plain, term, 2) <= 2
        for term in protected()
        if len(term) >= TWO_ERRORS_FROM
    )


@lru_cache(maxsize=1)
def protected() -> frozenset[str]:
    """The words of entities.yml, of the glossary's forms, of the places and of protected.yml; everyday words among them are left
    to the model."""
    entities = yaml.safe_load(ENTITIES.read_text(encoding="utf-8"))
    glossary = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    places = yaml.safe_load(PLACES.read_text(encoding="utf-8"))
    own = yaml.safe_load(PROTECTED.read_text(encoding="utf-8"))
    texts = [word for entity in entities.values() for word in entity["words"]]
    texts += [form for term in glossary.values() for form in [term["term"], *term["forms"]]]
    texts += [name for place in places.values() for name in [place["name"], *place["called"]]]
    texts += [
        line["label"] for place in places.values() for line in place.values() if isinstance(line, dict) and "label" in line
    ]
    texts += [text for kind in own["never"].values() for text in kind]
    found = {fold(part) for text in texts for word in _WORD.findall(text) for part in (word, *word.split("-"))}
    return frozenset(found - {fold(word) for word in own["also_names"]})


@lru_cache(maxsize=1)
def eponyms() -> frozenset[str]:
    """Words that are a disease or a sign only before such a word ('Addison's disease', but 'my daughter Addison')."""
    return frozenset(map(fold, yaml.safe_load(PROTECTED.read_text(encoding="utf-8"))["eponyms"]))


@lru_cache(maxsize=1)
def acronyms() -> frozenset[str]:
    """Abbreviations that are a name as well, in capitals: LAM, but 'my wife Lam'."""
    return frozenset(yaml.safe_load(PROTECTED.read_text(encoding="utf-8"))["acronyms"])


@lru_cache(maxsize=1)
def homonyms() -> tuple[frozenset[str], frozenset[str]]:
    """Everyday words that are common first names as well ('rose'), and such that are hardly ever one ('lemon', 'burns')."""
    own = yaml.safe_load(PROTECTED.read_text(encoding="utf-8"))
    return frozenset(map(fold, own["also_first_names"])), frozenset(map(fold, own["hardly_names"]))


@lru_cache(maxsize=1)
def phrases() -> re.Pattern[str]:
    """What is no name although one stands in it ("St John's wort", "Earl Grey")."""
    own = yaml.safe_load(PROTECTED.read_text(encoding="utf-8"))["phrases"]
    either = "|".join(re.escape(phrase).replace("'", "['\u2019]?").replace(r"\ ", r"\s+") for phrase in own)
    return re.compile(rf"(?<!\w)(?:{either})s?(?!\w)", re.I)


@lru_cache(maxsize=1)
def _by_piece() -> dict[str, list[str]]:
    """What may be meant by a word with one error: terms by each form with one letter left out (SymSpell's way of searching)."""
    found: dict[str, list[str]] = {}
    for term in {word for word in protected() if len(word) >= ONE_ERROR_FROM} | (_listed("common.txt") - {""}):
        for piece in _shortened(term):
            found.setdefault(piece, []).append(term)
    return found


def _shortened(word: str) -> set[str]:
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


@lru_cache(maxsize=3)
def _listed(file: str) -> frozenset[str]:
    return frozenset((FOLDER / file).read_text(encoding="utf-8").split("\n"))


def forget() -> None:
    """Read the lists anew (they were just made)."""
    for read in (_listed, _by_piece):
        read.cache_clear()


def _distance(one: str, other: str, most: int) -> int:
    """Typing errors between two words (a swap counts once; Damerau 1964), or any number above ``most``."""
    before, row = list[int](), list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        earlier, before, row = before, row, [place]
        for column, wanted in enumerate(other, 1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != wanted))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == wanted:
                cost = min(cost, earlier[column - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]
