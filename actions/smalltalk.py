"""Greeting, thanks, goodbye, who are you."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn

NOTICES = {"greeting": "fixed/greet_back", "thanks": "fixed/thanks_back", "goodbye": "fixed/goodbye", "bot": "fixed/about_me"}


class ActionSmalltalk(Action):
    def name(self) -> str:
        return "action_smalltalk"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        turn.say(dispatcher, GUIDE.notice(NOTICES.get(turn.kind, "fixed/greet_back"), turn.reader))
        return []
