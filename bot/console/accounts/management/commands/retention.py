"""Throw away conversations and log lines that are too old, once (for cron). The keeper does the same by itself every day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bot.console.accounts import retention


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        done = retention.run()
        self.stdout.write(f"{done.conversations} conversations and {done.log_lines} lines of the log were thrown away")
