"""The actions with a tracker as Rasa sends it: what is said, and what the conversation remembers for the next turn."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import ActionAnswer
from actions.browse import ActionBrowse
from actions.clarify import ActionClarify
from actions.emergency import ActionEmergency
from actions.feedback import ActionFeedback
from actions.follow_up import ActionFollowUp
from actions.help_arrived import ActionHelpArrived
from actions.help_coming import ActionHelpComing
from actions.language import ActionLanguage
from actions.no_emergency import ActionNoEmergency
from actions.out_of_scope import ActionOutOfScope
from actions.refuse import ActionRefuse
from actions.smalltalk import ActionSmalltalk
from actions.turn import Turn
from actions.unknown import ActionUnknown
from actions.urgent import ActionUrgent
from bot.knowledge import PartName
from bot.rasa_ext.intents import parse_data
from bot.reply.message import LAST_NOTICE

NEAREST = ("ask_aml/what", "ask_aml/size", "ask_bleeding/risk", "ask_bleeding/signs", "follow_up/danger")


def tracker(intent: str, *ranking: str, entities: tuple[tuple[str, str], ...] = (), **slots: Any) -> Tracker:
    """The last message was understood as ``intent``; ``ranking`` are the intents that it came near to."""
    found = [{"entity": kind, "value": value} for kind, value in entities]
    latest = parse_data("a message", intent, entities=found)
    latest["intent_ranking"] = [{"name": name, "confidence": 0.1} for name in ranking]
    return Tracker("family", slots, latest, [], False, None, {}, "action_listen")


def after(seen: Tracker, action: Action, intent: str, **slots: Any) -> Tracker:
    """The same tracker, where the answer of ``action`` to ``intent`` was what the guide said last."""
    said, _ = run(action, tracker(intent, **slots))
    seen.latest_message["metadata"] = {LAST_NOTICE: said[-1]["custom"].get("notice")}
    return seen


def after_refusal(seen: Tracker, kind: str = "dose") -> Tracker:
    """The same tracker, where a refusal was what the guide said last."""
    return after(seen, ActionRefuse(), f"refuse/{kind}")


def run(action: Action, seen: Tracker) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The messages that ``action`` says and the slots that it sets."""
    dispatcher = CollectingDispatcher()
    events = action.run(dispatcher, seen, {})
    return dispatcher.messages, {event["name"]: event["value"] for event in events}


def payloads(message: dict[str, Any]) -> list[str]:
    return [button["payload"] for button in message["buttons"]]


# Reading the turn


def test_the_turn_holds_what_the_message_and_the_conversation_say():
    entities = (("also", "aml/size"), ("also", "mtor/stopping"), ("language", "es"), ("choice", "areas"))
    turn = Turn.of(
        tracker("ask_aml/what", *NEAREST, entities=entities, topic="aml/growth", part="what_helps", candidates=["a"])
    )
    assert (turn.intent, turn.kind, turn.choice) == ("ask_aml/what", "what", "areas")
    assert turn.nearest == ("aml/what", "aml/size", "bleeding/risk", "bleeding/signs")
    assert (turn.also, turn.languages) == (("aml/size", "mtor/stopping"), ("es",))
    assert (turn.topic, turn.part, turn.candidates) == ("aml/growth", PartName.what_helps, ("a",))
    assert turn.others("aml/what", "bleeding/risk") == ["aml/size", "bleeding/signs"]


@pytest.mark.parametrize(
    ("medicine", "part"),
    [
        ("everolimus", PartName.everolimus_and_sirolimus),
        ("sirolimus", PartName.everolimus_and_sirolimus),
        ("ibuprofen", None),
    ],
)
def test_a_named_mtor_inhibitor_asks_for_the_part_on_each_of_them(medicine, part):
    assert Turn.of(tracker("ask_aml/what", entities=(("medicine", medicine),))).medicine is part


def test_a_turn_of_which_nothing_is_known_is_read_all_the_same():
    turn = Turn.of(Tracker("family", {}, {}, [], False, None, {}, "action_listen"))
    assert (turn.intent, turn.choice, turn.nearest, turn.also, turn.candidates) == ("", "", (), (), ())


# Answers


def test_an_answer_remembers_what_else_the_message_may_have_meant():
    said, slots = run(ActionAnswer(), tracker("ask_aml/what", *NEAREST, part="what_helps"))
    assert [message["custom"]["topic"] for message in said] == ["aml/what"]
    assert slots == {"topic": "aml/what", "part": None, "candidates": ["aml/size", "bleeding/risk", "bleeding/signs"]}


def test_a_second_question_is_offered_after_the_answer_and_no_longer_a_guess():
    said, slots = run(ActionAnswer(), tracker("ask_aml/what", *NEAREST, entities=(("also", "bleeding/risk"),)))
    assert [message["custom"]["kind"] for message in said] == ["answer", "clarify"]
    assert payloads(said[1]) == ["topic:bleeding/risk"]
    assert slots["candidates"] == ["aml/size", "bleeding/signs"]


def test_a_topic_without_a_text_is_unknown_and_a_second_question_is_still_offered():
    said, _ = run(ActionAnswer(), tracker("ask_aml/none", *NEAREST, entities=(("also", "aml/size"),)))
    assert [message["custom"]["kind"] for message in said] == ["unknown", "clarify"]


def test_an_answer_speaks_of_the_medicine_that_the_question_names():
    plain, _ = run(ActionAnswer(), tracker("ask_mtor/how_it_works"))
    named, _ = run(ActionAnswer(), tracker("ask_mtor/how_it_works", entities=(("medicine", "sirolimus"),)))
    assert "Are they the same?**" in named[0]["text"]
    assert "Are they the same?**" not in plain[0]["text"]


def following(seen: Tracker, before: str, said: str = "what is it") -> Tracker:
    """The same tracker, typed ("a message") after a message ``said`` that was understood as ``before``."""
    asked = parse_data(said, before)
    seen.events = [
        {"event": "user", "text": said, "parse_data": asked},
        {"event": "bot"},
        {"event": "user", "text": "a message"},
    ]
    seen.latest_message["metadata"] = {LAST_NOTICE: None}
    return seen


def test_a_further_question_that_the_same_page_would_answer_is_not_answered_by_that_page_again():
    seen = tracker("ask_side_effects/skin", "ask_side_effects/skin", "ask_side_effects/mouth_sores", topic="side_effects/skin")
    said, slots = run(ActionAnswer(), following(seen, "ask_side_effects/skin"))
    assert (said[0]["custom"]["notice"], said[0]["custom"]["topic"]) == ("fixed/no_more", "side_effects/skin")
    assert said[0]["custom"]["related"][0]["choice"] == "topic:side_effects/mouth_sores"
    assert slots["topic"] == "side_effects/skin"


@pytest.mark.parametrize(
    ("entities", "before", "said"),
    [
        ((), "ask_side_effects/skin", "a message"),  # sent again: the answer may have been lost on its way
        ((("symptom", "rash"),), "ask_side_effects/skin", "spots?"),  # asks for the page by itself
        ((("person", "daughter"),), "follow_up/sources", "says who"),
        ((), "ask_aml/what", "what is an aml"),
    ],
)
def test_else_the_page_is_shown(entities, before, said):
    seen = tracker("ask_side_effects/skin", entities=entities, topic="side_effects/skin")
    assert run(ActionAnswer(), following(seen, before, said))[0][0]["custom"]["kind"] == "answer"


# Not sure, not known, refused


def test_clarify_offers_three_and_remembers_the_rest():
    said, slots = run(ActionClarify(), tracker("clarify", *NEAREST))
    assert payloads(said[0]) == ["topic:aml/what", "topic:aml/size", "topic:bleeding/risk", "not_meant"]
    assert slots == {"candidates": ["bleeding/signs"]}


def test_unknown_offers_areas_and_remembers_the_guesses():
    said, slots = run(ActionUnknown(), tracker("nlu_fallback", *NEAREST))
    assert payloads(said[0]) == ["area:aml", "area:bleeding", "area:mtor"]
    assert slots == {"candidates": ["aml/what", "aml/size", "bleeding/risk", "bleeding/signs"]}


def test_a_refusal_offers_topics_and_remembers_the_guesses_that_it_did_not_offer():
    said, slots = run(ActionRefuse(), tracker("refuse/own_scan", "refuse/own_scan", "ask_aml/size", "ask_bleeding/risk"))
    assert [entry["choice"] for entry in said[0]["custom"]["related"]] == ["topic:aml/size", "topic:aml/growth"]
    assert slots == {"candidates": ["bleeding/risk"]}


@pytest.mark.parametrize(
    ("kind", "notice", "way_back"),
    [
        ("other_tsc", "fixed/signpost", True),
        ("other_disease", "fixed/signpost_other_disease", True),
        ("charity", "fixed/signpost_charity", True),
        ("general", "fixed/signpost_general", True),
        ("insult", "fixed/boundary", False),
        ("injection", "fixed/boundary", False),
        ("gibberish", "fixed/unreadable", False),
        ("anything", "fixed/unknown", False),
    ],
)
def test_what_is_not_the_guides_field_gets_its_own_notice(kind, notice, way_back):
    said, slots = run(ActionOutOfScope(), tracker(f"out_of_scope/{kind}", "ask_aml/what"))
    assert said[0]["custom"]["notice"] == notice
    assert ("not_meant" in payloads(said[0])) is way_back
    assert slots == {"candidates": ["aml/what"]}


# Not what I meant


def test_not_what_i_meant_offers_the_next_guesses_then_the_areas():
    candidates = ["aml/size", "bleeding/risk", "bleeding/signs", "aml/growth"]
    said, slots = run(ActionFollowUp(), tracker("follow_up/not_meant", candidates=candidates))
    assert said[0]["custom"]["notice"] == "fixed/not_meant"
    assert payloads(said[0]) == ["topic:aml/size", "topic:bleeding/risk", "topic:bleeding/signs", "not_meant"]
    assert slots == {"candidates": ["aml/growth"]}
    said, slots = run(ActionFollowUp(), tracker("follow_up/not_meant", **slots))
    assert payloads(said[0]) == ["topic:aml/growth", "not_meant"]
    said, slots = run(ActionFollowUp(), tracker("follow_up/not_meant", **slots))
    assert (said[0]["custom"]["kind"], slots) == ("unknown", {"candidates": []})
    assert all(payload.startswith("area:") for payload in payloads(said[0]))


def test_guesses_that_cannot_be_answered_are_given_up():
    said, slots = run(ActionFollowUp(), tracker("follow_up/not_meant", candidates=["aml/none"]))
    assert (said[0]["custom"]["kind"], slots) == ("unknown", {"candidates": []})


# Follow-ups


@pytest.mark.parametrize(
    ("kind", "topic", "shown", "part"),
    [
        ("danger", "aml/what", "bleeding/risk", None),
        ("children", "aml/what", "aml/what", "for_children"),
        ("medicine", "mtor/how_it_works", "mtor/how_it_works", "everolimus_and_sirolimus"),
    ],
)
def test_one_side_of_the_topic_is_answered_and_becomes_the_last_topic(kind, topic, shown, part):
    said, slots = run(ActionFollowUp(), tracker(f"follow_up/{kind}", f"follow_up/{kind}", topic=topic, part="what_helps"))
    assert (said[0]["custom"]["topic"], said[0]["custom"].get("part")) == (shown, part)
    assert slots == {"topic": shown, "part": part, "candidates": []}


def test_one_side_that_was_just_read_is_not_read_again_and_the_place_in_the_topic_is_kept():
    said, slots = run(ActionFollowUp(), tracker("follow_up/danger", topic="bleeding/risk", part="what_helps"))
    assert (said[0]["custom"]["notice"], said[0]["custom"]["topic"]) == ("fixed/no_more", "bleeding/risk")
    assert slots == {"candidates": []}


@pytest.mark.parametrize("topic", [None, "aml/what"])
def test_why_after_a_refusal_is_answered_by_what_the_guide_cannot_do(topic):
    said, slots = run(ActionFollowUp(), after_refusal(tracker("follow_up/why", topic=topic)))
    assert said[0]["custom"]["topic"] == "about/limits"
    assert "topic" not in slots, "the next question may go back to what was spoken of"


@pytest.mark.parametrize(
    ("kind", "audience"), [("repeat", "family"), ("simpler", "easy_read"), ("family", "family"), ("professional", "family")]
)
def test_a_refusal_is_what_is_said_again_when_it_was_the_last_answer(kind, audience):
    said, _ = run(ActionFollowUp(), after_refusal(tracker(f"follow_up/{kind}", topic="aml/what")))
    assert (said[0]["custom"]["notice"], said[0]["custom"]["audience"]) == ("refuse/dose", audience)
    assert said[0]["custom"]["related"]


def test_a_button_under_an_older_answer_belongs_to_that_answer():
    """The channel tells what was said last with a typed message only."""
    seen = tracker("follow_up/simpler", entities=(("choice", "audience:easy_read"),), topic="aml/what")
    assert run(ActionFollowUp(), seen)[0][0]["custom"]["topic"] == "aml/what"


@pytest.mark.parametrize("kind", ["how_common", "children", "danger", "sources", "more", "repeat"])
def test_a_follow_up_without_a_topic_before_asks_what_about(kind):
    said, _ = run(ActionFollowUp(), tracker(f"follow_up/{kind}"))
    assert said[0]["custom"]["notice"] == "fixed/no_topic"


@pytest.mark.parametrize("kind", ["danger", "more", "simpler", "repeat", "sources"])
def test_a_typed_follow_up_leaves_its_own_guesses_and_not_those_of_the_message_before(kind):
    seen = tracker(f"follow_up/{kind}", *NEAREST, topic="aml/what", candidates=["mtor/stopping"])
    said, slots = run(ActionFollowUp(), seen)
    shown = said[0]["custom"].get("topic")
    assert slots["candidates"] == [
        topic for topic in ("aml/what", "aml/size", "bleeding/risk", "bleeding/signs") if topic not in ("aml/what", shown)
    ]


@pytest.mark.parametrize("choice", ["audience:easy_read", "part:aml/what:for_children"])
def test_a_pressed_button_keeps_the_guesses_of_the_typed_message(choice):
    kind = "simpler" if choice.startswith("audience") else "more"
    seen = tracker(f"follow_up/{kind}", entities=(("choice", choice),), topic="aml/what", candidates=["aml/size"])
    said, slots = run(ActionFollowUp(), seen)
    assert said[0]["custom"]["topic"] == "aml/what"
    assert "candidates" not in slots


# Browsing, languages, what am I


@pytest.mark.parametrize(
    ("choice", "notice"),
    [("", "fixed/areas"), ("areas", "fixed/areas"), ("area:aml", "fixed/area"), ("area:none", "fixed/areas")],
)
def test_browsing_shows_the_areas_or_the_topics_of_the_chosen_one(choice, notice):
    said, slots = run(ActionBrowse(), tracker("browse", entities=(("choice", choice),) if choice else ()))
    assert (said[0]["custom"]["notice"], slots) == (notice, {})


@pytest.mark.parametrize(("codes", "shown"), [(("es",), ["es"]), (("es", "pt"), ["es", "pt"]), (("pl",), ["en"]), ((), ["en"])])
def test_another_language_is_answered_in_it(codes, shown):
    said, _ = run(ActionLanguage(), tracker("other_language", entities=tuple(("language", code) for code in codes)))
    assert (said[0]["custom"]["kind"], said[0]["custom"]["languages"]) == ("language", shown)


def test_an_emergency_in_another_language_begins_in_it():
    said, _ = run(ActionEmergency(), tracker("red_flag/bleeding", entities=(("language", "es"),)))
    assert said[0]["custom"]["kind"] == "emergency"
    assert said[0]["text"].startswith("Esto parece una emergencia.")


def test_who_asks_whether_it_is_a_doctor_is_told_what_it_is():
    said, _ = run(ActionSmalltalk(), tracker("smalltalk/bot"))
    assert said[0]["custom"]["notice"] == "fixed/about_me"


# After an alarm


@pytest.mark.parametrize(
    ("action", "intent", "before", "kept"),
    [
        (ActionEmergency(), "red_flag/bleeding", None, "emergency"),
        (ActionEmergency(), "red_flag/self_harm", None, "crisis"),
        (ActionUrgent(), "urgent/infection", None, "urgent"),
        (ActionUrgent(), "urgent/infection", "emergency", "emergency"),
        (ActionEmergency(), "red_flag/bleeding", "crisis", "crisis"),
        (ActionEmergency(), "red_flag/bleeding", "urgent", "emergency"),
    ],
)
def test_an_alarm_is_kept_in_mind_and_never_becomes_less(action, intent, before, kept):
    messages, slots = run(action, tracker(intent, alarm=before))
    assert slots == {"alarm": kept}
    lesser = messages[0]["custom"]["kind"] == "urgent" != kept
    assert ("alarm" in messages[0]["custom"]) is lesser, "an alarm needs no pointer to itself"


@pytest.mark.parametrize(
    ("action", "intent"),
    [
        (ActionAnswer(), "ask_aml/what"),
        (ActionUnknown(), "nlu_fallback"),
        (ActionSmalltalk(), "smalltalk/thanks"),
        (ActionRefuse(), "refuse/dose"),
        (ActionClarify(), "clarify"),
        (ActionOutOfScope(), "out_of_scope/charity"),
        (ActionBrowse(), "browse"),
        (ActionFollowUp(), "follow_up/why"),
        (ActionLanguage(), "other_language"),
    ],
)
@pytest.mark.parametrize("kind", ["emergency", "crisis", "urgent"])
def test_every_answer_after_an_alarm_begins_with_the_pointer_to_its_advice(action, intent, kind):
    messages, slots = run(action, tracker(intent, *NEAREST, alarm=kind, topic="aml/what", place="AU"))
    first = messages[0]
    assert first["text"].startswith("**First:** ")
    assert "000" in first["text"].partition("\n")[0]
    assert first["custom"]["alarm"] == kind
    assert payloads(first)[0] == "help_arrived"
    assert "alarm" not in slots


def test_only_the_first_message_of_a_turn_has_the_pointer():
    messages, _ = run(ActionAnswer(), tracker("ask_aml/what", entities=(("also", "aml/size"),), alarm="emergency"))
    assert [message["text"].startswith("**First:**") for message in messages] == [True, False]


@pytest.mark.parametrize(
    ("alarm", "notice"),
    [
        ("emergency", "still/help_arrived"),
        ("crisis", "still/with_someone"),
        ("urgent", "still/called"),
        (None, "still/help_arrived"),
    ],
)
def test_when_help_is_there_the_pointer_ends(alarm, notice):
    messages, slots = run(ActionHelpArrived(), tracker("help_arrived", alarm=alarm))
    assert slots == {"alarm": None}
    assert messages[0]["custom"]["notice"] == notice
    assert "**First:**" not in messages[0]["text"]


@pytest.mark.parametrize("alarm", ["emergency", "crisis", "urgent"])
def test_while_help_is_on_its_way_the_pointer_stays(alarm):
    messages, slots = run(ActionHelpComing(), tracker("help_coming", alarm=alarm))
    assert "alarm" not in slots
    assert messages[0]["custom"]["notice"] == "still/help_coming"
    assert messages[0]["text"].startswith("**First:**")


@pytest.mark.parametrize(
    ("intent", "asks_first"),
    [
        ("refuse/clearance", True),
        ("refuse/dose", True),
        ("ask_interactions/painkillers", True),
        ("ask_aml/what", False),
        ("refuse/own_scan", False),
    ],
)
def test_before_anything_is_given_in_an_emergency_the_helpers_are_asked(intent, asks_first):
    action = ActionRefuse() if intent.startswith("refuse/") else ActionAnswer()
    messages, _ = run(action, tracker(intent, alarm="emergency"))
    assert ("food, drink or medicine" in messages[0]["custom"]["pointer"]) is asks_first
    messages, _ = run(action, tracker(intent, alarm="urgent"))
    assert "food, drink or medicine" not in messages[0]["custom"]["pointer"]


def test_what_is_only_urgent_does_not_hide_an_emergency_that_is_not_over():
    messages, slots = run(ActionUrgent(), tracker("urgent/infection", alarm="emergency"))
    assert messages[0]["text"].startswith("**First:**")
    assert messages[0]["custom"]["kind"] == "urgent"
    ends = [button for button in messages[0]["buttons"] if button["payload"] == "help_arrived"]
    assert [button["title"] for button in ends] == ["Help is here"], "'I have called' would end the emergency"
    assert slots == {"alarm": "emergency"}


# No emergency after all


@pytest.mark.parametrize("alarm", ["emergency", "urgent"])
def test_who_says_that_there_is_no_emergency_is_asked_once_more(alarm):
    messages, slots = run(ActionNoEmergency(), tracker("no_emergency", alarm=alarm))
    assert messages[0]["custom"]["notice"] == "still/look_again"
    assert payloads(messages[0]) == ["not_needed", "help_arrived"]
    assert "000" in messages[0]["text"]
    assert slots == {}


def test_pressed_or_said_twice_it_ends_the_pointer():
    pressed = tracker("no_emergency", entities=(("choice", "not_needed"),), alarm="emergency")
    said_twice = after(tracker("no_emergency", alarm="emergency"), ActionNoEmergency(), "no_emergency", alarm="emergency")
    for seen in (pressed, said_twice):
        messages, slots = run(ActionNoEmergency(), seen)
        assert messages[0]["custom"]["notice"] == "still/not_needed"
        assert slots == {"alarm": None}


def test_nobody_takes_a_crisis_back_by_saying_that_there_is_none():
    pressed = tracker("no_emergency", entities=(("choice", "not_needed"),), alarm="crisis")
    said_twice = after(tracker("no_emergency", alarm="crisis"), ActionNoEmergency(), "no_emergency", alarm="crisis")
    for seen in (tracker("no_emergency", alarm="crisis"), pressed, said_twice):
        messages, slots = run(ActionNoEmergency(), seen)
        assert messages[0]["custom"]["notice"] == "still/not_alone"
        assert payloads(messages[0]) == ["help_arrived"]
        assert slots == {}


def test_without_an_alarm_there_is_nothing_to_take_back():
    messages, slots = run(ActionNoEmergency(), tracker("no_emergency"))
    assert (messages[0]["custom"]["notice"], slots) == ("fixed/no_topic", {})


def test_without_an_alarm_nothing_stands_before_an_answer():
    messages, _ = run(ActionAnswer(), tracker("ask_aml/what", alarm=None))
    assert "**First:**" not in messages[0]["text"]


# Did this help?


@pytest.mark.parametrize(
    ("choice", "notice", "offered"),
    [
        ("helped:yes", "fixed/it_helped", []),
        (
            "helped:no",
            "fixed/no_help",
            ["helped:no:not_my_question", "helped:no:hard_to_understand", "helped:no:something_missing", "helped:no:upsetting"],
        ),
        ("helped:no:not_my_question", "fixed/no_help_reason", ["not_meant"]),
        ("helped:no:hard_to_understand", "fixed/no_help_reason", ["audience:easy_read"]),
        ("helped:no:something_missing", "fixed/no_help_reason", []),
    ],
)
def test_whether_it_helped_is_answered_with_thanks_and_the_topic_stays(choice, notice, offered):
    said, slots = run(ActionFeedback(), tracker("feedback", entities=(("choice", choice),), topic="aml/what"))
    assert [message["custom"]["notice"] for message in said] == [notice]
    assert payloads(said[0]) == offered
    assert slots == {}


def test_feedback_after_an_alarm_still_points_to_the_advice():
    said, _ = run(ActionFeedback(), tracker("feedback", entities=(("choice", "helped:yes"),), alarm="emergency"))
    assert said[0]["custom"]["alarm"] == "emergency"
    assert payloads(said[0]) == ["help_arrived"]
