"""Ids of the buttons under an answer, and what pressing one means to the dialogue model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.knowledge import Audience, Library, PartName
from bot.knowledge.models import Topic
from bot.reply.message import TOPIC

FOLLOW_UP_OF_AUDIENCE = {
    Audience.family: "follow_up/family",
    Audience.easy_read: "follow_up/simpler",
    Audience.professional: "follow_up/professional",
}
AUDIENCE_TITLES = {
    Audience.family: "In everyday words",
    Audience.easy_read: "Say it more simply",
    Audience.professional: "With figures, for professionals",
}
PART_TITLES = {
    PartName.how_common: "How common is it?",
    PartName.what_helps: "What helps?",
    PartName.when_to_call: "When to call",
    PartName.for_children: "For children",
    PartName.everolimus_and_sirolimus: "Everolimus and sirolimus",
    PartName.the_evidence: "The evidence",
}
CHANGE_PLACE = "change_place"
SOURCES = "sources"
NOT_MEANT = "not_meant"
ALL_AREAS = "areas"
HELP_ARRIVED = "help_arrived"
NOT_NEEDED = "not_needed"
NO_EMERGENCY = "no_emergency"
"""The intent of whoever says that there is none."""
LOOK_AGAIN = "still/look_again"
"""The notice that asks them to look once more, and has the button for it."""
NOT_WORSE = "not_worse"
HELPED = "helped:yes"
NOT_HELPED = "helped:no"
NOT_MEANT_TITLE = "Not what I meant"
NONE_OF_THESE_TITLE = "None of these"
OTHER_AREAS_TITLE = "Other things to ask"
NOT_NEEDED_TITLE = "Nobody needs help now"
WORSE_TITLE = "Yes, one of these"
NOT_WORSE_TITLE = "No, none of these"
HELPED_TITLE = "Yes, this helped"
NOT_HELPED_TITLE = "No, this did not help"
REASON_TITLES = {
    "not_my_question": "It was not my question",
    "hard_to_understand": "It was hard to understand",
    "something_missing": "Something was missing",
    "upsetting": "It upset me",
}
"""Why an answer did not help: what a family can choose, and what reviewers count."""


@dataclass(frozen=True)
class Choice:
    """A pressed button: the intent it stands for and the words that the conversation shows for it."""

    id: str
    intent: str
    text: str


def part_title(topic: Topic, part: PartName) -> str:
    """The words on the button of a part, and above its text."""
    return topic.headings.get(part, PART_TITLES[part])


def topic_choice(topic_id: str) -> str:
    return TOPIC + topic_id


def part_choice(topic_id: str, part: PartName) -> str:
    return f"part:{topic_id}:{part.value}"


def audience_choice(audience: Audience) -> str:
    return f"audience:{audience.value}"


def place_choice(code: str) -> str:
    return f"place:{code}"


def area_choice(area: str) -> str:
    return f"area:{area}"


def worse_choice(category: str) -> str:
    """ "Yes" to the question whether an urgent matter is an emergency by now."""
    return f"worse:{category}"


def reason_choice(reason: str) -> str:
    """Why the answer did not help: a key of REASON_TITLES."""
    return f"{NOT_HELPED}:{reason}"


def read_reason(choice_id: str) -> str | None:
    """Reason of a ``helped:no:`` choice, else None."""
    reason = choice_id.removeprefix(f"{NOT_HELPED}:")
    return reason if reason != choice_id and reason in REASON_TITLES else None


def read_area(choice_id: str) -> str | None:
    """Area of an ``area:`` choice, else None."""
    kind, _, area = choice_id.partition(":")
    return area if kind == "area" and area else None


def read_part(choice_id: str) -> tuple[str, PartName] | None:
    """Topic and part of a ``part:`` choice, else None."""
    pieces = choice_id.split(":")
    if len(pieces) == 3 and pieces[0] == "part" and pieces[2] in PartName.__members__:
        return pieces[1], PartName(pieces[2])
    return None


_NOT_NEEDED = re.compile(
    r"\W*no ?(?:body|one) (?:here )?needs (?:any )?help(?: right)?(?: now)?(?:\W+(?:really|thanks|thank you))?\W*", re.I
)


def says_not_needed(text: str) -> bool:
    """Whether somebody typed what stands on the button "Nobody needs help now", instead of pressing it."""
    return bool(_NOT_NEEDED.fullmatch(text))


def resolve(choice_id: str, library: Library) -> Choice | None:
    """What the button ``choice_id`` means; None when no such button exists (a client made it up)."""
    kind, _, value = choice_id.partition(":")
    if choice_id == SOURCES:
        return Choice(choice_id, "follow_up/sources", "Where is that from?")
    if choice_id == CHANGE_PLACE:
        return Choice(choice_id, "change_place", "Choose my country")
    if choice_id == NOT_MEANT:
        return Choice(choice_id, "follow_up/not_meant", NOT_MEANT_TITLE)
    if choice_id == HELP_ARRIVED:
        return Choice(choice_id, "help_arrived", "Help is here")
    if choice_id == NOT_NEEDED:
        return Choice(choice_id, NO_EMERGENCY, NOT_NEEDED_TITLE)
    if choice_id == NOT_WORSE:
        return Choice(choice_id, "not_worse", NOT_WORSE_TITLE)
    if choice_id == HELPED:
        return Choice(choice_id, "feedback", HELPED_TITLE)
    if choice_id == NOT_HELPED:
        return Choice(choice_id, "feedback", NOT_HELPED_TITLE)
    if reason := read_reason(choice_id):
        return Choice(choice_id, "feedback", REASON_TITLES[reason])
    if kind == "worse" and f"urgent/{value}" in library.notices:
        return Choice(choice_id, f"red_flag/{value}", WORSE_TITLE)
    if choice_id == ALL_AREAS:
        return Choice(choice_id, "browse", "What can I ask?")
    if kind == "area" and value in library.areas:
        return Choice(choice_id, "browse", library.areas[value].title)
    if kind == "topic" and value in library.topics:
        return Choice(choice_id, f"ask_{value}", library.topics[value].question)
    if kind == "audience" and value in Audience.__members__:
        audience = Audience(value)
        return Choice(choice_id, FOLLOW_UP_OF_AUDIENCE[audience], AUDIENCE_TITLES[audience])
    if kind == "place" and value in library.places:
        return Choice(choice_id, "inform_place", library.places[value].name)
    topic_id, part = read_part(choice_id) or ("", None)
    if part and topic_id in library.topics and part in library.topics[topic_id].parts:
        topic = library.topics[topic_id]
        return Choice(choice_id, "follow_up/more", f"{topic.title}: {part_title(topic, part)}")
    return None
