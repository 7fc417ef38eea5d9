"""The queue: what its filters find, in which order, which conversation comes next, and its pages and saved views."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client
from django.utils import timezone
from staff import make_user, sign_in, staff
from talks import talk

from bot.console.accounts.models import AccessLog
from bot.console.conversations import guide_files
from bot.console.conversations.forms import Filters
from bot.console.conversations.models import Alarm, Comment, Conversation, SavedView, Tag
from bot.console.conversations.queue import PAGE

pytestmark = pytest.mark.django_db
READERS = ["reviewer", "lead", "clinical", "data_protection", "admin"]


def listed(query: str, user: User | None = None) -> list[int]:
    filters = Filters(QueryDict(query), user or User())
    assert filters.is_valid(), filters.errors
    return [conversation.pk for conversation in filters.queue.conversations]


def test_new_ones_with_the_worst_alarm_and_then_the_latest_first() -> None:
    old, new = talk("old", minutes=1), talk("new", minutes=2)
    urgent = talk(turns=[{"text": "u", "alarm_level": Alarm.URGENT}], minutes=0)
    worst = talk(turns=[{"text": "e", "alarm_level": Alarm.EMERGENCY}], minutes=-5)
    talk("done", state="reviewed", minutes=9)
    assert listed("") == [worst.pk, urgent.pk, new.pk, old.pk]
    assert listed("order=latest") == [new.pk, old.pk, urgent.pk, worst.pk]
    assert listed("order=oldest") == [worst.pk, urgent.pk, old.pk, new.pk]


def test_least_sure_first_leaves_out_conversations_of_buttons_only() -> None:
    sure, unsure = talk("a"), talk(turns=[{"text": "b", "confidence": 0.2}])
    talk(turns=[{"text": "c", "choice": "topic:aml/what", "confidence": None}])
    assert listed("order=unsure") == [unsure.pk, sure.pk]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("alarm=any", {"turns": [{"text": "x", "alarm_level": Alarm.URGENT}]}),
        ("alarm=urgent", {"turns": [{"text": "x", "alarm_level": Alarm.URGENT}]}),
        ("alarm=emergency", {"turns": [{"text": "x", "alarm_level": Alarm.EMERGENCY}]}),
        ("kind=unknown", {"turns": [{"text": "x", "kind": "unknown"}]}),
        ("kind=clarify", {"turns": [{"text": "x", "kind": "clarify"}]}),
        ("kind=refusal", {"turns": [{"text": "x", "kind": "refusal"}]}),
        ("kind=support", {"turns": [{"text": "x", "kind": "support"}]}),
        ("topic=aml/what", {"turns": [{"text": "x", "topic": "aml/what"}, {"text": "y", "topic": "aml/size"}]}),
        ("under=40", {"turns": [{"text": "x", "confidence": 0.39}, {"text": "y", "confidence": 0.9}]}),
        ("has=not_helped", {"turns": [{"text": "x", "feedback": "no"}]}),
        ("has=helped", {"turns": [{"text": "x", "feedback": "yes"}]}),
        ("has=failed", {"turns": [{"text": "x", "failed": True}]}),
        ("has=flagged", {"flagged": True}),
        ("has=flagged&has=not_helped", {"turns": [{"text": "x", "feedback": "no"}], "flagged": True}),
        ("place=AU", {"place": "AU"}),
        ("place=none", {"place": ""}),
        ("audience=easy_read", {"audience": "easy_read"}),
        ("since=2026-11-21", {"minutes": 24 * 60}),
        ("until=2026-11-19", {"minutes": -24 * 60}),
        ("since=2026-11-19&until=2026-11-19", {"minutes": -24 * 60}),
        ("q=sirolimus", {"turns": [{"text": "about sirolimus"}]}),
        ("state=saved", {"state": "saved"}),
        ("state=reviewed", {"state": "reviewed"}),
    ],
)
def test_each_filter_finds_what_it_says_and_nothing_else(query: str, is_found: dict[str, Any]) -> None:
    talk("something else", place="NZ", audience="family")
    wanted = talk(*([] if "turns" in is_found else ["words"]), **{"place": "NZ", "audience": "family", **is_found})
    assert listed(query) == [wanted.pk]


def test_filters_by_people_and_tags() -> None:
    ann, bob = make_user("lead", "ann"), make_user("reviewer", "bob")
    tag = Tag.objects.create(name="for the editors")
    hers, his, nobodys = talk("a", assignee=ann), talk("b", assignee=bob), talk("c", reviewed_by=bob)
    hers.tags.add(tag)
    assert listed("assigned=me", ann) == [hers.pk]
    assert listed("assigned=nobody", ann) == [nobodys.pk]
    assert listed(f"assigned={bob.pk}", ann) == [his.pk]
    assert listed(f"reviewer={bob.pk}", ann) == [nobodys.pk]
    assert listed(f"tag={tag.pk}", ann) == [hers.pk]


def test_days_are_those_of_the_time_zone_of_the_staff() -> None:
    late = talk("late in the evening", minutes=13 * 60)  # 01:00 of the 21st in UTC
    with timezone.override("America/New_York"):
        assert listed("since=2026-11-20&until=2026-11-20") == [late.pk]
        assert listed("since=2026-11-21") == []


def test_counts_of_the_states_follow_the_filters_and_open_is_new_and_saved() -> None:
    for state in ("new", "new", "saved", "reviewed"):
        talk("x", state=state, place="AU")
    talk("x", place="NZ")
    counts = Filters(QueryDict("place=AU"), User()).queue.counts()
    assert counts == {"new": 2, "saved": 1, "reviewed": 1, "open": 3, "all": 4}


@pytest.mark.parametrize("order", ["alarms", "latest", "oldest", "unsure"])
def test_next_walks_through_the_whole_queue_once(order: str) -> None:
    for level in (Alarm.NONE, Alarm.URGENT, Alarm.EMERGENCY):
        for minutes in (0, 0, 1):  # two of them at the same moment
            talk(turns=[{"text": "x", "alarm_level": level, "confidence": 0.5}], minutes=minutes)
    found = Filters(QueryDict(f"order={order}"), User()).queue
    walked = [found.conversations[0]]
    while (following := found.after(walked[-1])) is not None:
        walked.append(following)
    assert walked == list(found.conversations)
    assert len(walked) == 9


def test_next_goes_on_from_a_conversation_that_is_no_longer_in_the_queue() -> None:
    first, second, third = talk("x", minutes=3), talk("x", minutes=2), talk("x", minutes=1)
    Conversation.objects.filter(pk=second.pk).update(state="reviewed")
    found = Filters(QueryDict(""), User()).queue
    assert found.after(first) == third
    assert found.after(second) == third
    assert found.after(third) is None


# ---- the page


def test_the_page_shows_the_message_that_most_needs_a_look_escaped() -> None:
    talk(turns=[{"text": "a greeting"}, {"text": "<b>not answered</b>", "kind": "unknown"}, {"text": "thanks"}])
    page = staff("reviewer").get("/conversations/").content.decode()
    assert "&lt;b&gt;not answered&lt;/b&gt;" in page
    assert "a greeting" not in page


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ({"alarm_level": Alarm.EMERGENCY}, {"alarm_level": Alarm.URGENT}),
        ({"alarm_level": Alarm.URGENT}, {"failed": True}),
        ({"failed": True}, {"kind": "unknown"}),
        ({"feedback": "no"}, {"kind": "unknown"}),
        ({"kind": "unknown"}, {"kind": "refusal"}),
        ({"kind": "clarify"}, {}),
        ({}, {"choice": "topic:aml/what", "alarm_level": Alarm.EMERGENCY}),
    ],
)
def test_which_message_stands_for_a_conversation(more: dict[str, Any], less: dict[str, Any]) -> None:
    first = talk(turns=[{"text": "first", **less}, {"text": "most", "topic": "aml/size", **more}, {"text": "last"}])
    assert (first.leading.text, first.leading.topic) == ("most", "aml/size")
    assert talk(turns=[{"text": "most", **more}, {"text": "last", **less}]).leading.text == "most"


def test_the_message_that_stands_for_a_conversation_follows_it() -> None:
    conversation = talk("first", "x" * 2_000)
    assert conversation.leading.text == "first"
    conversation.turns.filter(number=2).update(failed=True)
    conversation.recount()
    conversation = Conversation.objects.get()
    assert conversation.leading.text == "x" * 200


def test_the_badge_counts_alarms_that_nobody_reviewed_and_its_link_finds_them() -> None:
    alarms = [talk(turns=[{"text": "x", "alarm_level": Alarm.URGENT}], state=state) for state in ("new", "saved", "reviewed")]
    client = staff("reviewer")
    page = client.get("/conversations/?state=reviewed").content.decode()
    assert "2 open alarms" in page
    assert set(listed("alarm=any&state=open")) == {alarms[0].pk, alarms[1].pk}
    assert "?alarm=any&amp;state=open" in page


def test_a_page_of_messages_and_a_search_stand_in_the_log_without_a_word_of_them() -> None:
    client = staff("reviewer")
    client.get("/conversations/")  # nothing to see
    talk("about sirolimus"), talk("about scans")
    for query in ("", "?q=sirolimus", "?q=biopsy&page=9", "?state=reviewed"):
        client.get(f"/conversations/{query}")
    client.post("/conversations/views/save", {"name": " ", "query": ""})  # refused, and the page is shown again
    lines = AccessLog.objects.filter(what="viewed", conversation=None, who__username="reviewer").order_by("pk")
    assert [line.where for line in lines] == [
        "conversations:queue page=1 shown=2",
        "conversations:queue page=1 shown=1 search",
        "conversations:queue page=1 shown=0 search",
        "conversations:save_view page=1 shown=2",
    ]
    assert AccessLog.objects.count() == len(lines)


def test_pages_hold_fifty_and_every_conversation_stands_on_one() -> None:
    Conversation.objects.bulk_create(
        Conversation(sender_id=f"many-{number}", started=timezone.now(), last_activity=timezone.now())
        for number in range(PAGE + 3)
    )
    client = staff("reviewer")
    pages = [client.get(f"/conversations/?page={number}").context["conversations"] for number in (1, 2)]
    assert [len(page) for page in pages] == [PAGE, 3]
    assert len({conversation.pk for page in pages for conversation in page}) == PAGE + 3
    for wrong in ("0", "-1", "99999", "x", "9" * 40):
        assert client.get(f"/conversations/?page={wrong}").status_code == 200


@pytest.mark.parametrize(
    "query", ["state=x", "under=0", "tag=999", "since=yesterday", "topic=no/such", "q=-x", f"q={'x' * 201}", "has=x"]
)
def test_a_wrong_filter_is_named_and_the_page_still_works(query: str) -> None:
    conversation = talk("x")
    response = staff("reviewer").get(f"/conversations/?{query}")
    assert response.status_code == 200
    assert [one.pk for one in response.context["conversations"]] == [conversation.pk]
    assert response.context["filters"].errors


def test_links_keep_the_filters_without_those_that_go_without_saying() -> None:
    talk("x", place="AU")
    page = staff("reviewer").get("/conversations/?state=new&order=alarms&place=AU&q=&tag=&has=").content.decode()
    assert '/?place=AU"' in page  # of the conversation
    assert "?state=saved&amp;place=AU" in page


def test_without_the_guides_files_the_queue_works_and_says_what_is_missing(settings: Any, tmp_path: Any) -> None:
    caches = (guide_files.labels.labels, guide_files.places, guide_files.intent_choices, guide_files.topic_choices)
    for cached in caches:
        cached.cache_clear()
    settings.ROOT = tmp_path
    conversation = talk(turns=[{"text": "x", "topic": "aml/what"}], place="AU")
    try:
        response = staff("reviewer").get("/conversations/?topic=aml/what&place=AU")
        [problem] = guide_files.check_files()
    finally:
        for cached in caches:
            cached.cache_clear()
    assert "data/nlu and bot/knowledge) are not there" in response.content.decode()
    assert [one.pk for one in response.context["conversations"]] == [conversation.pk]
    assert str(tmp_path) in problem.hint


@pytest.mark.parametrize("role", READERS)
def test_every_role_sees_the_queue(role: str) -> None:
    assert staff(role).get("/conversations/").status_code == 200


def test_others_do_not() -> None:
    talk("a private question")
    assert sign_in(make_user("")).get("/conversations/").status_code == 403
    response = Client().get("/conversations/?q=x")
    assert response.status_code == 302
    assert "next=/conversations/" in response["Location"]


# ---- saved views and shortcuts


def test_a_view_is_saved_shown_replaced_and_deleted() -> None:
    client = staff("reviewer")
    response = client.post("/conversations/views/save", {"name": "Unsure", "query": "under=40&page=3&bad=1", "shared": ""})
    assert response["Location"] == "/conversations/?under=40"
    client.post("/conversations/views/save", {"name": "Unsure", "query": "under=30"})
    view = SavedView.objects.get()
    assert (view.name, view.query, view.shared) == ("Unsure", "under=30", False)
    assert 'href="/conversations/?under=30"' in client.get("/conversations/").content.decode()
    client.post(f"/conversations/views/{view.pk}/delete")
    assert not SavedView.objects.exists()


def test_a_shared_view_is_seen_by_colleagues_who_cannot_delete_it() -> None:
    ann, bob = staff("lead"), staff("reviewer")
    ann.post("/conversations/views/save", {"name": "For all", "query": "place=AU", "shared": "on"})
    ann.post("/conversations/views/save", {"name": "Mine alone", "query": "place=NZ"})
    page = bob.get("/conversations/").content.decode()
    assert "For all" in page
    assert "Mine alone" not in page
    assert bob.post(f"/conversations/views/{SavedView.objects.get(shared=True).pk}/delete").status_code == 404
    assert SavedView.objects.count() == 2


def test_a_view_without_a_name_is_refused_and_keeps_the_filters() -> None:
    response = staff("reviewer").post("/conversations/views/save", {"name": " ", "query": "place=AU"})
    assert response.status_code == 422
    assert 'name="query" value="place=AU"' in response.content.decode()
    assert not SavedView.objects.exists()


def test_single_keys_are_on_until_a_person_switches_them_off() -> None:
    talk("x")
    client = staff("reviewer")
    assert 'data-single-keys="on"' in client.get("/conversations/").content.decode()
    response = client.post("/conversations/single-keys", {"on": "0", "back": "/conversations/?place=AU"})
    assert response["Location"] == "/conversations/?place=AU"
    assert 'data-single-keys="off"' in client.get("/conversations/").content.decode()
    assert 'data-single-keys="on"' in staff("lead").get("/conversations/").content.decode()
    client.post("/conversations/single-keys", {"on": "1"})
    assert 'data-single-keys="on"' in client.get("/conversations/").content.decode()


def test_switching_leads_to_no_other_site() -> None:
    response = staff("reviewer").post("/conversations/single-keys", {"on": "0", "back": "https://example.org/"})
    assert response["Location"] == "/conversations/"


@pytest.mark.parametrize("address", ["views/save", "views/1/delete", "single-keys"])
def test_what_changes_something_is_not_done_by_a_link_and_needs_a_token(address: str) -> None:
    user = make_user("reviewer")
    assert sign_in(user).get(f"/conversations/{address}").status_code == 405
    assert sign_in(user, Client(enforce_csrf_checks=True)).post(f"/conversations/{address}", {"name": "x"}).status_code == 403
    assert Client().post(f"/conversations/{address}", {"name": "x"}).status_code == 401


def test_the_list_needs_the_same_few_queries_however_many_conversations(django_assert_max_num_queries: Any) -> None:
    ann = make_user("lead", "ann")
    tag = Tag.objects.create(name="t")
    for _ in range(8):
        conversation = talk("x", "y", assignee=ann, reviewed_by=ann)
        conversation.tags.add(tag)
        Comment.objects.create(conversation=conversation, text="c", by=ann)
    client = sign_in(ann)
    client.get("/conversations/")
    with django_assert_max_num_queries(24):
        client.get("/conversations/")


def test_the_day_of_a_filter_is_the_whole_day() -> None:
    last = talk("x")
    Conversation.objects.filter(pk=last.pk).update(last_activity=dt.datetime(2026, 11, 20, 23, 59, 59, 999999, dt.timezone.utc))
    assert listed("until=2026-11-20") == [last.pk]
    assert listed("until=2026-11-19") == []
