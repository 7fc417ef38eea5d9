"""What a family wrote stands in the database and nowhere else, and not there either once it is erased or too old."""

from __future__ import annotations

import concurrent.futures
import contextlib
import http.client
import json
import re
import secrets
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from conversation import Conversation

from bot.privacy import mask
from bot.web.sessions import Sessions
from tools.guide_process import GuideProcess

DATABASE = "conversations.db"
ASKED = "what is an angiomyolipoma, {}?"
ALARM = "there is blood in her urine {}"
WIPED = 40
"""Seconds until what deleting left is wiped; ten on a machine that has nothing else to do."""
OF_BEFORE = """
CREATE TABLE events (id INTEGER NOT NULL, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL, timestamp FLOAT,
    intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT, PRIMARY KEY (id));
CREATE INDEX ix_events_sender_id ON events (sender_id);
"""
OTHER_SERVER = """
import http.server, json, sys, time

class Actions(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        time.sleep(float(sys.argv[2]))
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if sys.argv[3] == "fails":
            status, answer = 500, {"error": "it broke", "request_body": asked}
        else:
            text = asked["tracker"]["latest_message"]["text"]
            status, answer = 200, {"events": [], "responses": [{"text": text, "custom": {"kind": "answer"}}]}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *arguments):
        pass

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Actions).serve_forever()
"""


def make_older_database(path: Path) -> None:
    """As an earlier guide left it: ids that are used twice, and a conversation that should have gone."""
    now = time.time()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.executescript(OF_BEFORE)
        for conversation, days in (("a" * 32, 40), ("a" * 32, 31), ("b" * 32, 40), ("b" * 32, 3)):
            data = {"event": "user", "text": f"canary-of-{conversation[0]}", "timestamp": now - days * 86400}
            insert = "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, 'user', ?, ?)"
            database.execute(insert, (conversation, data["timestamp"], json.dumps(data)))
        database.commit()


@pytest.fixture(scope="module")
def chatty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuideProcess]:
    """A guide of which every log line is asked for, with the database of an earlier one."""
    folder = tmp_path_factory.mktemp("chatty")
    make_older_database(folder / DATABASE)
    (folder / "tmp").mkdir()
    process = GuideProcess(
        folder, LOG_LEVEL="DEBUG", LOG_LEVEL_LIBRARIES="DEBUG", TMPDIR=str(folder / "tmp"), WEB_TURN_SECONDS="6"
    )
    try:
        yield process.start()
    finally:
        process.stop()


@contextlib.contextmanager
def other_action_server(guide: GuideProcess, seconds: float, outcome: str) -> Iterator[None]:
    """In the place of the guide's own: one that takes ``seconds`` and then ``answers``, or ``fails`` and quotes the chat."""
    guide.stop("actions")
    arguments = [sys.executable, "-c", OTHER_SERVER, str(guide.action_port), str(seconds), outcome]
    process = subprocess.Popen(arguments)
    try:
        time.sleep(1)
        yield
    finally:
        process.kill()
        process.wait()
        guide.start_actions()
        guide.wait_until_healthy()


def files(guide: GuideProcess) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in guide.folder.rglob("*") if path.is_file()}


def holding(guide: GuideProcess, canary: str) -> list[str]:
    return sorted(name for name, content in files(guide).items() if canary.encode() in content)


def until(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WIPED
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.5)
    return holds()


def rows(guide: GuideProcess, conversation: str) -> tuple[int, int]:
    """How many events and how many tombstones a conversation has."""
    with contextlib.closing(sqlite3.connect(guide.folder / DATABASE)) as database:
        counts = [
            database.execute(f"SELECT count(*) FROM {table} WHERE sender_id = ?", (conversation,)).fetchone()[0]
            for table in ("events", "erased_conversations")
        ]
        return counts[0], counts[1]


def id_of(guide: GuideProcess, token: str) -> str:
    conversation = Sessions((guide.folder / "secret").read_text(), 24).conversation(token)
    assert conversation
    return conversation


def canary() -> str:
    """A word found nowhere else, and no name to what masks names: the search for it would find nothing otherwise."""
    while True:
        word = f"x0{secrets.token_hex(8)}"
        if all(word in mask(text.format(word)) for text in (ASKED, ALARM, "thank you {}")):
            return word


@pytest.fixture(params=["guide", "chatty"])
def watched(request: pytest.FixtureRequest) -> GuideProcess:
    """A guide as it comes, and one that was told to log everything."""
    found: GuideProcess = request.getfixturevalue(request.param)
    return found


def test_an_older_database_is_taken_over_without_what_is_too_old(chatty):
    assert until(lambda: holding(chatty, "canary-of-a") == [])
    assert holding(chatty, "canary-of-b") == [DATABASE]
    assert rows(chatty, "b" * 32) == (2, 0), "never half of a conversation"
    assert "retention: 1 conversations with 2 events were removed" in chatty.log("rasa")
    with contextlib.closing(sqlite3.connect(chatty.folder / DATABASE)) as database:
        assert "AUTOINCREMENT" in database.execute("SELECT sql FROM sqlite_master WHERE name = 'events'").fetchone()[0]


def test_what_was_written_is_in_the_database_alone_and_after_erasing_nowhere(watched):
    conversation = Conversation(watched.url)
    message, mail = canary(), canary()
    conversation.say(f"{ASKED.format(message)} my mail is {mail}@example.org")
    conversation.say(ALARM.format(message))
    assert conversation.first["custom"]["kind"] == "emergency"
    assert holding(watched, message) == [DATABASE]
    assert holding(watched, mail) == [], "it was masked"
    own = id_of(watched, conversation.token)
    assert conversation.erase().status_code == 200
    assert rows(watched, own) == (0, 1)
    assert until(lambda: holding(watched, message) == []), holding(watched, message)


def test_what_stands_elsewhere_in_a_request_is_kept_nowhere(watched):
    secret = canary()
    token = Conversation(watched.url).token
    port, base = watched.web_port, "/webhooks/web"
    good = {"sender": token, "message": "What is an angiomyolipoma?"}
    json_type = {"Content-Type": "application/json"}
    requests: list[tuple[str, str, object, dict[str, str]]] = [
        ("POST", "/webhook", good, {**json_type, "User-Agent": secret, "Referer": f"https://example.org/{secret}"}),
        ("POST", "/webhook", good, {**json_type, "X-Forwarded-For": secret, "Cookie": f"id={secret}", secret: secret}),
        ("POST", "/webhook", good, {**json_type, "Origin": f"https://{secret}.example.org"}),
        ("POST", "/webhook", {**good, "sender": secret}, json_type),
        ("POST", "/webhook", {"sender": token, "choice": secret}, json_type),
        ("POST", "/webhook", {"sender": token, "choice": f"topic:{secret}"}, json_type),
        ("POST", "/webhook", {**good, secret: secret}, json_type),
        ("POST", "/webhook", {**good, "message": [secret]}, json_type),
        ("POST", "/webhook", {**good, "message": secret * 1000}, json_type),
        ("POST", "/webhook", secret, {"Content-Type": f"text/{secret}"}),
        ("POST", "/session", {"place": secret, "audience": secret}, json_type),
        ("GET", "/session", None, {"Authorization": f"Bearer {secret}"}),
        ("DELETE", "/session", None, {"Authorization": f"Basic {secret}"}),
        ("GET", f"/{secret}", None, {}),
        ("GET", f"/static/{secret}.js?{secret}={secret}", None, {}),
        ("GET", f"/health?{secret}", None, {"If-None-Match": secret}),
        (secret.upper(), f"/{secret}", None, {}),
        ("POST", "/webhook", good, {**json_type, "Content-Length": secret}),
        ("POST", "/webhook", good, {**json_type, "Transfer-Encoding": secret}),
        ("POST", "/webhook", good, {**json_type, "Expect": secret}),
    ]
    for method, path, body, headers in requests:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        content = body if isinstance(body, str) else json.dumps(body) if body else None
        if "Transfer-Encoding" in headers:
            connection.putrequest(method, base + path)
            for header, value in headers.items():
                connection.putheader(header, value)
            connection.endheaders()
        else:
            connection.request(method, base + path, content, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 500, (method, path[:20], answer.status)
        connection.close()
    assert holding(watched, secret) == []


def test_no_request_and_no_address_is_logged(chatty):
    Conversation(chatty.url).say("thank you")
    assert httpx.get(f"{chatty.url}/session", headers={"X-Forwarded-For": "192.0.2.44"}).status_code == 401
    log = chatty.log("rasa")
    assert "DEBUG is not followed" in log
    assert "requests come through a proxy: set TRUSTED_PROXIES" in log
    assert "192.0.2.44" not in log
    assert "/webhook" not in log.split("Rasa server is up and running")[1]
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", log)) <= {str(chatty.web_port), str(chatty.action_port)}


def test_an_action_that_fails_over_a_message_does_not_get_it_logged(chatty):
    """The action server quotes the whole conversation in such an answer, and Rasa logs it."""
    message = canary()
    conversation = Conversation(chatty.url)
    with other_action_server(chatty, 0, "fails"):
        conversation.say(ASKED.format(message))
        assert conversation.first["custom"]["notice"] == "fixed/not_available"
    assert holding(chatty, message) == [DATABASE]
    assert "ClientResponseError" in chatty.log("rasa")


@pytest.mark.parametrize(("seconds", "shown"), [(3, "the answer"), (9, "not available")])
def test_erasing_while_a_turn_is_under_way_wins(chatty, seconds, shown):
    """Whether its answer still comes in time, or the channel adds its own."""
    message = canary()
    conversation = Conversation(chatty.url)
    conversation.say(f"thank you {message}")
    own = id_of(chatty, conversation.token)
    with other_action_server(chatty, seconds, "answers"), concurrent.futures.ThreadPoolExecutor(1) as pool:
        turn = pool.submit(conversation.post, {"sender": conversation.token, "message": ASKED.format(message)})
        time.sleep(1)
        began = time.monotonic()
        with httpx.Client(base_url=chatty.url, timeout=30) as other:
            erased = other.delete("/session", headers={"Authorization": f"Bearer {conversation.token}"})
        assert erased.status_code == 200
        assert erased.json()["erased"]["conversation_events"] > 0
        assert not turn.done(), "the turn was still under way"
        assert time.monotonic() - began < seconds - 1, "erasing does not wait for it"
        answer = turn.result(30)
        assert answer.status_code == 200
        assert (message in answer.text) is (shown == "the answer")
        time.sleep(1)
        assert rows(chatty, own) == (0, 1)
    assert until(lambda: holding(chatty, message) == []), holding(chatty, message)


def test_an_erased_chat_has_ended(chatty):
    conversation = Conversation(chatty.url)
    conversation.say("thank you")
    own = id_of(chatty, conversation.token)
    assert conversation.erase().json()["erased"]["conversation_events"] > 0
    again = conversation.erase()
    assert (again.status_code, again.json()["erased"]) == (200, {"conversation_events": 0})
    late = conversation.post({"sender": conversation.token, "message": "there is blood in her urine"})
    assert (late.status_code, late.json()["error"]) == (401, "token")
    assert late.json()["messages"][0]["custom"]["kind"] == "emergency"
    shown = conversation.client.get("/session", headers={"Authorization": f"Bearer {conversation.token}"})
    assert (shown.status_code, shown.json()["error"]) == (401, "token")
    assert rows(chatty, own) == (0, 1)


def test_a_database_that_fails_does_not_get_the_message_logged(chatty):
    """Rasa logs the error of its store, and keeps in memory what that did not take."""
    message = canary()
    conversation = Conversation(chatty.url)
    conversation.say("thank you")
    with contextlib.closing(sqlite3.connect(chatty.folder / DATABASE)) as database:
        database.execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'no room'); END")
        try:
            conversation.say(ASKED.format(message))
            conversation.say(ALARM.format(message))
            assert conversation.first["custom"]["kind"] == "emergency"
        finally:
            database.execute("DROP TRIGGER full")
    assert "Falling back" in chatty.log("rasa")
    assert "no room" in chatty.log("rasa")
    assert holding(chatty, message) == []
    conversation.say("thank you")
    assert len([line for line in conversation.history() if line["from"] == "you"]) == 2
