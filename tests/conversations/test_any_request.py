"""Whatever comes in over HTTP is answered in the shape of the contract, soon, and the guide lives on."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from conversation import Conversation, assert_contract
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.web.incoming import STATUS
from tools.guide_process import GuideProcess

BASE = "/webhooks/web"
SOON = 1.0
"""Seconds."""
STATUSES = {200, 204, 302, 304, 400, 401, 403, 404, 405, 413, 415, 417, 429}
"""All that docs/architecture.md and HTTP itself know, without the faults of a server."""
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "post"]
PATHS = [
    "/webhook", "/session", "/health", "/", "", "/static/chat.css", "/static/../channel.py", "/static/%2e%2e/x", "/nope",
    "/%00",
]  # fmt: skip
TYPES = ["application/json", "application/json; charset=utf-16", "text/plain", "multipart/form-data", ""]
HEADERS = [
    "Accept", "Accept-Encoding", "Authorization", "Cookie", "Forwarded", "If-None-Match", "Origin", "Range", "Referer",
    "User-Agent", "X-Forwarded-For", "X-Forwarded-Host", "X-HTTP-Method-Override", "X-Odd",
]  # fmt: skip
WORDS = [
    "What is an angiomyolipoma?", "there is blood in her urine", "/restart", "topic:aml/what", "helped:no", "\x00", "\ud800",
    "\ud83d\ude2d", "\u202e", "a" * 2000, "a" * 2001, "fever 39.5 " * 9000, "\n" * 5000,
]  # fmt: skip
PIECES = [
    b"GET ", b"POST ", b"/webhooks/web/webhook", b" HTTP/1.1", b" HTTP/9.9", b"\r\n", b"\n", b"Host: x", b"Content-Length: ",
    b"-1", b"99999999999", b"5", b"Transfer-Encoding: chunked", b"ffffffffff\r\n", b"0\r\n\r\n", b"{}", b"\x00",
    b"Content-Type: application/json", b"\xff\xfe", b": ", b"Expect: 100-continue", b"Connection: close", b"a" * 9000,
]  # fmt: skip
BOUNDED = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Answer:
    """What came back. ``status`` is 0 when the connection was closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(port: int, request: bytes, ends: bool = False) -> Answer:
    """Send bytes as they are and read the answer to its end. ``ends``: say that nothing more will come."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(request)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        while part := connection.recv(65536):
            received += part
    head, _, body = received.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    if not head:
        return Answer(0, {}, b"")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(line.split()[1]), headers, body)


def soon(task: Callable[[], Answer]) -> Answer:
    """The answer, within a second. A slow one is asked for again: this machine may have had other things to do."""
    for _ in range(3):
        began = time.monotonic()
        answer = task()
        if time.monotonic() - began < SOON:
            return answer
    pytest.fail(f"three times slower than {SOON} s, status {answer.status}")


def request_of(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    headers = {"Host": "127.0.0.1", "Content-Length": str(len(body)), "Connection": "close", **headers}
    lines = [f"{method} {BASE}{path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def assert_error(answer: Answer) -> None:
    error = answer.json()
    assert set(error) <= {"error", "text", "messages"}
    assert STATUS[error["error"]] == answer.status or error["error"] == "malformed"
    assert "emergency" in error["text"]
    assert "Traceback" not in error["text"]
    if "messages" in error:
        assert_contract(error["messages"])


def assert_in_shape(answer: Answer, method: str = "POST") -> None:
    assert answer.status in STATUSES
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    if method == "HEAD":
        assert answer.body == b""
    elif answer.status >= 400:
        assert_error(answer)


@pytest.fixture(scope="module")
def port(guide: GuideProcess) -> int:
    return guide.web_port


@pytest.fixture(scope="module")
def token(guide: GuideProcess) -> str:
    conversation = Conversation(guide.url)
    conversation.client.close()
    return conversation.token


@pytest.fixture(autouse=True, scope="module")
def the_guide_lives(guide: GuideProcess):
    yield
    conversation = Conversation(guide.url)
    conversation.say("What is an angiomyolipoma?")
    assert conversation.first["custom"]["topic"] == "aml/what"
    assert conversation.client.get("/health").json() == {"status": "ok"}
    assert "Traceback" not in guide.log("rasa")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
TEXTS = st.text(max_size=200) | st.sampled_from(WORDS) | st.lists(st.sampled_from(WORDS[:7]), max_size=6).map(" ".join)
OWN = object()
"""Stands for the token of a real session."""


@BOUNDED
@given(
    sender=st.just(OWN) | JSON,
    message=st.none() | TEXTS | JSON,
    choice=st.none() | st.none() | TEXTS | JSON,
    more=st.dictionaries(st.sampled_from(["sender", "metadata", "__proto__", "\x00", ""]), JSON, max_size=2),
)
def test_any_json_in_the_place_of_a_message_is_answered(port, token, sender, message, choice, more):
    value = {**more, "sender": token if sender is OWN else sender}
    value.update({name: given for name, given in (("message", message), ("choice", choice)) if given is not None})
    body = json.dumps(value).encode()
    answer = soon(lambda: ask(port, request_of("POST", "/webhook", body, {"Content-Type": "application/json"})))
    assert_in_shape(answer)
    if answer.status == 200:
        assert_contract(answer.json())
        assert all(reply["recipient_id"] == token for reply in answer.json())
    else:
        assert answer.status in {400, 401, 413}


@BOUNDED
@given(st.dictionaries(st.sampled_from(["place", "audience", "sender", ""]), JSON, max_size=3) | JSON)
def test_any_json_in_the_place_of_a_wish_is_answered(port, wish):
    body = json.dumps(wish).encode()
    answer = soon(lambda: ask(port, request_of("POST", "/session", body, {"Content-Type": "application/json"})))
    assert_in_shape(answer)
    assert answer.status == (200 if isinstance(wish, dict) else 400)
    if answer.status == 200:
        assert set(answer.json()) == {"sender", "expires", "messages"}
        assert_contract(answer.json()["messages"])


@BOUNDED
@given(
    method=st.sampled_from(METHODS) | st.text("ABCXYZ-_", min_size=1, max_size=12),
    path=st.sampled_from(PATHS) | st.text("abc/%.?#=&;:0", max_size=20).map(lambda path: f"/{path}"),
    body=st.binary(max_size=300) | JSON.map(lambda value: json.dumps(value).encode()),
    content_type=st.sampled_from(TYPES),
    extra=st.dictionaries(
        st.sampled_from(HEADERS),
        st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60),
        max_size=4,
    ),
)
def test_any_method_path_content_type_and_header_is_answered(port, method, path, body, content_type, extra):
    answer = soon(lambda: ask(port, request_of(method, path, body, {"Content-Type": content_type, **extra})))
    assert_in_shape(answer, method.upper())


@BOUNDED
@given(st.binary(max_size=400) | st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join))
def test_what_is_no_http_is_refused_or_closed(port, request_bytes):
    answer = soon(lambda: ask(port, request_bytes, ends=True))
    if answer.status:
        assert answer.status in STATUSES
        if answer.status >= 400 and answer.body:
            assert_error(answer)


LONG = "there was blood in her urine, " * 3400
HARD: dict[str, tuple[bytes, set[int]]] = {
    "NUL in the text": (b'{"sender": %s, "message": "what is\\u0000 an aml"}', {200}),
    "a lone surrogate": (b'{"sender": %s, "message": "what is an aml \\ud83d"}', {200}),
    "nothing but surrogates": (b'{"sender": %s, "message": "\\ud83d\\ud83d"}', {400}),
    "100,000 characters": (b'{"sender": %s, "message": "' + b"a" * 100_000 + b'"}', {413}),
    "100,000 characters of emergencies": (b'{"sender": %s, "message": "' + LONG.encode()[:100_000] + b'"}', {413}),
    "100,000 lines": (b'{"sender": %s, "message": "a' + b"\\na" * 100_000 + b'"}', {413}),
    "100,000 emoji": (b'{"sender": %s, "message": "' + "\U0001f62d".encode() * 100_000 + b'"}', {413}),
    "nearly a megabyte": (b'{"sender": %s, "message": "' + b"39.5 fever " * 90_000 + b'"}', {413}),
    "more than a megabyte": (b'{"sender": %s, "message": "' + b"a" * 1_100_000 + b'"}', {413}),
    "deep lists": (b'{"sender": %s, "message": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", {400}),
    "deep objects": (b'{"sender": %s, "message": "hello", "more": ' + b'{"a":' * 30_000 + b"1" + b"}" * 30_000 + b"}", {400}),
    "a huge number": (b'{"sender": %s, "message": ' + b"9" * 4_000 + b"}", {400}),
    "a number of 100,000 digits": (b'{"sender": %s, "message": "hello", "more": ' + b"9" * 100_000 + b"}", {400}),
    "no number": (b'{"sender": %s, "message": NaN}', {400}),
    "infinity beside a message": (b'{"sender": %s, "message": "hello", "more": -Infinity}', {200}),
    "a float beyond all floats": (b'{"sender": %s, "message": "hello", "more": 1e99999}', {200}),
    "the same key twice": (b'{"sender": "x", "sender": %s, "message": 5, "message": "hello"}', {200}),
    "a token twice, the last one wrong": (b'{"sender": %s, "sender": "x", "message": "hello"}', {401}),
    "message and choice": (b'{"sender": %s, "message": "hello", "choice": "browse"}', {400}),
    "a byte order mark": (b'\xef\xbb\xbf{"sender": %s, "message": "hello"}', {400}),
    "UTF-16": ('{"sender": "x", "message": "hello"}'.encode("utf-16"), {400}),
    "cut off": (b'{"sender": %s, "message": "hel', {400}),
    "two objects": (b'{"sender": %s, "message": "hello"}{}', {400}),
    "a list of messages": (b'[{"sender": %s, "message": "hello"}]', {400}),
}


@pytest.mark.parametrize("case", HARD)
def test_what_is_made_to_be_hard_is_answered(port, token, case):
    template, statuses = HARD[case]
    body = template.replace(b"%s", json.dumps(token).encode())
    answer = soon(lambda: ask(port, request_of("POST", "/webhook", body, {"Content-Type": "application/json"})))
    assert answer.status in statuses
    assert_in_shape(answer)
    if "emergencies" in case:
        assert answer.json()["messages"][0]["custom"]["kind"] == "emergency"
    if answer.status == 200:
        assert_contract(answer.json())
