"""One turn through Rasa: with a time limit, never silent, an alarm first."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import UserUttered

from bot import triage
from bot.knowledge import Audience
from bot.metrics import METRICS, Part
from bot.privacy import mask
from bot.rasa_ext import conversations
from bot.rasa_ext.alarm_detector import ALARM, alarm_of, intent_of
from bot.rasa_ext.intents import NOT_UNDERSTOOD, parse_data
from bot.rasa_ext.topic_classifier import LAST_TOPIC
from bot.reply import Guide, Reader
from bot.reply.choices import LOOK_AGAIN, NO_EMERGENCY, NOT_WORSE, Choice, says_not_needed
from bot.reply.message import LAST_NOTICE
from bot.settings import Settings
from bot.understanding.calibration import is_emergency
from bot.web.guarantee import what_is_missing
from bot.web.incoming import without_command

CHANNEL = "web"
ANSWERED_YES = "answered_yes"
"""In the place of a sign: the family said so when the guide asked."""
HIDDEN = "[message]"
"""Stands for the whole message when masking failed."""
STORED_AT_ONCE = 0.25
"""Seconds that an answer waits for what the channel adds to be stored, so that the next message finds it there."""
STORED_AT_LAST = 10.0
"""Seconds until that is given up; an earlier turn may hold the conversation's lock for eight (``WEB_TURN_SECONDS``)."""
logger = logging.getLogger(__name__)


def sounds_like_alarm(text: str, earlier: Sequence[str] = (), model_reads_too: bool = False) -> triage.Alarm | None:
    """Triage for the channel: a fault in it must not take the whole answer away; the stored texts carry the emergency line."""
    try:
        return triage.assess(text, earlier, model_reads_too)
    except Exception as error:
        logger.error("triage failed: %s", type(error).__name__)
        METRICS.failed(Part.triage)
        return None


def masked(text: str) -> str:
    """``text`` without what identifies a person; wholly hidden when masking fails: it is never stored as typed."""
    try:
        return without_command(mask(text))
    except Exception as error:
        logger.error("masking failed: %s", type(error).__name__)
        METRICS.failed(Part.masking)
        return HIDDEN


def worse(category: str, alarm: triage.Alarm | None = None) -> triage.Alarm:
    """The emergency that a "yes" to the question of an urgent advice makes of it; an emergency that was told stays."""
    if alarm and alarm.level is triage.Level.emergency:
        return alarm
    return triage.Alarm(triage.Level.emergency, triage.Category(category), (ANSWERED_YES,))


def emergency_of(choice: Choice) -> triage.Alarm | None:
    """The emergency that pressing ``choice`` tells of, if any."""
    return worse(choice.intent.partition("/")[2]) if is_emergency(choice.intent) else None


class Collector(CollectingOutputChannel):
    """Keeps each message of the bot whole (Rasa's own collector tears text, buttons and custom data apart)."""

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(
            {
                "text": message.get("text") or "",
                "buttons": message.get("buttons") or [],
                "custom": message.get("custom") or {},
            }
        )


@dataclass(frozen=True)
class Heard:
    """A typed message beside what was said before it."""

    text: str
    said: conversations.Said
    alarm: triage.Alarm | None

    @property
    def cannot_wait(self) -> bool:
        """Whether it is an emergency, or answers the question whether it is one."""
        return bool(self.said.question or self.alarm)

    def alarm_of_rules(self) -> triage.Alarm | None:
        """What the rules raise where the model does not read the message."""
        return sounds_like_alarm(self.text, self.said.messages)


async def hear(agent: Agent, conversation: str, text: str) -> Heard:
    """Triage reads the text as typed."""
    said = await conversations.last_said(agent, conversation)
    # What answers the guide's own question may go past the model.
    return Heard(text, said, sounds_like_alarm(text, said.messages, model_reads_too=not said.question))


@dataclass(frozen=True)
class Turns:
    """Takes a family's message or pressed button to the dialogue model and back."""

    guide: Guide
    settings: Settings
    _storing: set[asyncio.Task[None]] = field(default_factory=set, init=False, compare=False)
    """What is still being stored after its answer was given: the loop itself would let it go."""

    async def message(self, agent: Agent, conversation: str, heard: Heard) -> list[dict[str, Any]]:
        """Answer a typed message. From here on only the masked text exists."""
        text, said, alarm = heard.text, heard.said, heard.alarm
        safe = masked(text)
        if safe == HIDDEN:  # the model does not read what was typed
            alarm = alarm or heard.alarm_of_rules()
        answer = triage.answer(text) if said.question else None
        if said.question and answer:
            alarm = worse(said.question, alarm)
        language = [{"entity": "language", "value": alarm.language}] if alarm and alarm.language else []
        # What the rules call urgent is read by the model, too: it may find an emergency in it.
        settled = alarm and alarm.level is triage.Level.emergency
        parsed = parse_data(safe, intent_of(alarm), entities=language) if alarm and settled else None
        if alarm is None and answer is False:
            parsed = parse_data(safe, NOT_WORSE)
        if alarm is None and said.notice == LOOK_AGAIN and says_not_needed(text):
            parsed = parse_data(safe, NO_EMERGENCY)
        if safe == HIDDEN and not parsed:
            parsed = parse_data(safe, NOT_UNDERSTOOD, 0.0)
        metadata = {LAST_TOPIC: said.topic, LAST_NOTICE: said.notice, ALARM: intent_of(alarm) if alarm else None}
        message = UserMessage(safe, Collector(), conversation, parsed, CHANNEL, metadata=metadata)
        return await self._turn(agent, message, alarm, heard)

    async def choice(self, agent: Agent, conversation: str, choice: Choice) -> list[dict[str, Any]]:
        """Answer a pressed button."""
        entities = [{"entity": "choice", "value": choice.id}]
        parsed = parse_data(choice.text, choice.intent, entities=entities)
        message = UserMessage(choice.text, Collector(), conversation, parsed, CHANNEL)
        return await self._turn(agent, message, emergency_of(choice))

    async def finish(self) -> None:
        """Wait for what is still being stored."""
        await asyncio.gather(*self._storing)

    async def _turn(
        self, agent: Agent, message: UserMessage, alarm: triage.Alarm | None, heard: Heard | None = None
    ) -> list[dict[str, Any]]:
        broken, end = False, time.monotonic() + self._seconds(alarm)
        try:
            if not message.parse_data:
                alarm = await asyncio.wait_for(self._understand(agent, message, alarm), self._seconds(alarm))
            await asyncio.wait_for(self._handle(agent, message), min(self._seconds(alarm), end - time.monotonic()))
        except Exception as error:
            # Only the kind of error: its message or trace could hold what the family wrote.
            logger.error("turn failed: %s", type(error).__name__)
            broken = True
        output = message.output_channel
        assert isinstance(output, Collector)
        answers = list(output.messages)
        if heard and not answers:
            alarm = alarm or heard.alarm_of_rules()
        missing = what_is_missing(answers, alarm)
        if broken or missing:  # Rasa itself only logs it when the action server is away
            METRICS.failed(Part.turn)
        if missing:
            added = missing(self.guide, await self._reader(agent, message.sender_id)).as_dict()
            remembering = asyncio.create_task(self._remember(agent, message, added))
            self._storing.add(remembering)
            remembering.add_done_callback(self._storing.discard)
            await asyncio.wait({remembering}, timeout=STORED_AT_ONCE)
            answers.insert(0, added)
        if not alarm and not conversations.is_remembered(agent, message.sender_id):
            answers.append(self.guide.notice("fixed/not_remembered", Reader()).as_dict())
        return answers

    def _seconds(self, alarm: triage.Alarm | None) -> float:
        return self.settings.web_alarm_seconds if alarm else self.settings.web_turn_seconds

    @staticmethod
    async def _understand(agent: Agent, message: UserMessage, alarm: triage.Alarm | None) -> triage.Alarm | None:
        """Let the model read the message here instead of in Rasa's turn; the worse one of ``alarm`` and what the model finds.

        So the channel knows of an emergency that no rule found, whatever breaks afterwards.
        """
        assert agent.processor, "there is no model"
        parsed = await agent.processor.parse_message(message)
        message.parse_data = parsed
        found = alarm_of(parsed)
        return found if found and (alarm is None or found.level is triage.Level.emergency) else alarm

    @staticmethod
    async def _handle(agent: Agent, message: UserMessage) -> None:
        await conversations.start_anew_when_long(agent, message.sender_id)
        await agent.handle_message(message)

    async def _reader(self, agent: Agent, conversation: str) -> Reader:
        """Audience and place that the conversation remembers; the defaults when the store cannot be read."""
        try:
            tracker = await conversations.primary_store(agent).retrieve(conversation)
            audience, place = (tracker.get_slot("audience"), tracker.get_slot("place")) if tracker else (None, None)
            return Reader(Audience(audience) if audience else Audience.family, place)
        except Exception:
            return Reader()

    async def _remember(self, agent: Agent, message: UserMessage, added: dict[str, Any]) -> None:
        parsed = message.parse_data or parse_data(message.text or "", NOT_UNDERSTOOD, 0.0)
        question = UserUttered(
            message.text, parsed["intent"], parsed["entities"], parsed,
            input_channel=CHANNEL, message_id=message.message_id,
        )  # fmt: skip
        try:
            await asyncio.wait_for(conversations.remember(agent, message.sender_id, question, [added]), STORED_AT_LAST)
        except Exception as error:
            logger.error("turn could not be stored: %s", type(error).__name__)
            METRICS.failed(Part.tracker_store)
