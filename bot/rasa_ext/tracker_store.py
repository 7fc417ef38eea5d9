"""Rasa's SQL tracker store with four promises more: ids are used once, an erased chat stays erased, errors name no row, and
what the database does not take waits on the disk until it does (Rasa would keep it in memory, where nothing ever reads it)."""

from __future__ import annotations

import itertools
import json
import logging
import os
from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import store
from bot.metrics import METRICS, Part
from bot.rasa_ext.kept_slots import KeptSlots
from bot.settings import Settings

KEPT_IN_MIND = 5_000
"""Conversations of which is known how they were retrieved."""
NO_FAMILY = frozenset({"health-check"})
"""What these say is not worth keeping, and their failing is what health wants to see."""
LAST_SAID = "said:last"
"""Stands among the kept slots for what the guide's last message asked, and which notice it was."""
logger = logging.getLogger(__name__)
# Before any table is made; why: bot/store/tables.py.
SQLTrackerStore.SQLEvent.__table__.dialect_options["sqlite"]["autoincrement"] = True


class ConversationStore(SQLTrackerStore):
    """``db`` is the setting ``TRACKER_DB``: the path of an SQLite file, or a ``postgresql://`` URL."""

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        db: str = "",
        **options: Any,
    ) -> None:
        url = store.url_of(db).render_as_string(hide_password=False)
        super().__init__(domain, host=url, event_broker=event_broker, **options)
        # Rasa logs the errors of its store, and SQLAlchemy's errors else quote the row that could not be written.
        self.engine.hide_parameters = True
        self.single = store.connect(db, isolation_level="AUTOCOMMIT")
        """For single statements: else PostgreSQL is told to begin and to end a transaction around each."""
        store.limit(self.engine, self.single)
        self.ready = False
        """Whether the tables are there: a server that is away at the start gets them from `catching_up.py`."""
        try:
            self.make_ready()
        except (store.StoreError, *store.AWAY) as error:
            if self.engine.dialect.name == "sqlite":
                raise
            # As text: of an exception itself, the logs show the type alone (`bot/logs.py`).
            reason = str(error) if isinstance(error, store.StoreError) else type(error).__name__
            logger.error("the guide starts without its database: %s", reason)
            METRICS.failed(Part.tracker_store)
        settings = Settings.read()
        self.spool = store.Spool(settings.var / "spool", os.environ.get("WEB_PORT", "5005"))
        self._slots = KeptSlots(settings.rate_limit_store, settings.web_session_hours)
        self._retrieved: OrderedDict[str, tuple[int, bool]] = OrderedDict()
        """Of each conversation how many events it had when it was retrieved, and whether they came from the database."""

    def make_ready(self) -> None:
        """Make what is missing in the database. Raises StoreError, or one of ``store.AWAY``, and nothing is changed then."""
        store.prepare(self.engine)
        self.Base.metadata.create_all(self.engine)  # Rasa's own attempt has failed if the server was still starting
        self.ready = True

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The current session; while the database is away, what waits of it and the slots that are known."""
        try:
            tracker = self.without_database(sender_id) if self.spool.times(sender_id) else await super().retrieve(sender_id)
            stored = not self.spool.times(sender_id)
        except store.AWAY as error:
            if sender_id in NO_FAMILY:
                raise
            logger.error("a conversation goes on without the database: %s", type(error).__name__)
            METRICS.failed(Part.tracker_store)
            tracker, stored = self.without_database(sender_id), False
        _keep(self._retrieved, sender_id, (len(tracker.events) if tracker else 0, stored))
        return tracker

    async def retrieve_full_tracker(self, sender_id: str) -> DialogueStateTracker | None:
        """All sessions; while the database is away, only what waits."""
        try:
            tracker = await super().retrieve_full_tracker(sender_id)
        except store.AWAY:
            if not self.spool.times(sender_id):
                raise
            tracker = None
        waiting = self.spool.events(sender_id)
        if not waiting:
            return tracker
        events = [one.as_dict() for one in tracker.events] if tracker else []
        return DialogueStateTracker.from_dict(sender_id, [*events, *waiting], self.domain.slots)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store what is new of a conversation; of an erased one nothing. Raises OSError when disk and database both fail."""
        sender, events = tracker.sender_id, len(tracker.events)
        known, stored = self._retrieved.get(sender, (0, True))
        if stored and not self.spool.times(sender):
            try:
                await self.stream_events(tracker)
                self._store(tracker, known)
            except store.Erased:
                logger.info("a turn ended after its chat was erased: nothing of it was stored")
                self.forget(sender)  # this turn, or another copy of the guide, kept its slots
                return
            except (store.Changed, *store.AWAY) as error:
                if sender in NO_FAMILY:
                    raise
                logger.error("the database did not take a turn, it waits on the disk: %s", type(error).__name__)
                METRICS.failed(Part.tracker_store)
                stored = False
        else:
            stored = False
        if not stored:
            self.spool.add(sender, [one.as_dict() for one in list(tracker.events)[known:]])
        _keep(self._retrieved, sender, (events, stored))
        slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
        self._slots.keep(sender, {**slots, LAST_SAID: _last_said(tracker)})

    async def _retrieve(self, sender_id: str, fetch_events_from_all_sessions: bool) -> DialogueStateTracker | None:
        """Of both of Rasa's ways to retrieve."""
        read = store.all_events if fetch_events_from_all_sessions else store.session_events
        with self.single.connect() as connection:
            events = [json.loads(data) for data in read(connection, sender_id)]
        return DialogueStateTracker.from_dict(sender_id, events, self.domain.slots) if events else None

    def _store(self, tracker: DialogueStateTracker, known: int) -> None:
        events = [one.as_dict() for one in itertools.islice(tracker.events, known, None)]
        with self.single.connect() as connection:
            try:
                store.write(connection, tracker.sender_id, events, known)
            except store.Changed:  # by another copy of the guide; or this one did not read the conversation before
                known = store.session_length(connection, tracker.sender_id)
                events = [one.as_dict() for one in itertools.islice(tracker.events, known, None)]
                store.write(connection, tracker.sender_id, events, known)

    def session_length(self, conversation: str) -> int:
        """Events of the current session as this copy of the guide last saw it; the database is asked when it never did."""
        if conversation in self._retrieved:
            return self._retrieved[conversation][0]
        with self.single.connect() as connection:
            return store.session_length(connection, conversation)

    def forget(self, conversation: str) -> None:
        """Keep nothing of an erased conversation outside of the database either."""
        self._slots.forget(conversation)
        self.spool.forget(conversation)

    def just_away(self, conversation: str) -> bool:
        """Whether the first message of a conversation has just gone to the disk instead of the database."""
        said = [one for one in self.spool.events(conversation) if one["event"] == UserUttered.type_name]
        return len(said) == 1

    def without_database(self, conversation: str) -> DialogueStateTracker | None:
        """What waits here, and then the slots: another copy may have set them later. None when nothing is known."""
        kept = dict(self._slots.of(conversation))
        said = kept.pop(LAST_SAID, {})
        slots = [SlotSet(name, value).as_dict() for name, value in kept.items()]
        begun = [BotUttered(data={"custom": said}).as_dict(), ActionExecuted(ACTION_LISTEN_NAME).as_dict()]
        events = [*(self.spool.events(conversation) or (begun if kept or said else ())), *slots]
        return DialogueStateTracker.from_dict(conversation, events, self.domain.slots) if events else None


def _last_said(tracker: DialogueStateTracker) -> dict[str, str]:
    """No words: of the guide's last message only the category of its question and the id of its notice."""
    last = tracker.get_last_event_for(BotUttered)
    custom = (last.data.get("custom") or {}) if last else {}
    return {name: custom[name] for name in ("question", "notice") if custom.get(name)}


def _keep(memory: OrderedDict[str, tuple[int, bool]], conversation: str, value: tuple[int, bool]) -> None:
    memory[conversation] = value
    memory.move_to_end(conversation)
    if len(memory) > KEPT_IN_MIND:
        memory.popitem(last=False)
