"""Somebody is there to help: the answers that follow no longer begin with the pointer to the emergency advice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionHelpArrived(Action):
    def name(self) -> str:
        return "action_help_arrived"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = replace(Turn.of(tracker), alarm=None)
        turn.say(dispatcher, GUIDE.notice("still/help_arrived", turn.reader))
        return [SlotSet("alarm", None)]
