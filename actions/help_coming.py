"""Help was called or is on its way: the pointer to the emergency advice stays until somebody is there."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionHelpComing(Action):
    def name(self) -> str:
        return "action_help_coming"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        turn.say(dispatcher, GUIDE.notice("still/help_coming", turn.reader))
        return []
