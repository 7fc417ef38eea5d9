"""Questions that are not the guide'\''s own."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn, say

NOTICES = {
    "other_tsc": "fixed/signpost",
    "charity": "fixed/signpost_charity",
    "insult": "fixed/boundary",
    "injection": "fixed/boundary",
}
"""Which notice answers which kind; the others (general knowledge, keyboard mash) are unknown."""


class ActionOutOfScope(Action):
    def name(self) -> str:
        return "action_out_of_scope"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        notice_id = NOTICES.get(turn.kind)
        say(dispatcher, GUIDE.notice(notice_id, turn.reader) if notice_id else GUIDE.unknown(turn.reader))
        return []
