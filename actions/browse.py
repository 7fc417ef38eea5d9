"""Show what can be asked: all areas, or the topics of the chosen one."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn
from bot.reply.choices import read_area


class ActionBrowse(Action):
    def name(self) -> str:
        return "action_browse"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        turn.say(dispatcher, GUIDE.areas(turn.reader, read_area(turn.choice)))
        return []
