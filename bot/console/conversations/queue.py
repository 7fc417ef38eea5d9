"""The queue: which conversations a set of filters finds, in which order, and which one comes next."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from bot.console.conversations import search
from bot.console.conversations.models import Alarm, Conversation, Turn

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

PAGE = 50
"""Conversations of a page."""

STATES = {"new": "New", "saved": "Saved for later", "reviewed": "Reviewed", "open": "New and saved", "all": "All"}
_OPEN = (Conversation.State.NEW, Conversation.State.SAVED)
ORDERS = {
    "alarms": "alarms first, then the latest",
    "latest": "the latest first",
    "oldest": "the oldest first",
    "unsure": "least sure first",
}
_KEYS = {
    "alarms": ["-alarm_level", "-last_activity", "pk"],
    "latest": ["-last_activity", "pk"],
    "oldest": ["last_activity", "-pk"],
    "unsure": ["lowest_confidence", "pk"],
}
"""Each ends with what no two conversations share, and stands in this order in an index."""
DEFAULTS = {"state": "new", "order": "alarms"}
COUNTED = {
    "unknown": "unknown_count__gt",
    "clarify": "clarify_count__gt",
    "refusal": "refusal_count__gt",
    "helped": "helped_count__gt",
    "not_helped": "not_helped_count__gt",
    "failed": "failed_count__gt",
    "comments": "comment_count__gt",
    "corrections": "correction_count__gt",
}
"""What a conversation has at least one of, where it is counted in the conversation itself."""


class Queue:
    """Conversations by the cleaned values of `forms.Filters`; an empty value filters nothing."""

    def __init__(self, filters: dict[str, Any], user: AbstractBaseUser) -> None:
        """Raises ValueError when the search asks for no word at all."""
        self._state = filters.get("state") or DEFAULTS["state"]
        self._keys = _KEYS[filters.get("order") or DEFAULTS["order"]]
        self._anywhere = Conversation.objects.filter(_conditions(filters, user))
        if self._keys[0] == "lowest_confidence":
            self._anywhere = self._anywhere.filter(lowest_confidence__isnull=False)

    @property
    def conversations(self) -> QuerySet[Conversation]:
        """All that it holds, in its order."""
        return self._in_state().order_by(*self._keys)

    def counts(self) -> dict[str, int]:
        """How many conversations the filters find in each of the STATES."""
        found = dict(self._anywhere.order_by().values_list("state").annotate(Count("pk")))
        counts = {state: found.get(state, 0) for state in Conversation.State.values}
        return {**counts, "open": sum(counts[state] for state in _OPEN), "all": sum(counts.values())}

    def page(self, number: int) -> list[Conversation]:
        """The conversations of page ``number`` (from 1), with what the list shows of them."""
        keys = list(self.conversations.values_list("pk", flat=True)[(number - 1) * PAGE : number * PAGE])
        rows = Conversation.objects.select_related("leading", "assignee", "reviewed_by").prefetch_related("tags")
        by_key = {row.pk: row for row in rows.filter(pk__in=keys)}
        return [by_key[key] for key in keys if key in by_key]

    def after(self, conversation: Conversation) -> Conversation | None:
        """The next one behind this one, which need not be in the queue any more."""
        behind, same = Q(), Q()
        for key in self._keys:
            name, comparison = (key[1:], "lt") if key.startswith("-") else (key, "gt")
            value = getattr(conversation, name)
            if value is None:  # no message was typed: it cannot have been in a queue by confidence
                return self.conversations.first()
            behind |= same & Q(**{f"{name}__{comparison}": value})
            same &= Q(**{name: value})
        name, comparison = (self._keys[0][1:], "lte") if self._keys[0].startswith("-") else (self._keys[0], "gte")
        # Said twice, because only this lets the database begin in the middle of its index.
        begin = Q(**{f"{name}__{comparison}": getattr(conversation, name)})
        return self._in_state().filter(begin & behind).order_by(*self._keys).first()

    def _in_state(self) -> QuerySet[Conversation]:
        if self._state == "all":
            return self._anywhere
        return self._anywhere.filter(state__in=_OPEN if self._state == "open" else [self._state])


def _conditions(filters: dict[str, Any], user: AbstractBaseUser) -> Q:
    asked = Q()
    if filters.get("q"):
        asked &= Q(pk__in=search.matching(filters["q"]))
    alarm = filters.get("alarm")
    if alarm:
        asked &= Q(alarm_level__gt=Alarm.NONE) if alarm == "any" else Q(alarm_level=Alarm[alarm.upper()])
    kind = filters.get("kind")
    if kind in COUNTED:
        asked &= Q(**{COUNTED[kind]: 0})
    elif kind:
        asked &= Q(pk__in=Turn.objects.filter(kind=kind).values("conversation"))
    if filters.get("topic"):
        asked &= Q(pk__in=Turn.objects.filter(topic=filters["topic"]).values("conversation"))
    for name in filters.get("has") or ():
        asked &= Q(flagged=True) if name == "flagged" else Q(**{COUNTED[name]: 0})
    if filters.get("under"):
        asked &= Q(lowest_confidence__lt=filters["under"] / 100)
    if filters.get("tag"):
        asked &= Q(tags=filters["tag"])
    if filters.get("reviewer"):
        asked &= Q(reviewed_by=filters["reviewer"])
    assigned = filters.get("assigned")
    if assigned:
        asked &= {"me": Q(assignee=user.pk), "nobody": Q(assignee=None)}.get(assigned) or Q(assignee=assigned)
    if filters.get("since"):
        asked &= Q(last_activity__gte=_midnight(filters["since"]))
    if filters.get("until"):
        asked &= Q(last_activity__lt=_midnight(filters["until"] + dt.timedelta(days=1)))
    place = filters.get("place")
    if place:
        asked &= Q(place="" if place == "none" else place)
    if filters.get("audience"):
        asked &= Q(audience=filters["audience"])
    return asked


def _midnight(day: dt.date) -> dt.datetime:
    """Where the day begins, for people in the console's time zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def address(values: dict[str, Any]) -> str:
    """The filters as they stand behind a question mark, without empty ones and those that go without saying."""
    pairs = []
    for name, value in values.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            if one not in ("", None) and DEFAULTS.get(name) != one:
                pairs.append((name, str(one)))
    return urlencode(pairs)
