"""A mail to staff about each urgent conversation: that there is one, and where; never what was said.

At most one mail a conversation. It is marked as being sent before it is sent: whatever ends the program in between, nobody gets
it twice, and the queue's badge shows the conversation in any case. A mail that the server did not take is tried again.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from bot.console.accounts.models import Alert
from bot.console.conversations.models import Alarm, Conversation

NEWS = dt.timedelta(days=1)
"""An older alarm is no news: a console that is set up beside an old guide sends no mails about its past."""
LONGEST_PAUSE = 60
"""Minutes between two tries at most; the first pauses are 1, 2, 4, 8 minutes."""
AT_ONCE = 50
"""Conversations in one mail."""
SUBJECT = "TSC kidney guide: conversations that sounded urgent"
TEXT = """\
The guide has given urgent or emergency advice in {count}. Nobody of the charity has seen it yet.

{links}

The families have already been told whom to call. This mail holds nothing of what they wrote.
"""
logger = logging.getLogger("accounts")


def send_due(now: dt.datetime | None = None) -> int:
    """Send what is due in one mail; returns about how many conversations. Nothing when CONSOLE_ALERT_TO is empty."""
    now = now or timezone.now()
    if not settings.CONSOLE_ALERT_TO:
        return 0
    _notice_new(now)
    claimed = _claim(now)
    if not claimed:
        return 0
    try:
        _mail([alert.conversation_id for alert in claimed]).send()
    except (OSError, smtplib.SMTPException) as error:
        logger.warning("the mail about %d urgent conversations was not taken: %s", len(claimed), type(error).__name__)
        for alert in claimed:
            pause = min(2 ** (alert.tries - 1), LONGEST_PAUSE)
            Alert.objects.filter(pk=alert.pk).update(state=Alert.State.WAITING, next_try=now + dt.timedelta(minutes=pause))
        return 0
    Alert.objects.filter(pk__in=[alert.pk for alert in claimed]).update(state=Alert.State.SENT, sent=timezone.now())
    return len(claimed)


def _notice_new(now: dt.datetime) -> None:
    new = Conversation.objects.filter(alarm_level__gte=Alarm.URGENT, last_activity__gt=now - NEWS, alert=None)
    unseen = new.exclude(state=Conversation.State.REVIEWED).values_list("pk", flat=True)
    Alert.objects.bulk_create([Alert(conversation_id=pk, next_try=now) for pk in unseen], ignore_conflicts=True)


def _claim(now: dt.datetime) -> list[Alert]:
    """Alerts that are due, marked as being sent by this process and no other."""
    due = Alert.objects.filter(state=Alert.State.WAITING, next_try__lte=now).order_by("next_try", "pk")[:AT_ONCE]
    claimed = []
    for alert in due:
        mine = Alert.objects.filter(pk=alert.pk, state=Alert.State.WAITING)
        if mine.update(state=Alert.State.SENDING, tries=F("tries") + 1):
            alert.tries += 1
            claimed.append(alert)
    return claimed


def _mail(conversations: list[int]) -> EmailMessage:
    count = "a conversation" if len(conversations) == 1 else f"{len(conversations)} conversations"
    addresses = [f"{settings.CONSOLE_URL}{reverse('conversations:review', args=[pk])}" for pk in conversations]
    links = "\n".join(addresses) if settings.CONSOLE_URL else "Please open the queue of the staff console."
    return EmailMessage(SUBJECT, TEXT.format(count=count, links=links), to=settings.CONSOLE_ALERT_TO)
