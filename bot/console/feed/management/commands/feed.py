"""Bring conversations from the guide's database, until SIGTERM or Ctrl-C; with ``--once`` only what is there now."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from bot.console.feed.bot_store import BotStore, StoreError
from bot.console.feed.importer import Importer

logger = logging.getLogger("feed")


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()  # the feed does not depend on what is wrong with a page

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="import what is there and end (for cron)")
        parser.add_argument("--again", action="store_true", help="read everything once more from the beginning")

    def handle(self, *args: Any, **options: Any) -> None:
        self._stop = threading.Event()
        self._trouble, self._set_up = "", False
        self._store = BotStore(settings.BOT_DATABASE_URL)
        importer = Importer(self._store)
        if options["again"]:
            importer.begin_again()
        if options["once"]:
            return self._once(importer)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        logger.info("reading the guide's database (%s) every %g s", self._store.kind, settings.FEED_SECONDS)
        while not self._stop.is_set():
            if not self._step(importer):
                self._stop.wait(settings.FEED_SECONDS)
        self._store.close()
        logger.info("stopped")
        return None

    def _once(self, importer: Importer) -> None:
        conversations = erased = 0
        try:
            more = True
            while more:
                step = importer.step()
                conversations, erased, more = conversations + step.conversations, erased + step.erased, step.more
        except StoreError as error:
            raise CommandError(f"BOT_DATABASE_URL: the guide's database cannot be read: {error}") from None
        except DatabaseError as error:
            raise CommandError(f"CONSOLE_DATABASE_URL: the database cannot be used: {type(error).__name__}") from None
        self.stdout.write(f"{conversations} conversations were new or had grown, {erased} were erased")

    def _step(self, importer: Importer) -> bool:
        """One step; returns whether there is more to do at once. What is down is tried again at the next step."""
        try:
            if not self._set_up and _to_migrate():
                self._say("waiting for the console's database to be set up (manage.py migrate)")
                return False
            self._set_up = True
            more = importer.step().more
        except StoreError as error:
            self._say(f"the guide's database cannot be read ({error}); trying again every {settings.FEED_SECONDS:g} s")
        except DatabaseError as error:
            connections.close_all()
            self._set_up = False
            kind = type(error).__name__
            self._say(f"the console's database cannot be used ({kind}); trying again every {settings.FEED_SECONDS:g} s")
        else:
            self._say("")
            return more
        return False

    def _say(self, trouble: str) -> None:
        """One line when a trouble begins, changes or ends, not one at every step."""
        if trouble != self._trouble:
            logger.warning(trouble) if trouble else logger.info("all is well again")
            self._trouble = trouble


def _to_migrate() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
