"""The start of the console: database, first user, and a page that answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from staff import staff

from bot.console.accounts.roles import ROLES
from bot.console.serve import make_first_user

ROOT = Path(__file__).parents[2]
PASSWORD = "four invented words here"


@pytest.mark.django_db
def test_the_first_user_is_an_administrator_by_role():
    make_first_user("ann", PASSWORD)
    ann = get_user_model().objects.get()
    assert ann.check_password(PASSWORD)
    assert ann.get_all_permissions() == set(ROLES["admin"])


@pytest.mark.django_db
def test_what_the_first_user_may_can_be_taken_away_on_the_people_page():
    make_first_user("ann", PASSWORD)
    ann = get_user_model().objects.get()
    answer = staff("admin").post(reverse("admin:auth_user_change", args=[ann.pk]), {"username": "ann", "is_active": "on"})
    assert answer.status_code == 302
    assert get_user_model().objects.get(username="ann").get_all_permissions() == set()


@pytest.mark.django_db
def test_without_a_user_the_start_says_how_to_make_one(capsys):
    make_first_user("", "")
    assert "make console-user" in capsys.readouterr().out
    assert not get_user_model().objects.exists()


@pytest.mark.django_db
def test_where_there_are_users_none_is_made(new_user, capsys):
    new_user("bea")
    make_first_user("ann", PASSWORD)
    assert [user.username for user in get_user_model().objects.all()] == ["bea"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "password", "words"),
    [("ann", "", "set both"), ("", PASSWORD, "set both"), ("ann", "short", "CONSOLE_FIRST_PASSWORD: ")],
)
def test_a_first_user_that_cannot_be_made_is_told(name, password, words):
    with pytest.raises(ImproperlyConfigured, match=words):
        make_first_user(name, password)


def test_the_console_starts_on_an_empty_folder_and_answers(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ, "VAR": str(tmp_path), "CONSOLE_PORT": str(port), "DJANGO_SETTINGS_MODULE": "bot.console.settings",
        "CONSOLE_FIRST_USER": "ann", "CONSOLE_FIRST_PASSWORD": PASSWORD,
    }  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        console = subprocess.Popen(
            [sys.executable, "-m", "bot.console.serve"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        assert fetch(f"http://127.0.0.1:{port}/health", console, tmp_path / "log") == "ok"
        page = fetch(f"http://127.0.0.1:{port}/", console, tmp_path / "log")
        assert "<form" in page
        assert "password" in page
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": "evil.example"}))
    finally:
        console.terminate()
        console.wait(30)
    assert (tmp_path / "console.db").stat().st_mode & 0o077 == 0, "others on the machine could read what families wrote"


def fetch(address: str, console: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{error.code} at {address}:\n{log.read_text()}") from None
        except OSError:
            assert console.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
