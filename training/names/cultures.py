"""First and last names by culture: from the locales of Faker (names in Latin letters; Cyrillic and Greek ones transcribed) and from
more_names.yml. A share of all names is never learned from, so that what is measured on it holds for names that no list has."""

from __future__ import annotations

import hashlib
import importlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from faker.config import AVAILABLE_LOCALES

from bot.privacy.words import fold
from training.names.generate import Culture

MORE = Path(__file__).with_name("more_names.yml")
HELD_OUT = 0.12
"""Share of the names that the model never learns from."""
ENGLISH = ("en", "en_US", "en_GB", "en_NZ", "en_IE")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff' .-]+")
_LETTERS = dict(
    zip(
        "абвгдезийклмнопрстуфхъыьэіїєґ" + "αβγδεζηθικλμνξοπρστυφχψως",
        ["a", "b", "v", "g", "d", "e", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h", "", "y", "", "e", "i", "yi", "ye", "g",
         "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s", "t", "y", "f", "ch", "ps", "o", "s"],
        strict=True,
    )
) | {"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ё": "yo"}  # fmt: skip


def share(word: str, salt: str) -> float:
    """A number from 0 to 1 that only depends on the word: which of them are held out."""
    return int.from_bytes(hashlib.sha256(f"{salt}:{word}".encode()).digest()[:4], "big") / 2**32


def held_out(name: str) -> bool:
    return share(fold(name), "name") < HELD_OUT


def cultures() -> list[Culture]:
    """One culture a locale with names enough; English ones stand three times, since most of the readers are of these countries."""
    found = []
    for locale in sorted(AVAILABLE_LOCALES):
        first, last = _names(locale, "first"), _names(locale, "last")
        if len(first) >= 20 and len(last) >= 20:
            found += [Culture(first, last)] * (3 if locale in ENGLISH else 1)
    more = yaml.safe_load(MORE.read_text(encoding="utf-8"))
    return (
        found
        + [
            Culture(
                more["first"].split(), [name.replace("-", " ") if name[0].islower() else name for name in more["last"].split()]
            )
        ]
        * 12
    )


def part(every: Iterable[Culture], wanted: bool) -> list[Culture]:
    """Of each culture the names that are held out, or the others."""
    parts = [
        Culture(
            [name for name in one.first if held_out(name) is wanted], [name for name in one.last if held_out(name) is wanted]
        )
        for one in every
    ]
    return [one for one in parts if one.first and one.last]


def all_names(every: Iterable[Culture]) -> list[str]:
    """Each single word of each name, folded; what is shorter than two letters says nothing."""
    return sorted(
        {part for one in every for name in (*one.first, *one.last) for part in re.split(r"[\s-]+", fold(name)) if len(part) > 1}
    )


def _names(locale: str, kind: str) -> list[str]:
    try:
        provider: Any = importlib.import_module(f"faker.providers.person.{locale}").Provider
    except ImportError:
        return []
    lists = [getattr(provider, name) for name in dir(provider) if re.match(rf"{kind}_(?:romanized_)?names?(?:_|$)", name)]
    written = {_latin(str(name)) for names in lists if isinstance(names, (tuple, list, dict)) for name in names}
    return sorted(name for name in written if name and _LATIN.fullmatch(name) and len(name) > 1)


def _latin(name: str) -> str:
    """``name`` in Latin letters where it is Cyrillic or Greek, with small letters where it was all capitals."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(letter))
    if all(letter in _LETTERS or letter in " -'" for letter in plain):
        return "".join(_LETTERS.get(letter, letter) for letter in plain).title()
    return name.title() if name.isupper() else name
