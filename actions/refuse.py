"""A personal dose, decision, result or forecast: say what the guide cannot do, who can, and offer what is known in general."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionRefuse(Action):
    def name(self) -> str:
        return "action_refuse"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        message = GUIDE.refusal(turn.kind, turn.reader, turn.nearest)
        turn.say(dispatcher, message)
        return [SlotSet("candidates", turn.others(*message.topics_offered))]
