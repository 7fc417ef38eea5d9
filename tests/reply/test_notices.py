"""Alarms, refusals and fixed notices: the text of their kind, the number of the place, people to turn to."""

from __future__ import annotations

import pytest
from served import EASY, FAMILY, IN_AUSTRALIA, PROFESSIONAL, guide_of

from bot.reply import Reader

ANYWHERE = "your local emergency number (000 in Australia, "


@pytest.mark.parametrize("notice_id", ["fixed/greeting", "fixed/consent", "fixed/not_available", "fixed/ask_place"])
def test_a_fixed_notice_has_no_disclaimer(guide, notice_id):
    message = guide.notice(notice_id, IN_AUSTRALIA)
    assert message.text == f"Text of {notice_id}. Call 000."
    assert "disclaimer" not in message.custom


def test_not_available_names_people_to_turn_to_and_other_fixed_notices_do_not(guide):
    people = guide.notice("fixed/not_available", IN_AUSTRALIA).custom["contacts"]
    assert [contact["label"] for contact in people] == ["TSC charity", "Nurse line", "Emergency"]
    assert "contacts" not in guide.notice("fixed/greeting", IN_AUSTRALIA).custom


@pytest.mark.parametrize(
    ("level", "category", "notice"),
    [
        ("emergency", "bleeding", "emergency/bleeding"),
        ("emergency", "self_harm", "emergency/self_harm"),
        ("urgent", "overdose", "urgent/overdose"),
        ("urgent", "seizure", "urgent/other"),
        ("urgent", "self_harm", "urgent/other"),
        ("emergency", "anything", "emergency/other"),
    ],
)
def test_an_alarm_without_its_own_notice_falls_back_to_the_other_of_its_level(guide, level, category, notice):
    message = guide.alarm(level, category, FAMILY)
    assert message.text.startswith(f"Text of {notice}.")
    assert (message.custom["notice"], message.custom["category"]) == (notice, category)


@pytest.mark.parametrize(("kind", "notice"), [("dose", "refuse/dose"), ("anything", "fixed/unknown")])
def test_a_refusal_without_its_own_notice_says_that_the_guide_does_not_know(guide, kind, notice):
    assert guide.refusal(kind, FAMILY).custom["notice"] == notice


@pytest.mark.parametrize(
    ("place", "call", "buttons"),
    [
        ("AU", "Call 000.", ["help_arrived"]),
        ("GB", "Call 999.", ["help_arrived"]),
        (None, f"Call {ANYWHERE}", ["help_arrived", "change_place"]),
    ],
)
def test_an_alarm_names_the_number_of_the_place_or_asks_for_it(guide, place, call, buttons):
    message = guide.alarm("emergency", "bleeding", Reader(place=place))
    assert message.text.startswith(f"Text of emergency/bleeding. {call}")
    assert call in message.custom["disclaimer"]
    assert [button["payload"] for button in message.buttons] == buttons


def test_urgent_advice_may_end_with_one_question_and_an_emergency_never_does(guide):
    asked = guide.alarm("urgent", "bleeding", FAMILY, ask=True)
    assert "**Text of still/worse_now." in asked.text
    assert asked.text.endswith(asked.custom["disclaimer"])
    assert asked.text.count(asked.custom["disclaimer"]) == 1
    assert asked.custom["question"] == "bleeding"
    assert [button["payload"] for button in asked.buttons][:2] == ["worse:bleeding", "not_worse"]
    for told in (guide.alarm("urgent", "bleeding", FAMILY), guide.alarm("emergency", "bleeding", FAMILY, ask=True)):
        assert "question" not in told.custom
        assert "worse_now" not in told.text


@pytest.mark.parametrize("place", ["ZZ", "XX", "", None])
def test_an_alarm_for_a_place_without_a_number_names_the_common_ones(guide, place):
    assert f"Call {ANYWHERE}" in guide.alarm("emergency", "bleeding", Reader(place=place)).text


@pytest.mark.parametrize(
    ("reader", "audience", "begins"),
    [(FAMILY, "family", "Text of"), (EASY, "easy_read", "Easy text."), (PROFESSIONAL, "family", "Text of")],
)
def test_a_notice_is_shown_for_the_reader_or_else_for_families(knowledge, reader, audience, begins):
    knowledge.edit("notices/emergency.yml", "    family: Text of emergency/seizure.",
                   "    easy_read: Easy text.\n    family: Text of emergency/seizure.")  # fmt: skip
    message = guide_of(knowledge).alarm("emergency", "seizure", reader)
    assert message.text.startswith(begins)
    assert message.custom["audience"] == audience


def test_asking_for_the_place_offers_every_place_the_common_ones_first(guide):
    offered = [(button["payload"], button["title"]) for button in guide.ask_place(FAMILY).buttons]
    assert offered[0] == ("place:AU", "Australia")
    assert offered[-1] == ("place:ZZ", "Nowhere")
    assert sorted(payload for payload, _ in offered) == sorted(f"place:{code}" for code in guide.library.places)
