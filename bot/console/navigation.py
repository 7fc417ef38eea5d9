"""The pages of the console in the order in which the menu shows them; each app adds its line here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from bot.console.accounts.access import is_in
from bot.console.conversations.models import Alarm, Conversation


class Entry(NamedTuple):
    """A link of the menu, for those who have the permission."""

    label: str
    url: str
    """Name of the address."""
    permission: str


ENTRIES: list[Entry] = [
    Entry("Queue", "conversations:queue", "conversations.view_conversation"),
    Entry("Learning", "learning:proposals", "learning.view_proposal"),
    Entry("Overview", "overview:page", "overview.view_overview"),
    Entry("Triage rules", "accounts:rules", "accounts.view_rules"),
    Entry("Texts", "accounts:texts", "accounts.view_rules"),
    Entry("Data protection", "accounts:data", "conversations.erase_conversation"),
    Entry("Log", "accounts:log", "accounts.view_accesslog"),
    Entry("People", "admin:index", "auth.view_user"),
]


def context(request: HttpRequest) -> dict[str, Callable[[], object]]:
    """For every template: the menu of this person, and how many alarms nobody has reviewed yet.

    Functions, which a template calls: a page without a menu asks the database for nothing.
    """

    def menu() -> list[dict[str, object]]:
        if not is_in(request):
            return []
        mine = [entry for entry in ENTRIES if request.user.has_perm(entry.permission)]
        return [
            {"label": entry.label, "address": reverse(entry.url), "here": request.path == reverse(entry.url)} for entry in mine
        ]

    def open_alarms() -> int:
        return open_alarm_count() if is_in(request) and request.user.has_perm("conversations.view_conversation") else 0

    return {"menu": menu, "open_alarms": open_alarms}


def open_alarm_count() -> int:
    """Conversations with an alarm that nobody has reviewed."""
    return Conversation.objects.filter(alarm_level__gt=Alarm.NONE).exclude(state=Conversation.State.REVIEWED).count()
