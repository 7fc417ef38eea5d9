"""What the guide stored, into the console's database: each conversation as often as it changes, each turn once."""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import asdict, dataclass, fields

from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.dispatch import Signal

from bot.console.conversations.models import Conversation
from bot.console.conversations.models import Turn as TurnRow
from bot.console.feed.bot_store import EVENTS, TOMBSTONES, BotStore
from bot.console.feed.models import Erased, NotImported, Progress
from bot.console.feed.position import Gap, Position, Row
from bot.console.feed.turns import StoredEvent, Talk, Turn, read_talk

HEALTH_CHECK = "health-check"
"""The conversation in which the guide asks itself a question, again and again, and erases it each time."""
MOST_ROWS = 250
"""Events that are looked at in one step; also tombstones. SQLite lets nobody else write during a step, so it must be short."""
MOST_REMEMBERED = 2_000
"""Conversations."""
RETRY_SECONDS = 600
TURN_FIELDS = [field.name for field in fields(Turn) if field.name != "event_id"]
TALK_FIELDS = ["last_activity", "channel", "place", "audience", "language", "alarm_open"]

erased = Signal()
"""Sent inside the transaction that erases a conversation, before it is gone, with ``conversation``: who keeps something of it
elsewhere than below it erases that, too."""
logger = logging.getLogger("feed")


@dataclass(frozen=True)
class Step:
    """What one step did."""

    conversations: int = 0
    erased: int = 0
    more: bool = False
    """There is more to do at once."""


@dataclass(frozen=True)
class _Found:
    """What was read from the guide's database, beginning at the ``before`` positions."""

    before: dict[str, Position]
    after: dict[str, Position]
    tombstones: list[Row]
    conversations: dict[str, list[StoredEvent]]
    more: bool


class Importer:
    """Takes one step after another. Two at work at once do no harm: the slower one's step is dropped."""

    def __init__(self, store: BotStore) -> None:
        self._store = store
        self._retry_at = time.monotonic()
        # Ids of the events with which a conversation was last written: reading much at once meets it in many steps.
        self._written: dict[str, set[int]] = {}

    def step(self) -> Step:
        """Read what is new and write it, with the new position, in one transaction.

        Raises StoreError when the guide's database cannot be read and Django's OperationalError or InterfaceError when the
        console's own cannot be used; nothing is lost then, the next step begins where this one did.
        """
        found = self._read()
        if found.before == found.after and not found.conversations:
            return Step(more=found.more)
        with transaction.atomic():
            if _positions(lock=True) != found.before:
                return Step(more=True)
            for row in found.tombstones:
                erase(row.sender_id, dt.datetime.fromtimestamp(row.time, dt.timezone.utc))
            # Staff may have erased one since it was read: it must not come back.
            gone = set(Erased.objects.filter(sender_id__in=found.conversations).values_list("sender_id", flat=True))
            written = sum(self._write(sender, events) for sender, events in found.conversations.items() if sender not in gone)
            for table, position in found.after.items():
                _save(table, position)
        self._remember(found.conversations)
        if found.tombstones:
            leave_no_trace()
        return Step(written, len(found.tombstones), found.more)

    def begin_again(self) -> None:
        """Read everything once more from the beginning, at the next steps."""
        self._written.clear()
        with transaction.atomic():
            for table in (EVENTS, TOMBSTONES):
                _save(table, Position())

    def _remember(self, conversations: dict[str, list[StoredEvent]]) -> None:
        if len(self._written) + len(conversations) > MOST_REMEMBERED:
            self._written.clear()
        self._written |= {sender: {event.id for event in events} for sender, events in conversations.items()}

    def _read(self) -> _Found:
        before = _positions()
        after, rows = {}, {}
        with self._store.reading() as store:
            for table, position in before.items():
                if store.is_another(table, position):
                    logger.info("the table %s was set up anew; it is read from the beginning", table)
                    position = Position()
                    self._written.clear()
                rows[table] = store.rows(table, position, MOST_ROWS)
                after[table] = position.after(rows[table])
            senders = {row.sender_id for row in rows[EVENTS] if row.id not in self._written.get(row.sender_id, ())}
            if time.monotonic() >= self._retry_at:
                senders |= set(NotImported.objects.values_list("sender_id", flat=True))
                self._retry_at = time.monotonic() + RETRY_SECONDS
            senders -= {HEALTH_CHECK, *Erased.objects.filter(sender_id__in=senders).values_list("sender_id", flat=True)}
            conversations = store.conversations(senders)
        tombstones = [row for row in rows[TOMBSTONES] if row.sender_id != HEALTH_CHECK]
        more = any(len(some) >= MOST_ROWS for some in rows.values())
        if not any(rows.values()) and before == {table: _without_gaps(after[table], before[table]) for table in before}:
            after = before  # only old gaps were given up: not worth a write
        return _Found(before, after, tombstones, conversations, more)

    def _write(self, sender: str, events: list[StoredEvent]) -> bool:
        """Write one conversation; what goes wrong in it does not hold up the others."""
        try:
            with transaction.atomic():
                talk = read_talk(events)
                if talk:
                    write_talk(sender, talk)
                NotImported.objects.filter(sender_id=sender).delete()
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            # Only the kind of error: its message could hold what the family wrote.
            kind = type(error).__name__
            logger.error("the conversation of event %s was not imported: %s", events[0].id, kind)
            NotImported.objects.update_or_create(sender_id=sender, defaults={"error": kind})
            return False
        for event_id in talk.unreadable if talk else ():
            logger.error("event %s is not readable; its turn is imported without it", event_id)
        return talk is not None


def erase(sender_id: str, when: dt.datetime) -> bool:
    """Delete a conversation with all that hangs on it, and see that it never comes back; returns whether it was here.

    Inside a transaction, after which ``leave_no_trace`` is due. Whoever else erases or imports waits until that ends.
    """
    _positions(lock=True)
    Erased.objects.get_or_create(sender_id=sender_id, defaults={"erased": when})
    NotImported.objects.filter(sender_id=sender_id).delete()
    conversation = Conversation.objects.filter(sender_id=sender_id).first()
    if conversation is None:
        return False
    erased.send(sender=Importer, conversation=conversation)
    conversation.delete()
    return True


def leave_no_trace() -> None:
    """Wipe the write-ahead log of SQLite, in which deleted rows else can be read on. Outside a transaction."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def write_talk(sender: str, talk: Talk) -> Conversation:
    """Create or update a conversation. Doing it twice changes nothing; what staff wrote stays as it is."""
    told = {name: _fit(Conversation, name, getattr(talk, name)) for name in TALK_FIELDS}
    conversation, _ = Conversation.objects.update_or_create(
        sender_id=sender, defaults=told, create_defaults={**told, "started": talk.started}
    )
    known = {row.event_id: row for row in conversation.turns.only("conversation", "event_id", "event_ids", "number")}
    new = {turn.event_id: turn for turn in talk.turns}
    # By their events, also when one came late or the guide keeps only the newer ones.
    numbers = {event_id: number for number, event_id in enumerate(sorted(known.keys() | new.keys()), 1)}
    rows = [
        TurnRow(conversation=conversation, number=numbers[event_id], **_fitting(turn))
        for event_id, turn in new.items()
        if event_id not in known or known[event_id].event_ids != turn.event_ids
    ]
    TurnRow.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["conversation", "event_id"], update_fields=["number", *TURN_FIELDS]
    )
    for event_id, row in known.items():
        if row.number != numbers[event_id]:
            conversation.turns.filter(pk=row.pk).update(number=numbers[event_id])
    conversation.recount()
    return conversation


def _fitting(turn: Turn) -> dict[str, object]:
    return {name: _fit(TurnRow, name, value) for name, value in asdict(turn).items()}


def _fit(model: type[models.Model], name: str, value: object) -> object:
    """``value``, cut to the length of its field: PostgreSQL else refuses the row."""
    length = getattr(model._meta.get_field(name), "max_length", None)
    return value[:length] if length and isinstance(value, str) else value


def _positions(lock: bool = False) -> dict[str, Position]:
    rows = Progress.objects.select_for_update() if lock else Progress.objects.all()
    found = {table: Position() for table in (EVENTS, TOMBSTONES)}
    for row in rows.filter(table__in=found).order_by("table"):
        found[row.table] = Position(row.last, row.last_time, tuple(Gap(*gap) for gap in row.gaps))
    return found


def _save(table: str, position: Position) -> None:
    gaps = [[gap.first, gap.last, gap.since] for gap in position.gaps]
    Progress.objects.update_or_create(
        table=table, defaults={"last": position.last, "last_time": position.last_time, "gaps": gaps}
    )


def _without_gaps(position: Position, other: Position) -> Position:
    """``position`` with the gaps of ``other``."""
    return Position(position.last, position.last_time, other.gaps)
