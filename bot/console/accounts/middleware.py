"""What holds for every page: shown to nobody by default, kept by no cache, and closed when nobody is there any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from bot.console.accounts.access import is_in

Answer = Callable[[HttpRequest], HttpResponseBase]
ADMIN = "admin"
"""Its pages are guarded by our site (`site.StaffSite.has_permission`)."""
BEGUN, SEEN = "begun", "seen"
"""In the session: when someone signed in, and was last seen, in seconds since 1970."""
MINUTE = 60
HALF_WAY_MINUTES = 15
"""So long may someone take between the password and the second factor."""


class NobodyByDefault:
    """Refuses a view that none of the decorators of `access` guards; and no browser or proxy keeps what was shown."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    def process_view(self, request: HttpRequest, view: Any, arguments: Any, options: Any) -> None:
        guarded = hasattr(view, "access") or (request.resolver_match and ADMIN in request.resolver_match.namespaces)
        if not guarded:
            raise PermissionDenied


class SessionTimeout:
    """Signs out who was away for CONSOLE_IDLE_MINUTES, and everyone after SESSION_COOKIE_AGE."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            now, session = int(time.time()), request.session
            begun, seen = session.setdefault(BEGUN, now), session.setdefault(SEEN, now)
            longest = settings.CONSOLE_IDLE_MINUTES if is_in(request) else HALF_WAY_MINUTES
            if now - seen > longest * MINUTE or now - begun > settings.SESSION_COOKIE_AGE:
                logout(request)
                messages.info(request, "You were logged out because nothing happened for a while. Please log in again.")
            elif now - seen >= MINUTE / 2:  # not at every click: that would be a write each
                session[SEEN] = now
        return self._get_response(request)
