"""Throw away what is too old: conversations, and the log of who saw them. The guide's own database has its own setting."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import connection, models, transaction
from django.utils import timezone

from bot.console.accounts.models import AccessLog, Erasure, Export, HandDeletion, RetentionRun
from bot.console.conversations.models import Conversation
from bot.console.feed import importer

BATCH = 300
"""Conversations in one transaction: the feed and staff get in between."""
OVERDUE = dt.timedelta(days=2)
"""When it last ran so long ago, the page of data protection says so."""


def run(now: dt.datetime | None = None) -> RetentionRun:
    """Do it; returns what was done, which is kept, too."""
    now = now or timezone.now()
    conversations = _conversations(now - dt.timedelta(days=settings.CONSOLE_RETENTION_DAYS))
    old = now - dt.timedelta(days=settings.CONSOLE_LOG_DAYS)
    lines = _all(AccessLog.objects.filter(at__lt=old))
    _all(LogEntry.objects.filter(action_time__lt=old))
    # What has still to be deleted by hand would vanish from the list with its file or its erasure.
    by_hand = HandDeletion.objects.filter(done=None)
    _all(Export.objects.filter(at__lt=old).exclude(pk__in=by_hand.values("export")))
    _all(Erasure.objects.filter(at__lt=old, done__isnull=False).exclude(pk__in=by_hand.values("erasure")))
    _all(RetentionRun.objects.filter(at__lt=old))
    _all(AccessAttempt.objects.filter(attempt_time__lt=now - settings.AXES_COOLOFF_TIME))
    call_command("clearsessions", verbosity=0)
    wipe()
    return RetentionRun.objects.create(at=now, conversations=conversations, log_lines=lines)


def wipe(most: int | None = None) -> bool:
    """Leave nothing of deleted rows in the file of SQLite; returns whether that was done. Outside a transaction.

    What is deleted is overwritten, but copies of rows that once moved to another page are not: the file is written anew from
    what is alive (`bot/store/cleaning.py` has the measurements). Writers wait meanwhile; with ``most``, a file of more bytes is
    left for later. PostgreSQL cleans up by itself.
    """
    if connection.vendor != "sqlite":
        return False
    file = Path(str(connection.settings_dict["NAME"]))
    if most is not None and file.exists() and file.stat().st_size > most:
        return False
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    importer.leave_no_trace()
    return True


def last() -> RetentionRun | None:
    return RetentionRun.objects.order_by("-at").first()


def is_overdue(now: dt.datetime | None = None) -> bool:
    newest = last()
    return newest is None or (now or timezone.now()) - newest.at > OVERDUE


def _conversations(limit: dt.datetime) -> int:
    """Conversations whose last message is older than ``limit``, whole ones, with all that hangs on them."""
    count = 0
    while True:
        with transaction.atomic():
            # Locked and asked anew in each transaction: a family may go on with an old talk just now.
            old = Conversation.objects.filter(last_activity__lt=limit).select_for_update().order_by("last_activity")
            keys = [one.pk for one in old.only("pk")[:BATCH]]
            if not keys:
                return count
            Conversation.objects.filter(pk__in=keys).delete()
            count += len(keys)


def _all(rows: models.QuerySet[Any]) -> int:
    """Delete rows with what hangs on them; returns how many rows of that kind."""
    return rows.delete()[1].get(rows.model._meta.label, 0)
