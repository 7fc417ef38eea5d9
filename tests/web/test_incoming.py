"""What a client posts is a message or a choice, or it is refused with the problem's name."""

from __future__ import annotations

import json

import pytest

from bot.web.incoming import (
    MAX_CHARACTERS,
    STATUS,
    Incoming,
    Refused,
    clean,
    read_incoming,
    read_object,
    without_command,
)

JSON = "application/json"


def posted(**value: object) -> bytes:
    return json.dumps({"sender": "token", **value}).encode()


def refusal(body: bytes, content_type: str = JSON) -> Refused:
    with pytest.raises(Refused) as caught:
        read_incoming(body, content_type)
    return caught.value


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("What is an AML?", "What is an AML?"),
        ("  blood\tin the urine \n", "blood\tin the urine"),
        ("one\ntwo", "one\ntwo"),
        ("one\r\ntwo", "one\ntwo"),
        ("\U0001f62d\U0001f62d", "\U0001f62d\U0001f62d"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
        ("?", "?"),
        ("Blut im Urin \u00e4\u00f6\u00fc\u00df", "Blut im Urin \u00e4\u00f6\u00fc\u00df"),
        ("\u0627\u0644\u0643\u0644\u0649", "\u0627\u0644\u0643\u0644\u0649"),
        ("/restart", "/restart"),
        ("bl\x00ood", "blood"),
        ("\x00\x07hello\x7f\x9f", "hello"),
        ("bl\ud800ood\udfff", "blood"),
        ("\u202eblood\u202c", "blood"),
        ("\u2066blood\u2069", "blood"),
        ("bl\u200bo\u200eo\u200fd\ufeff", "blood"),
        ("\u200b /restart", "/restart"),
        ("a" * MAX_CHARACTERS, "a" * MAX_CHARACTERS),
        (f" {'a' * MAX_CHARACTERS} ", "a" * MAX_CHARACTERS),
        ("\x00" * 5000 + "hello", "hello"),
    ],
    ids=lambda text: ascii(text[:30]),
)
def test_a_message_comes_in_without_harmful_characters(typed, message):
    assert read_incoming(posted(message=typed), JSON) == Incoming("token", message=message)


@pytest.mark.parametrize(
    "blank", ["", " ", " \n\t ", "\u00a0", "\u3000", "\x00", "\ud800", "\u200b\u202e", "\ufeff "], ids=ascii
)
def test_a_message_of_nothing_is_refused(blank):
    assert refusal(posted(message=blank)).code == "malformed"


@pytest.mark.parametrize("length", [2_001, 100_000])
def test_a_message_over_2000_characters_is_refused_but_can_still_be_read_for_an_emergency(length):
    refused = refusal(posted(message="a" * length))
    assert (refused.code, refused.status, len(refused.text)) == ("too_long", 413, length)


def test_the_text_of_a_message_that_is_too_long_is_clean():
    assert refusal(posted(message="\x00bleeding \u202e" * 1000)).text.startswith("bleeding bleeding")


def test_length_counts_characters_and_not_bytes():
    assert read_incoming(posted(message="\U0001f62d" * MAX_CHARACTERS), JSON).message


def test_a_choice_comes_in_as_it_is():
    assert read_incoming(posted(choice="topic:aml/what"), JSON) == Incoming("token", choice="topic:aml/what")
    assert read_incoming(posted(choice="x", message=None), JSON) == Incoming("token", choice="x")


def test_an_endless_choice_is_cut():
    assert len(read_incoming(posted(choice="x" * 100_000), JSON).choice) == MAX_CHARACTERS


@pytest.mark.parametrize(("sender", "seen"), [("abc", "abc"), (7, 7), (None, None), (["a"], ["a"])])
def test_the_token_comes_in_as_it_is_whatever_it_is(sender, seen):
    assert read_incoming(posted(sender=sender, message="hello"), JSON).sender == seen


def test_a_missing_token_is_left_to_the_session_check():
    assert read_incoming(b'{"message": "hello"}', JSON) == Incoming(None, message="hello")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"hello",
        b'{"message": "hello"',
        b"{'message': 'hello'}",
        b'"hello"',
        b"7",
        b"null",
        b"true",
        b"[]",
        b'[{"message": "hello"}]',
        posted(),
        posted(text="hello"),
        posted(Message="hello"),
        posted(message="hello", choice="topic:aml/what"),
        posted(message="", choice="topic:aml/what"),
        posted(message=None),
        posted(message=None, choice=None),
        posted(message=7),
        posted(message=0),
        posted(message=[]),
        posted(message={}),
        posted(message=False),
        posted(message=1.5),
        posted(message=True),
        posted(message=["hello"]),
        posted(message={"text": "hello"}),
        posted(choice=""),
        posted(choice=0),
        posted(choice=[]),
        posted(choice=7),
        posted(choice=["topic:aml/what"]),
        b'{"message": NaN}',
        b'{"message": "\xff\xfe"}',
        b'{"message": "\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        '{"message": "hello"}'.encode("utf-16"),
        b"\x00" * 100,
        b"[" * 100_000,
        b'{"message":' * 100_000,
        b'{"message": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda body: f"{body[:40]!a}x{len(body)}",
)
def test_what_holds_no_message_is_malformed(body):
    refused = refusal(body)
    assert (refused.code, refused.status, refused.text) == ("malformed", 400, "")


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("APPLICATION/JSON", True),
        (" application/json ;charset=utf-8", True),
        ("text/plain", False),
        ("text/plain; application/json", False),
        ("application/x-www-form-urlencoded", False),
        ("multipart/form-data", False),
        ("application/jsonp", False),
        ("", False),
    ],
)
def test_only_json_that_is_said_to_be_json_is_read(content_type, accepted):
    if accepted:
        assert read_incoming(posted(message="hello"), content_type).message == "hello"
    else:
        refused = refusal(posted(message="hello"), content_type)
        assert (refused.code, refused.status) == ("not_json", 415)


@pytest.mark.parametrize(("body", "value"), [(b"", {}), (b"{}", {}), (b'{"place": "AU"}', {"place": "AU"})])
def test_an_object_is_read_and_no_body_is_an_empty_one(body, value):
    assert read_object(body, JSON) == value


def test_every_refusal_has_a_status():
    assert {code: Refused(code).status for code in STATUS} == STATUS
    assert all(400 <= status <= 599 for status in STATUS.values())


@pytest.mark.parametrize(
    ("typed", "safe"),
    [
        ("/restart", "\u2044restart"),
        ('/red_flag{"x":1}', '\u2044red_flag{"x":1}'),
        ("/", "\u2044"),
        ("//session_start", "\u2044/session_start"),
        ("/ask_aml/what", "\u2044ask_aml/what"),
        ("and/or", "and/or"),
        ("190/110", "190/110"),
        ("hello /restart", "hello /restart"),
        ("", ""),
    ],
)
def test_a_leading_slash_loses_its_meaning_and_keeps_its_look(typed, safe):
    assert without_command(typed) == safe


def test_no_cleaned_message_can_be_a_command():
    for blank in ("", " ", "\n", "\t", "\x00", "\u200b", "\u202e", "\ufeff", "\u00a0", " \x00 \u200b "):
        assert without_command(clean(f"{blank}/restart")) == "\u2044restart"
