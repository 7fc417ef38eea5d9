"""The contract of the web channel, and input that would harm a stock Rasa."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import sqlite3
import time

import httpx
import pytest
from conversation import Conversation, assert_contract
from itsdangerous import URLSafeTimedSerializer

from bot.web.sessions import SALT, Sessions


def assert_error(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status, answer.text[:300]
    error = answer.json()
    assert error["error"] == code
    assert "emergency number" in error["text"]
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("text", ["", "   ", "\n\t ", "\x00\x00", "\ud800"])
def test_a_message_without_words_is_refused_kindly(talk, text):
    conversation = talk()
    # httpx cannot send a lone surrogate as text; JSON can carry it as an escape.
    body = f'{{"sender": "{conversation.token}", "message": "{text.encode("unicode_escape").decode()}"}}'
    body = body.replace("\\x00", "\\u0000")
    answer = conversation.client.post("/webhook", content=body, headers={"Content-Type": "application/json"})
    assert_error(answer, 400, "malformed")


@pytest.mark.parametrize(
    "text",
    ["\U0001f62d\U0001f62d", "hello\x00world", "what is\ud800 an aml", "<script>alert(1)</script>", "<b>aml</b>?", "a" * 2000,
     "\u202egnp.exe", "'; DROP TABLE events; --", "{{7*7}} ${x}", "?", "\u0627\u0644\u0633\u0644\u0627\u0645", "1e999"],
)  # fmt: skip
def test_odd_texts_are_answered_and_the_conversation_goes_on(talk, text):
    conversation = talk()
    answer = conversation.client.post(
        "/webhook",
        content=json.dumps({"sender": conversation.token, "message": text}).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 200, answer.text
    assert_contract(answer.json())
    conversation.say("What is an angiomyolipoma?")
    assert conversation.first["custom"]["topic"] == "aml/what"
    assert conversation.history()[-1]["custom"]["topic"] == "aml/what"


@pytest.mark.parametrize("length", [2_001, 100_000])
def test_a_too_long_message_says_how_long_it_may_be(talk, length):
    conversation = talk()
    answer = conversation.post({"sender": conversation.token, "message": "word " * (length // 5) + "x" * (length % 5)})
    assert_error(answer, 413, "too_long")
    assert "2,000" in answer.json()["text"]


def test_a_body_beyond_all_limits_is_refused_before_it_is_read(talk):
    conversation = talk()
    assert_error(conversation.post({"sender": conversation.token, "message": "x" * 1_200_000}), 413, "too_long")


@pytest.mark.parametrize(
    "body",
    [b"{", b"null", b"[1, 2]", b"5", b'"text"', b"\xff\xfe{", b"[" * 50_000, b'{"sender": 1}', b"{}"],
)
def test_what_is_not_a_message_is_malformed(guide, body):
    answer = httpx.post(f"{guide.url}/webhook", content=body, headers={"Content-Type": "application/json"})
    assert_error(answer, 400, "malformed")


@pytest.mark.parametrize("message", [["a"], {"a": 1}, 5, True, None])
def test_a_message_that_is_no_text_is_malformed(talk, message):
    conversation = talk()
    assert_error(conversation.post({"sender": conversation.token, "message": message}), 400, "malformed")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_valid_json_under_another_content_type_is_refused(talk, content_type):
    """A foreign page could post text/plain without asking; it must not get into a conversation."""
    conversation = talk()
    body = f'{{"sender": "{conversation.token}", "message": "hello"}}'
    answer = conversation.client.post("/webhook", content=body, headers={"Content-Type": content_type})
    assert_error(answer, 415, "not_json")


def test_forged_foreign_and_expired_tokens_are_unknown(talk, guide):
    own = talk().token
    signed, _, signature = own.rpartition(".")
    # Not its last letter: two of that one's bits mean nothing, so that one forgery in sixteen would be the same signature.
    forged = f"{signed}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    foreign, _ = Sessions("another secret of more than thirty-two characters", 24).issue()

    class YesterdaysSigner(URLSafeTimedSerializer.default_signer):
        def get_timestamp(self) -> int:
            return int(time.time()) - 24 * 3600 - 60

    secret = (guide.folder / "secret").read_text()
    expired = URLSafeTimedSerializer(secret, salt=SALT, signer=YesterdaysSigner).dumps("0" * 32)
    for token in (forged, foreign, expired, own.split(".")[0], "", "default", None, 7, ["x"]):
        answer = httpx.post(f"{guide.url}/webhook", json={"sender": token, "message": "hello"})
        assert_error(answer, 401, "token")


def test_an_emergency_is_answered_even_with_an_expired_token_or_a_too_long_text(guide, talk):
    answer = httpx.post(f"{guide.url}/webhook", json={"sender": "x", "message": "there is blood in his urine"})
    assert answer.status_code == 401
    assert answer.json()["messages"][0]["custom"]["kind"] == "emergency"
    assert answer.json()["text"].startswith(answer.json()["messages"][0]["text"])
    long = "we have had a long week. " * 100 + "there is blood in his urine"
    answer = httpx.post(f"{guide.url}/webhook", json={"sender": talk().token, "message": long})
    assert answer.status_code == 413
    assert answer.json()["messages"][0]["custom"]["kind"] == "emergency"


@pytest.mark.parametrize(
    "text",
    ["/restart", "/session_start", "/back", '/red_flag{"x":1}', "/ask_aml/what", "/EXTERNAL_reminder", " /restart",
     '/inform_place{"place":"AU"}', "\x00/restart", "\u200b/restart"],
)  # fmt: skip
def test_slash_commands_from_users_have_no_effect(talk, text):
    conversation = talk()
    conversation.say("What is an angiomyolipoma?")
    conversation.say(text)
    assert conversation.first["custom"]["kind"] not in {"emergency", "urgent"}
    conversation.say("where is that from?")
    assert "topic" in conversation.first["custom"], "the conversation was not restarted"


def test_an_emergency_behind_a_slash_is_still_one(talk):
    conversation = talk()
    conversation.say("/greet there is blood in her wee")
    assert conversation.first["custom"]["kind"] == "emergency"


def test_a_made_up_button_is_malformed(talk):
    conversation = talk()
    for choice in ("topic:nope", "part:aml/what:nope", "place:XX", "audience:doctor", "restart", "/restart", "", "x" * 5000):
        answer = conversation.post({"sender": conversation.token, "choice": choice})
        assert answer.status_code == 400, choice


def test_two_messages_at_once_in_one_session_are_both_answered(talk):
    conversation = talk()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda text: conversation.post({"sender": conversation.token, "message": text}),
                ["What is an angiomyolipoma?", "What are the side effects of everolimus?"],
            )
        )
    topics = {answer.json()[0]["custom"]["topic"] for answer in answers}
    assert topics == {"aml/what", "side_effects/overview"}
    said = [line["text"] for line in conversation.history() if line["from"] == "you"]
    assert len(said) == 2


def test_two_families_never_meet(guide):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        conversations = list(pool.map(lambda _: Conversation(guide.url), range(8)))

        def chat(number: int) -> None:
            for turn in range(5):
                conversations[number].say(f"canary {number} turn {turn}: what is an angiomyolipoma?")

        list(pool.map(chat, range(8)))
    for number, conversation in enumerate(conversations):
        said = [line["text"] for line in conversation.history() if line["from"] == "you"]
        assert said == [f"canary {number} turn {turn}: what is an angiomyolipoma?" for turn in range(5)]


def test_a_reload_restores_the_conversation_and_erasing_ends_it(talk, guide):
    conversation = talk()
    conversation.say("What is an angiomyolipoma?")
    conversation.say("there is blood in her urine")
    lines = conversation.history()
    assert [line["from"] for line in lines] == ["guide", "guide", "you", "guide", "you", "guide"]
    assert lines[3]["custom"]["topic"] == "aml/what"
    assert lines[5]["custom"]["kind"] == "emergency"
    erased = conversation.erase()
    assert erased.status_code == 200
    assert erased.json()["erased"]["conversation_events"] > 10
    shown = conversation.client.get("/session", headers={"Authorization": f"Bearer {conversation.token}"})
    assert_error(shown, 401, "token")
    own = Sessions((guide.folder / "secret").read_text(), 24).conversation(conversation.token)
    with contextlib.closing(sqlite3.connect(guide.folder / "conversations.db")) as database:
        assert database.execute("SELECT count(*) FROM events WHERE sender_id = ?", (own,)).fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM erased_conversations WHERE sender_id = ?", (own,)).fetchone() == (1,)


def test_a_long_conversation_is_kept_whole(talk):
    """Behind it a new Rasa session begins every ten turns or so; the family must not notice."""
    conversation = talk(place="AU", audience="easy_read")
    for _ in range(25):
        conversation.say("What is an angiomyolipoma?")
        assert conversation.first["custom"]["audience"] == "easy_read"
        conversation.say("where is that from?")
        assert conversation.first["custom"].get("topic") == "aml/what"
    lines = conversation.history()
    assert sum(line["from"] == "you" for line in lines) == 50
    conversation.say("there is blood in her urine")
    assert "Call 000 now" in conversation.first["text"], "the country is still known"


def test_identifiers_are_masked_before_anything_is_stored(talk, guide):
    conversation = talk()
    conversation.say("mail me at canary.person@example.org or ring 0412 345 678, what is an angiomyolipoma?")
    assert "[email]" in next(shown["text"] for shown in conversation.history() if shown["from"] == "you")
    conversation.say("canaryword please: sdkjfh")
    for path in guide.folder.iterdir():
        content = path.read_bytes()
        assert b"canary.person" not in content, path.name
        assert b"0412 345 678" not in content, path.name
        if path.suffix == ".log":
            assert b"canaryword" not in content, path.name


@pytest.mark.parametrize("path", ["/", "/static/tsc-chat.js", "/static/chat.css"])
def test_the_page_is_served_with_a_strict_policy(guide, path):
    answer = httpx.get(f"{guide.url}{path}")
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(("method", "path"), [("GET", "/nope"), ("PUT", "/webhook"), ("GET", "/static/../turns.py")])
def test_other_addresses_give_a_plain_error(guide, method, path):
    answer = httpx.request(method, f"{guide.url}{path}")
    assert answer.status_code in {404, 405}
    assert "emergency number" in answer.json()["text"]


@pytest.mark.parametrize(
    "path", ["/webhooks/rest/webhook", "/model/parse", "/conversations/x/tracker", "/socket.io/", "/status"]
)
def test_the_built_in_channels_and_the_http_api_are_off(guide, path):
    for method in ("GET", "POST"):
        answer = httpx.request(method, f"http://127.0.0.1:{guide.web_port}{path}", json={"sender": "x", "message": "hi"})
        assert answer.status_code in {404, 405}, answer.text[:200]


def test_health_is_green_and_leaves_no_trace(guide):
    assert httpx.get(f"{guide.url}/health").json() == {"status": "ok"}
    with contextlib.closing(sqlite3.connect(guide.folder / "conversations.db")) as database:
        assert database.execute("SELECT count(*) FROM events WHERE sender_id = 'health-check'").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM events").fetchone() != (0,), "the table is the one that the guide writes"


def test_whether_an_answer_helped_is_stored_with_the_reason(talk, guide):
    conversation = talk()
    conversation.say("What is an angiomyolipoma?")
    conversation.choose("helped:no")
    reasons = [button["payload"] for button in conversation.first["buttons"]]
    assert "helped:no:hard_to_understand" in reasons
    conversation.choose("helped:no:hard_to_understand")
    assert conversation.first["custom"]["notice"] == "fixed/no_help_reason"
    conversation.choose("helped:yes")
    assert conversation.first["custom"]["notice"] == "fixed/it_helped"
    said = [line["text"] for line in conversation.history() if line["from"] == "you"][1:]
    assert said == ["No, this did not help", "It was hard to understand", "Yes, this helped"]
    owner = Sessions((guide.folder / "secret").read_text(), 24).conversation(conversation.token)
    with contextlib.closing(sqlite3.connect(guide.folder / "conversations.db")) as database:
        asked = "SELECT data FROM events WHERE sender_id = ? AND type_name = 'user' AND intent_name = 'feedback' ORDER BY id"
        stored = [json.loads(data)["parse_data"]["entities"][0]["value"] for (data,) in database.execute(asked, (owner,))]
    assert stored == ["helped:no", "helped:no:hard_to_understand", "helped:yes"]
    conversation.choose("audience:easy_read")
    assert conversation.first["custom"]["topic"] == "aml/what", "the topic is still known"


@pytest.mark.parametrize("choice", ["helped", "helped:maybe", "helped:no:because"])
def test_a_made_up_reason_is_malformed(talk, choice):
    conversation = talk()
    assert_error(conversation.post({"sender": conversation.token, "choice": choice}), 400, "malformed")


def test_a_script_of_another_site_is_refused_when_no_origin_is_configured(talk, guide):
    conversation = talk()
    body = {"sender": conversation.token, "message": "hello"}
    answer = httpx.post(f"{guide.url}/webhook", json=body, headers={"Origin": "https://example.org"})
    assert_error(answer, 403, "origin")
    assert [line for line in conversation.history() if line["from"] == "you"] == []
    own = f"http://127.0.0.1:{guide.web_port}"
    assert httpx.post(f"{guide.url}/webhook", json=body, headers={"Origin": own}).status_code == 200
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


OWN_PATHS = ("/", "/session", "/webhook", "/health", "/static/chat.css", "/nope")
PATHS = [*(f"/webhooks/web{path}" for path in OWN_PATHS), "/webhooks/rest/webhook", "/nope", "/"]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
PROTECTION = {
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_origin_is_refused_on_every_path_and_by_every_method(guide, path):
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    own = f"http://127.0.0.1:{guide.web_port}"
    with httpx.Client(base_url=own) as client:
        for method in METHODS:
            for origin in ("https://example.org", "null", "", "file://", f"https://{own[7:]}.example.org", f"{own}0"):
                answer = client.request(method, path, headers={"Origin": origin, **wanted})
                assert answer.status_code == 403, (method, origin)
                assert not [name for name in answer.headers if name.startswith("access-control-")]
                if method != "HEAD":
                    assert_error(answer, 403, "origin")
            for headers in ({}, {"Origin": own}):
                answer = client.request(method, path, headers=headers)
                assert answer.status_code != 403, (method, headers)
                assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_protected_and_sets_no_cookie(guide, path):
    for method in METHODS:
        answer = httpx.request(method, f"http://127.0.0.1:{guide.web_port}{path}")
        assert PROTECTION.items() <= answer.headers.items(), method
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        features = answer.headers["permissions-policy"]
        assert {"camera=()", "geolocation=()", "microphone=()"} <= set(features.split(", "))
        assert answer.headers["cache-control"] in {"no-store", "no-cache"}
        assert "set-cookie" not in answer.headers
        assert "server" not in answer.headers


def test_a_browser_that_asks_first_gets_an_empty_answer(guide):
    own = f"http://127.0.0.1:{guide.web_port}"
    asked = httpx.options(f"{guide.url}/webhook", headers={"Origin": own, "Access-Control-Request-Method": "POST"})
    assert (asked.status_code, asked.content) == (204, b"")
