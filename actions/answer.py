"""Answer a question about a topic, not twice in a row; offer to answer the others in the same message."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn


class ActionAnswer(Action):
    def name(self) -> str:
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        topic_id = turn.intent.removeprefix("ask_")
        if topic_id == turn.topic and turn.just_read:
            turn.say(dispatcher, GUIDE.no_more(topic_id, turn.reader, turn.others(topic_id)))
        elif GUIDE.can_answer(topic_id):
            turn.say(dispatcher, GUIDE.answer(topic_id, turn.reader, followed_by=turn.medicine))
        else:
            turn.say(dispatcher, GUIDE.unknown(turn.reader, turn.others(topic_id), topic_id))
        if offer := GUIDE.also(turn.also, turn.reader):
            turn.say(dispatcher, offer)
        return [SlotSet("topic", topic_id), SlotSet("part", None), SlotSet("candidates", turn.others(topic_id, *turn.also))]
