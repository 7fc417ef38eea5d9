"""Every address of the console for every role: who may, who may not, and that no page was forgotten.

A new page fails `test_every_page_stands_in_the_table` until it has its line in PAGES, which is written apart from the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, include, path, reverse
from django.utils import timezone
from staff import BACKEND, make_user, sign_in, staff

from bot.console.accounts import access
from bot.console.accounts.models import AccessLog, Erasure, Export, ExportedConversation, HandDeletion, ReviewSheet
from bot.console.accounts.roles import EVERY_PERMISSION, ROLES
from bot.console.conversations.models import Conversation, Correction, SavedView, Turn
from bot.console.learning.models import Export as LearningExport
from bot.console.learning.models import ExportedExample, Proposal

pytestmark = pytest.mark.django_db
GET, POST = "GET", "POST"


class Page(NamedTuple):
    """Who may open it (`open`, `signed in`, or a permission), its methods, and the numbers of its address."""

    who: str
    methods: tuple[str, ...] = (GET,)
    address: dict[str, Any] = {}


VIEW, CHANGE = "conversations.view_conversation", "conversations.change_conversation"
ERASE, EXPORT, RULES = "conversations.erase_conversation", "conversations.export_conversation", "accounts.view_rules"
SEE, PROPOSE = "learning.view_proposal", "learning.propose"
APPROVE, TRAIN = "learning.approve_proposal", "learning.export_proposal"
OVERVIEW = "overview.view_overview"
BOTH = (GET, POST)
ONE = {"pk": 7}
USER = {"object_id": "7"}

PAGES = {
    "health": Page(access.OPEN, BOTH),
    "home": Page(access.SIGNED_IN, BOTH),
    "logout": Page(access.OPEN, (POST,)),
    "accounts:login": Page(access.OPEN, BOTH),
    "accounts:second_factor": Page(access.OPEN, BOTH),
    "accounts:new_app": Page(access.OPEN, BOTH),
    "accounts:choose_password": Page(access.OPEN, BOTH, {"uidb64": "Nw", "token": "x-y"}),
    "accounts:account": Page(access.SIGNED_IN),
    "accounts:password": Page(access.SIGNED_IN, BOTH),
    "accounts:recovery_codes": Page(access.SIGNED_IN, (POST,)),
    "accounts:stay": Page(access.SIGNED_IN),
    "accounts:data": Page(ERASE),
    "accounts:erase": Page(ERASE, BOTH, ONE),
    "accounts:erasure": Page(ERASE, (GET,), ONE),
    "accounts:ask_again": Page(ERASE, (POST,), ONE),
    "accounts:deleted_by_hand": Page(ERASE, (POST,), ONE),
    "accounts:line_deleted": Page(ERASE, (POST,), ONE),
    "accounts:export": Page(EXPORT, BOTH),
    "accounts:log": Page("accounts.view_accesslog"),
    "accounts:rules": Page(RULES),
    "accounts:rule": Page(RULES, (GET,), {"name": "bleeding"}),
    "accounts:texts": Page(RULES),
    "accounts:text": Page(RULES, (GET,), {"area": "aml", "name": "what"}),
    "accounts:sheets": Page(RULES, BOTH),
    "accounts:sheet": Page(RULES, (GET,), ONE),
    "conversations:queue": Page(VIEW),
    "conversations:save_view": Page(VIEW, (POST,)),
    "conversations:delete_view": Page(VIEW, (POST,), {"view": 7}),
    "conversations:single_keys": Page(VIEW, (POST,)),
    "conversations:review": Page(VIEW, (GET,), ONE),
    "conversations:following": Page(VIEW, (GET,), ONE),
    "conversations:turns": Page(VIEW, (GET,), ONE),
    "conversations:correct": Page(CHANGE, (GET,), {"pk": 7, "turn": 1}),
    "conversations:save": Page(CHANGE, (POST,), ONE),
    "learning:proposals": Page(SEE),
    "learning:proposal": Page(SEE, (GET,), ONE),
    "learning:word": Page(PROPOSE, (POST,), ONE),
    "learning:withdraw": Page(PROPOSE, (POST,), ONE),
    "learning:decide": Page(APPROVE, (POST,)),
    "learning:exports": Page(SEE),
    "learning:export": Page(SEE, (GET,), ONE),
    "learning:make_export": Page(TRAIN, (POST,)),
    "learning:export_file": Page(TRAIN, (GET,), ONE),
    "learning:record": Page(TRAIN, (POST,), ONE),
    "learning:withdraw_export": Page(TRAIN, (POST,), ONE),
    "learning:missing": Page(SEE),
    "learning:group_again": Page(SEE, (POST,)),
    "overview:page": Page(OVERVIEW),
    "overview:table": Page(OVERVIEW, (GET,), {"name": "all"}),
}
PEOPLE = {
    "admin:index": {},
    "admin:password_change": {},
    "admin:password_change_done": {},
    "admin:autocomplete": {},
    "admin:jsi18n": {},
    "admin:view_on_site": {"content_type_id": 1, "object_id": 1},
    "admin:app_list": {"app_label": "auth"},
    "admin:auth_user_changelist": {},
    "admin:auth_user_add": {},
    "admin:auth_user_change": USER,
    "admin:auth_user_history": USER,
    "admin:auth_user_delete": USER,
    "admin:auth_user_password_change": {"id": "7"},
}
"""Django's admin, for those who make accounts; which methods it takes is its own affair."""
ALWAYS_REFUSED = {"admin:auth_user_delete", "admin:auth_user_password_change", "admin:autocomplete"}
NOT_FOUND = {"conversations:delete_view", "learning:export_file"}
"""The saved view is another person's, and no file was written."""
NOT_GUARDED = {"admin:login", "admin:logout", "admin:None"}
"""The log-in (sends on to ours) and log-out of the admin, and its two redirects, which it guards like the rest."""


def patterns(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address pattern of the console with its name."""
    for found in (resolver or get_resolver()).url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found, f"{space}{found.namespace}:" if found.namespace else space)
        else:
            yield f"{space}{found.name}", found


@pytest.fixture
def world(settings, monkeypatch):
    """One of everything that an address can name, under the number 7."""
    settings.BOT_ERASE_COMMAND = ["false"]
    monkeypatch.setattr("bot.console.feed.importer.leave_no_trace", lambda: None)  # not inside a test's transaction
    now, by = timezone.now(), make_user("lead", "someone")
    type(by).objects.create_user("seven", pk=7)
    conversation = Conversation.objects.create(pk=7, sender_id="c" * 32, started=now, last_activity=now)
    turn = Turn.objects.create(conversation=conversation, number=1, event_id=1, at=now, text="an invented question")
    conversation.recount()
    SavedView.objects.create(pk=7, name="mine", owner=by)
    Correction.objects.create(turn=turn, kind="topic", intent="ask_aml/what", by=by)
    Proposal.objects.all().delete()
    Proposal.objects.create(pk=7, turn=turn, text=turn.text, intent="ask_aml/what", proposed_by=by)
    training = LearningExport.objects.create(pk=7, name="seven", by=by)
    ExportedExample.objects.create(pk=7, export=training, conversation=3, intent="ask_aml/what", line=12, erased_at=now)
    export = Export.objects.create(pk=7, name="turns.csv", by=by)
    ExportedConversation.objects.create(export=export, conversation=7)
    erasure = Erasure.objects.create(pk=7, number=3, sender_id="d" * 32, by=by)
    HandDeletion.objects.create(pk=7, erasure=erasure, export=export)
    ReviewSheet.objects.create(pk=7, texts="aml/what", by=by, made=now, page="<p>sheet</p>")


def call(browser: Client, method: str, name: str, address: dict[str, Any]) -> int:
    """Status of the answer; whatever it changed is undone."""
    undo = transaction.savepoint()
    status = browser.generic(method, reverse(name, kwargs=address)).status_code
    transaction.savepoint_rollback(undo)
    return int(status)


def test_every_page_stands_in_the_table():
    names = {name for name, _ in patterns()}
    assert names - NOT_GUARDED == {*PAGES, *PEOPLE}


def test_every_page_says_who_may_open_it():
    for name, pattern in patterns():
        if not name.startswith("admin:"):
            assert getattr(pattern.callback, "access", None) == PAGES[name].who, name


@pytest.mark.parametrize("name", PAGES)
def test_who_may_and_who_may_not(name, world):
    page = PAGES[name]
    for role, permissions in {**ROLES, "": ()}.items():
        browser = staff(role)
        allowed = page.who in (access.OPEN, access.SIGNED_IN) or page.who in permissions
        for method in BOTH:
            status = call(browser, method, name, page.address)
            if not allowed:
                assert status == 403, (role, method)
            elif method not in page.methods:
                assert status == 405, (role, method)
            elif not (status == 404 and name in NOT_FOUND):
                assert status in (200, 302, 400, 422), (role, method)


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.who != access.OPEN])
def test_nobody_gets_in_without_a_log_in_or_with_half_of_one(name, world):
    half = Client()
    half.force_login(make_user("admin"), BACKEND)
    for browser, login in ((Client(), "accounts:login"), (half, "accounts:second_factor")):
        answer = browser.get(reverse(name, kwargs=PAGES[name].address))
        assert answer.status_code == 302
        assert answer.url.startswith(f"{reverse(login)}?next=")
        assert call(browser, POST, name, PAGES[name].address) == 401


@pytest.mark.parametrize("name", PEOPLE)
def test_accounts_are_made_by_administrators_only(name, world):
    for role in (*ROLES, ""):
        status = call(staff(role), GET, name, PEOPLE[name])
        if role != "admin" or name in ALWAYS_REFUSED:
            assert status == 403, role
        else:
            assert status in (200, 302, 404), role
    assert Client().get(reverse(name, kwargs=PEOPLE[name])).status_code == 302
    half = Client()
    half.force_login(make_user("admin", "half"), BACKEND)
    answer = half.get(reverse(name, kwargs=PEOPLE[name]), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("accounts:new_app"))


def test_roles_have_the_permissions_of_the_table_and_no_others(django_user_model):
    for role, permissions in ROLES.items():
        assert make_user(role).get_all_permissions() == set(permissions), role
    assert django_user_model.objects.get(username="reviewer").get_group_permissions() < EVERY_PERMISSION


def test_a_view_without_a_word_about_who_may_see_it_is_closed_to_all(settings):
    settings.ROOT_URLCONF = __name__
    assert sign_in(make_user("admin")).get("/forgotten").status_code == 403
    assert Client().get("/forgotten").status_code == 403


def test_seeing_and_changing_a_conversation_stand_in_the_log(world):
    reviewer = staff("reviewer")
    reviewer.get(reverse("conversations:review", args=[7]))
    line = AccessLog.objects.get(who__username="reviewer")
    assert (line.what, line.conversation, line.where) == ("viewed", 7, "conversations:review pk=7")


def test_what_was_changed_stands_in_the_log_without_what_was_written(world):
    browser, turn = staff("reviewer"), Turn.objects.get()
    form = {"do": "later", "seen": "1", "comment": "a long note", f"turn-{turn.pk}-note": "another one"}
    answer = browser.post(reverse("conversations:save", args=[7]), form)
    assert answer.status_code == 302
    line = AccessLog.objects.get(what="changed")
    assert (line.conversation, line.who.username) == (7, "reviewer")
    assert line.where == "conversations:save pk=7 later comment turn 1: note"


def test_a_change_that_was_refused_or_was_none_is_in_the_log_as_seen_only(world):
    browser = staff("reviewer")
    assert browser.post(reverse("conversations:save", args=[7]), {"do": "open:1", "seen": "1"}).status_code == 200
    assert browser.post(reverse("conversations:save", args=[7]), {"do": "later"}).status_code == 422
    assert list(AccessLog.objects.values_list("what", "conversation")) == [("viewed", 7)] * 2


def test_a_refused_page_leaves_no_line(world):
    staff("clinical").get(reverse("accounts:data"))
    assert not AccessLog.objects.exists()


def test_a_password_that_came_too_late_is_not_shown():
    typed = {"old_password": "the old phrase", "new_password1": "the new phrase", "new_password2": "the new phrase"}
    answer = Client().post(reverse("accounts:password"), typed)
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "phrase" not in page
    assert "Nothing was saved" in page
    assert "is still here" not in page, "nothing is"


def test_writing_needs_the_token_of_the_form(world):
    browser = sign_in(make_user("data_protection"), Client(enforce_csrf_checks=True))
    answer = browser.post(reverse("accounts:erase", args=[7]))
    assert answer.status_code == 403
    assert "Not saved" in answer.content.decode()
    assert Conversation.objects.filter(pk=7).exists()


def _forgotten(request):
    raise AssertionError("nobody should get here")


urlpatterns = [path("forgotten", _forgotten), path("", include("bot.console.urls"))]
