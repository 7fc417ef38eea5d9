"""Follow-ups on the last answer: one side of it, more, sources, the same again or for another reader, not what was meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.turn import GUIDE, Turn
from bot.knowledge import Audience
from bot.reply import follow_ups
from bot.reply.choices import read_part

AUDIENCES = {"simpler": Audience.easy_read, "professional": Audience.professional, "family": Audience.family}
LIMITS = "about/limits"
"""The topic that says what the guide cannot do."""
Events = list[dict[str, Any]]


class ActionFollowUp(Action):
    def name(self) -> str:
        return "action_follow_up"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        turn = Turn.of(tracker)
        if turn.kind == "not_meant":
            return _not_meant(dispatcher, turn)
        events = _follow(dispatcher, turn)
        if turn.choice:  # no guess was made; those of the last typed message still hold
            return events
        shown = [turn.topic or "", *(event["value"] for event in events if event["name"] == "topic")]
        return [*events, SlotSet("candidates", turn.others(*shown))]


def _follow(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    if turn.kind in AUDIENCES:
        return _for_audience(dispatcher, turn, AUDIENCES[turn.kind])
    if turn.kind == "more":
        return _more(dispatcher, turn)
    if turn.refused and turn.kind == "why":
        turn.say(dispatcher, GUIDE.answer(LIMITS, turn.reader))
    elif turn.refused and turn.kind == "repeat":
        turn.say(dispatcher, GUIDE.refusal(turn.refused, turn.reader))
    elif turn.topic is None:
        turn.say(dispatcher, GUIDE.notice("fixed/no_topic", turn.reader))
    elif turn.kind == "sources":
        turn.say(dispatcher, GUIDE.sources_of(turn.topic, turn.reader, turn.part))
    elif asked := follow_ups.asked(turn.kind, turn.topic, GUIDE.library):
        return _one_side(dispatcher, turn, asked)
    else:
        turn.say(dispatcher, GUIDE.answer(turn.topic, turn.reader, turn.part))
    return []


def _one_side(dispatcher: CollectingDispatcher, turn: Turn, asked: follow_ups.Asked) -> Events:
    """The text on the side of the topic that was asked for; honest when there is none beyond what was just read."""
    if not asked.new:
        turn.say(dispatcher, GUIDE.no_more(asked.topic, turn.reader, turn.nearest))
        return []
    turn.say(dispatcher, GUIDE.answer(asked.topic, turn.reader, asked.part))
    return [SlotSet("topic", asked.topic), SlotSet("part", asked.part.value if asked.part else None)]


def _for_audience(dispatcher: CollectingDispatcher, turn: Turn, audience: Audience) -> Events:
    """Keep the way of explaining; say the last answer again that way, or, before any answer, confirm it."""
    reader = replace(turn.reader, audience=audience)
    if turn.refused:
        turn.say(dispatcher, GUIDE.refusal(turn.refused, reader))
    elif turn.topic is None:
        turn.say(dispatcher, GUIDE.notice(f"fixed/audience_{audience.value}", reader))
    else:
        turn.say(dispatcher, GUIDE.answer(turn.topic, reader, turn.part))
    return [SlotSet("audience", audience.value)]


def _more(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """The part that was asked for by a button, or the next one of the last topic."""
    chosen = read_part(turn.choice)
    topic = chosen[0] if chosen else turn.topic
    if topic is None:
        turn.say(dispatcher, GUIDE.notice("fixed/no_topic", turn.reader))
        return []
    part = chosen[1] if chosen else GUIDE.next_part(topic, turn.part)
    if part is None:
        turn.say(dispatcher, GUIDE.no_more(topic, turn.reader))
        return []
    turn.say(dispatcher, GUIDE.answer(topic, turn.reader, part))
    return [SlotSet("topic", topic), SlotSet("part", part.value)]


def _not_meant(dispatcher: CollectingDispatcher, turn: Turn) -> Events:
    """Offer the next candidates; when none is left, say so and offer the areas."""
    message = GUIDE.clarify(turn.candidates, turn.reader, "fixed/not_meant")
    turn.say(dispatcher, message)
    offered = message.topics_offered
    return [SlotSet("candidates", [near for near in turn.candidates if offered and near not in offered])]
