"""What staff add to conversations, and what keeps it apart from what the feed writes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from bot.console.conversations.models import Comment, Conversation, Correction, SavedView, Tag, Turn

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.timezone.utc)
TEXT = "private words"


@pytest.fixture
def conversation() -> Conversation:
    made = Conversation.objects.create(sender_id="secret-id", started=NOW, last_activity=NOW)
    for number in (1, 2):
        Turn.objects.create(conversation=made, number=number, event_id=number, at=NOW, text=TEXT)
    made.recount()
    return made


def test_nothing_of_a_family_stands_in_the_name_of_a_row(conversation, new_user):
    ann, turn = new_user(), conversation.turns.get(number=1)
    comment = Comment.objects.create(conversation=conversation, text=TEXT, by=ann)
    correction = Correction.objects.create(turn=turn, kind="topic", intent="ask_aml/what", note=TEXT, by=ann)
    view = SavedView.objects.create(name="Mine", owner=ann, query="text=private")
    for row in (conversation, turn, comment, correction, view):
        assert "private" not in str(row)
        assert "secret" not in str(row)


def test_comments_and_corrections_are_counted_by_themselves(conversation, new_user):
    ann, turn = new_user(), conversation.turns.get(number=1)
    comment = Comment.objects.create(conversation=conversation, turn=turn, text=TEXT, by=ann)
    correction = Correction.objects.create(turn=turn, kind="alarm", by=ann)
    conversation.refresh_from_db()
    assert (conversation.comment_count, conversation.correction_count) == (1, 1)
    comment.delete()
    Correction.objects.filter(pk=correction.pk).delete()
    conversation.refresh_from_db()
    assert (conversation.comment_count, conversation.correction_count) == (0, 0)


def test_a_comment_on_the_turn_of_another_conversation_is_refused(conversation, new_user):
    other = Conversation.objects.create(sender_id="other", started=NOW, last_activity=NOW)
    with pytest.raises(ValidationError, match="another conversation"):
        Comment(conversation=other, turn=conversation.turns.get(number=1), text=TEXT, by=new_user()).full_clean()


def test_a_review_of_fewer_turns_than_there_are_is_none(conversation, new_user):
    ann = new_user()
    assert not conversation.mark_reviewed(ann, turns_seen=1)
    assert (conversation.state, conversation.reviewed_by) == ("new", None)
    assert conversation.mark_reviewed(ann, turns_seen=2)
    assert (conversation.state, conversation.reviewed_by, conversation.reviewed_turns) == ("reviewed", ann, 2)


def test_deleting_a_conversation_leaves_nothing_below_it(conversation, new_user):
    ann = new_user()
    conversation.tags.add(Tag.objects.create(name="kidney"))
    Comment.objects.create(conversation=conversation, text=TEXT, by=ann)
    Correction.objects.create(turn=conversation.turns.get(number=1), kind="topic", by=ann)
    conversation.delete()
    assert not Turn.objects.exists()
    assert not Comment.objects.exists()
    assert not Correction.objects.exists()
    assert Tag.objects.get().conversations.count() == 0


COUNTED = (
    "turn_count", "unknown_count", "clarify_count", "refusal_count", "failed_count", "helped_count", "not_helped_count",
    "lowest_confidence", "alarm_level", "alarm_category",
)  # fmt: skip


def test_invented_conversations_are_counted_as_real_ones(capsys):
    call_command("make_conversations", 60)
    assert "now there are 60 with" in capsys.readouterr().out
    for made in Conversation.objects.all():
        counted = Conversation.objects.get(pk=made.pk)
        counted.recount()
        for name in COUNTED:
            assert getattr(counted, name) == getattr(made, name), name
    kinds = set(Turn.objects.values_list("kind", flat=True))
    assert {"answer", "unknown", "refusal", "clarify"} <= kinds


def test_the_same_seed_invents_the_same_conversations():
    call_command("make_conversations", 5, seed=3, verbosity=0)
    first = list(Turn.objects.order_by("pk").values_list("text", flat=True))
    Conversation.objects.all().delete()
    call_command("make_conversations", 5, seed=3, verbosity=0)
    assert list(Turn.objects.order_by("pk").values_list("text", flat=True)) == first


def test_invented_conversations_are_refused_in_production(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="CONSOLE_PRODUCTION"):
        call_command("make_conversations", 1)
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    ("filters", "order", "index"),
    [
        ({"state": "new"}, ("-alarm_level", "-last_activity"), "conversation_queue"),
        ({}, ("-alarm_level", "-last_activity"), "conversation_all"),
        ({}, ("-last_activity",), "conversation_latest"),
        ({"not_helped_count__gt": 0}, ("-last_activity",), "conversation_not_helped"),
        ({"lowest_confidence__isnull": False}, ("lowest_confidence",), "conversation_confidence"),
    ],
)
def test_a_queue_is_read_from_its_index(filters, order, index):
    """Without one, each page would sort all conversations."""
    call_command("make_conversations", 300, turns=1, verbosity=0)
    plan = Conversation.objects.filter(**filters).order_by(*order)[:50].explain()
    if connection.vendor == "sqlite":
        assert index in plan, plan
    assert "TEMP B-TREE" not in plan, plan
