"""Replace what identifies a person by placeholders in square brackets, before anything is stored.

Rules find numbers and addresses; a small model of our own finds people's names (``names.py``). Clinical numbers (38.9, 190/110,
3.2 cm, 1000-2000 mg), dates of scans, ages and the numbers to call for help stay, since the answer may depend on them.
"""

from __future__ import annotations

from functools import lru_cache

from bot.privacy import words
from bot.privacy.addresses import mask_addresses
from bot.privacy.births import mask_births
from bot.privacy.names import mask_listed_names, mask_names
from bot.privacy.online import mask_online
from bot.privacy.phones import mask_phones
from bot.privacy.records import mask_long_numbers, mask_records
from bot.understanding.language import LanguageDetector


def load() -> None:
    """Read model and lists now instead of at the first message. Raises NamesError when one is missing or changed."""
    mask("Anna")


def mask(text: str) -> str:
    """``text`` without identifiers and names: ``[email]``, ``[phone number]``, ``[name]`` and the like stand in their place."""
    text = mask_identifiers(text)
    # The recogniser knows English only: it takes every other word of another language for a name. There the lists have to do.
    return mask_listed_names(text) if _languages().detect(text) else mask_names(text)


@lru_cache(maxsize=1)
def _languages() -> LanguageDetector:
    return LanguageDetector(words.everyday())


def mask_identifiers(text: str) -> str:
    """What rules find. What is called by a name ('MRN', 'date of birth') goes before what only looks like a number."""
    for rule in (mask_online, mask_births, mask_records, mask_addresses, mask_phones, mask_long_numbers):
        text = rule(text)
    return text
