"""Every button that the guide shows means something, and no button can be made up."""

from __future__ import annotations

import pytest

from bot.knowledge import Audience, ContentPolicy, PartName
from bot.reply import Guide, Message, Reader
from bot.reply.choices import (
    AUDIENCE_TITLES,
    FOLLOW_UP_OF_AUDIENCE,
    NOT_HELPED,
    PART_TITLES,
    REASON_TITLES,
    Choice,
    read_area,
    read_part,
    reason_choice,
    resolve,
)


def offered(message: Message) -> set[str]:
    lists = [*message.custom.get("more", []), *message.custom.get("related", [])]
    return {button["payload"] for button in message.buttons} | {entry["choice"] for entry in lists}


def all_offered(guide: Guide) -> set[str]:
    topics, readers = list(guide.library.topics), [Reader(audience) for audience in Audience]
    messages = [
        *(guide.answer(topic, reader, part) for topic in topics for reader in readers for part in (None, *PartName)),
        *(guide.no_more(topic, Reader()) for topic in topics),
        guide.unknown(Reader(), topics),
        guide.clarify(topics, Reader()),
        guide.also(topics, Reader()),
        guide.refusal("dose", Reader(), topics),
        guide.signpost("fixed/signpost", Reader()),
        *(guide.areas(Reader(), area) for area in (None, *guide.library.areas)),
        guide.alarm("emergency", "bleeding", Reader()),
        guide.alarm("urgent", "bleeding", Reader(), ask=True),
        guide.ask_place(Reader()),
        *(guide.feedback(choice, Reader()) for choice in (NOT_HELPED, *map(reason_choice, REASON_TITLES))),
    ]
    return set().union(*(offered(message) for message in messages))


def test_every_choice_that_the_guide_offers_means_something(knowledge):
    guide = Guide(knowledge.load(), ContentPolicy.preview)
    ids = all_offered(guide)
    kinds = {
        "topic", "part", "audience", "place", "change_place", "area", "areas", "not_meant", "help_arrived", "worse",
        "not_worse", "helped",
    }  # fmt: skip
    assert {choice_id.partition(":")[0] for choice_id in ids} == kinds
    for choice_id in ids:
        choice = resolve(choice_id, guide.library)
        assert choice, f"{choice_id} means nothing"
        assert (choice.id, bool(choice.intent), bool(choice.text)) == (choice_id, True, True)


@pytest.mark.parametrize(
    ("choice_id", "intent", "text"),
    [
        ("topic:aml/what", "ask_aml/what", "What is an AML?"),
        ("topic:about/sources", "ask_about/sources", "Where does this come from?"),
        ("part:aml/what:how_common", "follow_up/more", "What an AML is: How common is it?"),
        ("audience:family", "follow_up/family", "In everyday words"),
        ("audience:easy_read", "follow_up/simpler", "Say it more simply"),
        ("audience:professional", "follow_up/professional", "With figures, for professionals"),
        ("place:AU", "inform_place", "Australia"),
        ("change_place", "change_place", "Choose my country"),
        ("sources", "follow_up/sources", "Where is that from?"),
        ("help_arrived", "help_arrived", "Help is here"),
        ("worse:bleeding", "red_flag/bleeding", "Yes, one of these"),
        ("not_worse", "not_worse", "No, none of these"),
        ("not_meant", "follow_up/not_meant", "Not what I meant"),
        ("helped:yes", "feedback", "Yes, this helped"),
        ("helped:no", "feedback", "No, this did not help"),
        ("helped:no:something_missing", "feedback", "Something was missing"),
        ("areas", "browse", "What can I ask?"),
        ("area:aml", "browse", "Kidney growths"),
    ],
)
def test_a_choice_stands_for_an_intent_and_shows_its_words(knowledge, choice_id, intent, text):
    assert resolve(choice_id, knowledge.load()) == Choice(choice_id, intent, text)


def test_a_made_up_choice_means_nothing(knowledge):
    library = knowledge.load()
    made_up = [
        "", ":", "topic", "topic:", "topic:aml/none", "topic:fixed/consent", "topic:aml/what ", " topic:aml/what",
        "TOPIC:aml/what", "topic:aml/what:how_common", "topic::aml/what", "part:", "part:aml/what", "part:aml/what:",
        "part:aml/what:for_children", "part:aml/what:anything", "part:aml/none:how_common", "part:aml/size:how_common",
        "part:aml/what:how_common:x", "audience:", "audience:expert", "audience:Family", "place:", "place:XX", "place:au",
        "area", "area:", "area:none", "area:AML", "area:aml/what", "area:aml:aml", "areas:", "areas:aml", "not_meant:",
        "not_meant:aml/what",
        "worse", "worse:", "worse:none", "worse:seizure", "not_worse:",
        "helped", "helped:", "helped:maybe", "helped:yes:", "helped:yes:upsetting", "helped:no:", "helped:no:because",
        "helped:no:upsetting:x",
        "change_place:", "change_place:AU", "sources:", "sources:aml/what",
        "intent:red_flag", "/restart",
        '/inform_place{"place": "AU"}', "ask_aml/what", "follow_up/more", "\x00", "\ud800", "topic:../../sources", "x" * 2000,
    ]  # fmt: skip
    assert [choice_id for choice_id in made_up if resolve(choice_id, library) is not None] == []


@pytest.mark.parametrize(
    ("choice_id", "read"),
    [
        ("part:aml/what:how_common", ("aml/what", PartName.how_common)),
        ("part:aml/none:the_evidence", ("aml/none", PartName.the_evidence)),
        ("part:aml/what:anything", None),
        ("part:aml/what", None),
        ("topic:aml/what", None),
        ("topic:aml/what:how_common", None),
        ("", None),
    ],
)
def test_topic_and_part_are_read_from_the_choice_of_a_part_only(choice_id, read):
    assert read_part(choice_id) == read


@pytest.mark.parametrize(
    ("choice_id", "area"), [("area:aml", "aml"), ("area:", None), ("areas", None), ("topic:aml/what", None), ("", None)]
)
def test_the_area_is_read_from_the_choice_of_an_area_only(choice_id, area):
    assert read_area(choice_id) == area


def test_every_part_and_audience_has_a_title():
    assert set(PART_TITLES) == set(PartName)
    assert set(AUDIENCE_TITLES) == set(FOLLOW_UP_OF_AUDIENCE) == set(Audience)
