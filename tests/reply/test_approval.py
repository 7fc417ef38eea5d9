"""Nothing is served that may not be: what the content policy lets through and what stands beside it."""

from __future__ import annotations

import datetime as dt

import pytest
from served import DUE, EASY, FAMILY, choices, guide_of

from bot.knowledge import Audience, ContentPolicy, Kind, Library, UnapprovedNotice
from bot.reply import Guide, Reader


def test_preview_serves_everything_under_the_preview_disclaimer(guide):
    for topic in guide.library.topics:
        message = guide.answer(topic, FAMILY)
        assert message.kind is Kind.answer
        assert "Text of disclaimer/preview." in message.text
        assert message.custom["review"] == {
            "status": "draft", "updated": "2026-01-02", "reviewed_by": None, "review_due": None,
        }  # fmt: skip


def test_approved_serves_no_topic_that_is_not_approved(knowledge):
    knowledge.record("aml/what")
    guide = guide_of(knowledge, ContentPolicy.approved)
    assert [topic for topic in guide.library.topics if guide.can_answer(topic)] == ["aml/what"]
    assert guide.answer("aml/size", FAMILY).kind is Kind.unknown
    assert "A scan shows the size." not in guide.answer("aml/size", FAMILY).text
    assert choices(guide.answer("aml/what", FAMILY), "related") == []


@pytest.mark.parametrize("status", ["draft", "submitted", "under_review"])
def test_approved_serves_no_topic_that_is_still_being_reviewed(knowledge, status):
    knowledge.record("aml/what", status=status)
    assert not guide_of(knowledge, ContentPolicy.approved).can_answer("aml/what")
    assert guide_of(knowledge).answer("aml/what", FAMILY).custom["review"]["status"] == status


def test_approved_serves_no_overdue_topic(knowledge):
    knowledge.record("aml/what", due=DUE)
    assert guide_of(knowledge, ContentPolicy.approved, DUE).can_answer("aml/what")
    assert not guide_of(knowledge, ContentPolicy.approved, DUE + dt.timedelta(1)).can_answer("aml/what")


def test_an_overdue_answer_goes_under_the_preview_disclaimer(knowledge):
    knowledge.record("aml/what", due=DUE)
    message = guide_of(knowledge, today=DUE + dt.timedelta(1)).answer("aml/what", FAMILY)
    assert "Text of disclaimer/preview." in message.text
    assert message.custom["review"]["review_due"] == "2027-01-01"


def test_approved_falls_back_to_the_family_text_when_the_other_one_is_not_approved(knowledge):
    knowledge.record("aml/what")
    message = guide_of(knowledge, ContentPolicy.approved).answer("aml/what", EASY)
    assert message.custom["audience"] == "family"
    assert message.text.startswith("Text of fixed/no_easy_read.")
    assert "A lump.\n" not in message.text


def test_an_approved_answer_names_its_reviewer_under_the_approved_disclaimer(knowledge):
    knowledge.record("aml/what")
    message = guide_of(knowledge, ContentPolicy.approved).answer("aml/what", FAMILY)
    assert message.text.endswith(message.custom["disclaimer"])
    assert message.custom["disclaimer"].startswith("Text of disclaimer/approved.")
    assert message.custom["review"] == {
        "status": "approved",
        "updated": "2026-01-02",
        "reviewed_by": "An invented reviewer, kidney nurse",
        "review_due": "2027-01-01",
    }


@pytest.mark.parametrize(("policy", "starts"), [(ContentPolicy.preview, True), (ContentPolicy.approved, False)])
def test_the_guide_starts_with_unapproved_emergency_notices_in_preview_only(knowledge, monkeypatch, policy, starts):
    library = knowledge.load()
    monkeypatch.setattr(Library, "load", lambda: library)
    if starts:
        assert Guide.load(policy).can_answer("aml/what")
    else:
        with pytest.raises(UnapprovedNotice, match="emergency/bleeding"):
            Guide.load(policy)


def test_approved_offers_no_button_to_an_audience_that_is_not_approved(knowledge):
    knowledge.record("aml/what")
    answer = guide_of(knowledge, ContentPolicy.approved).answer("aml/what", Reader())
    assert [button["payload"] for button in answer.buttons] == ["not_meant"]


def test_sources_of_a_topic_that_is_not_served_are_not_shown(knowledge):
    guide = guide_of(knowledge, ContentPolicy.approved)
    assert guide.sources_of("aml/what", Reader()).kind is Kind.unknown
    assert guide.sources_of("aml/gone", Reader()).kind is Kind.unknown


def test_approved_serves_a_notice_for_an_audience_only_when_that_text_is_approved(knowledge):
    knowledge.edit(
        "notices/refuse.yml", "    family: Text of refuse/dose.", "    easy_read: Easy.\n    family: Text of refuse/dose."
    )
    knowledge.record("notice:refuse/dose")
    guide = guide_of(knowledge, ContentPolicy.approved)
    assert guide.refusal("dose", Reader(Audience.easy_read)).custom["audience"] == "family"
