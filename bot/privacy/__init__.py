"""Mask what identifies a person before anything is stored: rules for numbers and addresses, a small model for names."""

import bot.without_tensorflow  # noqa: F401  # before spaCy
from bot.privacy.mask import load, mask
from bot.privacy.names import NamesError, Recogniser

__all__ = ["NamesError", "Recogniser", "load", "mask"]
