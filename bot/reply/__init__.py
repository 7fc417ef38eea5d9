"""The one place where an answer is put together (pure Python, no Rasa)."""

from bot.reply.contacts import find_place
from bot.reply.guide import Guide, Reader
from bot.reply.message import Message

__all__ = ["Guide", "Message", "Reader", "find_place"]
