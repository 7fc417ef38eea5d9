"""Check proposed examples and group messages without an answer as they are asked for, until SIGTERM or Ctrl-C.

Messages are grouped once a day by themselves, too. With ``--once`` what is to be done now is done, and grouped anew (for cron).
"""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connections
from django.utils import timezone

from bot.console.learning import checks, grouping
from bot.console.learning.bot_commands import CommandFailed
from bot.console.learning.models import Grouping

LOOK_SECONDS = 5.0
RETRY_SECONDS = 300.0
"""After a check that failed."""
EVERY = dt.timedelta(days=1)
logger = logging.getLogger("learning")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is to be done now, group anew, and end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["once"]:
            return self._once()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self._check_at, self._trouble = 0.0, ""
        while not stop.is_set():
            try:
                self._step()
            except DatabaseError as error:
                connections.close_all()
                self._say(f"the console's database cannot be used ({type(error).__name__}); trying again")
            except CommandFailed as error:
                self._check_at = time.monotonic() + RETRY_SECONDS
                self._say(f"proposals were not checked. {error}")
            stop.wait(LOOK_SECONDS)
        return None

    def _once(self) -> None:
        try:
            while waiting := checks.unchecked():
                checks.check(waiting)
        except CommandFailed as error:
            raise CommandError(str(error)) from None
        _end_broken_runs()
        asked = Grouping.objects.filter(state=Grouping.State.ASKED).first() or Grouping.objects.create()
        grouping.run(asked)
        asked.refresh_from_db()
        if asked.state != Grouping.State.DONE:
            raise CommandError(asked.error)
        self.stdout.write(f"{asked.messages} messages, {asked.groups.count()} groups, {asked.alone} alone")

    def _step(self) -> None:
        self._group()
        if time.monotonic() >= self._check_at:
            if waiting := checks.unchecked():
                checks.check(waiting)
            self._say("")

    def _group(self) -> None:
        _end_broken_runs()
        latest = Grouping.objects.order_by("-asked_at").first()
        if latest is None or timezone.now() - latest.asked_at > EVERY:
            Grouping.objects.create()
        for asked in Grouping.objects.filter(state=Grouping.State.ASKED).order_by("pk"):
            grouping.run(asked)

    def _say(self, trouble: str) -> None:
        """One line when a trouble begins or ends, not one at every look."""
        if trouble != self._trouble:
            logger.warning(trouble) if trouble else logger.info("all is well again")
            self._trouble = trouble


def _end_broken_runs() -> None:
    """What was running when this program was last stopped; there is only one of it."""
    Grouping.objects.filter(state=Grouping.State.RUNNING).update(
        state=Grouping.State.FAILED, finished_at=timezone.now(), error="it was stopped before it was done"
    )
