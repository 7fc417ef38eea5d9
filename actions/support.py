"""Answer fear and sadness with warmth and with people to talk to."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionSupport(Action):
    def name(self) -> str:
        return "action_support"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        turn.say(dispatcher, GUIDE.notice("fixed/support", turn.reader))
        return []
