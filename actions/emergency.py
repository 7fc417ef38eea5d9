"""Send an emergency to help at once."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn
from bot.reply.after_alarm import worse


class ActionEmergency(Action):
    def name(self) -> str:
        return "action_emergency"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        message = GUIDE.alarm("emergency", turn.kind, turn.reader, turn.language)
        turn.say(dispatcher, message)
        return [SlotSet("alarm", worse(turn.alarm, message.kind.value))]
