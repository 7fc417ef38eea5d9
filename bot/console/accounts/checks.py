"""What `manage.py check --deploy` says about our own settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

CONSOLE_BACKEND = "django.core.mail.backends.console.EmailBackend"


@register(Tags.security, deploy=True)
def alerts_reach_someone(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """An alarm that no one is told about waits until someone looks into the queue."""
    found: list[CheckMessage] = []
    if not settings.CONSOLE_ALERT_TO:
        found.append(
            Warning("CONSOLE_ALERT_TO is not set: nobody gets a mail about an urgent conversation", id="accounts.W001")
        )
    elif settings.EMAIL_BACKEND == CONSOLE_BACKEND:
        found.append(
            Warning("CONSOLE_MAIL_URL is not set: mails about urgent conversations are only printed", id="accounts.W002")
        )
    if settings.CONSOLE_ALERT_TO and not settings.CONSOLE_URL:
        found.append(Warning("CONSOLE_URL is not set: mails about urgent conversations carry no link", id="accounts.W003"))
    return found
