"""Runs beside the feed until SIGTERM or Ctrl-C: mails about urgent conversations, erasures that the guide owes, retention, and
what only the guide's own commands can tell clinicians."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections
from django.db.models import Max
from django.utils import timezone

from bot.console.accounts import alerts, clinical, erasing, retention
from bot.console.feed.models import Erased

LOOK, MINUTE, DAY = 2.0, 60.0, 24 * 3600.0
"""Seconds."""
LARGE = 100_000_000
"""Bytes: writing a larger file anew takes seconds, and is done in the daily retention only."""
logger = logging.getLogger("keeper")


class Duty(threading.Thread):
    """Does its work, and again every ``pause`` seconds. One that takes long or fails does not hold up the others."""

    def __init__(self, name: str, pause: float, work: Callable[[], object], stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._pause, self._work, self._stop_it, self._trouble = pause, work, stop, ""

    def run(self) -> None:
        while not self._stop_it.is_set():
            self._stop_it.wait(self._pause if self.do() else max(self._pause, MINUTE))

    def do(self) -> bool:
        """Once; returns whether it worked. A trouble is told when it begins, changes or ends, not each time."""
        trouble = ""
        try:
            self._work()
        except Exception as error:
            trouble = type(error).__name__  # only the kind: a database's message repeats the values of a row
        finally:
            connections.close_all()
        if trouble != self._trouble:
            logger.warning("%s: %s", self.name, trouble or "all is well again")
        self._trouble = trouble
        return not trouble


def retention_of_the_day() -> None:
    """By the time of the last run, so that a restart neither forgets nor repeats it."""
    last = retention.last()
    if last is None or (timezone.now() - last.at).total_seconds() >= DAY:
        done = retention.run()
        logger.info("retention: %d conversations, %d lines of the log", done.conversations, done.log_lines)


class Wiper:
    """Wipes the file after an erasing, and once at the start: an earlier keeper may not have come to it."""

    def __init__(self) -> None:
        self._seen: int | None = None

    def __call__(self) -> None:
        newest = Erased.objects.aggregate(newest=Max("pk"))["newest"] or 0
        if newest != self._seen:
            retention.wipe(LARGE)
            self._seen = newest


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        duties = [
            Duty("mails about urgent conversations", LOOK, alerts.send_due, stop),
            Duty("erasures that the guide owes", 10 * MINUTE, erasing.ask_guide_again, stop),
            Duty("wiping what was erased", MINUTE, Wiper(), stop),
            Duty("retention", 10 * MINUTE, retention_of_the_day, stop),
            Duty("sheets for clinicians", LOOK, clinical.make_sheets, stop),
            Duty("states of the texts", MINUTE, clinical.ask_states, stop),
        ]
        for duty in duties:
            duty.start()
        logger.info("at work: alerts, erasures, retention, review sheets")
        while not stop.wait(LOOK):
            pass
        logger.info("stopped")
