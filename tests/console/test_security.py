"""What holds for every page and for the settings in production."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from staff import staff

from bot.console import environment

CONSOLE = Path(__file__).parents[2] / "bot/console"
MANAGE = str(CONSOLE / "manage.py")
RIGHT = {
    "CONSOLE_PRODUCTION": "1",
    "CONSOLE_SECRET": "a-Secret_of.Tests" * 4,
    "CONSOLE_HOSTS": "console.example.org",
    "CONSOLE_URL": "https://console.example.org",
    "CONSOLE_ALERT_TO": "nurse@charity.example",
    "CONSOLE_MAIL_URL": "smtps://user:secret@mail.example",
    "CONSOLE_MAIL_FROM": "console@charity.example",
}
SHOW = """
import json, django; django.setup()
from django.core.management import call_command
from django.test import Client
call_command("collectstatic", verbosity=0, interactive=False); call_command("migrate", verbosity=0)
plain = Client(headers={"host": "console.example.org"})
there = plain.get("/accounts/login", secure=True)
from django.contrib.auth.models import User
User.objects.create_user("ann", password="a long invented phrase")
plain.post("/accounts/login", {"username": "ann", "password": "a long invented phrase"}, secure=True)
kinds = ("secure", "httponly", "samesite", "domain", "path")
cookies = {name: {kind: cookie[kind] for kind in kinds} for name, cookie in plain.cookies.items()}
print(json.dumps({"headers": dict(there.headers), "cookies": cookies, "http": dict(plain.get("/accounts/login").headers)}))
"""  # fmt: skip


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("CONSOLE_", "BOT_", "DJANGO_"))}
    values = {
        **ours,
        "VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "bot.console.settings",
        "PYTHONPATH": str(CONSOLE.parents[1]),
    }
    return subprocess.run(
        [sys.executable, *arguments], env={**values, **settings}, capture_output=True, text=True, timeout=120, check=False
    )


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in RIGHT.items() if key != name}


def test_the_deployment_check_is_clean(tmp_path):
    done = run(tmp_path, MANAGE, "check", "--deploy", "--fail-level", "WARNING", **RIGHT)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["CONSOLE_SECRET", "CONSOLE_HOSTS"])
def test_production_does_not_start_without(name, tmp_path):
    done = run(tmp_path, MANAGE, "check", **without(name))
    assert done.returncode != 0
    assert f"{name}: must be set" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "code"), [("CONSOLE_ALERT_TO", "W001"), ("CONSOLE_MAIL_URL", "W002"), ("CONSOLE_URL", "W003")]
)
def test_alerts_that_reach_nobody_are_a_warning(name, code, tmp_path):
    assert f"accounts.{code}" in run(tmp_path, MANAGE, "check", "--deploy", **without(name)).stderr


def test_cookies_and_headers_in_production(tmp_path):
    done = run(tmp_path, "-W", "ignore", "-c", SHOW, **RIGHT)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    headers = found["headers"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert set(found["cookies"]) == {"__Host-session", "__Host-csrf"}
    for cookie in found["cookies"].values():
        assert cookie == {"secure": True, "httponly": True, "samesite": "Lax", "domain": "", "path": "/"}
    assert found["http"]["Location"] == "https://console.example.org/accounts/login"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["accounts:login", "conversations:queue", "accounts:account", "admin:index"])
def test_headers_of_every_page(page):
    browser = Client() if page == "accounts:login" else staff("admin")
    answer = browser.get(reverse(page))
    assert answer.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert (policy["default-src"], policy["script-src"], policy["style-src"]) == ("'none'", "'self'", "'self'")
    assert (policy["frame-ancestors"], policy["form-action"], policy["base-uri"]) == ("'none'", "'self'", "'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("path", sorted(CONSOLE.rglob("templates/**/*.html")), ids=lambda path: path.name)
def test_no_template_needs_what_the_policy_forbids(path):
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script(?![^>]*type=\"application/json\")[^>]*>", text))
    assert not re.search(r"(src|href|action)=\"?(https?:)?//", text)
    assert "|safe" not in text.replace("field.help_text|safe", "")


def test_no_module_fetches_from_elsewhere():
    for path in CONSOLE.rglob("static/**/*.js"):
        if ".min." not in path.name and "vendor" not in path.parts:
            assert not re.search(r"https?://(?!www\.w3\.org/)", path.read_text()), path.name


@pytest.mark.parametrize(
    ("value", "host", "port", "tls"),
    [
        ("smtps://ann:p%40ss@mail.example", "mail.example", 465, "EMAIL_USE_SSL"),
        ("smtp+tls://mail.example", "mail.example", 587, "EMAIL_USE_TLS"),
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, None),
    ],
)
def test_the_mail_server(monkeypatch, value, host, port, tls):
    monkeypatch.setenv("X", value)
    found = environment.mail("X")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == (host, port)
    assert [name for name in ("EMAIL_USE_SSL", "EMAIL_USE_TLS") if found[name]] == ([tls] if tls else [])
    assert found["EMAIL_HOST_PASSWORD"] == ("p@ss" if "ann" in value else "")


@pytest.mark.parametrize("value", ["mail.example", "https://mail.example", "smtps://", "smtp://host:port", "smtp://:secret@"])
def test_a_mail_server_that_is_none_is_refused_without_a_word_of_it(monkeypatch, value):
    monkeypatch.setenv("X", value)
    with pytest.raises(environment.ImproperlyConfigured, match=r"^X: write smtps://user:password@host") as refused:
        environment.mail("X")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("value", ["console.example", "ftp://console.example", "https://", "https://a.example/?x=1"])
def test_an_address_that_is_none_is_refused(monkeypatch, value):
    monkeypatch.setenv("X", value)
    with pytest.raises(environment.ImproperlyConfigured, match=r"^X: write an address"):
        environment.web_address("X")


def test_a_command_is_parted_like_a_shell_does(monkeypatch):
    monkeypatch.setenv("X", "ssh -p 22 guide 'erase -'")
    assert environment.command("X", []) == ["ssh", "-p", "22", "guide", "erase -"]
    monkeypatch.setenv("X", "erase '")
    with pytest.raises(environment.ImproperlyConfigured, match=r"^X: "):
        environment.command("X", [])
