"""Answer a question about a topic."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn, say


class ActionAnswer(Action):
    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        topic_id = turn.intent.removeprefix("ask_")
        if not GUIDE.can_answer(topic_id):
            say(dispatcher, GUIDE.unknown(turn.reader, [other for other in turn.nearest if other != topic_id]))
            return []
        say(dispatcher, GUIDE.answer(topic_id, turn.reader))
        return [SlotSet("topic", topic_id), SlotSet("part", None)]
