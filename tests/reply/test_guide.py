"""An answer is stored text with its sources, its parts and its disclaimer, in words for its reader."""

from __future__ import annotations

import pytest
from served import EASY, FAMILY, PROFESSIONAL, choices, guide_of

from bot.knowledge import Kind, PartName
from bot.reply.choices import resolve

WHAT = "topics/aml/what.yml"


# What every message with medical content carries


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda guide: guide.answer("aml/what", FAMILY), Kind.answer),
        (lambda guide: guide.answer("aml/what", PROFESSIONAL, PartName.how_common), Kind.answer),
        (lambda guide: guide.answer("aml/size", EASY), Kind.answer),
        (lambda guide: guide.answer("about/sources", FAMILY), Kind.answer),
        (lambda guide: guide.sources_of("aml/what", FAMILY), Kind.answer),
        (lambda guide: guide.alarm("emergency", "bleeding", FAMILY), Kind.emergency),
        (lambda guide: guide.alarm("emergency", "self_harm", FAMILY), Kind.crisis),
        (lambda guide: guide.alarm("urgent", "infection", FAMILY), Kind.urgent),
        (lambda guide: guide.refusal("dose", FAMILY), Kind.refusal),
        (lambda guide: guide.unknown(FAMILY, ["aml/what"]), Kind.unknown),
    ],
)
def test_the_disclaimer_stands_exactly_once_and_last(guide, make, kind):
    message = make(guide)
    assert message.kind is kind
    assert message.custom["disclaimer"].startswith("Text of disclaimer/preview. Call your local emergency number")
    assert message.text.endswith(f"\n\n{message.custom['disclaimer']}")
    assert message.text.count("Text of disclaimer/") == 1


def test_an_answer_names_each_source_once_in_the_order_of_its_text(guide):
    assert guide.answer("aml/what", FAMILY).custom["sources"] == [
        {
            "id": "guideline",
            "group": "guideline",
            "title": "Kidney guideline",
            "year": 2021,
            "publisher": "TSC council",
            "url": "https://example.org/guideline",
        },
        {
            "id": "machine",
            "group": "research",
            "title": "Article by a machine",
            "year": None,
            "publisher": "A website",
            "url": None,
            "note": "No clinician has checked it yet.",
        },
    ]


def test_an_answer_names_the_sources_of_the_part_and_audience_that_is_shown(guide):
    def shown(reader, part=None):
        return [source["id"] for source in guide.answer("aml/what", reader, part).custom["sources"]]

    assert shown(EASY) == ["guideline"]
    assert shown(PROFESSIONAL) == ["leaflet"]
    assert shown(PROFESSIONAL, PartName.what_helps) == ["leaflet"]
    assert shown(PROFESSIONAL, PartName.how_common) == ["guideline"]


def test_a_message_becomes_text_buttons_and_custom_with_its_kind(guide):
    message = guide.answer("aml/what", FAMILY).as_dict()
    assert set(message) == {"text", "buttons", "custom"}
    assert message["custom"]["kind"] == "answer"
    assert message["custom"]["topic"] == "aml/what"


# Audiences and parts


@pytest.mark.parametrize(
    ("topic", "reader", "part", "audience", "begins"),
    [
        ("aml/what", FAMILY, None, "family", "An AML is a lump in the kidney.\n\nIt holds fat.\n\n"),
        ("aml/what", EASY, None, "easy_read", "A lump.\n\n"),
        ("aml/what", PROFESSIONAL, None, "professional", "A tumour of fat, vessels and muscle.\n\n"),
        ("aml/size", EASY, None, "family", "Text of fixed/no_easy_read. Call "),
        ("aml/size", PROFESSIONAL, None, "family", "Text of fixed/no_professional. Call "),
        ("aml/what", FAMILY, PartName.how_common, "family", "**How common is it?** Many people have one.\n\n"),
        ("aml/what", PROFESSIONAL, PartName.how_common, "professional", "**How common is it?** Four in five.\n\n"),
        ("aml/what", EASY, PartName.how_common, "family", "**How common is it?** Many people have one.\n\n"),
    ],
)
def test_the_text_for_the_reader_is_shown_or_else_that_for_families(guide, topic, reader, part, audience, begins):
    message = guide.answer(topic, reader, part)
    assert message.text.startswith(begins)
    assert message.custom["audience"] == audience
    assert message.custom.get("part") == (part and part.value)


@pytest.mark.parametrize(("reader", "remark"), [(EASY, "fixed/no_easy_read"), (PROFESSIONAL, "fixed/no_professional")])
def test_the_remark_that_a_text_is_missing_is_followed_by_the_family_text(guide, reader, remark):
    first, second, *_ = guide.answer("aml/size", reader).text.split("\n\n")
    assert first.startswith(f"Text of {remark}.")
    assert second == "A scan shows the size."


def test_buttons_offer_the_other_audiences_that_have_a_text(guide):
    def offered(topic, reader, part=None):
        return [button["payload"] for button in guide.answer(topic, reader, part).buttons]

    assert offered("aml/what", FAMILY) == ["audience:easy_read", "audience:professional", "not_meant"]
    assert offered("aml/what", EASY) == ["audience:family", "audience:professional", "not_meant"]
    assert offered("aml/size", FAMILY) == ["not_meant"]
    assert offered("aml/what", FAMILY, PartName.how_common) == ["not_meant"]


def test_more_offers_the_parts_that_are_not_shown(guide):
    helps, common = "part:aml/what:what_helps", "part:aml/what:how_common"
    assert choices(guide.answer("aml/what", FAMILY), "more") == [helps, common]
    assert choices(guide.answer("aml/what", FAMILY, PartName.what_helps), "more") == [common]
    assert choices(guide.answer("aml/size", FAMILY), "more") == []


def test_a_part_about_something_else_has_a_heading_of_its_own_on_its_button_and_above_its_text(knowledge):
    knowledge.edit(WHAT, "parts:", "headings: {how_common: Who gets one?}\nparts:")
    guide = guide_of(knowledge)
    assert [part["title"] for part in guide.answer("aml/what", FAMILY).custom["more"]] == ["What helps?", "Who gets one?"]
    assert guide.answer("aml/what", FAMILY, PartName.how_common).text.startswith("**Who gets one?** ")
    assert [part["title"] for part in guide.no_more("aml/what", FAMILY).custom["more"]] == ["What helps?", "Who gets one?"]
    choice = resolve("part:aml/what:how_common", guide.library)
    assert choice is not None
    assert choice.text.endswith(": Who gets one?")


@pytest.mark.parametrize(
    ("topic", "part", "following"),
    [
        ("aml/what", None, PartName.what_helps),
        ("aml/what", PartName.what_helps, PartName.how_common),
        ("aml/what", PartName.how_common, None),
        ("aml/what", PartName.for_children, PartName.what_helps),
        ("aml/size", None, None),
        ("aml/none", None, None),
    ],
)
def test_parts_follow_each_other_as_in_the_file(guide, topic, part, following):
    assert guide.next_part(topic, part) is following


def test_a_part_that_the_topic_does_not_have_gives_no_more(guide):
    message = guide.answer("aml/what", FAMILY, PartName.for_children)
    assert message.custom["notice"] == "fixed/no_more"


# A medicine named in the question


@pytest.mark.parametrize(("reader", "text"), [(FAMILY, "Many people have one."), (PROFESSIONAL, "Four in five.")])
def test_the_part_that_belongs_to_the_question_follows_the_answer_with_its_sources(guide, reader, text):
    message = guide.answer("aml/what", reader, followed_by=PartName.how_common)
    plain = guide.answer("aml/what", reader)
    body, disclaimer = plain.text.removesuffix(plain.custom["disclaimer"]), plain.custom["disclaimer"]
    assert message.text == f"{body}**How common is it?** {text}\n\n{disclaimer}"
    assert {source["id"] for source in message.custom["sources"]} >= {"guideline"}
    assert "part" not in message.custom


def test_the_part_that_follows_brings_its_sources_and_is_not_offered_again(guide):
    message = guide.answer("aml/what", EASY, followed_by=PartName.what_helps)
    assert "**What helps?** Regular scans help." in message.text
    assert [source["id"] for source in message.custom["sources"]] == ["guideline", "leaflet"]
    assert choices(message, "more") == ["part:aml/what:how_common"]


@pytest.mark.parametrize("topic", ["aml/what", "aml/size"])
def test_a_part_that_the_topic_does_not_have_does_not_follow(guide, topic):
    with_part = guide.answer(topic, FAMILY, followed_by=PartName.everolimus_and_sirolimus)
    assert with_part == guide.answer(topic, FAMILY)


# Topics that can be answered


@pytest.mark.parametrize(("topic", "can"), [("aml/what", True), ("aml/none", False), ("", False), ("fixed/consent", False)])
def test_what_has_no_text_cannot_be_answered_and_becomes_unknown(guide, topic, can):
    assert guide.can_answer(topic) is can
    assert guide.answer(topic, FAMILY).kind is (Kind.answer if can else Kind.unknown)


def test_no_more_offers_the_related_topics(guide):
    assert choices(guide.no_more("aml/what", FAMILY), "related") == ["topic:aml/size", "topic:about/sources"]
    assert choices(guide.no_more("aml/none", FAMILY), "related") == []


def test_an_answer_offers_its_related_topics_by_title(guide):
    assert guide.answer("aml/what", FAMILY).custom["related"] == [
        {"choice": "topic:aml/size", "title": "Size of an AML"},
        {"choice": "topic:about/sources", "title": "Where this comes from"},
    ]


# Where is that from?


def test_the_sources_of_an_answer_are_named_one_a_line_with_their_weakness(guide):
    message = guide.sources_of("aml/what", FAMILY)
    assert message.text.split("\n\n")[:2] == [
        "**What an AML is**",
        "- Kidney guideline (TSC council, 2021).\n- Article by a machine (A website). No clinician has checked it yet.",
    ]
    assert [source["id"] for source in message.custom["sources"]] == ["guideline", "machine"]


@pytest.mark.parametrize(
    ("reader", "part", "sources", "audience"),
    [
        (EASY, None, ["guideline"], "easy_read"),
        (PROFESSIONAL, None, ["leaflet"], "professional"),
        (FAMILY, PartName.what_helps, ["leaflet"], "family"),
        (EASY, PartName.how_common, ["guideline"], "family"),
    ],
)
def test_the_sources_are_those_of_what_was_shown(guide, reader, part, sources, audience):
    message = guide.sources_of("aml/what", reader, part)
    assert [source["id"] for source in message.custom["sources"]] == sources
    assert message.custom["audience"] == audience


def test_a_text_of_the_site_without_sources_explains_where_answers_come_from(guide):
    message = guide.sources_of("about/sources", FAMILY)
    assert message.text.startswith("From the sources under each answer.")
    assert message.custom["topic"] == "about/sources"


def test_an_answer_carries_its_terms_and_the_questions_for_the_team(guide):
    custom = guide.answer("aml/what", FAMILY).custom
    assert custom["terms"] == [{"term": "AML (angiomyolipoma)", "text": "A growth in the kidney."}]
    assert custom["questions"] == ["How big is it?", "When is the next scan?"]
    part = guide.answer("aml/what", FAMILY, PartName.how_common).custom
    assert "questions" not in part
    assert "terms" not in part
