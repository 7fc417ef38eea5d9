"""The full-text search finds the same with SQLite and PostgreSQL, and forgets what was erased."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from talks import talk

from bot.console.conversations import search
from bot.console.conversations.models import Comment, Conversation, Turn, Words


def found(query: str) -> set[int]:
    return set(Conversation.objects.filter(pk__in=search.matching(query)).values_list("pk", flat=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("tablets", {"one"}),  # any form of the word
        ("TABLET", {"one"}),
        ("kidney", {"one", "two", "three"}),
        ("kidney scan", {"two"}),  # both words, anywhere in the conversation
        ('"no pain"', {"three"}),  # side by side, and 'no' counts
        ('"pain no"', set()),
        ("pain", {"one", "three"}),
        ("pain -tablet", {"three"}),
        ('kidney -"no pain"', {"one", "two"}),
        ("infliximab", set()),
        ("kidney or scan", set()),  # 'or' is a word like any other
        ("wee-wee", {"two"}),
        ('kidney" AND (', set()),  # 'and' is a word, too, and the rest is nothing
        ("scan* NEAR(kidney)", set()),
        ("[name]", {"two"}),
        ("sirolimus", {"four"}),  # beside a slash
        ("everolimus-sirolimus", {"four"}),
        ("4.5", {"four"}),
    ],
)
def test_finds_words_in_any_form_phrases_and_what_is_without(query: str, finds: set[str]) -> None:
    talks = {
        "one": talk("Do the tablets help her kidneys?", "She has pain"),
        "two": talk("Kidney question of [name]", "About the scanning of his wee wee"),
        "three": talk("There is no pain in the kidney"),
        "four": talk("everolimus/sirolimus, 4.5 cm, mail@example.org"),
    }
    talk("Hello")
    assert found(query) == {talks[name].pk for name in finds}


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "   ", "???", "-pain", '-"no pain"', '"'])
def test_a_query_without_a_word_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match="no word"):
        search.matching(query)


@pytest.mark.django_db
def test_new_turns_and_comments_are_found_and_deleted_ones_are_not() -> None:
    conversation = talk("first")
    Turn.objects.create(conversation=conversation, number=2, event_id=20, at=conversation.started, text="lymphangioma")
    assert not found("lymphangioma")
    conversation.recount()
    assert found("lymphangioma first") == {conversation.pk}
    ann = User.objects.create_user("ann")
    comment = Comment.objects.create(conversation=conversation, text="seen by the editors", by=ann)
    assert found("editor first") == {conversation.pk}
    comment.delete()
    assert not found("editor")


@pytest.mark.django_db
def test_pressed_buttons_and_answers_are_not_searched() -> None:
    talk(turns=[{"text": "What an AML is", "choice": "topic:aml/what"}])
    assert not found("AML")
    assert not found("invented")


@pytest.mark.django_db
def test_a_very_long_conversation_keeps_the_latest_words() -> None:
    conversation = talk("beginning", *(f"word{number} " * 150 for number in range(200)), "ending")
    assert len(Words.objects.get(pk=conversation.pk).text) == Words.LONGEST
    assert found("ending") == {conversation.pk}
    assert not found("beginning")


@pytest.mark.django_db(transaction=True)
def test_erasing_a_conversation_with_comments_leaves_no_word_in_the_index() -> None:
    kept, gone = talk("kept word"), talk("xanthogranuloma")
    Comment.objects.create(conversation=gone, text="xanthogranuloma, too", by=User.objects.create_user("ann"))
    assert found("xanthogranuloma") == {gone.pk}
    gone.delete()
    assert found("xanthogranuloma") == set()
    assert found("kept") == {kept.pk}
    if connection.vendor == "sqlite":  # PostgreSQL's rows go when it vacuums
        with connection.cursor() as cursor:
            cursor.execute("SELECT block FROM conversations_search_data")
            assert not any(b"xanthogranu" in bytes(block) for (block,) in cursor.fetchall())
