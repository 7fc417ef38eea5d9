"""Settings come from the environment; a wrong one stops the start and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge import ContentPolicy
from bot.settings import Settings, SettingsError

SECRET = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch):
    for name in Settings.__fields__:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_any_setting_the_defaults_hold():
    settings = Settings.read()
    assert settings.content_policy is ContentPolicy.preview
    assert (settings.web_secret, settings.web_session_hours, settings.var) == ("", 24, Path("var"))
    assert (settings.web_turn_seconds, settings.web_alarm_seconds) == (8.0, 2.0)
    assert str(settings.rate_limit()) == "30 per 1 minute"


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("CONTENT_POLICY", "approved", ContentPolicy.approved),
        ("CONTENT_POLICY", "preview", ContentPolicy.preview),
        ("WEB_SECRET", SECRET, SECRET),
        ("WEB_SECRET", "", ""),
        ("WEB_SESSION_HOURS", "1", 1),
        ("WEB_SESSION_HOURS", "720", 720),
        ("WEB_TURN_SECONDS", "0.5", 0.5),
        ("WEB_ALARM_SECONDS", "60", 60.0),
        ("VAR", "/srv/guide", Path("/srv/guide")),
        ("WEB_ORIGINS", "https://www.example.org", "https://www.example.org"),
    ],
)
def test_a_setting_is_read_from_its_variable(monkeypatch, name, value, read):
    monkeypatch.setenv(name, value)
    assert getattr(Settings.read(), name.lower()) == read


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("CONTENT_POLICY", "aproved", "permitted: 'preview', 'approved'"),
        ("CONTENT_POLICY", "", "permitted: 'preview', 'approved'"),
        ("WEB_SECRET", SECRET[:31], "use at least 32 characters, for example from `openssl rand -hex 32`"),
        ("WEB_SECRET", "x", "use at least 32 characters"),
        ("WEB_SESSION_HOURS", "0", "greater than or equal to 1"),
        ("WEB_SESSION_HOURS", "721", "less than or equal to 720"),
        ("WEB_SESSION_HOURS", "a day", "not a valid integer"),
        ("WEB_RATE_LIMIT", "many", "write a number per time, such as 30/minute, or off"),
        ("WEB_RATE_LIMIT", "-1/minute", "write a number per time"),
        ("WEB_RATE_LIMIT", "", "write a number per time"),
        ("WEB_TURN_SECONDS", "0", "greater than 0"),
        ("WEB_TURN_SECONDS", "61", "less than or equal to 60"),
        ("WEB_TURN_SECONDS", "nan", "greater than 0"),
        ("WEB_ALARM_SECONDS", "-1", "greater than 0"),
        ("WEB_ALARM_SECONDS", "soon", "not a valid float"),
        ("WEB_ORIGINS", "*", r"\* is no origin; write https, the name and perhaps a port"),
        ("WEB_ORIGINS", "https://a.example https://*.example.org", r"https://\*.example.org is no origin"),
        ("WEB_ORIGINS", "https://a.example,https://b.example", "is no origin"),
    ],
)
def test_a_wrong_setting_is_named_with_what_would_be_right(monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=rf"^{name}: .*{words}"):
        Settings.read()


def test_a_secret_that_is_too_short_is_not_repeated_in_the_message(monkeypatch):
    monkeypatch.setenv("WEB_SECRET", "hunter2hunter2")
    with pytest.raises(SettingsError) as caught:
        Settings.read()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "limit"),
    [("30/minute", (30, 60)), ("5 per second", (5, 1)), ("100/hour", (100, 3600)), ("10/2 minutes", (10, 120))],
)
def test_a_rate_limit_is_a_number_per_time(monkeypatch, value, limit):
    monkeypatch.setenv("WEB_RATE_LIMIT", value)
    found = Settings.read().rate_limit()
    assert (found.amount, found.get_expiry()) == limit


def test_the_rate_limit_can_be_off(monkeypatch):
    monkeypatch.setenv("WEB_RATE_LIMIT", "off")
    assert Settings.read().rate_limit() is None


def test_names_of_other_programs_do_not_matter(monkeypatch):
    monkeypatch.setenv("WEB_COLOUR", "red")
    Settings.read()


def test_origins_are_read_as_browsers_write_them(monkeypatch):
    assert Settings.read().origins() == frozenset()
    monkeypatch.setenv("WEB_ORIGINS", "https://WWW.example.org/  https://example.org:443\nhttp://localhost:8080")
    assert Settings.read().origins() == {"https://www.example.org", "https://example.org", "http://localhost:8080"}
