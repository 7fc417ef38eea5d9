"""Erase a conversation everywhere: here at once, in the guide's database by the guide's own command, in exports by hand.

The console can only read the guide's database, so it asks the guide (BOT_ERASE_COMMAND), and looks whether it was done. Until
then the erasure stays open, is shown as such, and is tried again by the keeper.
"""

from __future__ import annotations

import logging
import os
import subprocess
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bot.console.accounts.models import Erasure, ExportedConversation, HandDeletion
from bot.console.conversations.models import Conversation
from bot.console.feed import importer
from bot.console.feed.bot_store import BotStore, StoreError

SECONDS = 60
"""So long may the guide's command take."""
OURS = ("CONSOLE_", "DJANGO_", "BOT_DATABASE_URL")
"""Beginnings of environment variables that are none of that command's business."""
logger = logging.getLogger("accounts")


class CannotErase(Exception):
    """The guide did not erase it; the message says why, for staff."""


def erase(conversation: Conversation, by: Any) -> Erasure:
    """Delete the conversation from the console's database, for good. The guide's own copy is due then (`ask_guide`)."""
    with transaction.atomic():
        erasure = Erasure.objects.create(number=conversation.pk, sender_id=conversation.sender_id, by=by)
        exports = ExportedConversation.objects.filter(conversation=conversation.pk).values_list("export_id", flat=True)
        HandDeletion.objects.bulk_create(HandDeletion(erasure=erasure, export_id=pk) for pk in sorted(set(exports)))
        importer.erase(conversation.sender_id, timezone.now())
    importer.leave_no_trace()
    return erasure


def ask_guide(erasure: Erasure) -> bool:
    """Have the guide erase its copy; returns whether that is done. Why it is not stands in ``problem``."""
    if erasure.done:
        return True
    try:
        events, problem = _run(erasure.sender_id), ""
        _look(erasure.sender_id)
    except CannotErase as error:
        events, problem = None, str(error)
        logger.warning("the guide has not erased conversation %d yet: %s", erasure.number, problem)
    now = timezone.now()
    values: dict[str, Any] = {"tries": erasure.tries + 1, "tried": now, "problem": problem}
    if events is not None:
        values.update(done=now, events=events, sender_id="")
    for name, value in values.items():
        setattr(erasure, name, value)
    erasure.save(update_fields=list(values))
    return not problem


def ask_guide_again() -> int:
    """Try every erasure that the guide has not done; returns how many are still open."""
    return sum(not ask_guide(erasure) for erasure in Erasure.objects.filter(done=None).order_by("at"))


def _run(sender_id: str) -> int:
    """The guide's command, with the id on its standard input; returns how many events it deleted. Raises CannotErase."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    environment["VAR"] = str(settings.VAR.resolve())
    kind, _, file = settings.BOT_DATABASE_URL.partition(":///")
    if kind == "sqlite":
        environment["TRACKER_DB"] = file  # the very file that the console reads
    try:
        done = subprocess.run(
            settings.BOT_ERASE_COMMAND, input=f"{sender_id}\n", env=environment, cwd=settings.ROOT, timeout=SECONDS,
            capture_output=True, text=True, errors="replace", check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CannotErase(f"its command took longer than {SECONDS} seconds (BOT_ERASE_COMMAND)") from None
    except OSError as error:
        raise CannotErase(f"its command could not be started (BOT_ERASE_COMMAND): {error.strerror}") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it did not say why"])[-1].replace(sender_id, "…")[:200]
        raise CannotErase(f"its command ended with {done.returncode} (BOT_ERASE_COMMAND): {said}")
    last = (done.stdout.split() or [""])[-1]
    return int(last) if last.isdecimal() and len(last) < 9 else 0


def _look(sender_id: str) -> None:
    """Nothing of it is left in the guide's database. Raises CannotErase."""
    store = BotStore(settings.BOT_DATABASE_URL)
    try:
        with store.reading() as reader:
            left = reader.conversations({sender_id})[sender_id]
    except StoreError as error:
        raise CannotErase(
            f"its command said that it is done, but the guide's database could not be read to see it: {error}"
        ) from None
    finally:
        store.close()
    if left:
        raise CannotErase("its command said that it is done, but the conversation is still there: is it the same database?")
