"""Rasa's SQL tracker store with three promises more: ids are used once, an erased chat stays erased, errors name no row."""

from __future__ import annotations

import logging
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event

from bot import store

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
        store.prepare(self.engine)
        event.listen(self.sessionmaker, "after_flush", store.refuse_erased)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store what is new of a conversation; of an erased one nothing."""
        try:
            await super().save(tracker)
        except store.Erased:
            logger.info("a turn ended after its chat was erased: nothing of it was stored")
