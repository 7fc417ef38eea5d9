"""Files with conversations, retention, and the log of who saw what."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from staff import make_user, sign_in, staff
from talks import NOON, talk

from bot.console.accounts import exports, retention
from bot.console.accounts.models import AccessLog, Erasure, Export, ExportedConversation, HandDeletion, RetentionRun
from bot.console.conversations.models import Comment, Conversation, Correction, Turn

pytestmark = pytest.mark.django_db
DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", '=HYPERLINK("http://evil.example")']
URL = "accounts:export"


def download(browser, kind: str, query: str = "state=all") -> str:
    answer = browser.post(reverse(URL), {"format": kind, "query": query})
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("words", DANGEROUS)
def test_no_cell_of_a_table_is_a_formula(words):
    one = talk(words, place="AU")
    Correction.objects.create(turn=one.turns.get(), kind="topic", intent="ask_aml/what", note=words, by=make_user("lead"))
    found = download(staff("data_protection"), "turns")
    for row in csv.reader(io.StringIO(found, newline="")):
        assert not any(cell.lstrip().startswith(tuple("=+-@\t\r")) for cell in row)
    assert rows(found)[0]["text"] == f"'{words}"


@pytest.mark.parametrize("words", DANGEROUS)
def test_no_text_of_the_json_file_begins_like_a_formula_and_yet_each_is_what_it_was(words):
    talk(words)
    found = download(staff("data_protection"), "json")
    assert not any(f'"{sign}' in found for sign in "=+-@")
    assert json.loads(found)[0]["turns"][0]["text"] == words


def test_a_text_with_quotation_marks_survives_the_escaping():
    words = 'she said "=1" and "-" \\" to me'
    assert json.loads(exports.written({"a": words, "b": -1, "c": ["@x"]})) == {"a": words, "b": -1, "c": ["@x"]}


def test_the_three_kinds_say_what_stands_in_the_console():
    one = talk("first question", "second question", place="AU", minutes=1)
    talk("another family")
    Comment.objects.create(conversation=one, text="a note", by=make_user("lead"))
    browser = staff("admin")
    table = rows(download(browser, "conversations"))
    assert [(row["conversation"], row["place"], row["turn_count"]) for row in table] == [
        (str(one.pk), "AU", "2"), (str(one.pk + 1), "", "1"),
    ]  # fmt: skip
    assert [row["text"] for row in rows(download(browser, "turns"))] == ["first question", "second question", "another family"]
    whole = json.loads(download(browser, "json"))
    assert [turn["answers"] for turn in whole[0]["turns"]] == [["An invented answer."]] * 2
    assert whole[0]["comments"][0]["text"] == "a note"
    assert one.sender_id not in download(browser, "json")


def test_only_what_the_filters_show_is_taken_and_all_of_it_is_noted():
    one, _ = talk("about scans", place="AU"), talk("about scans", place="NZ")
    browser = sign_in(make_user("lead"))
    page = browser.get(f"{reverse(URL)}?place=AU").content.decode()
    assert "1 conversation:" in page
    assert len(rows(download(browser, "turns", "place=AU"))) == 1
    export = Export.objects.get()
    assert export.by.username == "lead"
    assert export.name.startswith("turns-")
    assert [row.conversation for row in ExportedConversation.objects.all()] == [one.pk]
    line = AccessLog.objects.get(what="exported")
    assert line.where == f"accounts:export export={export.pk}"


def test_without_a_kind_nothing_is_taken():
    talk("a question")
    assert staff("lead").post(reverse(URL), {"query": ""}).status_code == 422
    assert not Export.objects.exists()


def test_many_conversations_are_written_in_portions(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(exports, "PORTION", 2)
    made = [talk(f"question {number}") for number in range(5)]
    text = b"".join(exports.csv_of_turns("x.csv", [one.pk for one in made]).streaming_content).decode("utf-8-sig")
    assert [row["text"] for row in rows(text)] == [f"question {number}" for number in range(5)]


@pytest.fixture
def wiping(monkeypatch):
    monkeypatch.setattr(retention, "wipe", lambda: None)  # not inside a test's transaction


def test_old_conversations_go_whole_and_newer_ones_stay(wiping, settings, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    settings.CONSOLE_RETENTION_DAYS = 10
    by, now = make_user("lead"), NOON + dt.timedelta(days=10)
    for number in range(5):
        Comment.objects.create(conversation=talk("old", "older", minutes=-1 - number), text="a note", by=by)
    kept = talk("young", minutes=1)
    done = retention.run(now)
    assert (done.conversations, Conversation.objects.get()) == (5, kept)
    assert Turn.objects.count() == 1
    assert not Comment.objects.exists()
    assert retention.run(now).conversations == 0


def test_old_lines_sessions_and_lists_go(wiping, settings):
    settings.CONSOLE_LOG_DAYS = 10
    by, now = make_user("lead"), timezone.now()
    old = now - dt.timedelta(days=11)
    for at in (old, now):
        AccessLog.objects.create(at=at, who=by, what="viewed", conversation=1)
        ExportedConversation.objects.create(export=Export.objects.create(at=at, name="x.csv", by=by), conversation=1)
        Erasure.objects.create(at=at, number=1, by=by, done=at)
        Session.objects.create(session_key=str(at), session_data="", expire_date=at)
    owed = Erasure.objects.create(at=old, number=2, by=by)
    assert retention.run(now + dt.timedelta(seconds=1)).log_lines == 1
    assert AccessLog.objects.get().at == now
    assert (Export.objects.get().at, ExportedConversation.objects.count()) == (now, 1)
    assert owed in Erasure.objects.all()
    assert Erasure.objects.count() == 2


def test_a_file_that_has_still_to_be_deleted_by_hand_stays_on_the_list(wiping, settings):
    settings.CONSOLE_LOG_DAYS = 10
    by, now = make_user("lead"), timezone.now()
    old = now - dt.timedelta(days=11)
    tasks = [
        HandDeletion.objects.create(
            erasure=Erasure.objects.create(at=erased, number=number, by=by, done=erased),
            export=Export.objects.create(at=old, name=f"turns-{number}.csv", by=by),
        )
        for number, erased in enumerate((now, old), 1)
    ]
    browser = staff("data_protection")
    for number in (1, 2):
        retention.run(now)
        page = browser.get(reverse("accounts:data")).content.decode()
        assert page.count("Delete by hand: ") == 3 - number
        browser.post(reverse("accounts:deleted_by_hand", args=[tasks.pop().pk]))
    retention.run(now)
    assert not Export.objects.exists()
    assert Erasure.objects.get().at == now


def test_the_command_says_what_it_did_and_the_page_says_when_it_did_not_run(wiping, capsys):
    browser = staff("data_protection")
    assert "not being thrown away" in browser.get(reverse("accounts:data")).content.decode()
    call_command("retention")
    assert capsys.readouterr().out == "0 conversations and 0 lines of the log were thrown away\n"
    assert "not being thrown away" not in browser.get(reverse("accounts:data")).content.decode()
    RetentionRun.objects.update(at=timezone.now() - dt.timedelta(days=3))
    assert "not being thrown away" in browser.get(reverse("accounts:data")).content.decode()


def test_the_log_is_found_by_conversation_person_and_day():
    ann, bob = make_user("reviewer", "ann"), make_user("reviewer", "bob")
    AccessLog.objects.create(who=ann, what="viewed", conversation=5, where="conversations:review pk=5")
    AccessLog.objects.create(who=bob, what="changed", conversation=6, at=timezone.now() - dt.timedelta(days=40))
    browser = staff("data_protection")

    def lines(**query: object) -> str:
        page = browser.get(reverse("accounts:log"), query).content.decode()
        return page.partition("<tbody>")[2]

    assert "ann" in lines()
    assert "bob" in lines()
    assert "ann" in lines(conversation=5)
    assert "bob" not in lines(conversation=5)
    assert "ann" not in lines(who=bob.pk)
    assert "bob" not in lines(since=timezone.localdate() - dt.timedelta(days=3))
    assert "Nothing fits" in lines(what="erased")
    assert browser.get(reverse("accounts:log"), {"conversation": "x", "who": "y", "page": "z"}).status_code == 200


@pytest.mark.parametrize(("role", "may_take", "may_erase"), [("reviewer", 0, 0), ("lead", 1, 0), ("data_protection", 1, 1)])
def test_the_ways_to_take_out_and_to_erase_are_shown_to_those_who_may(role, may_take, may_erase):
    one, browser = talk("a question", place="AU"), staff(role)
    queue = browser.get(reverse("conversations:queue"), {"place": "AU"}).content.decode()
    assert queue.count(f'href="{reverse(URL)}?place=AU"') == may_take
    review = browser.get(reverse("conversations:review", args=[one.pk])).content.decode()
    assert review.count(f'href="{reverse("accounts:erase", args=[one.pk])}"') == may_erase
