"""What a page has to know to warn before someone is signed out (`idle.js`)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from bot.console.accounts.access import is_in


def context(request: HttpRequest) -> dict[str, object]:
    """``idle_minutes`` for the templates; 0 where nobody is signed in."""

    def idle_minutes() -> float:
        return float(settings.CONSOLE_IDLE_MINUTES) if hasattr(request, "user") and is_in(request) else 0.0

    return {"idle_minutes": idle_minutes}
