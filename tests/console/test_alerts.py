"""One mail about each urgent conversation, without a word of it, also when the mail server is down for a while."""

from __future__ import annotations

import datetime as dt
import smtplib
import socket

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from staff import staff

from bot.console.accounts import alerts
from bot.console.accounts.models import Alert
from bot.console.conversations.models import Alarm, Conversation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def post_office(settings):
    settings.CONSOLE_ALERT_TO = ["nurse@charity.example", "lead@charity.example"]
    settings.CONSOLE_URL = "https://console.example"


def urgent(sender: str = "one", ago: float = 0, **fields: object) -> Conversation:
    at = timezone.now() - dt.timedelta(hours=ago)
    values = {"alarm_level": Alarm.EMERGENCY, "alarm_category": "bleeding", **fields}
    return Conversation.objects.create(sender_id=sender, started=at, last_activity=at, **values)


def test_a_mail_says_where_and_not_what():
    found = urgent()
    assert alerts.send_due() == 1
    [sent] = mail.outbox
    assert sent.to == ["nurse@charity.example", "lead@charity.example"]
    assert f"https://console.example{reverse('conversations:review', args=[found.pk])}" in sent.body
    for word in ("bleeding", "one", "emergency."):
        assert word not in f"{sent.subject} {sent.body}".replace("emergency advice", "").split()
    assert Alert.objects.get().state == "sent"


def test_at_most_one_a_conversation_also_when_it_goes_on():
    found = urgent(alarm_level=Alarm.URGENT)
    alerts.send_due()
    Conversation.objects.filter(pk=found.pk).update(alarm_level=Alarm.EMERGENCY, last_activity=timezone.now(), turn_count=9)
    assert alerts.send_due(timezone.now() + dt.timedelta(hours=5)) == 0
    assert len(mail.outbox) == 1


def test_several_at_once_are_one_mail():
    for sender in ("one", "two", "three"):
        urgent(sender)
    assert alerts.send_due() == 3
    [sent] = mail.outbox
    assert sent.body.count("https://console.example") == 3
    assert "3 conversations" in sent.body


@pytest.mark.parametrize(
    "fields",
    [{"alarm_level": Alarm.NONE}, {"ago": 25}, {"state": Conversation.State.REVIEWED}],
    ids=["calm", "old", "reviewed"],
)
def test_no_mail_about_what_is_calm_old_or_reviewed(fields):
    urgent(**fields)
    assert alerts.send_due() == 0
    assert mail.outbox == []


def test_a_conversation_that_becomes_urgent_later_gets_its_mail():
    found = urgent(alarm_level=Alarm.NONE)
    alerts.send_due()
    Conversation.objects.filter(pk=found.pk).update(alarm_level=Alarm.URGENT)
    assert alerts.send_due() == 1


def test_nobody_to_write_to(settings):
    settings.CONSOLE_ALERT_TO = []
    urgent()
    assert alerts.send_due() == 0
    assert not Alert.objects.exists()


@pytest.mark.parametrize("error", [smtplib.SMTPServerDisconnected("gone"), ConnectionRefusedError(), TimeoutError()])
def test_a_mail_that_fails_is_tried_again_and_the_badge_still_shows_it(monkeypatch, error):
    urgent()
    now = timezone.now()

    def fail(self):
        raise error

    with monkeypatch.context() as down:
        down.setattr("django.core.mail.EmailMessage.send", fail)
        assert alerts.send_due(now) == 0
        assert alerts.send_due(now + dt.timedelta(seconds=30)) == 0
        assert Alert.objects.get().tries == 1
        alerts.send_due(now + dt.timedelta(seconds=61))
        assert Alert.objects.get().tries == 2
    assert "1 open alarm" in staff("reviewer").get(reverse("conversations:queue")).content.decode()
    assert "tried 2 times" in staff("data_protection").get(reverse("accounts:data")).content.decode()
    assert alerts.send_due(now + dt.timedelta(minutes=2)) == 0  # two minutes of pause after the second try
    assert alerts.send_due(now + dt.timedelta(minutes=4)) == 1
    assert len(mail.outbox) == 1


def test_what_was_broken_off_while_it_was_sent_is_not_sent_twice_and_is_shown(monkeypatch):
    urgent()

    def killed(self):
        raise KeyboardInterrupt

    with monkeypatch.context() as down:
        down.setattr("django.core.mail.EmailMessage.send", killed)
        with pytest.raises(KeyboardInterrupt):
            alerts.send_due()
    assert alerts.send_due(timezone.now() + dt.timedelta(hours=2)) == 0
    assert "broken off" in staff("data_protection").get(reverse("accounts:data")).content.decode()


def test_a_real_mail_server_that_is_not_there(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free.getsockname()[1]
        urgent()
        assert alerts.send_due() == 0
    assert Alert.objects.get().state == "waiting"
