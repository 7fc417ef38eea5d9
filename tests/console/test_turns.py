"""Events as Rasa stores them become the turns that the family saw."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

import pytest
from guide_database import Event, action, added, bot, session, slot, turn, user

from bot.console.feed.turns import EMERGENCY, NONE, URGENT, StoredEvent, Talk, read_talk

NOW = 1_790_000_000.0


def stored(events: Sequence[Event], first: int = 1) -> list[StoredEvent]:
    return [StoredEvent(id_, event["event"], NOW + (id_ - first), json.dumps(event)) for id_, event in enumerate(events, first)]


def talk(*events: Event) -> Talk:
    found = read_talk(stored(events))
    assert found is not None
    return found


def test_a_plain_turn_has_everything_that_was_stored_of_it():
    ranking = [{"name": "ask_aml/what", "confidence": 0.93}, {"name": "ask_aml/size", "confidence": 0.02}]
    source = {"id": "tsa", "group": "charity", "title": "Kidneys", "year": None, "publisher": "P", "url": "https://example.org"}
    buttons = [{"title": "Not what I meant", "payload": "not_meant"}]
    entities = [{"entity": "growth", "value": "angiomyolipoma", "start": 11, "end": 14}]
    found = talk(
        user("What is an AML?", "ask_aml/what", confidence=0.93, ranking=ranking, entities=entities),
        {"event": "user_featurization", "use_text_for_featurization": False},
        action("action_answer"),
        bot("A growth.", topic="aml/what", sources=[source], buttons=buttons),
        slot("topic", "aml/what"),
        action("action_listen"),
    )
    (only,) = found.turns
    assert (only.text, only.choice, only.intent, only.topic) == ("What is an AML?", "", "ask_aml/what", "aml/what")
    assert (only.confidence, only.runners_up) == (0.93, ranking)
    assert only.entities == [{"entity": "growth", "value": "angiomyolipoma"}]
    assert (only.kind, only.kinds, only.actions, only.sources) == ("answer", ["answer"], ["action_answer"], [source])
    assert only.answers == [
        {
            "text": "A growth.",
            "buttons": buttons,
            "custom": {"kind": "answer", "topic": "aml/what", "sources": [source]},
            "at": "2026-09-21T14:13:23+00:00",
            "added": False,
        }
    ]
    assert (only.event_id, only.event_ids, only.seconds) == (1, [1, 3, 4], 3.0)
    assert only.at == dt.datetime.fromtimestamp(NOW, dt.timezone.utc)
    assert (only.alarm_level, only.failed, only.feedback, found.channel) == (NONE, False, "", "web")


def test_a_pressed_button_is_a_turn_without_confidence():
    (only,) = talk(user("Symptoms of AMLs", "ask_aml/symptoms", choice="topic:aml/symptoms"), bot(topic="aml/symptoms")).turns
    assert (only.choice, only.confidence, only.entities) == ("topic:aml/symptoms", None, [])


def test_a_new_session_inside_the_conversation_is_no_new_turn():
    found = talk(*session(), *turn("first"), *session(), *turn("second"))
    assert [one.text for one in found.turns] == ["first", "second"]
    assert [one.actions for one in found.turns] == [["action_answer"], ["action_answer"]]


@pytest.mark.parametrize("events", [[], session(), [slot("place", "AU"), action("action_listen")]])
def test_a_page_that_only_opened_a_conversation_is_none_yet(events):
    assert read_talk(stored(events)) is None


def test_place_audience_and_open_alarm_are_the_last_that_were_set():
    found = talk(slot("place", "AU"), slot("audience", "family"), *turn(), slot("place", "GB"), slot("alarm", "emergency"))
    assert (found.place, found.audience, found.alarm_open) == ("GB", "family", True)
    assert not talk(slot("alarm", "emergency"), *turn(), slot("alarm", None)).alarm_open


def test_the_conversation_lasts_from_its_first_event_to_the_last_thing_said():
    found = talk(slot("place", "AU"), user(), bot(), slot("topic", "x"), action("action_listen"))
    assert found.started.timestamp() == NOW
    assert found.last_activity.timestamp() == NOW + 2


@pytest.mark.parametrize(
    ("presses", "feedback", "reason"),
    [
        (["helped:yes"], "yes", ""),
        (["helped:no"], "no", ""),
        (["helped:no", "helped:no:upsetting"], "no", "upsetting"),
        (["helped:no", "helped:no:upsetting", "helped:no"], "no", "upsetting"),
        (["helped:no", "helped:no:upsetting", "helped:yes"], "yes", ""),
        (["helped:yes", "helped:no"], "no", ""),
    ],
)
def test_feedback_stands_with_the_turn_that_it_is_about(presses, feedback, reason):
    pressed = [one for press in presses for one in (user("...", "feedback", press), bot("Thank you.", "notice"))]
    found = talk(*turn("first"), *turn("second"), *pressed, *turn("third"))
    assert [one.text for one in found.turns] == ["first", "second", "third"]
    assert [one.feedback for one in found.turns] == ["", feedback, ""]
    second = found.turns[1]
    assert second.feedback_reason == reason
    assert [one["text"] for one in second.feedback_answers] == ["Thank you."] * len(presses)
    assert second.kinds == ["answer"]
    assert len(second.answers) == 1


def test_feedback_on_nothing_is_not_lost():
    (only,) = talk(user("Yes", "feedback", "helped:yes"), bot("Thank you.", "notice")).turns
    assert (only.choice, only.feedback, len(only.answers)) == ("helped:yes", "", 1)


@pytest.mark.parametrize(
    ("events", "level", "category"),
    [
        ([user(intent="red_flag/bleeding"), bot(kind="emergency", category="bleeding")], EMERGENCY, "bleeding"),
        ([user(intent="red_flag/self_harm"), bot(kind="crisis", category="self_harm")], EMERGENCY, "self_harm"),
        ([user(intent="urgent/infection"), bot(kind="urgent", category="infection")], URGENT, "infection"),
        ([user(intent="ask_aml/what"), bot(kind="emergency", category="seizure"), bot()], EMERGENCY, "seizure"),
        ([user(intent="red_flag/bleeding")], EMERGENCY, "bleeding"),
        ([user(intent="red_flag/bleeding", metadata={"alarm": "urgent/infection"}), bot()], EMERGENCY, "bleeding"),
        ([user(intent="ask_aml/what", metadata={"alarm": "urgent/infection"}), bot()], URGENT, "infection"),
        ([user(), bot(alarm="emergency", pointer="Help comes first.")], NONE, ""),
    ],
)
def test_the_worst_alarm_of_answers_intent_and_rules_counts(events, level, category):
    (only,) = talk(*events).turns
    assert (only.alarm_level, only.alarm_category) == (level, category)


@pytest.mark.parametrize(
    ("answers", "failed"),
    [
        ([], True),
        ([bot("I cannot answer right now.", "notice", notice="fixed/not_available")], True),
        ([bot(kind="notice", notice="fixed/place_set")], False),
        ([bot()], False),
    ],
)
def test_a_turn_failed_when_it_says_so_or_nothing(answers, failed):
    (only,) = talk(user(), *answers).turns
    assert only.failed is failed


def test_what_the_channel_put_first_is_the_first_answer():
    """It is stored after what the dialogue model answered; the family saw it before."""
    (only,) = talk(user(intent="red_flag/bleeding"), bot(), added("Call 000.", "emergency", category="bleeding")).turns
    assert only.kinds == ["emergency", "answer"]
    assert [answer["added"] for answer in only.answers] == [True, False]
    assert (only.kind, only.alarm_level, only.seconds) == ("emergency", EMERGENCY, 2.0)


def test_each_source_is_shown_once_in_the_order_of_the_answers():
    first, second, third = ({"id": name, "group": "label", "title": name} for name in "abc")
    (only,) = talk(user(), bot(sources=[first, second]), bot(sources=[second, third])).turns
    assert only.sources == [first, second, third]


def test_the_language_is_that_of_the_last_message_in_one():
    german, french = ({"entity": "language", "value": code} for code in ("de", "fr"))
    found = talk(user(entities=[german]), bot(), user(entities=[french]), bot(), user(), bot())
    assert [one.language for one in found.turns] == ["de", "fr", ""]
    assert found.language == "fr"


def test_events_are_read_in_the_order_of_their_ids():
    events = stored([*turn("first"), *turn("second")])
    assert read_talk(reversed(events)) == read_talk(events)


def test_an_event_that_is_no_json_loses_only_itself():
    events = stored([*turn("first"), user("second"), bot("An answer.")])
    for broken in ("{not json", "[1]", "", "[" * 100_000):
        events[6] = StoredEvent(7, "user", NOW, broken)
        found = read_talk(events)
        assert found is not None
        assert found.unreadable == (7,)
        assert [one.text for one in found.turns] == ["first", ""]
        assert found.turns[1].answers[0]["text"] == "An answer."


@pytest.mark.parametrize(
    "data", [{}, {"parse_data": None, "text": None}, {"parse_data": {"intent": 1, "entities": {}}}, {"data": []}]
)
def test_an_event_without_the_usual_parts_is_read_as_far_as_it_goes(data):
    for type_name in ("user", "bot", "action", "slot"):
        found = read_talk([StoredEvent(1, "user", NOW, "{}"), StoredEvent(2, type_name, NOW, json.dumps(data))])
        assert found is not None


def test_what_no_database_can_store_is_replaced():
    (only,) = talk(user("a\x00b\ud83d"), bot("c\x00", sources=[{"id": "\x00"}])).turns
    assert (only.text, only.answers[0]["text"]) == ("a\ufffdb\ufffd", "c\ufffd")
    json.dumps(only.answers, ensure_ascii=False).encode()


def test_a_message_of_the_guide_before_any_of_the_family_is_not_lost():
    (only,) = talk(bot("Hello."), slot("place", "AU")).turns
    assert (only.text, only.event_id, only.answers[0]["text"]) == ("", 1, "Hello.")


def test_every_message_belongs_to_exactly_one_turn():
    events = stored(
        [*session(), *turn(), user("No", "feedback", "helped:no"), bot(kind="notice"), *session(), user(), bot(), bot()]
    )
    found = read_talk(events)
    assert found is not None
    kept = [id_ for one in found.turns for id_ in one.event_ids]
    assert len(kept) == len(set(kept))
    assert {event.id for event in events if event.type_name in {"user", "bot"}} <= set(kept)
