"""The database of the conversations, without Rasa: its tables, erasing a conversation, removing old ones, leaving no trace."""

from __future__ import annotations

from bot.store.cleaning import clean
from bot.store.database import StoreError, connect, url_of
from bot.store.erasing import Erased, erase, is_erased, remove
from bot.store.patience import limit
from bot.store.reading import all_events, last_events, session_events, session_length
from bot.store.retention import Purged, purge
from bot.store.spool import AWAY, Spool
from bot.store.tables import make_index, prepare
from bot.store.writing import Changed, write

__all__ = [
    "AWAY", "Changed", "Erased", "Purged", "Spool", "StoreError", "all_events", "clean", "connect", "erase", "is_erased",
    "last_events", "limit", "make_index", "prepare", "purge", "remove", "session_events", "session_length", "url_of", "write",
]  # fmt: skip
