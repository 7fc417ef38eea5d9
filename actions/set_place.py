"""Keep the country, so that its numbers are shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn
from bot.reply import find_place


class ActionSetPlace(Action):
    def name(self) -> str:
        return "action_set_place"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        code = find_place(GUIDE.library, turn.text)
        if code is None:
            turn.say(dispatcher, GUIDE.ask_place(turn.reader))
            return []
        turn = replace(turn, reader=replace(turn.reader, place=code))
        turn.say(dispatcher, GUIDE.notice("fixed/place_set", turn.reader))
        return [SlotSet("place", code)]
