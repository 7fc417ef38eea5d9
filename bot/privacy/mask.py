"""Replace what identifies a person by placeholders in square brackets, before anything is stored.

Rules find numbers and addresses; a small model of our own finds people's names (``names.py``). Clinical numbers (38.9, 190/110,
3.2 cm, 1000-2000 mg), dates of scans, ages and the numbers to call for help stay, since the answer may depend on them.
"""

from __future__ import annotations

import re

from spacy.lang.en.stop_words import STOP_WORDS

from bot.privacy.addresses import mask_addresses
from bot.privacy.births import mask_births
from bot.privacy.names import mask_names
from bot.privacy.online import mask_online
from bot.privacy.phones import mask_phones
from bot.privacy.records import mask_long_numbers, mask_records

FEWEST_WORDS, SMALL_WORDS = 3, 0.15
"""A message of so many words is foreign when a smaller share of them are small words of English ("my", "has", "the")."""


def load() -> None:
    """Read model and lists now instead of at the first message. Raises NamesError when one is missing or changed."""
    mask("Anna")


def mask(text: str) -> str:
    """``text`` without identifiers and names: ``[email]``, ``[phone number]``, ``[name]`` and the like stand in their place."""
    text = mask_identifiers(text)
    return text if _is_foreign(text) else mask_names(text)


def _is_foreign(text: str) -> bool:
    """Whether almost none of the small words of English is in a message: the recogniser of names knows no other language."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return len(words) >= FEWEST_WORDS and sum(word in STOP_WORDS for word in words) < SMALL_WORDS * len(words)


def mask_identifiers(text: str) -> str:
    """What rules find. What is called by a name ('MRN', 'date of birth') goes before what only looks like a number."""
    for rule in (mask_online, mask_births, mask_records, mask_addresses, mask_phones, mask_long_numbers):
        text = rule(text)
    return text
