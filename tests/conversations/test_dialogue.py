"""Conversations that go on: misunderstood, two questions at once, one side after the other, another language, what to ask."""

from __future__ import annotations

import pytest

VAGUE = ("everolimus", "kidney", "pills", "lumps", "tablets and the kidneys", "scan or blood test first")
"""Words without a question. Each may be taken for a topic; that all of them are would mean that nobody is ever asked back."""


def payloads(message):
    return [button["payload"] for button in message["buttons"]]


def topics(message):
    return [payload.removeprefix("topic:") for payload in payloads(message) if payload.startswith("topic:")]


# Misunderstood


@pytest.mark.parametrize("press", [lambda talk: talk.choose("not_meant"), lambda talk: talk.say("that is not what I meant")])
def test_not_what_i_meant_leads_to_other_topics_then_to_the_areas_then_to_an_answer(talk, press):
    conversation = talk()
    conversation.say("What is an angiomyolipoma?")
    assert payloads(conversation.first)[-1] == "not_meant"
    seen = ["aml/what"]
    for _ in range(3):  # five guesses at most, three at a time
        press(conversation)
        offered = topics(conversation.first)
        if not offered:
            break
        assert conversation.first["custom"]["notice"] == "fixed/not_meant"
        assert not set(offered) & set(seen), "what was offered before was not meant"
        seen += offered
    assert len(seen) > 1
    assert conversation.first["custom"]["kind"] == "unknown"
    areas = payloads(conversation.first)
    assert [payload.partition(":")[0] for payload in areas] == ["area"] * 3
    conversation.choose(areas[0])
    assert conversation.first["custom"]["notice"] == "fixed/area"
    conversation.choose(f"topic:{topics(conversation.first)[0]}")
    assert conversation.first["custom"]["kind"] == "answer"


def test_every_topic_that_is_offered_instead_answers_when_pressed(talk):
    conversation = talk()
    conversation.say("How are AMLs treated, what are the options?")
    conversation.choose("not_meant")
    offered = topics(conversation.first)
    assert 1 <= len(offered) <= 3
    for topic in offered:
        conversation.choose(f"topic:{topic}")
        assert (conversation.first["custom"]["kind"], conversation.first["custom"]["topic"]) == ("answer", topic)


def test_who_presses_not_what_i_meant_at_first_gets_the_areas(talk):
    conversation = talk()
    conversation.choose("not_meant")
    assert (conversation.first["custom"]["kind"], len(payloads(conversation.first))) == ("unknown", 3)


def test_vague_words_are_asked_back_and_the_buttons_answer(talk):
    asked_back = []
    for words in VAGUE:
        conversation = talk()
        conversation.say(words)
        if conversation.first["custom"].get("notice") == "fixed/clarify":
            asked_back.append(conversation)
    assert asked_back
    for conversation in asked_back:
        offered = topics(conversation.first)
        assert 1 <= len(offered) <= 3
        assert payloads(conversation.first) == [*(f"topic:{topic}" for topic in offered), "not_meant"]
        conversation.choose(f"topic:{offered[0]}")
        assert (conversation.first["custom"]["kind"], conversation.first["custom"]["topic"]) == ("answer", offered[0])


@pytest.mark.parametrize("text", ["who won the football last night", "Which epilepsy medicine is best for children with TSC?"])
def test_a_signpost_has_a_way_back(talk, text):
    conversation = talk()
    conversation.say(text)
    assert (conversation.first["custom"]["kind"], payloads(conversation.first)) == ("signpost", ["not_meant"])
    conversation.choose("not_meant")
    assert conversation.first["custom"]["kind"] in {"clarify", "unknown"}
    assert payloads(conversation.first)


# Two questions in one message


@pytest.mark.parametrize(
    ("text", "answered", "offered"),
    [
        ("What is an AML? And what are the side effects of everolimus?", "aml/what", "side_effects/overview"),
        ("How are AMLs treated? How often should kidneys be scanned?", "treatment/options", "monitoring/schedule"),
    ],
)
def test_of_two_questions_the_first_is_answered_and_the_second_offered(talk, text, answered, offered):
    conversation = talk()
    answer, offer = conversation.say(text)
    assert answer["custom"]["topic"] == answered
    assert (offer["custom"]["kind"], payloads(offer)) == ("clarify", [f"topic:{offered}"])
    conversation.choose(f"topic:{offered}")
    assert (len(conversation.replies), conversation.first["custom"]["topic"]) == (1, offered)


def test_one_question_gets_one_answer(talk):
    conversation = talk()
    assert len(conversation.say("What is an angiomyolipoma?")) == 1


# One side after the other


@pytest.mark.parametrize(
    ("topic", "text", "answered", "part"),
    [
        ("aml/what", "how common is that?", "aml/how_common", None),
        ("side_effects/mouth_sores", "how common is that?", "side_effects/mouth_sores", "how_common"),
        ("aml/what", "is that dangerous?", "bleeding/risk", None),
        ("aml/what", "and in children?", "aml/what", "for_children"),
        ("mtor/missed_dose", "what about sirolimus?", "mtor/missed_dose", "everolimus_and_sirolimus"),
        ("mtor/evidence_adults", "and in children?", "mtor/evidence_children", None),
    ],
)
def test_a_follow_up_asks_for_one_side_of_what_was_just_answered(talk, topic, text, answered, part):
    conversation = talk()
    conversation.choose(f"topic:{topic}")
    conversation.say(text)
    answer = conversation.first["custom"]
    assert (answer["kind"], answer.get("topic"), answer.get("part")) == ("answer", answered, part)


def test_follow_ups_follow_each_other(talk):
    conversation = talk()
    conversation.say("What is an angiomyolipoma?")
    conversation.say("how common is that?")
    assert conversation.first["custom"]["topic"] == "aml/how_common"
    conversation.say("where is that from")
    assert (conversation.first["custom"]["topic"], bool(conversation.first["custom"]["sources"])) == ("aml/how_common", True)
    conversation.say("say that again")
    assert (conversation.first["custom"]["kind"], conversation.first["custom"]["topic"]) == ("answer", "aml/how_common")
    conversation.say("explain it like I am 12")
    assert (conversation.first["custom"]["topic"], conversation.first["custom"]["audience"]) == ("aml/how_common", "easy_read")


def test_who_says_to_be_a_nurse_gets_the_last_answer_with_figures(talk):
    conversation = talk()
    conversation.choose("topic:mtor/evidence_adults")
    conversation.say("I'm a nurse")
    answer = conversation.first["custom"]
    assert (answer["kind"], answer["topic"], answer["audience"]) == ("answer", "mtor/evidence_adults", "professional")


def test_who_says_beside_a_question_for_whom_the_answer_is_gets_it_so_and_from_then_on(talk):
    conversation = talk()
    conversation.say("What is an angiomyolipoma? Explain it like I am 12.")
    first = conversation.first["custom"]
    assert (first["topic"], first["audience"]) == ("aml/what", "easy_read")
    conversation.say("I'm a nurse, which blood levels of everolimus are aimed at?")
    second = conversation.first["custom"]
    assert (second["topic"], second["audience"]) == ("mtor/blood_levels", "professional")
    conversation.say("What is embolisation?")
    assert conversation.first["custom"]["audience"] == "professional"


def test_a_new_question_after_an_answer_is_a_question_and_no_follow_up(talk):
    conversation = talk()
    conversation.say("What is an angiomyolipoma?")
    conversation.say("What are the side effects of everolimus?")
    assert conversation.first["custom"]["topic"] == "side_effects/overview"


def test_who_asks_whether_it_is_a_doctor_is_told_what_it_is(talk):
    conversation = talk()
    conversation.say("are you a doctor")
    assert conversation.first["custom"]["notice"] == "fixed/about_me"
    assert "computer program" in conversation.first["text"]


# What can I ask?


def test_who_asks_what_there_is_comes_by_buttons_to_an_answer_and_back(talk):
    conversation = talk()
    conversation.say("show me all topics")
    assert conversation.first["custom"]["notice"] == "fixed/areas"
    assert "area:bleeding" in payloads(conversation.first)
    conversation.choose("area:bleeding")
    assert payloads(conversation.first)[-1] == "areas"
    assert {"bleeding/risk", "bleeding/signs"} <= set(topics(conversation.first))
    conversation.choose("topic:bleeding/signs")
    assert (conversation.first["custom"]["kind"], conversation.first["custom"]["topic"]) == ("answer", "bleeding/signs")
    conversation.choose("areas")
    assert conversation.first["custom"]["notice"] == "fixed/areas"


# Refused


def test_a_refused_question_offers_what_is_known_in_general(talk):
    conversation = talk()
    conversation.say("what does 3.2 cm mean for my son")
    assert conversation.first["custom"]["notice"] == "refuse/own_scan"
    assert payloads(conversation.first) == ["not_meant"]
    offered = [entry["choice"] for entry in conversation.first["custom"]["related"]]
    assert "topic:aml/size" in offered
    for choice in offered:
        conversation.choose(choice)
        assert (conversation.first["custom"]["kind"], f"topic:{conversation.first['custom']['topic']}") == ("answer", choice)


def test_a_refused_question_that_was_not_meant_has_a_way_on(talk):
    conversation = talk()
    conversation.say("How many mg of everolimus should my daughter take?")
    shown = {entry["choice"] for entry in conversation.first["custom"]["related"]}
    conversation.choose("not_meant")
    assert conversation.first["custom"]["kind"] in {"clarify", "unknown"}
    assert payloads(conversation.first)
    assert not shown & set(payloads(conversation.first))


def test_what_follows_a_refusal_is_about_the_refusal_and_not_about_the_topic_before(talk):
    conversation = talk()
    conversation.say("What is an angiomyolipoma?")
    conversation.say("How many mg of everolimus should my daughter take?")
    conversation.say("can you say that more simply")
    assert (conversation.first["custom"]["notice"], conversation.first["custom"]["audience"]) == ("refuse/dose", "easy_read")
    conversation.say("why not?")
    assert conversation.first["custom"]["topic"] == "about/limits"
    conversation.say("how common are they?")
    assert conversation.first["custom"]["topic"].startswith("aml/")


# Another language


def test_a_message_in_spanish_is_answered_in_spanish_with_the_number_of_the_place(talk):
    conversation = talk(place="GB")
    conversation.say("¿Qué efectos secundarios tiene este medicamento para mi hija?")
    message = conversation.first
    assert (message["custom"]["kind"], message["custom"]["languages"]) == ("language", ["es"])
    assert message["text"].startswith("Solo puedo leer inglés. En una emergencia, llame ahora al 999.")
    assert message["custom"]["contacts"]


def test_an_emergency_in_spanish_is_answered_in_spanish_and_then_in_english(talk):
    conversation = talk(place="AU")
    conversation.say("hay sangre en la orina de mi hijo")
    message = conversation.first
    assert (message["custom"]["kind"], message["custom"]["category"]) == ("emergency", "bleeding")
    assert message["text"].startswith("Esto parece una emergencia. Llame ahora al 000.")
    assert 0 < message["text"].index("Llame ahora al 000") < message["text"].index("Call 000 now")


def test_after_another_language_english_is_understood_as_ever(talk):
    conversation = talk()
    conversation.say("¿Qué efectos secundarios tiene este medicamento para mi hija?")
    conversation.say("What is an angiomyolipoma?")
    assert conversation.first["custom"]["topic"] == "aml/what"


# After an alarm


def test_after_an_emergency_each_answer_begins_with_the_pointer_until_help_is_there(talk):
    conversation = talk(place="AU")
    conversation.say("There is blood in her urine and she is white as a sheet")
    assert conversation.first["custom"]["kind"] == "emergency"
    for text in ("What is an angiomyolipoma?", "the ambulance is coming", "no ambulance here yet", "zxcv qwer"):
        conversation.say(text)
        assert conversation.first["text"].startswith("**First:** if help is not there yet, call 000 now.")
    conversation.say("the paramedics are here now")
    assert conversation.first["custom"]["notice"] == "still/help_arrived"
    conversation.say("What is an angiomyolipoma?")
    assert "**First:**" not in conversation.first["text"]


@pytest.mark.parametrize("confirm", ["there is no emergency here", "not_needed"])
def test_who_says_twice_that_there_is_no_emergency_is_rid_of_the_pointer(talk, confirm):
    conversation = talk(place="AU")
    conversation.say("There is blood in her urine and she is white as a sheet")
    conversation.say("no no, nobody is ill, I only asked in general")
    assert conversation.first["custom"]["notice"] == "still/look_again"
    conversation.say(confirm) if " " in confirm else conversation.choose(confirm)
    assert conversation.first["custom"]["notice"] == "still/not_needed"
    conversation.say("What is an angiomyolipoma?")
    assert "**First:**" not in conversation.first["text"]


def test_a_further_question_is_not_answered_by_the_same_page_again(talk):
    conversation = talk()
    conversation.say("What is embolisation of an AML?")
    conversation.say("and can it be done twice")
    assert conversation.first["custom"]["notice"] == "fixed/no_more"
    assert conversation.first["custom"]["topic"] == "treatment/embolisation"
    conversation.say("What is embolisation of an AML?")
    assert conversation.first["custom"]["kind"] == "answer", "asked for by name"


@pytest.mark.parametrize("yes", ["yes she is", "worse:infection"])
def test_urgent_advice_asks_once_whether_it_is_an_emergency_and_yes_makes_it_one(talk, yes):
    conversation = talk(place="AU")
    conversation.say("he has a temperature of 38.4 on everolimus but is playing")
    assert conversation.first["custom"]["question"] == "infection"
    conversation.choose(yes) if ":" in yes else conversation.say(yes)
    assert conversation.first["custom"]["notice"] == "emergency/infection"
    conversation.say("What is an angiomyolipoma?")
    assert conversation.first["custom"]["alarm"] == "emergency"


def test_no_to_the_question_leaves_the_urgent_advice_and_it_is_not_asked_again(talk):
    conversation = talk(place="AU")
    conversation.say("he has a temperature of 38.4 on everolimus but is playing")
    conversation.say("no")
    assert conversation.first["custom"]["notice"] == "still/not_worse"
    assert conversation.first["custom"]["alarm"] == "urgent"
    conversation.say("it is 38.5 now on everolimus, still playing")
    assert conversation.first["custom"]["kind"] == "urgent"
    assert "question" not in conversation.first["custom"]


def test_the_button_ends_it_too_and_a_new_alarm_begins_it_again(talk):
    conversation = talk()
    conversation.say("I took my everolimus twice today, one extra tablet, I feel fine")
    assert conversation.first["custom"]["kind"] == "urgent"
    conversation.choose("help_arrived")
    conversation.say("thanks")
    assert "alarm" not in conversation.first["custom"]
    conversation.say("now I fainted and my side hurts terribly")
    conversation.say("thanks")
    assert conversation.first["custom"]["alarm"] == "emergency"
