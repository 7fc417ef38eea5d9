"""What an action needs to know of the turn that it answers, and how it says its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.knowledge import Audience, PartName
from bot.reply import Guide, Message, Reader
from bot.settings import Settings

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

    @classmethod
    def of(cls, tracker: Tracker) -> Turn:
        message: dict[str, Any] = tracker.latest_message
        intent = message.get("intent") or {}
        ranking = [str(rank.get("name")) for rank in message.get("intent_ranking") or []]
        choices = [entity.get("value") for entity in message.get("entities") or [] if entity.get("entity") == "choice"]
        audience, part = tracker.get_slot("audience"), tracker.get_slot("part")
        return cls(
            intent=intent.get("full_retrieval_intent_name") or intent.get("name") or "",
            text=message.get("text") or "",
            choice=str(choices[0]) if choices else "",
            nearest=tuple(name.removeprefix("ask_") for name in ranking if name.startswith("ask_")),
            reader=Reader(Audience(audience) if audience else Audience.family, tracker.get_slot("place")),
            topic=tracker.get_slot("topic"),
            part=PartName(part) if part else None,
        )

    @property
    def kind(self) -> str:
        """The part of the intent's name behind the slash (``what`` of ``ask_aml/what``)."""
        return self.intent.partition("/")[2]


def say(dispatcher: CollectingDispatcher, message: Message) -> None:
    """Utter ``message`` with everything that belongs to it."""
    content = message.as_dict()
    dispatcher.utter_message(text=content["text"], buttons=content["buttons"], json_message=content["custom"])
