from __future__ import annotations

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "bot.console.conversations"
    verbose_name = "Conversations"
