"""Ask which country the numbers are for."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionAskPlace(Action):
    def name(self) -> str:
        return "action_ask_place"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        turn.say(dispatcher, GUIDE.ask_place(turn.reader))
        return []
