"""What the guide stored arrives once, whole, and leaves what staff wrote alone."""

from __future__ import annotations

import sqlite3
import time

import pytest
from django.contrib.auth import get_user_model
from django.db import DataError, OperationalError, connection
from guide_database import action, added, bot, session, slot, turn, user

from bot.console.conversations.models import Alarm, Comment, Conversation, Turn
from bot.console.feed import importer as importing
from bot.console.feed.bot_store import BotStore, StoreError
from bot.console.feed.importer import HEALTH_CHECK, Importer, erased
from bot.console.feed.models import Erased, NotImported, Progress

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def feed(guide) -> Importer:
    return Importer(BotStore(guide.url))


def run(feed: Importer) -> int:
    """Steps until there is nothing more to do; returns how many conversations were written."""
    written, more = 0, True
    while more:
        step = feed.step()
        written, more = written + step.conversations, step.more
    return written


def imported_ids() -> dict[str, list[int]]:
    """Ids of all imported events by conversation, with doubles if there were any."""
    found: dict[str, list[int]] = {}
    for sender, ids in Turn.objects.order_by("event_id").values_list("conversation__sender_id", "event_ids"):
        found.setdefault(sender, []).extend(ids)
    return found


def test_a_conversation_arrives_with_its_turns(guide, feed):
    sender = guide.conversation()
    guide.say(sender, [slot("place", "AU"), slot("audience", "easy_read"), *turn("first"), *session(), *turn("second")])
    assert run(feed) == 1
    conversation = Conversation.objects.get()
    assert (conversation.sender_id, conversation.place, conversation.audience) == (sender, "AU", "easy_read")
    assert (conversation.state, conversation.channel, conversation.turn_count) == ("new", "web", 2)
    assert list(conversation.turns.order_by("number").values_list("number", "text")) == [(1, "first"), (2, "second")]
    assert abs(conversation.last_activity.timestamp() - time.time()) < 5
    assert run(feed) == 0


def test_later_events_of_a_turn_are_added_to_it(guide, feed):
    sender = guide.conversation()
    guide.say(sender, [user("first")])
    run(feed)
    assert Turn.objects.get().failed
    guide.say(sender, [action("action_answer"), bot(topic="aml/what")])
    run(feed)
    only = Turn.objects.get()
    assert (only.kind, only.topic, only.failed) == ("answer", "aml/what", False)
    guide.say(sender, [user("No", "feedback", "helped:no"), bot(kind="notice")])
    guide.say(sender, [user("It upset me", "feedback", "helped:no:upsetting"), bot(kind="notice")])
    assert run(feed) == 1
    only = Turn.objects.get()
    assert (only.feedback, only.feedback_reason, len(only.feedback_answers)) == ("no", "upsetting", 2)
    assert Conversation.objects.get().not_helped_count == 1


def test_the_counts_are_those_of_the_turns(guide, feed):
    guide.say(
        guide.conversation(),
        [
            user(confidence=0.9), bot(),
            user(confidence=0.3), bot(kind="unknown"), user("No", "feedback", "helped:no"), bot(kind="notice"),
            user(confidence=0.4), bot(kind="clarify"), user("Yes", "feedback", "helped:yes"), bot(kind="notice"),
            user("Topic", choice="topic:aml/what"), bot(kind="refusal"),
            user(intent="urgent/infection", confidence=0.8), bot(kind="urgent", category="infection"),
            user(intent="red_flag/bleeding", confidence=1.0), bot(kind="emergency", category="bleeding"),
            user(intent="urgent/seizure", confidence=0.8), bot(kind="urgent", category="seizure"),
            user(confidence=0.9), added(notice="fixed/not_available"),
        ],
    )  # fmt: skip
    run(feed)
    found = Conversation.objects.get()
    assert (found.turn_count, found.unknown_count, found.clarify_count, found.refusal_count) == (8, 1, 1, 1)
    assert (found.failed_count, found.helped_count, found.not_helped_count) == (1, 1, 1)
    assert (found.lowest_confidence, found.alarm_level, found.alarm_category) == (0.3, Alarm.EMERGENCY, "bleeding")
    assert found.flags == ["emergency", "something failed", "did not help", "not answered", "asked back", "refused"]


def test_what_staff_wrote_stays_when_the_conversation_goes_on(guide, feed):
    ann = get_user_model().objects.create_user("ann")
    sender = guide.conversation()
    guide.say(sender, turn("first"))
    run(feed)
    conversation = Conversation.objects.get()
    Comment.objects.create(conversation=conversation, text="A note", by=ann)
    conversation.assignee, conversation.flagged, conversation.state = ann, True, "saved"
    conversation.save(update_fields=["assignee", "flagged", "state"])
    guide.say(sender, turn("second"))
    run(feed)
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.flagged, conversation.state) == (ann, True, "saved")
    assert (conversation.comment_count, conversation.turn_count) == (1, 2)


def test_a_reviewed_conversation_that_goes_on_is_new_again(guide, feed):
    ann = get_user_model().objects.create_user("ann")
    sender = guide.conversation()
    guide.say(sender, turn("first"))
    run(feed)
    assert Conversation.objects.get().mark_reviewed(ann, turns_seen=1)
    guide.say(sender, [user("Yes", "feedback", "helped:yes"), bot(kind="notice")])
    run(feed)
    assert Conversation.objects.get().state == "reviewed"
    guide.say(sender, turn("second"))
    run(feed)
    conversation = Conversation.objects.get()
    assert (conversation.state, conversation.reviewed_by, conversation.reviewed_turns) == ("new", ann, 1)


def test_an_erased_conversation_goes_wholly_and_never_comes_back(guide, feed):
    ann = get_user_model().objects.create_user("ann")
    gone, kept = guide.conversation(), guide.conversation()
    guide.say(gone, turn("first"))
    guide.say(kept, turn("other"))
    run(feed)
    Comment.objects.create(conversation=Conversation.objects.get(sender_id=gone), text="A note", by=ann)
    told = []
    erased.connect(lambda conversation, **_: told.append(conversation.pk), weak=False, dispatch_uid="test")
    try:
        guide.erase(gone)
        step = feed.step()
    finally:
        erased.disconnect(dispatch_uid="test")
    assert step.erased == 1
    assert len(told) == 1
    assert list(Conversation.objects.values_list("sender_id", flat=True)) == [kept]
    assert (Turn.objects.count(), Comment.objects.count()) == (1, 0)
    guide.say(gone, turn("after all"))
    run(feed)
    feed.begin_again()
    run(feed)
    assert not Conversation.objects.filter(sender_id=gone).exists()
    assert Erased.objects.count() == 1


def test_a_conversation_that_was_erased_before_anyone_saw_it_is_never_imported(guide, feed):
    sender = guide.conversation()
    guide.say(sender, turn())
    guide.erase(sender)
    guide.say(sender, turn("a turn that was under way"))
    run(feed)
    assert not Conversation.objects.exists()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="is about the files of SQLite")
def test_nothing_of_an_erased_conversation_is_left_in_the_files(guide, tmp_path, monkeypatch):
    """In a process of its own: the test's own database is in memory."""
    from feed_process import Feed

    sender = guide.conversation()
    guide.say(sender, turn("zebrafinch " * 50))
    guide.say(guide.conversation(), turn("kept"))
    feed = Feed(tmp_path / "var", guide.url)
    feed.once()
    assert b"zebrafinch" in feed.bytes()
    guide.erase(sender)
    feed.once()
    assert b"kept" in feed.bytes()
    assert b"zebrafinch" not in feed.bytes()


def test_the_health_check_is_no_conversation(guide, feed):
    guide.say(HEALTH_CHECK, turn())
    assert run(feed) == 0
    guide.remove(HEALTH_CHECK)
    guide.erase(HEALTH_CHECK)
    run(feed)
    assert not Conversation.objects.exists()
    assert not Erased.objects.exists()


def test_a_guide_without_tombstones_is_read_all_the_same(guide, feed):
    guide.connection.execute("DROP TABLE erased_conversations")
    guide.say(guide.conversation(), turn())
    assert run(feed) == 1


@pytest.mark.parametrize("start", ["no file", "no table"])
def test_a_guide_that_has_stored_nothing_yet(tmp_path, start):
    file = tmp_path / "new.db"
    feed = Importer(BotStore(f"sqlite:///{file}"))
    if start == "no file":
        with pytest.raises(StoreError, match="not there yet"):
            feed.step()
    else:
        sqlite3.connect(file).close()
        file.touch()
        assert run(feed) == 0


def test_the_store_is_only_read(guide, feed):
    guide.say(guide.conversation(), turn())
    with pytest.raises(StoreError), BotStore(guide.url).reading() as reader:
        reader._connection.execute("DELETE FROM events")
    assert guide.ids("user")


def test_a_conversation_that_cannot_be_imported_holds_up_no_other_and_is_tried_again(guide, feed, monkeypatch, caplog):
    bad, good = guide.conversation(), guide.conversation()
    guide.say(bad, turn("private words"))
    guide.say(good, turn())
    real = importing.write_talk

    def fail_once(sender, talk):
        if sender == bad:
            raise DataError("private words")
        return real(sender, talk)

    monkeypatch.setattr(importing, "write_talk", fail_once)
    assert run(feed) == 1
    assert NotImported.objects.get().sender_id == bad
    assert "DataError" in caplog.text
    assert "private" not in caplog.text
    monkeypatch.setattr(importing, "write_talk", real)
    assert run(Importer(BotStore(guide.url))) == 1
    assert Conversation.objects.count() == 2
    assert not NotImported.objects.exists()


def test_when_the_consoles_database_fails_nothing_is_half_done(guide, feed, monkeypatch):
    first, second = guide.conversation(), guide.conversation()
    guide.say(first, turn())
    guide.say(second, turn())
    real, calls = importing.write_talk, []

    def down_at_the_second(sender, talk):
        calls.append(sender)
        if len(calls) == 2:
            raise OperationalError("down")
        return real(sender, talk)

    monkeypatch.setattr(importing, "write_talk", down_at_the_second)
    with pytest.raises(OperationalError):
        feed.step()
    assert not Conversation.objects.exists()
    assert not Progress.objects.filter(last__gt=0).exists()
    assert run(feed) == 2


def test_an_unreadable_event_is_told_by_its_number_only(guide, feed, caplog):
    sender = guide.conversation()
    guide.say(sender, turn())
    (broken,) = guide.say(sender, [bot("private words")])
    guide.connection.execute("UPDATE events SET data = 'private words' WHERE id = ?", (broken,))
    guide.connection.commit()
    assert run(feed) == 1
    assert f"event {broken} is not readable" in caplog.text
    assert "private" not in caplog.text


def test_ids_that_appear_late_are_imported_and_nothing_is_read_twice(guide, feed):
    """As PostgreSQL does it: a transaction that took its ids earlier is committed later."""
    early, late = guide.conversation(), guide.conversation()
    ids = guide.say(early, turn("first"))
    run(feed)
    held = guide.connection.execute("SELECT * FROM events WHERE id IN (1, 4)").fetchall()
    guide.say(late, turn("second"))
    guide.connection.execute("UPDATE events SET id = id + 100 WHERE id > ?", (ids[-1],))
    guide.connection.commit()
    assert run(feed) == 1
    other = guide.conversation()
    for row in held:
        guide.connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", (row[0] + 50, other, *row[2:]))
    guide.connection.commit()
    assert run(feed) == 1
    assert Conversation.objects.filter(sender_id=other).exists()
    assert imported_ids()[other] == [51, 54]
    assert run(feed) == 0


def test_a_turn_in_the_middle_that_appears_late_takes_its_number(guide, feed):
    sender = guide.conversation()
    guide.say(sender, turn("first"))
    middle = guide.say(sender, turn("second"))
    guide.say(sender, turn("third"))
    marks = ", ".join("?" * len(middle))
    held = guide.connection.execute(f"SELECT * FROM events WHERE id IN ({marks})", middle).fetchall()
    guide.connection.execute(f"DELETE FROM events WHERE id IN ({marks})", middle)
    guide.connection.commit()
    run(feed)
    guide.connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", held)
    guide.connection.commit()
    run(feed)
    assert list(Turn.objects.order_by("number").values_list("number", "text")) == [(1, "first"), (2, "second"), (3, "third")]


def test_what_the_guide_no_longer_keeps_stays_in_the_console(guide, feed):
    """The guide's own retention and the console's are two decisions."""
    sender = guide.conversation()
    guide.say(sender, turn("first"))
    run(feed)
    guide.remove(sender)
    guide.say(sender, turn("second"))
    run(feed)
    assert list(Turn.objects.order_by("number").values_list("number", "text")) == [(1, "first"), (2, "second")]
    assert Conversation.objects.get().turn_count == 2


@pytest.mark.parametrize("later", [0.5, 300])
def test_a_guide_that_was_set_up_anew_is_read_from_its_beginning(guide, feed, later):
    """Its events count from 1 again; told by another row under the last id, or a later row under a lower one."""
    for text in ("first", "second"):
        guide.say(guide.conversation(), turn(text))
    run(feed)
    guide.connection.execute("DELETE FROM events")
    guide.connection.execute("DELETE FROM sqlite_sequence")
    guide.connection.commit()
    new = guide.conversation()
    guide.say(new, turn("third"), at=time.time() + later)
    if later < 60:
        guide.say(new, turn("fourth"), at=time.time() + later)
    run(feed)
    assert Conversation.objects.count() == 3
    assert Conversation.objects.get(sender_id=new).turn_count == (2 if later < 60 else 1)


def test_reading_again_from_the_beginning_changes_nothing(guide, feed):
    for _ in range(5):
        guide.say(guide.conversation(), [*turn(), *turn()])
    run(feed)
    before = list(Turn.objects.order_by("pk").values())
    feed.begin_again()
    assert run(feed) == 5
    assert list(Turn.objects.order_by("pk").values()) == before


def test_many_conversations_come_in_several_steps(guide, feed, monkeypatch):
    monkeypatch.setattr(importing, "MOST_ROWS", 20)
    rows = [(sender, event) for sender in (guide.conversation() for _ in range(30)) for event in turn()]
    guide.write(rows)
    assert run(feed) == 30
    assert Turn.objects.count() == 30
    assert Progress.objects.get(table="events").last == len(rows)


def test_of_two_feeds_at_once_one_gives_way(guide, feed, monkeypatch):
    guide.say(guide.conversation(), turn())
    other = Importer(BotStore(guide.url))
    found = feed._read()
    monkeypatch.setattr(feed, "_read", lambda: found)
    assert other.step().conversations == 1
    step = feed.step()
    assert (step.conversations, step.more) == (0, True)
    assert Turn.objects.count() == 1


def test_nothing_new_writes_nothing(guide, feed, django_assert_num_queries):
    guide.say(guide.conversation(), turn())
    run(feed)
    with django_assert_num_queries(1) as asked:
        feed.step()
    assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)
    assert connection.in_atomic_block is False
