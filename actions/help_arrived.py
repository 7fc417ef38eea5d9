"""Somebody is there to help, or the call was made: the pointer to the emergency advice ends."""

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
        turn = Turn.of(tracker)
        replace(turn, alarm=None).say(dispatcher, GUIDE.help_is_there(turn.alarm, turn.reader))
        return [SlotSet("alarm", None)]
