"""When the guide is not sure it asks, when it does not know it says so, and there is always a way on."""

from __future__ import annotations

import pytest
from served import guide_of

from bot.knowledge import ContentPolicy, Kind, Library
from bot.reply import Guide, Message, Reader
from bot.reply.message import Button

READER = Reader()
REAL = Guide(Library.load(), ContentPolicy.preview)
AREAS = """\
kidney: {title: Cysts}
bleeding: {title: Bleeding}
mtor: {title: Medicines}
aml: {title: Kidney growths}
care: {title: Support}
about: {title: About this guide}
"""
COPIES = ("aml/one", "bleeding/signs", "kidney/cysts", "kidney/ckd", "mtor/how")
"""Further topics; the area ``care`` has none."""


@pytest.fixture
def texts(knowledge):
    """A folder with seven topics in five areas and an area without any."""
    for topic in COPIES:
        knowledge.write(f"topics/{topic}.yml", (knowledge.root / "topics/aml/size.yml").read_text())
    knowledge.write("areas.yml", AREAS)
    return knowledge


@pytest.fixture
def guide(texts) -> Guide:
    return guide_of(texts)


@pytest.fixture
def approved(texts) -> Guide:
    """Only aml/what and kidney/ckd may be served."""
    texts.record("aml/what", "kidney/ckd")
    return guide_of(texts, ContentPolicy.approved)


def payloads(message: Message | None) -> list[str]:
    assert message is not None
    return [button["payload"] for button in message.buttons]


def related(message: Message) -> list[str]:
    return [entry["choice"] for entry in message.custom["related"]]


# Did you mean ...?


@pytest.mark.parametrize(
    ("nearest", "offered"),
    [
        (["mtor/how", "aml/size"], ["topic:mtor/how", "topic:aml/size"]),
        (["aml/size"], ["topic:aml/size"]),
        (["aml/one", "aml/what", "aml/size", "mtor/how"], ["topic:aml/one", "topic:aml/what", "topic:aml/size"]),
        (["aml/none", "aml/what", "care/none", "kidney/ckd"], ["topic:aml/what", "topic:kidney/ckd"]),
    ],
)
def test_clarify_offers_up_to_three_topics_that_can_be_answered_the_best_first(guide, nearest, offered):
    message = guide.clarify(nearest, READER)
    assert payloads(message) == [*offered, "not_meant"]
    assert message.buttons[-1]["title"] == "None of these"
    assert message.custom["notice"] == "fixed/clarify"


def test_clarify_shows_titles_and_not_ids(guide):
    assert guide.clarify(["aml/what"], READER).buttons[0] == Button(title="What an AML is", payload="topic:aml/what")


@pytest.mark.parametrize("notice", ["fixed/clarify", "fixed/not_meant"])
@pytest.mark.parametrize("nearest", [[], ["aml/none"], ["care/specialists", "aml/none"]])
def test_clarify_without_a_topic_to_offer_says_that_it_does_not_know(guide, nearest, notice):
    message = guide.clarify(nearest, READER, notice)
    assert message == guide.unknown(READER, nearest)
    assert message.topics_offered == []


def test_clarify_offers_only_what_the_content_policy_lets_through(approved):
    assert payloads(approved.clarify(["aml/size", "kidney/ckd", "aml/one"], READER)) == ["topic:kidney/ckd", "not_meant"]
    assert approved.clarify(["aml/size"], READER).custom["notice"] == "fixed/unknown"


def test_who_was_not_understood_is_asked_in_other_words(guide):
    message = guide.clarify(["aml/size"], READER, "fixed/not_meant")
    assert message.custom["notice"] == "fixed/not_meant"
    assert payloads(message) == ["topic:aml/size", "not_meant"]


# I do not know


@pytest.mark.parametrize(
    ("nearest", "topic", "areas"),
    [
        ([], None, ["aml", "mtor", "bleeding"]),
        (["kidney/ckd", "kidney/cysts", "aml/what"], None, ["kidney", "aml", "mtor"]),
        (["about/sources", "kidney/ckd", "bleeding/signs", "aml/what"], None, ["about", "kidney", "bleeding"]),
        (["aml/what"], "kidney/none", ["kidney", "aml", "mtor"]),
        (["bleeding/signs"], "bleeding/none", ["bleeding", "aml", "mtor"]),
        (["care/specialists", "living/sport", ""], None, ["aml", "mtor", "bleeding"]),
    ],
)
def test_unknown_offers_the_three_nearest_areas_once_each(guide, nearest, topic, areas):
    message = guide.unknown(READER, nearest, topic)
    assert payloads(message) == [f"area:{area}" for area in areas]
    assert message.custom.get("topic") == topic
    assert message.kind is Kind.unknown


def test_unknown_names_the_areas_by_their_title(guide):
    assert guide.unknown(READER).buttons[0] == Button(title="Kidney growths", payload="area:aml")


def test_unknown_offers_no_area_of_which_nothing_may_be_served(approved):
    assert payloads(approved.unknown(READER, ["bleeding/signs", "kidney/cysts"])) == ["area:kidney", "area:aml"]


def test_a_topic_without_a_text_is_unknown_and_its_area_is_offered_first(guide):
    message = guide.answer("kidney/none", READER)
    assert (message.kind, message.custom["topic"], payloads(message)[0]) == (Kind.unknown, "kidney/none", "area:kidney")


# What can I ask?


def test_all_areas_that_have_a_text_are_offered_in_the_order_of_their_file(guide):
    message = guide.areas(READER)
    assert payloads(message) == ["area:kidney", "area:bleeding", "area:mtor", "area:aml", "area:about"]
    assert message.custom["notice"] == "fixed/areas"


def test_an_area_offers_its_topics_and_the_way_back(guide):
    message = guide.areas(READER, "kidney")
    assert payloads(message) == ["topic:kidney/ckd", "topic:kidney/cysts", "areas"]
    assert message.custom["notice"] == "fixed/area"


@pytest.mark.parametrize("area", ["care", "none", "", "aml/what"])
def test_an_area_without_topics_offers_all_areas_instead(guide, area):
    assert guide.areas(READER, area) == guide.areas(READER)


def test_only_what_may_be_served_is_offered_to_choose_from(approved):
    assert payloads(approved.areas(READER)) == ["area:kidney", "area:aml"]
    assert payloads(approved.areas(READER, "kidney")) == ["topic:kidney/ckd", "areas"]


# Two questions in one message


def test_the_other_questions_of_a_message_are_offered_in_their_order(guide):
    message = guide.also(["mtor/how", "aml/none", "aml/what"], READER)
    assert payloads(message) == ["topic:mtor/how", "topic:aml/what"]


@pytest.mark.parametrize("topics", [[], ["aml/none"]])
def test_nothing_is_offered_beside_the_answer_when_there_is_no_text_on_it(guide, topics):
    assert guide.also(topics, READER) is None


def test_a_further_question_whose_text_is_not_approved_is_not_offered(approved):
    assert approved.also(["mtor/how"], READER) is None
    assert payloads(approved.also(["mtor/how", "aml/what"], READER)) == ["topic:aml/what"]


# Refusals


@pytest.fixture
def offering(texts) -> Guide:
    """A refusal that names two topics with a general answer and one without a text."""
    texts.edit("notices/refuse.yml", "  texts:", "  topics: [mtor/none, mtor/how, kidney/ckd]\n  texts:")
    return guide_of(texts)


@pytest.mark.parametrize(
    ("nearest", "offered"),
    [
        ([], ["mtor/how", "kidney/ckd"]),
        (["aml/size"], ["aml/size", "mtor/how", "kidney/ckd"]),
        (["aml/size", "aml/what", "aml/one"], ["aml/size", "mtor/how", "kidney/ckd"]),
        (["kidney/ckd"], ["kidney/ckd", "mtor/how"]),
        (["aml/none"], ["mtor/how", "kidney/ckd"]),
    ],
)
def test_a_refusal_offers_the_nearest_topic_and_what_is_known_in_general(offering, nearest, offered):
    message = offering.refusal("dose", READER, nearest)
    assert related(message) == [f"topic:{topic}" for topic in offered]
    assert message.topics_offered == offered
    assert message.text == offering.refusal("dose", READER).text


def test_a_refusal_offers_three_topics_at_most(texts):
    texts.edit("notices/refuse.yml", "  texts:", "  topics: [mtor/how, kidney/ckd, kidney/cysts, aml/one]\n  texts:")
    guide = guide_of(texts)
    assert related(guide.refusal("dose", READER, ["aml/what"])) == ["topic:aml/what", "topic:mtor/how", "topic:kidney/ckd"]


def test_a_refusal_without_its_own_text_still_offers_the_nearest_topic(guide):
    message = guide.refusal("anything", READER, ["aml/what"])
    assert (message.custom["notice"], related(message)) == ("fixed/unknown", ["topic:aml/what"])


@pytest.mark.parametrize("kind", ["own_scan", "own_lab", "prognosis", "treatment_choice", "letter_or_legal"])
def test_the_real_refusals_offer_something_to_read(kind):
    assert REAL.refusal(kind, READER).topics_offered


# Not what I meant


@pytest.mark.parametrize(
    ("make", "offered"),
    [
        (lambda: REAL.answer("aml/what", READER), True),
        (lambda: REAL.answer("aml/what", READER, REAL.next_part("aml/what", None)), True),
        (lambda: REAL.answer("care/emotional_support", READER), True),
        (lambda: REAL.refusal("dose", READER), True),
        (lambda: REAL.signpost("fixed/signpost", READER), True),
        (lambda: REAL.signpost("fixed/signpost_general", READER), True),
        (lambda: REAL.no_more("aml/what", READER), True),
        (lambda: REAL.clarify(["aml/what"], READER), True),
        (lambda: REAL.alarm("emergency", "bleeding", READER), False),
        (lambda: REAL.alarm("urgent", "infection", READER), False),
        (lambda: REAL.unknown(READER, ["aml/what"]), False),
        (lambda: REAL.areas(READER), False),
        (lambda: REAL.areas(READER, "aml"), False),
        (lambda: REAL.also(["aml/what"], READER), False),
        (lambda: REAL.language(["es"], READER), False),
        (lambda: REAL.sources_of("aml/what", READER), False),
        (lambda: REAL.notice("fixed/support", READER), False),
        (lambda: REAL.notice("fixed/about_me", READER), False),
        (lambda: REAL.ask_place(READER), False),
    ],
)
def test_not_what_i_meant_stands_once_and_last_under_what_may_be_a_misunderstanding(make, offered):
    assert payloads(make()).count("not_meant") == int(offered)
    assert not offered or payloads(make())[-1] == "not_meant"


@pytest.mark.parametrize(
    "message",
    [
        REAL.clarify(["aml/what"], READER),
        REAL.clarify(["aml/what"], READER, "fixed/not_meant"),
        REAL.also(["aml/what"], READER),
        REAL.areas(READER),
        REAL.areas(READER, "aml"),
    ],
)
def test_a_question_back_is_of_the_kind_clarify_and_carries_no_disclaimer(message):
    assert message.kind is Kind.clarify
    assert "disclaimer" not in message.custom
    assert "sources" not in message.custom


@pytest.mark.parametrize("notice", ["fixed/clarify", "fixed/not_meant"])
@pytest.mark.parametrize(("place", "number"), [("AU", "000"), ("GB", "999"), (None, "your local emergency number")])
def test_who_is_asked_back_still_reads_the_emergency_number(notice, place, number):
    assert f"call {number}" in REAL.clarify(["aml/what"], Reader(place=place), notice).text


def test_unknown_names_people_to_ask_and_ends_with_the_disclaimer():
    message = REAL.unknown(Reader(place="GB"))
    assert message.custom["contacts"]
    assert message.text.endswith(message.custom["disclaimer"])


# Topics that a message offers


def test_a_message_knows_the_topics_that_it_offers_and_no_other_button():
    custom = {"related": [{"choice": "topic:aml/size", "title": "Size"}], "more": [{"choice": "part:aml/what:x", "title": "X"}]}
    buttons = (
        Button(title="A", payload="topic:aml/what"),
        Button(title="B", payload="area:aml"),
        Button(title="C", payload="areas"),
    )
    assert Message("text", Kind.clarify, custom, buttons).topics_offered == ["aml/what", "aml/size"]
    assert Message("text", Kind.clarify).topics_offered == []
