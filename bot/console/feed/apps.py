from __future__ import annotations

from django.apps import AppConfig


class FeedConfig(AppConfig):
    name = "bot.console.feed"
    verbose_name = "Feed from the guide"
