"""None of the signs of an emergency is there: the urgent advice still holds."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionNotWorse(Action):
    def name(self) -> str:
        return "action_not_worse"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        turn.say(dispatcher, GUIDE.notice("still/not_worse", turn.reader))
        return []
