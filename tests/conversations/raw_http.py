"""Requests byte by byte, and what they are made of: what a browser sends, what it never would, and what harmed a stock Rasa."""

from __future__ import annotations

import contextlib
import json
import socket
from dataclasses import dataclass
from typing import Any

BASE = "/webhooks/web"
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


def request_of(method: str, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    headers = {"Host": "127.0.0.1", "Content-Length": str(len(body)), "Connection": "close", **headers}
    lines = [f"{method} {BASE}{path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


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
