"""Settings come from the environment; a wrong one stops the start and is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.knowledge import ContentPolicy
from bot.settings import Settings, SettingsError, read_limit

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
    assert (settings.web_rate_limit, settings.web_address_limit, settings.web_session_limit) == (
        "30/minute",
        "300/minute",
        "60/minute",
    )
    assert (settings.rate_limit_store, settings.trusted_proxies, settings.retention_days) == ("", 0, 30)
    assert (settings.metrics_port, settings.metrics_interface) == (0, "127.0.0.1")
    assert settings.database == "var/conversations.db"


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
        ("WEB_ADDRESS_LIMIT", "off", "off"),
        ("WEB_SESSION_LIMIT", "1000/day", "1000/day"),
        ("RATE_LIMIT_STORE", "redis://:password@cache.example.org:6380/1", "redis://:password@cache.example.org:6380/1"),
        ("RATE_LIMIT_STORE", "rediss://cache.example.org", "rediss://cache.example.org"),
        ("TRUSTED_PROXIES", "2", 2),
        ("RETENTION_DAYS", "1", 1),
        ("METRICS_PORT", "15005", 15005),
        ("METRICS_INTERFACE", "0.0.0.0", "0.0.0.0"),
        ("METRICS_INTERFACE", "::1", "::1"),
        ("TRACKER_DB", "/srv/guide/chats.db", "/srv/guide/chats.db"),
        ("TRACKER_DB", "postgresql://guide:password@127.0.0.1/guide", "postgresql://guide:password@127.0.0.1/guide"),
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
        ("WEB_RATE_LIMIT", "many", r"write a number per time \(a day at most\), such as 30/minute, or off"),
        ("WEB_RATE_LIMIT", "-1/minute", "write a number per time"),
        ("WEB_RATE_LIMIT", "", "write a number per time"),
        ("WEB_RATE_LIMIT", "100/2 days", r"write a number per time \(a day at most\)"),
        ("WEB_ADDRESS_LIMIT", "lots", "write a number per time"),
        ("WEB_SESSION_LIMIT", "0/minute", "write a number per time"),
        ("RATE_LIMIT_STORE", "memcached://127.0.0.1", "write the address of a Redis server, such as redis://127.0.0.1:6379/0"),
        ("RATE_LIMIT_STORE", "127.0.0.1:6379", "write the address of a Redis server"),
        ("RATE_LIMIT_STORE", "redis://127.0.0.1:port", "write the address of a Redis server"),
        ("TRUSTED_PROXIES", "-1", "greater than or equal to 0"),
        ("TRUSTED_PROXIES", "10.0.0.1", "not a valid integer"),
        ("RETENTION_DAYS", "0", "greater than or equal to 1"),
        ("RETENTION_DAYS", "for ever", "not a valid integer"),
        ("METRICS_PORT", "-1", "greater than or equal to 0"),
        ("METRICS_PORT", "150050", "less than or equal to 65535"),
        ("METRICS_PORT", "127.0.0.1:15005", "not a valid integer"),
        (
            "METRICS_INTERFACE",
            "localhost",
            "write an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all",
        ),
        ("METRICS_INTERFACE", "", "write an IP address of this machine"),
        ("METRICS_INTERFACE", "127.0.0.1:15005", "write an IP address of this machine"),
        ("TRACKER_DB", "mysql://guide@host/guide", "write the path of a file, or postgresql://"),
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


def test_a_chat_is_not_deleted_while_its_token_is_valid(monkeypatch):
    monkeypatch.setenv("RETENTION_DAYS", "2")
    monkeypatch.setenv("WEB_SESSION_HOURS", "48")
    assert Settings.read().retention_days == 2
    monkeypatch.setenv("WEB_SESSION_HOURS", "49")
    with pytest.raises(SettingsError, match=r"^RETENTION_DAYS: keep chats at least as long .*WEB_SESSION_HOURS is 49"):
        Settings.read()


def test_a_password_in_an_address_is_not_repeated_in_the_message(monkeypatch):
    for name, value in (("RATE_LIMIT_STORE", "redis://:hunter2@host:port"), ("TRACKER_DB", "mysql://guide:hunter2@host/guide")):
        monkeypatch.setenv(name, value)
        with pytest.raises(SettingsError, match=name) as caught:
            Settings.read()
        assert "hunter2" not in str(caught.value)
        monkeypatch.delenv(name)


def test_conversations_are_kept_in_the_folder_of_all_that_is_written(monkeypatch):
    monkeypatch.setenv("VAR", "/srv/guide")
    assert Settings.read().database == "/srv/guide/conversations.db"
    monkeypatch.setenv("TRACKER_DB", "chats.db")
    assert Settings.read().database == "chats.db"


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
    found = read_limit(Settings.read().web_rate_limit)
    assert (found.amount, found.get_expiry()) == limit


@pytest.mark.parametrize("name", ["WEB_RATE_LIMIT", "WEB_ADDRESS_LIMIT", "WEB_SESSION_LIMIT"])
def test_each_rate_limit_can_be_off(monkeypatch, name):
    monkeypatch.setenv(name, "off")
    assert read_limit(getattr(Settings.read(), name.lower())) is None


def test_names_of_other_programs_do_not_matter(monkeypatch):
    monkeypatch.setenv("WEB_COLOUR", "red")
    Settings.read()


def test_origins_are_read_as_browsers_write_them(monkeypatch):
    assert Settings.read().origins() == frozenset()
    monkeypatch.setenv("WEB_ORIGINS", "https://WWW.example.org/  https://example.org:443\nhttp://localhost:8080")
    assert Settings.read().origins() == {"https://www.example.org", "https://example.org", "http://localhost:8080"}
