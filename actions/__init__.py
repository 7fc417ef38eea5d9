"""Custom actions: one file each, thin. What is said is decided in ``bot.reply``."""

from __future__ import annotations

from bot import logs

logs.protect()
