"""Questions that are not the guide's own."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn

SIGNPOSTS = {
    "other_tsc": "fixed/signpost",
    "other_disease": "fixed/signpost_other_disease",
    "charity": "fixed/signpost_charity",
    "general": "fixed/signpost_general",
}
NOTICES = {"insult": "fixed/boundary", "injection": "fixed/boundary", "gibberish": "fixed/unreadable"}


class ActionOutOfScope(Action):
    def name(self) -> str:
        return "action_out_of_scope"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        if turn.kind in SIGNPOSTS:
            turn.say(dispatcher, GUIDE.signpost(SIGNPOSTS[turn.kind], turn.reader))
        elif turn.kind in NOTICES:
            turn.say(dispatcher, GUIDE.notice(NOTICES[turn.kind], turn.reader))
        else:
            turn.say(dispatcher, GUIDE.unknown(turn.reader, turn.nearest))
        return [SlotSet("candidates", list(turn.nearest))]
