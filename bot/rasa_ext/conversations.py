"""The stored conversations: read one back, erase one, add what the channel itself answered."""

from __future__ import annotations

import json
import logging
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import store as database
from bot.rasa_ext.tracker_store import ConversationStore
from bot.reply import Reader
from bot.reply.after_alarm import LEVELS, worse
from bot.web.history import BOT, USER, Shown

LONG_SESSION = 80
"""Events, about ten turns."""
RECENT_SLOTS = 12
"""Changes of slots in which the last topic is looked for: those of about four answers."""
logger = logging.getLogger(__name__)


class CannotErase(Exception):
    """The configured tracker store is of a kind whose conversations this channel cannot delete."""


def primary_store(agent: Agent) -> Any:
    """The configured tracker store, without the wrappers that hide its errors and fall back to memory."""
    store = agent.tracker_store
    while hasattr(store, "_tracker_store"):
        store = store._tracker_store
    return store


async def earlier_messages(agent: Agent, conversation: str, most: int = 3) -> list[str]:
    """The family's last messages, oldest first; none when the store cannot be read (an alarm must not depend on it)."""
    return [event["text"] or "" for event in await _last(agent, conversation, UserUttered, most)]


async def last_topic(agent: Agent, conversation: str) -> str | None:
    """Topic of the last answer; None when there was none or the store cannot be read."""
    changes = reversed(await _last(agent, conversation, SlotSet, RECENT_SLOTS))
    return next((change["value"] for change in changes if change["name"] == "topic"), None)


async def open_question(agent: Agent, conversation: str) -> str | None:
    """Category of the urgent advice that the last message of the guide ended with a question about; None when it did not."""
    said = await _last(agent, conversation, BotUttered, 1)
    return (said[0]["data"].get("custom") or {}).get("question") if said else None


async def _last(agent: Agent, conversation: str, kind: type[Event], most: int) -> list[dict[str, Any]]:
    """The last events of a kind as they are stored, oldest first; none when the store cannot be read.

    Only these rows are read: a whole tracker grows with the conversation.
    """
    try:
        store = primary_store(agent)
        if isinstance(store, SQLTrackerStore):
            with store.session_scope() as session:
                asked = session.query(store.SQLEvent.data).filter_by(sender_id=conversation, type_name=kind.type_name)
                rows = asked.order_by(store.SQLEvent.id.desc()).limit(most).all()
            return [json.loads(row.data) for row in reversed(rows)]
        tracker = await store.retrieve(conversation)
        return [event.as_dict() for event in (tracker.events if tracker else []) if isinstance(event, kind)][-most:]
    except Exception:
        return []


async def start_anew_when_long(agent: Agent, conversation: str) -> None:
    """Begin a new Rasa session, keeping the slots, once this one has LONG_SESSION events.

    Rasa reads and sends all events of a session at every turn, so that long talks would become slower and slower. Nothing is
    lost: the store keeps all sessions, and history shows them all.
    """
    store = primary_store(agent)
    if not isinstance(store, SQLTrackerStore):
        return
    with store.session_scope() as session:
        count = store._event_query(session, conversation, fetch_events_from_all_sessions=False).count()
    if count < LONG_SESSION:
        return
    async with agent.lock_store.lock(conversation):
        tracker = await store.retrieve(conversation)
        if tracker is None:
            return
        # Rasa's own ActionSessionStart would carry over every change of a slot that ever was, not its last value. The order
        # matters: an event belongs to the session when its time, taken as it is made, is not before the session's start.
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
    count = database.erase(_own(agent).engine, conversation)
    forget_fallback(agent, conversation)
    return count


async def remove(agent: Agent, conversation: str) -> int:
    """Delete what health said to itself, which no family wrote; returns how many events there were. Raises CannotErase."""
    async with agent.lock_store.lock(conversation):
        return database.remove(_own(agent).engine, conversation)


async def is_erased(agent: Agent, conversation: str) -> bool:
    """Whether the family erased this conversation; False when the store cannot be read (an alarm must not depend on it)."""
    try:
        with _own(agent).engine.connect() as connection:
            return database.is_erased(connection, conversation)
    except Exception as error:
        logger.error("cannot see whether a chat was erased: %s", type(error).__name__)
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


def _was_logged(tracker: DialogueStateTracker, question: UserUttered) -> bool:
    last = tracker.get_last_event_for(UserUttered)
    return last is not None and last.message_id == question.message_id
