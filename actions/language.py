"""Say in the family's own language that the guide reads English only, with the emergency number."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionLanguage(Action):
    def name(self) -> str:
        return "action_language"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        turn.say(dispatcher, GUIDE.language(turn.languages, turn.reader))
        return []
