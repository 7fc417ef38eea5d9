"""The family says that there is no emergency: the pointer to the advice ends when they say it twice, never after a crisis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn
from bot.knowledge import Kind
from bot.reply.choices import LOOK_AGAIN


class ActionNoEmergency(Action):
    def name(self) -> str:
        return "action_no_emergency"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        confirmed = (turn.choice or turn.after == LOOK_AGAIN) and turn.alarm != Kind.crisis.value
        # What is said here points to the advice itself.
        calm = replace(turn, alarm=None)
        if turn.alarm and confirmed:
            calm.say(dispatcher, GUIDE.notice("still/not_needed", turn.reader))
            return [SlotSet("alarm", None)]
        calm.say(dispatcher, GUIDE.no_emergency(turn.alarm, turn.reader))
        return []
