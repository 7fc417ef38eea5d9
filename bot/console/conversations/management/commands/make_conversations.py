"""Fill the console's database with invented conversations, for tests of load. Refused where CONSOLE_PRODUCTION is 1."""

from __future__ import annotations

import random
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from bot.console.conversations.invented import Inventor
from bot.console.conversations.models import Conversation, Leading, Turn, Words

AT_ONCE = 500


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int, help="how many conversations")
        parser.add_argument("--turns", type=int, default=10, help="turns of a conversation on average (10)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same conversations (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("CONSOLE_PRODUCTION is 1: invented conversations do not belong among real ones")
        started, count, mean = time.monotonic(), options["count"], options["turns"]
        chance = random.Random(options["seed"])
        inventor = Inventor(chance, timezone.now())
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA cache_size = -262144")  # KiB: the indexes stay in memory while rows come
                if not connection.in_atomic_block:  # SQLite refuses it there
                    cursor.execute("PRAGMA synchronous = OFF")  # this command only: invented rows may get lost
        event_id = Turn.objects.aggregate(highest=Max("event_id"))["highest"] or 0
        for begin in range(0, count, AT_ONCE):
            conversations, turns = [], []
            for _ in range(min(AT_ONCE, count - begin)):
                length = chance.randint(1, 2 * mean - 1)
                conversation, made = inventor.conversation(event_id, length)
                event_id += 10 * (length + 1)
                conversations.append(conversation)
                turns += made
            with transaction.atomic():
                Conversation.objects.bulk_create(conversations)
                for turn in turns:
                    turn.conversation_id = turn.conversation.pk
                Turn.objects.bulk_create(turns, batch_size=1_000)
                keys = [conversation.pk for conversation in conversations]
                Words.gather(*keys)
                Leading.gather(*keys)
            if (begin // AT_ONCE) % 20 == 19:
                self.stdout.write(f"{begin + len(conversations):,} conversations after {time.monotonic() - started:.0f} s")
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # the database else does not know which of its indexes helps
        self.stdout.write(
            f"made {count:,} conversations in {time.monotonic() - started:.0f} s; now there are "
            f"{Conversation.objects.count():,} with {Turn.objects.count():,} turns in {_size() / 1e6:,.0f} MB"
        )


def _size() -> int:
    """Bytes of the console's database."""
    query = "SELECT pg_database_size(current_database())"
    if connection.vendor == "sqlite":
        query = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])
