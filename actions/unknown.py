"""Say honestly that the guide does not know, and offer the nearest areas."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionUnknown(Action):
    def name(self) -> str:
        return "action_unknown"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        turn.say(dispatcher, GUIDE.unknown(turn.reader, turn.nearest))
        return [SlotSet("candidates", list(turn.nearest))]
