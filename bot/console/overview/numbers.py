"""The numbers of the overview, counted from conversations and turns when they are asked for.

What a conversation holds (alarms, votes, state) counts on the day on which it began; kinds, topics and response times are
those of the messages of these days. Days are those of the console's time zone.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Sum, Value, When
from django.db.models.functions import Cast, Round
from django.utils import timezone

from bot.console.conversations import guide_files
from bot.console.conversations.models import Alarm, Conversation, Turn

DAYS_AT_MOST = 62
"""Up to here each day has its own row, above it each week."""
LONGEST = 1_100
"""Days of a range."""
TOPICS = 20
"""So many have a row of their own."""
STEPS = [0.25, 0.5, 1.0, 2.0, 4.0, 8.0]
"""Seconds between which response times are counted; a family waits eight at most."""
Number = float | int | None
Row = tuple[str, tuple[Number, ...]]
"""Label and values."""


@dataclass(frozen=True)
class Range:
    """From the beginning of ``since`` to the end of ``until``."""

    since: dt.date
    until: dt.date

    @property
    def begin(self) -> dt.datetime:
        return _midnight(self.since)

    @property
    def end(self) -> dt.datetime:
        return _midnight(self.until + dt.timedelta(days=1))

    @property
    def weekly(self) -> bool:
        return (self.until - self.since).days >= DAYS_AT_MOST

    def start_of(self, day: dt.date) -> dt.date:
        """The first day of the row in which ``day`` is counted."""
        return max(self.since, day - dt.timedelta(days=day.weekday())) if self.weekly else day

    def starts(self) -> list[dt.date]:
        """The first day of each row."""
        days = (self.since + dt.timedelta(days=number) for number in range((self.until - self.since).days + 1))
        return list(dict.fromkeys(self.start_of(day) for day in days))


@dataclass(frozen=True)
class Table:
    """Rows with a label each; drawn as ``chart``: ``line``, ``columns`` or ``bars``, one on the other when ``stacked``."""

    id: str
    title: str
    first: str
    columns: tuple[str, ...]
    rows: list[Row]
    chart: str
    stacked: bool = False
    unit: str = ""
    note: str = ""

    @property
    def empty(self) -> bool:
        return not any(value for _, values in self.rows for value in values)


@dataclass(frozen=True)
class Numbers:
    """All of the page: single numbers with their words, and tables."""

    range: Range
    facts: list[tuple[str, str]]
    tables: list[Table]


@dataclass(frozen=True)
class Times:
    """How many answers took so many hundredths of a second, the shortest first."""

    counts: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def up_to(self, seconds: float) -> int:
        """How many took no longer."""
        return sum(number for hundredths, number in self.counts.items() if hundredths <= 100 * seconds)

    def within(self, share: float) -> str:
        """The time in which this share was answered (nearest rank)."""
        wanted, sofar = math.ceil(share * self.total), 0
        for hundredths, number in self.counts.items():
            sofar += number
            if sofar >= wanted:
                return f"{hundredths / 100:.2f} s"
        return "none yet"


@dataclass
class _Day:
    conversations: int = 0
    turns: int = 0
    unknown: int = 0
    helped: int = 0
    not_helped: int = 0
    alarms: Counter[int] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)


def count(days: Range) -> Numbers:
    """Everything for a range of days."""
    starts = days.starts()
    found = {start: _Day() for start in starts}
    categories: Counter[tuple[str, int]] = Counter()
    for row in _conversations(days):
        day = found[starts[row["slot"]]]
        day.conversations += row["count"]
        day.turns += row["messages"]
        day.unknown += row["unknown"]
        day.helped += row["helped"]
        day.not_helped += row["not_helped"]
        day.alarms[row["alarm_level"]] += row["count"]
        day.states[row["state"]] += row["count"]
        if row["alarm_level"]:
            categories[row["alarm_category"], row["alarm_level"]] += row["count"]
    seconds = _seconds(days)
    tables = [
        *_over_time(days, found),
        _kinds(days),
        _topics(days),
        _alarms(categories),
        _reviewing(found),
        _response_times(seconds),
    ]
    return Numbers(days, _facts(found.values(), seconds), tables)


def _conversations(days: Range) -> Any:
    """Conversations and sums of what stands in them, by row, alarm and state. Counted by the database."""
    ends = [*(_midnight(start) for start in days.starts()[1:]), days.end]
    slot = Case(*(When(started__lt=end, then=Value(number)) for number, end in enumerate(ends)), output_field=IntegerField())
    began = Conversation.objects.filter(started__gte=days.begin, started__lt=days.end).annotate(slot=slot)
    sums = {name: Sum(f"{name}_count") for name in ("unknown", "helped", "not_helped")}
    return began.values("slot", "alarm_level", "alarm_category", "state").annotate(
        count=Count("pk"), messages=Sum("turn_count"), **sums
    )  # fmt: skip


def _seconds(days: Range) -> Times:
    hundredths = Cast(Round(F("seconds") * 100), IntegerField())
    timed = _messages(days).filter(seconds__isnull=False).annotate(hundredths=hundredths)
    return Times(dict(timed.values_list("hundredths").annotate(count=Count("pk")).order_by("hundredths")))


def _facts(found: Iterable[_Day], seconds: Times) -> list[tuple[str, str]]:
    days = list(found)
    conversations, turns = sum(day.conversations for day in days), sum(day.turns for day in days)
    helped, not_helped = sum(day.helped for day in days), sum(day.not_helped for day in days)
    reviewed = sum(day.states[Conversation.State.REVIEWED] for day in days)
    return [
        ("Conversations", f"{conversations:,}"),
        ("Messages in them", f"{turns:,}"),
        ("Not answered", _of(sum(day.unknown for day in days), turns)),
        ("With an emergency", f"{sum(day.alarms[Alarm.EMERGENCY] for day in days):,}"),
        ("With something urgent", f"{sum(day.alarms[Alarm.URGENT] for day in days):,}"),
        ("Votes “this helped”", _of(helped, helped + not_helped)),
        ("Reviewed", _of(reviewed, conversations)),
        ("Half of the answers within", seconds.within(0.5)),
        ("95 of 100 within", seconds.within(0.95)),
    ]


def _over_time(days: Range, found: dict[dt.date, _Day]) -> list[Table]:
    first = "Week from" if days.weekly else "Day"
    each = "a week" if days.weekly else "a day"

    def table(name: str, title: str, columns: tuple[str, ...], values: Any, **more: Any) -> Table:
        return Table(name, title, first, columns, [(start.isoformat(), values(day)) for start, day in found.items()], **more)

    return [
        table("conversations", f"Conversations {each}", ("Conversations",), lambda day: (day.conversations,), chart="line"),
        table("unknown", f"Share of messages not answered {each}", ("Not answered",),
              lambda day: (_share(day.unknown, day.turns),), chart="line", unit="%",
              note="Of all messages in the conversations that began then."),
        table("alarms", f"Conversations with an alarm {each}", ("Emergency", "Urgent"),
              lambda day: (day.alarms[Alarm.EMERGENCY], day.alarms[Alarm.URGENT]), chart="columns", stacked=True),
        table("votes", f"Votes {each}", ("Helped", "Did not help"), lambda day: (day.helped, day.not_helped),
              chart="columns", stacked=True),
        table("reviewing", f"Reviewing {each}", ("Reviewed", "Saved for later", "New"),
              lambda day: tuple(day.states[state] for state in ("reviewed", "saved", "new")), chart="columns", stacked=True,
              note="Conversations that began then, by their state now."),
    ]  # fmt: skip


def _kinds(days: Range) -> Table:
    counts = _messages(days).exclude(kind="").values_list("kind").annotate(count=Count("pk")).order_by("-count", "kind")
    rows: list[Row] = [(guide_files.KINDS.get(kind, kind), (number,)) for kind, number in counts]
    return Table("kinds", "Kinds of answers", "Kind", ("Messages",), rows, "bars")


def _topics(days: Range) -> Table:
    counts = list(
        _messages(days).exclude(topic="").values_list("topic").annotate(count=Count("pk")).order_by("-count", "topic")
    )
    rows: list[Row] = [(guide_files.title(f"ask_{topic}"), (number,)) for topic, number in counts[:TOPICS]]
    rest = counts[TOPICS:]
    if rest:
        rows.append((f"{len(rest)} others together", (sum(number for _, number in rest),)))
    return Table("topics", "Topics that were shown", "Topic", ("Messages",), rows, "bars")


def _alarms(categories: Counter[tuple[str, int]]) -> Table:
    total: Counter[str] = Counter()
    for (category, _), number in categories.items():
        total[category] += number
    rows: list[Row] = [
        (category.replace("_", " ") or "not named", (categories[category, Alarm.EMERGENCY], categories[category, Alarm.URGENT]))
        for category in sorted(total, key=lambda category: (-total[category], category))
    ]
    return Table(
        "alarm_categories", "What the alarms were about", "Alarm", ("Emergency", "Urgent"), rows, "bars", stacked=True,
        note="The worst alarm of each conversation.",
    )  # fmt: skip


def _reviewing(found: dict[dt.date, _Day]) -> Table:
    states = sum((day.states for day in found.values()), Counter[str]())
    rows: list[Row] = [(words.capitalize(), (states[state],)) for state, words in Conversation.State.choices]
    return Table("states", "State of the conversations", "State", ("Conversations",), rows, "bars")


def _response_times(seconds: Times) -> Table:
    together = [*(seconds.up_to(step) for step in STEPS), seconds.total]
    words = [f"up to {STEPS[0]:g} s", *(f"to {step:g} s" for step in STEPS[1:]), f"over {STEPS[-1]:g} s"]
    rows: list[Row] = [
        (word, (number - before, _share(number, seconds.total)))
        for word, number, before in zip(words, together, [0, *together], strict=False)
    ]
    return Table(
        "response_times", "Response time", "Time to the first answer", ("Messages", "Up to here (%)"), rows, "columns",
        note="From the message being understood to the first answer, as the guide stored them.",
    )  # fmt: skip


def _messages(days: Range) -> Any:
    return Turn.objects.filter(at__gte=days.begin, at__lt=days.end)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _share(part: int, whole: int) -> float | None:
    """In per cent; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def _of(part: int, whole: int) -> str:
    return f"{part:,} of {whole:,} ({100 * part / whole:.1f} %)" if whole else "none yet"
