"""The stored conversations: read one back, erase one, add what the channel itself answered."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import SQLAlchemyError

from bot import store as database
from bot.metrics import METRICS, Part
from bot.rasa_ext.tracker_store import ConversationStore
from bot.reply import Reader
from bot.reply.after_alarm import LEVELS, worse
from bot.web.history import BOT, USER, Shown

LONG_SESSION = 40
"""Events, four to five turns: as many as MemoizationPolicy looks back (``config.yml``). What a turn needs of earlier ones is in
slots; to read and send more events costs more than to begin a session more often."""
KINDS = (UserUttered.type_name, BotUttered.type_name, SlotSet.type_name)
RECENT = 60
"""Events of these kinds: more than the three turns that triage reads, however many slots they set."""
LOOKED_BACK = 3
"""Messages of the family that triage reads beside the new one."""
logger = logging.getLogger(__name__)


class CannotErase(Exception):
    """The configured tracker store is of a kind whose conversations this channel cannot delete."""


def primary_store(agent: Agent) -> Any:
    """The configured tracker store, without the wrappers that hide its errors and fall back to memory."""
    store = agent.tracker_store
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    return store


@dataclass(frozen=True)
class Said:
    """The last of a conversation: what a message is read with."""

    messages: tuple[str, ...] = ()
    """The last LOOKED_BACK that the family typed, oldest first: what stands on a button are the guide's words."""
    topic: str | None = None
    """Of the last answer."""
    question: str | None = None
    """Category of the urgent advice, when the last message of the guide ended with the question about it."""
    notice: str | None = None
    """Id of the stored notice that the last message of the guide was."""


async def last_said(agent: Agent, conversation: str) -> Said:
    """Nothing when the store cannot be read: an alarm must not depend on it."""
    try:
        events = await _last_events(agent, conversation)
        said = (event() for kind, event in events if kind == UserUttered.type_name)
        typed = (one["text"] or "" for one in said if not _was_pressed(one))
        messages = [*itertools.islice(typed, LOOKED_BACK)][::-1]
        slots = (event() for kind, event in events if kind == SlotSet.type_name)
        topic = next((slot["value"] for slot in slots if slot["name"] == "topic"), None)
        bot = next((event()["data"].get("custom") or {} for kind, event in events if kind == BotUttered.type_name), {})
    except Exception as error:
        logger.error("cannot see what was said before: %s", type(error).__name__)
        METRICS.failed(Part.tracker_store)
        return Said()
    return Said(tuple(messages), topic, bot.get("question"), bot.get("notice"))


async def _last_events(agent: Agent, conversation: str) -> list[tuple[str, Callable[[], dict[str, Any]]]]:
    """The last RECENT events of the kinds in KINDS, newest first: the kind, and what reads the event.

    Only these rows are read: a whole tracker grows with the conversation. Few of them have to be taken apart. While the
    database is away, what is known without it.
    """
    store = primary_store(agent)
    if not isinstance(store, ConversationStore):
        tracker = await store.retrieve(conversation)
    elif store.spool.times(conversation):
        tracker = store.without_database(conversation)
    else:
        try:
            with store.single.connect() as connection:
                rows = database.last_events(connection, conversation, KINDS, RECENT)
            return [(kind, partial(json.loads, data)) for kind, data in rows]
        except database.AWAY as error:
            logger.error("cannot see what the database holds of a conversation: %s", type(error).__name__)
            METRICS.failed(Part.tracker_store)
            tracker = store.without_database(conversation)
    events = [event for event in reversed(tracker.events if tracker else []) if event.type_name in KINDS]
    return [(event.type_name, event.as_dict) for event in events[:RECENT]]


async def start_anew_when_long(agent: Agent, conversation: str) -> None:
    """Begin a new Rasa session, keeping the slots, once this one has LONG_SESSION events.

    Rasa reads and sends all events of a session at every turn, so that long talks would become slower and slower. Nothing is
    lost: the store keeps all sessions, and history shows them all.
    """
    store = primary_store(agent)
    if not isinstance(store, ConversationStore) or store.spool.times(conversation):
        return
    try:
        if store.session_length(conversation) < LONG_SESSION:
            return
    except SQLAlchemyError:  # the turn itself goes on without the database
        return
    async with agent.lock_store.lock(conversation):
        tracker = await store.retrieve(conversation)
        if tracker is None or len(tracker.events) < LONG_SESSION:  # another copy of the guide has done it
            return
        # Rasa's own ActionSessionStart would carry over every change of a slot that ever was, not its last value.
        kept = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
        tracker.update(ActionExecuted("action_session_start"))
        tracker.update(SessionStarted())
        for name, value in kept.items():
            tracker.update(SlotSet(name, value))
        tracker.update(ActionExecuted("action_listen"))
        await store.save(tracker)


async def history(agent: Agent, conversation: str) -> list[Shown]:
    """What was said in the conversation, oldest first, over all its sessions."""
    tracker = await primary_store(agent).retrieve_full_tracker(conversation)
    shown: list[Shown] = []
    for event in tracker.events if tracker else []:
        if isinstance(event, UserUttered):
            shown.append(Shown(USER, event.text or ""))
        elif isinstance(event, BotUttered):
            shown.append(Shown(BOT, event.text or "", event.data.get("custom") or {}, event.data.get("buttons") or []))
    return shown


async def remember(agent: Agent, conversation: str, question: UserUttered, answers: list[dict[str, Any]]) -> None:
    """Add a turn, or the rest of one, that Rasa did not finish: reviewers see what the family saw, an alarm is kept in mind."""
    async with agent.lock_store.lock(conversation):
        store = primary_store(agent)
        tracker = await store.get_or_create_tracker(conversation, append_action_listen=True)
        events: list[Event] = [] if _was_logged(tracker, question) else [ActionExecuted("action_listen"), question]
        for answer in answers:
            events.append(BotUttered(answer["text"], {"custom": answer["custom"], "buttons": answer["buttons"]}))
            if answer["custom"]["kind"] in LEVELS:
                events.append(SlotSet("alarm", worse(tracker.get_slot("alarm"), answer["custom"]["kind"])))
        for happened in events:
            tracker.update(happened)
        await store.save(tracker)


def is_remembered(agent: Agent, conversation: str) -> bool:
    """False when the first turn of the conversation has just gone to the disk because the database is away."""
    store = primary_store(agent)
    return not (isinstance(store, ConversationStore) and store.just_away(conversation))


async def set_reader(agent: Agent, conversation: str, reader: Reader) -> None:
    """Keep the audience and place that a page gave when it opened the conversation."""
    async with agent.lock_store.lock(conversation):
        store = primary_store(agent)
        tracker = await store.get_or_create_tracker(conversation, append_action_listen=True)
        tracker.update(SlotSet("audience", reader.audience.value))
        tracker.update(SlotSet("place", reader.place))
        await store.save(tracker)


async def erase(agent: Agent, conversation: str) -> int:
    """Delete every stored event of a conversation for good; returns how many there were. Raises CannotErase.

    A turn that is still under way does not have to be waited for: nothing of it is stored any more.
    """
    store = _own(agent)
    count = database.erase(store.engine, conversation)
    store.forget(conversation)
    forget_fallback(agent, conversation)
    return count


async def remove(agent: Agent, conversation: str) -> int:
    """Delete what health said to itself, which no family wrote; returns how many events there were. Raises CannotErase."""
    async with agent.lock_store.lock(conversation):
        return database.remove(_own(agent).engine, conversation)


async def is_erased(agent: Agent, conversation: str) -> bool:
    """Whether the family erased this conversation; False when the store cannot be read (an alarm must not depend on it)."""
    try:
        with _own(agent).single.connect() as connection:
            return database.is_erased(connection, conversation)
    except Exception as error:
        logger.error("cannot see whether a chat was erased: %s", type(error).__name__)
        METRICS.failed(Part.tracker_store)
        return False


def forget_fallback(agent: Agent, conversation: str | None = None) -> None:
    """Remove a conversation (all of them without a name) from the memory in which Rasa puts what its store does not take.

    Nothing ever reads it again.
    """
    fallback = getattr(agent.tracker_store, "_fallback_tracker_store", None)
    if isinstance(fallback, InMemoryTrackerStore):
        if conversation is None:
            fallback.store.clear()
        else:
            fallback.store.pop(conversation, None)


def _own(agent: Agent) -> ConversationStore:
    store = primary_store(agent)
    if not isinstance(store, ConversationStore):
        raise CannotErase(type(store).__name__)
    return store


def _was_pressed(said: dict[str, Any]) -> bool:
    """Whether an event of the family is a pressed button."""
    return any(entity.get("entity") == "choice" for entity in (said.get("parse_data") or {}).get("entities") or ())


def _was_logged(tracker: DialogueStateTracker, question: UserUttered) -> bool:
    last = tracker.get_last_event_for(UserUttered)
    return last is not None and last.message_id == question.message_id
