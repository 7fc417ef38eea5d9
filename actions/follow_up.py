"""Follow-ups on the last answer: more, its sources, the same again or for another reader."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn, say
from bot.knowledge import Audience
from bot.reply.choices import read_part

AUDIENCES = {"simpler": Audience.easy_read, "professional": Audience.professional, "family": Audience.family}


class ActionFollowUp(Action):
    def name(self) -> str:
        return "action_follow_up"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        turn = Turn.of(tracker)
        if turn.kind in AUDIENCES:
            return _for_audience(dispatcher, turn, AUDIENCES[turn.kind])
        if turn.kind == "more":
            return _more(dispatcher, turn)
        if turn.topic is None:
            say(dispatcher, GUIDE.notice("fixed/no_topic", turn.reader))
        elif turn.kind == "sources":
            say(dispatcher, GUIDE.sources_of(turn.topic, turn.reader, turn.part))
        else:
            say(dispatcher, GUIDE.answer(turn.topic, turn.reader, turn.part))
        return []


def _for_audience(dispatcher: CollectingDispatcher, turn: Turn, audience: Audience) -> list[dict[str, Any]]:
    """Keep the way of explaining; say the last answer again that way, or, before any answer, confirm it."""
    reader = replace(turn.reader, audience=audience)
    if turn.topic is None:
        say(dispatcher, GUIDE.notice(f"fixed/audience_{audience.value}", reader))
    else:
        say(dispatcher, GUIDE.answer(turn.topic, reader, turn.part))
    return [SlotSet("audience", audience.value)]


def _more(dispatcher: CollectingDispatcher, turn: Turn) -> list[dict[str, Any]]:
    """The part that was asked for by a button, or the next one of the last topic."""
    chosen = read_part(turn.choice)
    topic = chosen[0] if chosen else turn.topic
    if topic is None:
        say(dispatcher, GUIDE.notice("fixed/no_topic", turn.reader))
        return []
    part = chosen[1] if chosen else GUIDE.next_part(topic, turn.part)
    if part is None:
        say(dispatcher, GUIDE.no_more(topic, turn.reader))
        return []
    say(dispatcher, GUIDE.answer(topic, turn.reader, part))
    return [SlotSet("topic", topic), SlotSet("part", part.value)]
