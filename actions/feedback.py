"""Whether an answer helped, and why not: the pressed button is stored with the conversation, for reviewers."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionFeedback(Action):
    def name(self) -> str:
        return "action_feedback"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        turn.say(dispatcher, GUIDE.feedback(turn.choice, turn.reader))
        return []
