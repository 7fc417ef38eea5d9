"""The console's settings come from the environment; one that is wrong stops the start, with its name."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from bot.console import environment

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdef" * 4
PRODUCTION = {"CONSOLE_PRODUCTION": "1", "CONSOLE_SECRET": SECRET, "CONSOLE_HOSTS": "console.example.org"}
SHOWN = (
    "SECRET_KEY", "ALLOWED_HOSTS", "BOT_DATABASE_URL", "FEED_SECONDS", "DEBUG", "SESSION_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS", "TIME_ZONE", "DATABASES",
)  # fmt: skip
READ = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from django.core.exceptions import ImproperlyConfigured
try:
    from bot.console import settings
except ImproperlyConfigured as error:
    sys.exit(str(error))
print(json.dumps({{name: getattr(settings, name, None) for name in {SHOWN}}}, default=str))
"""


def read(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own with this environment and no other."""
    return subprocess.run(
        [sys.executable, "-c", READ], env={"VAR": str(folder), "PATH": os.environ["PATH"], **environment},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def settings(folder: Path, **environment: str) -> dict[str, object]:
    done = read(folder, **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_without_any_setting_everything_is_in_the_folder_of_run_time_data(tmp_path):
    found = settings(tmp_path)
    assert found["BOT_DATABASE_URL"] == f"sqlite:///{tmp_path}/conversations.db"
    assert found["DATABASES"]["default"]["NAME"] == f"{tmp_path}/console.db"
    assert (found["FEED_SECONDS"], found["TIME_ZONE"], found["DEBUG"]) == (2, "UTC", False)
    secret = tmp_path / "console-secret"
    assert found["SECRET_KEY"] == secret.read_text()
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert settings(tmp_path)["SECRET_KEY"] == found["SECRET_KEY"]


def test_in_production_everything_is_strict(tmp_path):
    found = settings(tmp_path, **PRODUCTION)
    assert found["SECRET_KEY"] == SECRET
    assert found["ALLOWED_HOSTS"] == ["console.example.org"]
    assert found["SESSION_COOKIE_SECURE"] is found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["DEBUG"] is False
    assert not (tmp_path / "console-secret").exists()


def test_postgresql_keeps_what_its_url_says(tmp_path):
    found = settings(tmp_path, CONSOLE_DATABASE_URL="postgresql://ann:a%20b@db.example.org/console?sslmode=require")
    database = found["DATABASES"]["default"]
    assert (database["NAME"], database["PASSWORD"]) == ("console", "a b")
    assert database["OPTIONS"]["sslmode"] == "require"
    assert database["OPTIONS"]["connect_timeout"] == 5


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("/srv/guide/chats.db", "sqlite:////srv/guide/chats.db"),
        ("postgresql://g:p@db.example.org/guide", "postgresql://g:p@db.example.org/guide"),
    ],
)
def test_the_guides_own_setting_is_taken_when_there_is_no_other(tmp_path, value, url):
    assert settings(tmp_path, TRACKER_DB=value)["BOT_DATABASE_URL"] == url
    other = "postgresql://reader:p@db.example.org/guide"
    assert settings(tmp_path, TRACKER_DB=value, BOT_DATABASE_URL=other)["BOT_DATABASE_URL"] == other


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"CONSOLE_PRODUCTION": "yes"}, "CONSOLE_PRODUCTION: write 1 or 0"),
        ({**PRODUCTION, "CONSOLE_SECRET": ""}, "CONSOLE_SECRET: must be set"),
        ({**PRODUCTION, "CONSOLE_HOSTS": " "}, "CONSOLE_HOSTS: must be set"),
        ({"CONSOLE_SECRET": "short"}, "CONSOLE_SECRET: use at least 50 characters"),
        ({"FEED_SECONDS": "soon"}, "FEED_SECONDS: write a number from 0.1 to 60"),
        ({"FEED_SECONDS": "0"}, "FEED_SECONDS: write a number from 0.1 to 60"),
        ({"FEED_SECONDS": "nan"}, "FEED_SECONDS: write a number from 0.1 to 60"),
        ({"BOT_DATABASE_URL": "mysql://ann:secretword@db/x"}, "BOT_DATABASE_URL: write sqlite:"),
        ({"CONSOLE_DATABASE_URL": "var/console.db"}, "CONSOLE_DATABASE_URL: write sqlite:"),
        ({"CONSOLE_DATABASE_URL": "sqlite://"}, "CONSOLE_DATABASE_URL: write sqlite:"),
        ({"CONSOLE_TIME_ZONE": "Perth"}, "CONSOLE_TIME_ZONE: write a name"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(tmp_path, wrong, words):
    done = read(tmp_path, **wrong)
    assert done.returncode == 1
    assert done.stderr.startswith(words), done.stderr
    assert "secretword" not in done.stderr


def test_console_and_feed_that_start_together_get_one_secret(tmp_path, monkeypatch):
    monkeypatch.delenv("CONSOLE_SECRET", raising=False)
    with ThreadPoolExecutor(20) as pool:
        found = set(pool.map(lambda _: environment.secret("CONSOLE_SECRET", tmp_path / "secret", False), range(100)))
    assert len(found) == 1
    assert len(found.pop()) >= environment.SHORTEST_SECRET
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_an_empty_number_is_the_default(monkeypatch):
    monkeypatch.setenv("X", "")
    assert environment.number("X", 2, 1, 3) == 2
    monkeypatch.setenv("X", "3.5")
    with pytest.raises(ImproperlyConfigured):
        environment.number("X", 2, 1, 3)
