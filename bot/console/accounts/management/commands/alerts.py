"""Send the mails about urgent conversations that are due, once (for cron). The keeper does the same every few seconds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from bot.console.accounts import alerts


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"a mail about {alerts.send_due()} conversations was sent")
