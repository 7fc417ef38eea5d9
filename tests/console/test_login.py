"""Password and second factor, in every order in which someone could try to do without one of them."""

from __future__ import annotations

import re
import time

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from staff import PASSWORD, make_user, sign_in, staff

from bot.console.accounts import second_factor
from bot.console.accounts.models import AccessLog
from bot.console.accounts.roles import ROLES
from bot.console.serve import make_first_user

pytestmark = pytest.mark.django_db
LOGIN, SECOND, NEW_APP, ACCOUNT = (reverse(f"accounts:{name}") for name in ("login", "second_factor", "new_app", "account"))


def code_now(device: TOTPDevice, steps: int = 0) -> str:
    """The code that the app shows now, or so many steps of 30 s later."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time() + steps * device.step
    return f"{totp.token():06d}"


def give_password(name: str, password: str = PASSWORD, page: str = LOGIN) -> Client:
    browser = Client()
    browser.answer = browser.post(page, {"username": name, "password": password}, follow=True)
    return browser


@pytest.fixture
def ann():
    return make_user("reviewer", "ann")


@pytest.fixture
def app(ann) -> TOTPDevice:
    return TOTPDevice.objects.create(user=ann, name="app")


def test_the_first_log_in_sets_up_the_app_and_shows_recovery_codes_once(ann):
    browser = give_password("ann")
    assert browser.answer.redirect_chain[-1][0].startswith(NEW_APP)
    page = browser.answer.content.decode()
    assert "<svg" in page
    assert "http" not in re.search(r"<svg.*?</svg>", page, re.S)[0]
    device = TOTPDevice.objects.get(user=ann, confirmed=False)
    assert second_factor.secret(device) in page
    answer = browser.post(NEW_APP, {"code": code_now(device)})
    codes = re.findall(r"<li><code>(.*?)</code></li>", answer.content.decode())
    assert len(codes) == 10 == len(set(codes))
    assert browser.get(ACCOUNT).status_code == 200
    assert AccessLog.objects.filter(who=ann, what="signed_in").count() == 1
    assert not any(
        code.replace(" ", "")[:8] in token for code in codes for token in StaticToken.objects.values_list("token", flat=True)
    )


def test_wrong_first_code_sets_up_nothing(ann):
    browser = give_password("ann")
    answer = browser.post(NEW_APP, {"code": "000000"})
    assert "not right" in answer.content.decode()
    assert not second_factor.is_set_up(ann)
    assert browser.get(ACCOUNT).status_code == 302


def test_password_then_code(ann, app):
    browser = give_password("ann")
    assert browser.answer.redirect_chain[-1][0].startswith(SECOND)
    assert browser.get(ACCOUNT).url.startswith(SECOND)
    before = browser.session.session_key
    answer = browser.post(SECOND, {"code": code_now(app), "next": ACCOUNT})
    assert answer.url == ACCOUNT
    assert browser.session.session_key != before
    assert browser.get(ACCOUNT).status_code == 200


def test_a_password_alone_can_set_up_no_second_app(ann, app):
    browser = give_password("ann")
    assert browser.get(NEW_APP).url.startswith(SECOND)
    other = TOTPDevice.objects.create(user=ann, name="thief", confirmed=False)
    assert browser.post(NEW_APP, {"code": code_now(other)}).url.startswith(SECOND)
    assert TOTPDevice.objects.filter(user=ann, confirmed=True).get() == app


def test_a_code_alone_lets_nobody_in(ann, app):
    assert Client().post(SECOND, {"code": code_now(app)}).url == LOGIN


def test_the_code_of_another_person_lets_nobody_in(ann, app):
    bob = TOTPDevice.objects.create(user=make_user("reviewer", "bob"), name="app")
    browser = give_password("ann")
    assert "not right" in browser.post(SECOND, {"code": code_now(bob)}).content.decode()
    assert browser.get(ACCOUNT).status_code == 302


def test_a_code_works_once(ann, app):
    code = code_now(app)
    assert give_password("ann").post(SECOND, {"code": code}).status_code == 302
    assert give_password("ann").post(SECOND, {"code": code}).status_code == 200


def test_wrong_codes_slow_down_even_the_right_one(ann, app):
    browser = give_password("ann")
    for _ in range(3):
        browser.post(SECOND, {"code": "000000"})
    answer = browser.post(SECOND, {"code": code_now(app)})
    assert "Please wait" in answer.content.decode()
    assert browser.get(ACCOUNT).status_code == 302


def test_a_recovery_code_works_once_and_in_any_spelling(ann, app):
    code, *others = second_factor.new_recovery_codes(ann)
    answer = give_password("ann").post(SECOND, {"code": code.replace(" ", "-").upper()}, follow=True)
    assert answer.redirect_chain[-1][0] == ACCOUNT
    assert "9 are left" in answer.content.decode()
    assert "not right" in give_password("ann").post(SECOND, {"code": code}).content.decode()
    assert len(others) == second_factor.recovery_codes_left(ann)


def test_a_new_app_replaces_the_old_one_only_once_it_works(ann, app):
    browser = sign_in(ann)
    browser.get(NEW_APP)
    new = TOTPDevice.objects.get(user=ann, confirmed=False)
    browser.post(NEW_APP, {"code": "000000"})
    assert TOTPDevice.objects.get(user=ann, confirmed=True) == app
    TOTPDevice.objects.filter(pk=new.pk).update(throttling_failure_timestamp=None, throttling_failure_count=0)
    browser.post(NEW_APP, {"code": code_now(new)})
    assert TOTPDevice.objects.filter(user=ann).get() == new
    assert browser.get(ACCOUNT).status_code == 200


def test_five_wrong_passwords_lock_the_name_everywhere(ann, app, client):
    for _ in range(5):
        locked = client.post(LOGIN, {"username": "ann", "password": "wrong"})
    assert locked.status_code == 429
    assert "quarter of an hour" in locked.content.decode()
    other = Client(REMOTE_ADDR="203.0.113.9").post(LOGIN, {"username": "ann", "password": PASSWORD})
    assert other.status_code == 429
    make_user("lead", "bob")
    assert give_password("bob").answer.status_code == 200


def test_the_lock_ends_by_itself(ann, app, client, settings):
    from datetime import timedelta

    for _ in range(5):
        client.post(LOGIN, {"username": "ann", "password": "wrong"})
    settings.AXES_COOLOFF_TIME = timedelta(0)
    assert give_password("ann").answer.redirect_chain[-1][0].startswith(SECOND)


def test_next_leads_to_pages_of_ours_only(ann, app):
    browser = give_password("ann")
    assert browser.post(f"{SECOND}?next=https://evil.example/", {"code": code_now(app)}).url == reverse("home")


def test_next_survives_both_steps(ann, app):
    browser = Client()
    answer = browser.post(f"{LOGIN}?next={ACCOUNT}", {"username": "ann", "password": PASSWORD, "next": ACCOUNT})
    assert answer.url == f"{SECOND}?next={ACCOUNT.replace('/', '%2F')}"
    assert browser.post(answer.url, {"code": code_now(app)}).url == ACCOUNT


def test_whoever_is_idle_is_logged_out_and_a_sign_of_life_helps(ann, settings, monkeypatch):
    clock = [time.time()]
    monkeypatch.setattr("bot.console.accounts.middleware.time.time", lambda: clock[0])
    browser = sign_in(ann)
    assert browser.get(ACCOUNT).status_code == 200
    for _ in range(3):
        clock[0] += 20 * 60
        assert browser.get(reverse("accounts:stay")).status_code == 200
    clock[0] += 31 * 60
    answer = browser.get(ACCOUNT, follow=True)
    assert answer.redirect_chain[0][0].startswith(LOGIN)
    assert "nothing happened" in answer.content.decode()
    assert "_auth_user_id" not in browser.session


def test_after_eight_hours_everyone_logs_in_again(ann, monkeypatch):
    clock = [time.time()]
    monkeypatch.setattr("bot.console.accounts.middleware.time.time", lambda: clock[0])
    browser = sign_in(ann)
    for _ in range(24):
        assert browser.get(ACCOUNT).status_code == 200
        clock[0] += 20 * 60
    clock[0] += 60
    assert browser.get(ACCOUNT).status_code == 302


def test_a_half_log_in_ends_soon(ann, app, monkeypatch):
    clock = [time.time()]
    monkeypatch.setattr("bot.console.accounts.middleware.time.time", lambda: clock[0])
    browser = give_password("ann")
    clock[0] += 16 * 60
    assert browser.post(SECOND, {"code": code_now(app)}).url == LOGIN


def test_whoever_was_logged_out_while_writing_gets_their_words_back(client):
    answer = client.post(reverse("accounts:recovery_codes"), {"text": "A long <b>note</b>"})
    assert answer.status_code == 401
    assert "A long &lt;b&gt;note&lt;/b&gt;" in answer.content.decode()


def test_a_deactivated_account_is_out_at_once(ann):
    browser = sign_in(ann)
    ann.is_active = False
    ann.save()
    assert browser.get(ACCOUNT).status_code == 302


def test_changing_the_password_ends_other_sessions_and_is_logged(ann):
    here, elsewhere = sign_in(ann), sign_in(ann)
    new = "another invented phrase"
    here.post(reverse("accounts:password"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert here.get(ACCOUNT).status_code == 200
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert AccessLog.objects.filter(who=ann, what="security").exists()


def test_log_out_needs_a_post(ann):
    browser = sign_in(ann)
    assert browser.get(reverse("logout")).status_code == 405
    browser.post(reverse("logout"))
    assert browser.get(ACCOUNT).status_code == 302


def test_a_colleague_is_invited_with_a_link_and_helped_out(ann):
    admin = staff("admin")
    people = reverse("admin:auth_user_changelist")
    added = admin.post(reverse("admin:auth_user_add"), {"username": "carla", "groups": [g.pk for g in ann.groups.all()]})
    assert added.status_code == 302
    carla = User.objects.get(username="carla")
    assert not carla.has_usable_password()
    assert [group.name for group in carla.groups.all()] == ["reviewer"]
    chosen = {"_selected_action": carla.pk}
    page = admin.post(people, {"action": "make_link", **chosen}, follow=True).content.decode()
    link = re.search(r"http://testserver(/accounts/choose-password/\S+?)[<\s]", page)[1]
    browser = Client()
    form = browser.get(link, follow=True)
    where = form.redirect_chain[-1][0]
    assert browser.post(where, {"new_password1": PASSWORD, "new_password2": PASSWORD}).url == LOGIN
    assert give_password("carla").answer.redirect_chain[-1][0].startswith(NEW_APP)
    assert "used already" in Client().get(link, follow=True).content.decode()
    sign_in(carla)
    admin.post(people, {"action": "remove_second_factor", **chosen})
    assert not second_factor.is_set_up(carla)
    assert AccessLog.objects.filter(who__username="admin", what="security").count() == 3


def test_nobody_sets_the_password_of_another(ann):
    assert staff("admin").get(reverse("admin:auth_user_password_change", args=[ann.pk])).status_code == 403


def test_the_first_user_of_the_settings_sets_up_the_app_at_the_first_log_in():
    make_first_user("first", PASSWORD)
    assert give_password("first").answer.redirect_chain[-1][0].startswith(NEW_APP)


def test_console_user_makes_an_account_and_helps_its_owner(monkeypatch, capsys, client):
    typed = iter(["too short", "too short", "a long phrase", "another one", PASSWORD, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    call_command("console_user", "dora", role=["lead", "clinical"])
    dora = User.objects.get(username="dora")
    assert dora.check_password(PASSWORD)
    assert not dora.is_superuser
    assert sorted(group.name for group in dora.groups.all()) == ["clinical", "lead"]
    assert "too short" in capsys.readouterr().err
    second_factor.new_recovery_codes(dora)
    TOTPDevice.objects.create(user=dora, name="app")
    for _ in range(5):
        client.post(LOGIN, {"username": "dora", "password": "wrong"})
    call_command("console_user", "dora", remove_second_factor=True, unlock=True)
    assert not second_factor.is_set_up(dora)
    assert second_factor.recovery_codes_left(dora) == 0
    assert give_password("dora").answer.redirect_chain[-1][0].startswith(NEW_APP)
    assert dora.groups.count() == 2


def test_a_role_is_all_that_an_account_of_every_permission_keeps():
    User.objects.create_superuser("dora")
    call_command("console_user", "dora", role=["reviewer"])
    assert User.objects.get(username="dora").get_all_permissions() == set(ROLES["reviewer"])
