from __future__ import annotations

from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "bot.console.overview"
    verbose_name = "Overview"
