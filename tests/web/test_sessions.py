"""Only the server makes conversations; a token that it did not sign, or no longer stands by, opens none."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import os
import re
import stat
import time

import pytest
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from bot.settings import SettingsError
from bot.web.sessions import MAX_TOKEN, SALT, Sessions, read_or_make_secret

SECRET = "a secret that stands only in this test"
HOURS = 24


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(SECRET, HOURS)


def later(monkeypatch, seconds: float) -> None:
    now = time.time() + seconds
    monkeypatch.setattr(time, "time", lambda: now)


def test_a_token_opens_its_conversation_every_time_and_after_a_restart(sessions):
    token, _ = sessions.issue()
    conversation = sessions.conversation(token)
    assert re.fullmatch("[0-9a-f]{32}", conversation)
    assert sessions.conversation(token) == conversation
    assert Sessions(SECRET, HOURS).conversation(token) == conversation


def test_every_token_has_a_conversation_of_its_own(sessions):
    assert len({sessions.conversation(sessions.issue()[0]) for _ in range(20)}) == 20


def test_the_expiry_is_the_lifetime_after_the_issue_in_utc(sessions):
    token, expires = sessions.issue()
    assert expires.utcoffset() == dt.timedelta(0)
    assert abs(expires - dt.datetime.now(dt.timezone.utc) - dt.timedelta(hours=HOURS)) < dt.timedelta(seconds=2)
    assert abs(sessions.expires(token) - expires) <= dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("seconds", "valid"),
    [
        (0, True), (HOURS * 3600 - 60, True), (HOURS * 3600 + 60, False), (10 * HOURS * 3600, False),
        (-3600, True), (-HOURS * 3600 - 60, False),
    ],
)  # fmt: skip
def test_a_token_lives_its_time_and_survives_a_clock_that_is_put_back(sessions, monkeypatch, seconds, valid):
    token, _ = sessions.issue()
    later(monkeypatch, seconds)
    assert (sessions.conversation(token) is not None) is valid
    assert (sessions.expires(token) is not None) is valid


def test_a_shorter_lifetime_holds_for_tokens_that_were_issued_before(monkeypatch):
    token, _ = Sessions(SECRET, 24).issue()
    later(monkeypatch, 2 * 3600)
    assert Sessions(SECRET, 3).conversation(token)
    assert Sessions(SECRET, 1).conversation(token) is None


def test_a_token_of_another_server_opens_nothing(sessions):
    token, _ = Sessions(SECRET + "!", HOURS).issue()
    assert sessions.conversation(token) is None
    assert sessions.expires(token) is None


@pytest.mark.parametrize(
    "token",
    [
        URLSafeTimedSerializer(SECRET, salt="something else").dumps("0" * 32),
        URLSafeTimedSerializer(SECRET).dumps("0" * 32),
        URLSafeSerializer(SECRET, salt=SALT).dumps("0" * 32),
        URLSafeTimedSerializer(SECRET, salt=SALT).dumps(7),
        URLSafeTimedSerializer(SECRET, salt=SALT).dumps(["0" * 32]),
        URLSafeTimedSerializer(SECRET, salt=SALT).dumps(None),
        URLSafeTimedSerializer(SECRET, salt=SALT).dumps("".join(map(str, range(MAX_TOKEN)))),
    ],
    ids=["other salt", "no salt", "no time", "number", "list", "null", "over-long"],
)
def test_what_the_same_secret_signed_for_something_else_opens_nothing(sessions, token):
    assert sessions.conversation(token) is None
    assert sessions.expires(token) is None


def test_a_forged_token_opens_nothing(sessions):
    payload, issued, signature = sessions.issue()[0].split(".")
    other_payload, _, other_signature = Sessions(SECRET, HOURS).issue()[0].split(".")
    swapped = ("A" if signature[0] != "A" else "B") + signature[1:]
    forged = [
        f"{payload}.{issued}.{swapped}",
        f"{payload}.{issued}.{other_signature}",
        f"{other_payload}.{issued}.{signature}",
        f"{payload}.zzzzzz.{signature}",
        f"{payload}.{issued}.",
        f"{payload}.{issued}",
        f"{payload}..{signature}",
        f".{payload}.{issued}.{signature}",
    ]
    assert [token for token in forged if sessions.conversation(token) is not None] == []


def test_a_token_is_valid_in_the_letters_in_which_it_was_issued_alone(sessions):
    """Base64 leaves bits of the last letter and all foreign characters out."""
    token, _ = sessions.issue()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    others = [token[:-1] + letter for letter in letters if letter != token[-1]]
    others += [f"{token[:-3]}{extra}{token[-3:]}" for extra in "=!*%~ "] + [f"{token}{extra}" for extra in ("=", "==", "!")]
    assert [other for other in others if sessions.conversation(other) is not None] == []


def test_a_truncated_token_opens_nothing(sessions):
    token, _ = sessions.issue()
    assert [length for length in range(len(token)) if sessions.conversation(token[:length]) is not None] == []


@pytest.mark.parametrize(
    "token",
    [None, 7, 1.5, True, b"bytes", [], {}, {"a": 1}, "", ".", "..", "...", " ", "\x00", "\u00e4.b.c", "\ud800.b.c",
     "a" * (MAX_TOKEN + 1), "." * 100_000, "0" * 32],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_token_opens_nothing(sessions, token):
    assert sessions.conversation(token) is None
    assert sessions.expires(token) is None


@pytest.mark.parametrize("extra", [" ", "\n", "\u00a0", "\ud800", "a"])
def test_a_token_with_something_after_it_opens_nothing(sessions, extra):
    assert sessions.conversation(sessions.issue()[0] + extra) is None


def test_the_secret_is_made_once_and_kept_for_its_owner_only(tmp_path):
    path = tmp_path / "var" / "secret"
    mask = os.umask(0)
    try:
        secret = read_or_make_secret(path)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch("[0-9a-f]{64}", secret)
    assert read_or_make_secret(path) == secret


def test_each_folder_gets_a_secret_of_its_own(tmp_path):
    assert read_or_make_secret(tmp_path / "one") != read_or_make_secret(tmp_path / "two")


def test_a_secret_that_is_there_is_used_as_it_is(tmp_path):
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    assert read_or_make_secret(tmp_path / "secret") == SECRET
    assert (tmp_path / "secret").read_text() == f"{SECRET}\n"


@pytest.mark.parametrize("content", ["", "short", "x" * 31])
def test_a_damaged_secret_file_is_refused_instead_of_signing_with_a_guessable_secret(tmp_path, content):
    path = tmp_path / "secret"
    path.write_text(content)
    with pytest.raises(SettingsError, match="damaged"):
        read_or_make_secret(path)


def test_two_starts_at_once_agree_on_one_secret(tmp_path):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: read_or_make_secret(tmp_path / "secret"), range(32)))
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
