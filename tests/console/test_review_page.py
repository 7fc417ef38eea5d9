"""The review page: what it shows, what it saves, who may, and that nothing that somebody typed is lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from staff import make_user, sign_in, staff
from talks import NOON, talk

from bot.console.accounts.models import AccessLog
from bot.console.conversations.models import Alarm, Comment, Conversation, Correction, Tag, Turn
from bot.console.conversations.review_page import TURNS

pytestmark = pytest.mark.django_db
READERS = ["reviewer", "lead", "clinical", "data_protection", "admin"]
CHANGERS = ["reviewer", "lead", "clinical", "admin"]


def page(client: Client, conversation: Conversation, query: str = "") -> str:
    response = client.get(f"/conversations/{conversation.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def fields_of(html: str) -> dict[str, list[str]]:
    """What a browser would send of the review form if nothing was changed: its hidden fields, ticks and choices."""
    form = html[html.index('id="review"') : html.index("</form>", html.index('id="review"'))]
    sent: dict[str, list[str]] = {}
    for attributes in re.findall(r"<input ([^>]*)>", form):
        found = {name: unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', attributes)}
        box = found.get("type") in {"checkbox", "radio"}
        if not box or re.search(r"\bchecked\b", attributes):
            sent.setdefault(found["name"], []).append(found.get("value", "on" if box else ""))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        sent[name] = [chosen[1] if chosen else ""]
    for name, text in re.findall(r'<textarea name="([^"]+)".*?>\n?(.*?)</textarea>', form, re.DOTALL):
        sent[name] = [unescape(text).strip("\r\n")]
    return {name: values for name, values in sent.items() if name != "csrfmiddlewaretoken"}


def send(client: Client, conversation: Conversation, press: str, query: str = "", html: str = "", **filled: Any) -> Any:
    """Fill in the page as it is shown and press a button."""
    data = {**fields_of(html or page(client, conversation)), "do": press, **filled}
    return client.post(f"/conversations/{conversation.pk}/save{query}", data)


# ---- what it shows


def test_the_transcript_is_what_the_family_saw_with_details_folded() -> None:
    answer = {
        "text": "**Ask** your team.\n\n- first\n- second <i>\n\n"
        "[A page](https://example.org/a) [bad](javascript:x)\n\nNot advice.",
        "buttons": [{"title": "Not what I meant", "payload": "not_meant"}],
        "custom": {
            "kind": "answer",
            "disclaimer": "Not advice.",
            "sources": [{"id": "s", "group": "research", "title": "A <study>", "year": 2020, "publisher": "P", "url": "https://example.org/s"}],
            "contacts": [{"label": "Nurses", "number": "1800 000 000", "verify": "please check this number"}],
            "related": [{"choice": "topic:aml/size", "title": "How large"}],
            "terms": [{"term": "AML", "text": "a growth"}],
            "questions": ["When is the next scan?"],
        },
    }  # fmt: skip
    runners_up = [{"name": "ask_aml/what", "confidence": 0.4}, {"name": "ask_aml/size", "confidence": 0.3}]
    conversation = talk(
        turns=[
            {
                "text": "Is <b>it</b> bad?",
                "answers": [answer],
                "intent": "ask_aml/what",
                "confidence": 0.4,
                "runners_up": runners_up,
            }
        ]
    )
    html = page(staff("reviewer"), conversation)
    assert "Is &lt;b&gt;it&lt;/b&gt; bad?" in html
    assert (
        '<p dir="auto"><strong>Ask</strong> your team.</p><ul dir="auto"><li>first</li><li>second &lt;i&gt;</li></ul>' in html
    )
    assert '<a href="https://example.org/a" rel="noopener noreferrer">A page</a>' in html
    assert "javascript:" not in html
    assert html.count("Not advice.") == 1
    for text in (
        "A &lt;study&gt;",
        "Nurses: 1800 000 000",
        "please check this number",
        "How large",
        "When is the next scan?",
        "a growth",
    ):
        assert text in html
    details = html[html.index('<details class="about">') : html.index("</details>", html.index('<details class="about">'))]
    assert "40 % sure" in details
    assert "30 %" in details


def test_a_long_conversation_shows_its_end_first_and_earlier_turns_on_request() -> None:
    conversation = talk(*(f"message number {number}." for number in range(1, 51)))
    client = staff("reviewer")
    html = page(client, conversation)
    assert "message number 50." in html
    assert f"message number {50 - TURNS + 1}." in html
    assert f"message number {50 - TURNS}." not in html
    piece = client.get(f"/conversations/{conversation.pk}/turns?until={50 - TURNS}").content.decode()
    assert f"message number {50 - TURNS}." in piece
    assert "message number 50." not in piece
    assert "<html" not in piece
    whole = page(client, conversation, f"?until={50 - TURNS}")
    assert f"message number {50 - TURNS}." in whole
    assert "Show the end of the conversation" in whole


def test_a_long_conversation_points_to_turns_elsewhere_that_need_a_look() -> None:
    turns = [{"text": f"m{number}"} for number in range(1, 51)]
    turns[2] |= {"alarm_level": Alarm.EMERGENCY}
    turns[6] |= {"feedback": "no"}
    turns[48] |= {"kind": "unknown"}
    html = page(staff("reviewer"), talk(turns=turns))
    notable = html[html.index('<p class="notable') : html.index("</p>", html.index('<p class="notable'))]
    assert re.findall(r'until=(\d+)#turn-\1"', notable) == ["3", "7"]
    assert "emergency" in notable


def test_the_shortcuts_stand_on_the_page_unless_switched_off() -> None:
    conversation, client = talk("x"), staff("reviewer")
    html = page(client, conversation)
    assert html.count("<kbd>") > 10
    assert 'data-single-keys="on"' in html
    client.post("/conversations/single-keys", {"on": "0"})
    html = page(client, conversation)
    assert 'data-single-keys="off"' in html
    assert "<kbd>r</kbd>" not in html


def test_no_script_or_style_stands_in_the_page() -> None:
    client, conversation = staff("lead"), talk("x")
    for html in (page(client, conversation), client.get("/conversations/").content.decode()):
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", html)
        assert "http" not in re.sub(r"<main.*</main>", "", html, flags=re.DOTALL)


# ---- what it saves


def test_reviewed_saves_everything_and_goes_to_the_next_of_the_queue_with_its_filters() -> None:
    client = staff("reviewer")
    tag = Tag.objects.create(name="kind words")
    first, second = talk("first", minutes=2, place="AU"), talk("second", minutes=1, place="AU")
    talk("not in this queue", place="NZ")
    response = send(
        client,
        first,
        "reviewed",
        "?place=AU",
        comment="Well answered.",
        tags=[tag.pk],
        new_tags="for editors, Kind Words",
        flagged="on",
    )
    assert response["Location"] == f"/conversations/{second.pk}/?place=AU"
    first.refresh_from_db()
    assert (first.state, first.reviewed_by.username, first.flagged, first.comment_count) == ("reviewed", "reviewer", True, 1)
    assert {one.name for one in first.tags.all()} == {"kind words", "for editors"}
    response = send(client, second, "reviewed", "?place=AU")
    assert response["Location"] == "/conversations/?place=AU"
    assert "last conversation of this list" in client.get(response["Location"]).content.decode()


def test_later_puts_it_aside_and_new_puts_it_back() -> None:
    client, conversation = staff("reviewer"), talk("x")
    send(client, conversation, "later")
    assert Conversation.objects.get().state == "saved"
    response = send(client, conversation, "new")
    assert response["Location"] == f"/conversations/{conversation.pk}/"
    assert Conversation.objects.get().state == "new"


def test_next_changes_nothing() -> None:
    client = staff("reviewer")
    first, second = talk("first", minutes=2), talk("second", minutes=1)
    assert client.get(f"/conversations/{first.pk}/next?q=")["Location"] == f"/conversations/{second.pk}/"
    assert set(Conversation.objects.values_list("state", flat=True)) == {"new"}


def test_a_correction_keeps_intent_kind_note_and_who() -> None:
    client, conversation = staff("reviewer"), talk("it hurts a lot and there is blood")
    turn = conversation.turns.get()
    html = client.get(f"/conversations/{conversation.pk}/turns/{turn.pk}/correct").content.decode()
    for part in ("Topic: Kidney growths (AMLs)", "An alarm", "A refusal", "Out of scope", 'value="red_flag/bleeding"'):
        assert part in html
    name = f"turn-{turn.pk}"
    response = send(
        client, conversation, "save", **{f"{name}-intent": "red_flag/bleeding", f"{name}-note": "present", "at": "1"}
    )
    assert response["Location"] == f"/conversations/{conversation.pk}/#turn-1"
    correction = Correction.objects.get()
    assert (correction.turn, correction.intent, correction.kind, correction.note) == (
        turn,
        "red_flag/bleeding",
        "alarm",
        "present",
    )
    assert correction.by.username == "reviewer"
    # The same person changes her mind: still one correction.
    send(client, conversation, "save", **{f"{name}-intent": "out_of_scope/general", f"{name}-note": ""})
    assert [(one.intent, one.kind) for one in Correction.objects.all()] == [("out_of_scope/general", "out_of_scope")]
    # A colleague's stands beside it, and neither can take back the other's.
    other = staff("lead")
    send(other, conversation, "save", **{f"{name}-intent": "ask_aml/size", f"{name}-note": ""})
    send(other, conversation, f"withdraw:{correction.pk}")
    assert Correction.objects.count() == 2
    send(client, conversation, f"withdraw:{correction.pk}")
    assert [one.intent for one in Correction.objects.all()] == ["ask_aml/size"]
    assert Conversation.objects.get().correction_count == 1


@pytest.mark.parametrize(
    ("before", "after", "kept"), [("", "", []), ("present", "", []), ("present", "present", ["present"]), ("", "new", ["new"])]
)
def test_as_it_was_understood_takes_the_correction_back_and_keeps_its_note(before: str, after: str, kept: list[str]) -> None:
    client, conversation = staff("reviewer"), talk("it hurts a lot")
    name = f"turn-{conversation.turns.get().pk}"
    send(client, conversation, "save", **{f"{name}-intent": "ask_aml/size", f"{name}-note": before})
    assert Correction.objects.get().note == before
    send(client, conversation, "save", **{f"{name}-intent": "", f"{name}-note": after})
    assert not Correction.objects.exists()
    assert [(one.turn, one.text) for one in Comment.objects.all()] == [(conversation.turns.get(), text) for text in kept]


def test_the_guides_next_guesses_stand_first_in_the_list() -> None:
    runners_up = [{"name": "ask_aml/what", "confidence": 0.5}, {"name": "ask_aml/cancer", "confidence": 0.3}]
    conversation = talk(turns=[{"text": "x", "intent": "ask_aml/what", "runners_up": runners_up}])
    html = (
        staff("reviewer").get(f"/conversations/{conversation.pk}/turns/{conversation.turns.get().pk}/correct").content.decode()
    )
    guesses = html[html.index("next guesses") : html.index("</optgroup>", html.index("next guesses"))]
    assert re.findall('value="([^"]+)"', guesses) == ["ask_aml/cancer"]


def test_a_note_without_a_correction_is_a_comment_on_the_message_and_its_author_deletes_it() -> None:
    client, conversation = staff("reviewer"), talk(turns=[{"text": "A button", "choice": "topic:aml/what"}])
    turn = conversation.turns.get()
    send(client, conversation, "save", **{f"turn-{turn.pk}-note": "pressed by mistake?"})
    comment = Comment.objects.get()
    assert (comment.turn, comment.text) == (turn, "pressed by mistake?")
    assert not Correction.objects.exists()
    send(staff("lead"), conversation, f"delete:{comment.pk}")
    assert Comment.objects.exists()
    send(client, conversation, f"delete:{comment.pk}")
    assert not Comment.objects.exists()


def test_without_scripts_a_button_opens_the_fields_of_a_message_and_keeps_what_was_typed() -> None:
    client, conversation = staff("reviewer"), talk("one", "two")
    turn = conversation.turns.get(number=1)
    response = send(client, conversation, f"open:{turn.pk}", comment="half a sentence")
    html = response.content.decode()
    assert response.status_code == 200
    assert f'name="turn-{turn.pk}-intent"' in html
    assert "half a sentence" in html
    assert not Comment.objects.exists()
    sent = fields_of(html) | {f"turn-{turn.pk}-intent": "ask_aml/size"}
    client.post(f"/conversations/{conversation.pk}/save", {**sent, "do": "save"})
    assert Correction.objects.get().intent == "ask_aml/size"
    assert Comment.objects.get().text == "half a sentence"


def test_what_is_wrong_saves_nothing_and_keeps_what_was_typed() -> None:
    client, conversation = staff("reviewer"), talk("x")
    turn = conversation.turns.get()
    wrong = {f"turn-{turn.pk}-intent": "ask_aml/what", f"turn-{turn.pk}-note": "my reasons"}  # what it was understood as
    response = send(client, conversation, "reviewed", comment="a long thought", new_tags="fine", **wrong)
    html = response.content.decode()
    assert response.status_code == 422
    assert "understood it so already" in html
    assert "a long thought" in html
    assert "my reasons" in html
    assert 'value="fine"' in html
    conversation.refresh_from_db()
    assert (conversation.state, conversation.comment_count, Tag.objects.count()) == ("new", 0, 0)


def test_a_family_that_wrote_meanwhile_is_read_first_and_nothing_typed_is_lost() -> None:
    client, conversation = staff("reviewer"), talk("one")
    html = page(client, conversation)
    Turn.objects.create(
        conversation=conversation, number=2, event_id=20, at=NOON, text="It is bleeding", alarm_level=Alarm.EMERGENCY
    )
    conversation.recount()
    response = send(client, conversation, "reviewed", html=html, comment="all well")
    shown = response.content.decode()
    assert response.status_code == 409
    assert "It is bleeding" in shown
    assert "all well" in shown
    assert (Conversation.objects.get().state, Comment.objects.count()) == ("new", 0)
    client.post(f"/conversations/{conversation.pk}/save", {**fields_of(shown), "do": "reviewed"})
    assert (Conversation.objects.get().state, Comment.objects.get().text) == ("reviewed", "all well")


def test_what_a_colleague_changed_meanwhile_stays() -> None:
    ann, conversation = make_user("lead", "ann"), talk("x")
    kept, taken = Tag.objects.create(name="kept"), Tag.objects.create(name="taken")
    conversation.tags.add(taken)
    client = sign_in(ann)
    html = page(client, conversation)
    # Meanwhile:
    conversation.tags.add(kept)
    Conversation.objects.filter(pk=conversation.pk).update(assignee=ann, flagged=True)
    sent = {name: values for name, values in fields_of(html).items() if name != "tags"}  # unticks "taken"
    client.post(f"/conversations/{conversation.pk}/save", {**sent, "do": "save"})
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.flagged) == (ann, True)
    assert [tag.name for tag in conversation.tags.all()] == ["kept"]


def test_assigning_needs_its_permission() -> None:
    ann, conversation = make_user("lead", "ann"), talk("x")
    send(staff("reviewer"), conversation, "save", assignee=ann.pk)
    assert Conversation.objects.get().assignee is None
    send(sign_in(ann), conversation, "save", assignee=ann.pk)
    assert Conversation.objects.get().assignee == ann
    send(sign_in(ann), conversation, "save", assignee=make_user("", "stranger").pk)
    assert Conversation.objects.get().assignee == ann
    send(sign_in(ann), conversation, "save", assignee="")
    assert Conversation.objects.get().assignee is None


@pytest.mark.parametrize("press", ["", "nonsense", "withdraw:x", "delete:"])
def test_a_button_that_is_not_known_changes_nothing(press: str) -> None:
    conversation = talk("x")
    assert send(staff("reviewer"), conversation, press, comment="typed").status_code == 400
    assert not Comment.objects.exists()


def test_a_turn_of_another_conversation_cannot_be_corrected_here() -> None:
    client, conversation, other = staff("reviewer"), talk("x"), talk("y").turns.get()
    assert send(client, conversation, "save", **{f"turn-{other.pk}-intent": "ask_aml/size"}).status_code == 404
    assert client.get(f"/conversations/{conversation.pk}/turns/{other.pk}/correct").status_code == 404
    assert not Correction.objects.exists()


def test_a_huge_number_is_not_found() -> None:
    client = staff("reviewer")
    for address in (f"{'9' * 30}/", "1/?until=" + "9" * 30, f"1/turns/{'9' * 18}/correct"):
        assert client.get(f"/conversations/{address}").status_code == 404
    conversation = talk("x")
    assert client.get(f"/conversations/{conversation.pk}/?until={'9' * 30}").status_code == 200
    for name in ("tags", "initial-tags", "seen", "turn-1" + "0" * 17 + "-note"):
        assert send(client, conversation, "save", **{name: "9" * 30}).status_code in {302, 404, 422}
    assert send(client, conversation, "withdraw:" + "9" * 30).status_code == 302


# ---- who may


@pytest.mark.parametrize("role", READERS)
def test_every_role_reads_and_the_log_says_who_saw_it(role: str) -> None:
    conversation = talk("x")
    client = staff(role)
    page(client, conversation)
    client.get(f"/conversations/{conversation.pk}/turns?until=1")
    seen = AccessLog.objects.filter(what="viewed", conversation=conversation.pk).order_by("pk").values_list("where", flat=True)
    assert list(seen) == [f"conversations:review pk={conversation.pk}", f"conversations:turns pk={conversation.pk}"]


@pytest.mark.parametrize("role", CHANGERS)
def test_reviewers_change_and_the_log_says_so(role: str) -> None:
    conversation = talk("x")
    assert send(staff(role), conversation, "reviewed").status_code == 302
    changed = AccessLog.objects.get(what="changed")
    assert (changed.who.username, changed.conversation) == (role, conversation.pk)
    assert conversation.turns.get().text not in changed.where


def test_data_protection_reads_but_changes_nothing() -> None:
    conversation, client = talk("x"), staff("data_protection")
    html = page(client, conversation)
    assert "<textarea" not in html
    assert 'name="do"' not in html
    turn = conversation.turns.get()
    assert client.post(f"/conversations/{conversation.pk}/save", {"do": "reviewed", "seen": 1}).status_code == 403
    assert client.get(f"/conversations/{conversation.pk}/turns/{turn.pk}/correct").status_code == 403
    assert Conversation.objects.get().state == "new"


@pytest.mark.parametrize("address", ["", "turns", "next", "turns/{turn}/correct"])
def test_pages_need_a_log_in_and_a_role_and_take_no_post(address: str) -> None:
    conversation = talk("x")
    path = f"/conversations/{conversation.pk}/{address.format(turn=conversation.turns.get().pk)}"
    assert Client().get(path).status_code == 302
    assert sign_in(make_user("")).get(path).status_code == 403
    assert staff("lead").post(path).status_code == 405


def test_saving_is_not_done_by_a_link_and_needs_a_token() -> None:
    conversation = talk("x")
    user: User = make_user("reviewer")
    path = f"/conversations/{conversation.pk}/save"
    assert sign_in(user).get(path).status_code == 405
    assert sign_in(user, Client(enforce_csrf_checks=True)).post(path, {"do": "reviewed", "seen": 1}).status_code == 403
    response = Client().post(path, {"do": "save", "seen": 1, "comment": "typed for a long time"})
    assert response.status_code == 401
    assert "typed for a long time" in response.content.decode()
    assert Conversation.objects.get().state == "new"
