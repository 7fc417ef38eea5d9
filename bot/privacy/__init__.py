"""Mask identifiers before anything is stored (pure Python)."""

from bot.privacy.mask import mask

__all__ = ["mask"]
