"""Ask which topic is meant, when the message leaves it open."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionClarify(Action):
    def name(self) -> str:
        return "action_clarify"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        message = GUIDE.clarify(turn.nearest, turn.reader)
        turn.say(dispatcher, message)
        return [SlotSet("candidates", turn.others(*message.topics_offered))]
