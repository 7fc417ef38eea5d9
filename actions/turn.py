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
    """Kind of the alarm that this conversation had, as long as nobody has said that help is there."""
    candidates: tuple[str, ...] = ()
    """Topics that an earlier message may have meant and that were not offered yet, best first."""
    after: str | None = None
    """Notice that this typed message follows (``refuse/dose``); a button belongs to the answer under which it stands."""
    just_read: bool = False
    """Whether the typed message follows the answer on ``topic``, and is not the same message sent again."""

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
        said = [event.get("text") for event in tracker.events if event.get("event") == "user"]
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
            just_read=LAST_NOTICE in told and told[LAST_NOTICE] is None and not part and said[-1:] != said[-2:-1],
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
