from __future__ import annotations

from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "bot.console.learning"
    verbose_name = "Learning"

    def ready(self) -> None:
        from bot.console.learning import proposing  # noqa: F401  (connects to the signals)
