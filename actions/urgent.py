"""Something that the care team must hear about today."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn
from bot.reply.after_alarm import worse


class ActionUrgent(Action):
    def name(self) -> str:
        return "action_urgent"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        # Asked once: not again while the alarm is open.
        message = GUIDE.alarm("urgent", turn.kind, turn.reader, turn.language, ask=turn.alarm is None)
        turn.say(dispatcher, message)
        return [SlotSet("alarm", worse(turn.alarm, message.kind.value))]
