"""What an action needs to know of the turn that it answers, and how it says its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.knowledge import Audience, PartName
from bot.reply import Guide, Message, Reader
from bot.reply.message import LAST_NOTICE
from bot.settings import Settings

MTOR_INHIBITORS = frozenset({"everolimus", "sirolimus"})
NAMED = frozenset({"amount", "food", "growth", "medicine", "organ", "size", "symptom"})
"""Kinds of entities; a message without any leans on what was said before."""
GUIDE = Guide.load(Settings.read().content_policy)


@dataclass(frozen=True)
class Turn:
    """The last message of the family and what the conversation remembers."""

    intent: str
    """Full name such as ``ask_aml/what``."""
    text: str
    choice: str
    """Id of the pressed button, or empty."""
    nearest: tuple[str, ...]
    """Topics that the message may have meant, best first."""
    reader: Reader
    topic: str | None
    part: PartName | None
    also: tuple[str, ...] = ()
    """Topics of further questions in the same message."""
    medicine: PartName | None = None
    """Set when the message names everolimus or sirolimus: the part of an answer that speaks of each."""
    languages: tuple[str, ...] = ()
    """ISO codes, when the message is not in English."""
    alarm: str | None = None
    """Kind of the alarm that this conversation had, until somebody says that help is there or that nobody needs any."""
    candidates: tuple[str, ...] = ()
    """Topics that an earlier message may have meant and that were not offered yet, best first."""
    after: str | None = None
    """Notice that this typed message follows (``refuse/dose``); a button belongs to the answer under which it stands."""
    just_read: bool = False
    """Whether the typed message follows the answer to a question on ``topic`` and names nothing itself ("does it hurt")."""

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        message: dict[str, Any] = tracker.latest_message
        intent = message.get("intent") or {}
        ranking = [str(rank.get("name")) for rank in message.get("intent_ranking") or []]
        entities = message.get("entities") or []

        def values(kind: str) -> list[str]:
            return [str(entity.get("value")) for entity in entities if entity.get("entity") == kind]

        choices = values("choice")
        told = message.get("metadata") or {}  # empty for a button
        named = MTOR_INHIBITORS.intersection(values("medicine"))
        audience, part = tracker.get_slot("audience"), tracker.get_slot("part")
        return cls(
            intent=intent.get("full_retrieval_intent_name") or intent.get("name") or "",
            text=message.get("text") or "",
            choice=choices[0] if choices else "",
            nearest=tuple(name.removeprefix("ask_") for name in ranking if name.startswith("ask_")),
            reader=Reader(Audience(audience) if audience else Audience.family, tracker.get_slot("place")),
            topic=tracker.get_slot("topic"),
            part=PartName(part) if part else None,
            also=tuple(values("also")),
            medicine=PartName.everolimus_and_sirolimus if named else None,
            languages=tuple(values("language")),
            alarm=tracker.get_slot("alarm"),
            candidates=tuple(tracker.get_slot("candidates") or ()),
            after=told.get(LAST_NOTICE),
            just_read=not NAMED.intersection(entity.get("entity") for entity in entities)
            and bool(told)
            and _asked_before(tracker) == f"ask_{tracker.get_slot('topic')}",
        )

    def others(self, *shown: str) -> list[str]:
        """What the message may have meant instead of ``shown``: remembered for "not what I meant"."""
        return [near for near in self.nearest if near not in shown]

    @property
    def refused(self) -> str | None:
        """Kind of the refusal that this message follows."""
        folder, _, kind = (self.after or "").partition("/")
        return kind if folder == "refuse" else None

    @property
    def language(self) -> str | None:
        """The likeliest language of a message that is not in English."""
        return next(iter(self.languages), None)

    @property
    def kind(self) -> str:
        """The part of the intent's name behind the slash (``what`` of ``ask_aml/what``)."""
        return self.intent.partition("/")[2]

    def say(self, dispatcher: CollectingDispatcher, message: Message) -> None:
        """Utter ``message``; after an alarm, the first one of a turn stands behind the pointer to the advice."""
        first = message if dispatcher.messages else GUIDE.after_alarm(message, self.alarm, self.reader)
        content = first.as_dict()
        dispatcher.utter_message(text=content["text"], buttons=content["buttons"], json_message=content["custom"])


def _asked_before(tracker: Tracker) -> str | None:
    """Full name of the intent of the family's message before this one; None when it was this very message.

    It is sent again when its answer was lost on the way.
    """
    said = [event for event in tracker.events if event.get("event") == "user"][-2:]
    if len(said) < 2 or said[0].get("text") == said[1].get("text"):
        return None
    intent: dict[str, Any] = (said[0].get("parse_data") or {}).get("intent") or {}
    return intent.get("full_retrieval_intent_name")
