"""Two copies of the guide behind nginx, with PostgreSQL and Redis: what one knows the other knows, and one may die."""

from __future__ import annotations

import itertools
import shlex
import threading
from pathlib import Path

import httpx
import pytest
from conversation import Conversation

from tests.deployment.families import QUESTIONS, Family, Load
from tools import rolling

PAGE = (Path(__file__).parents[2] / "docs/deployment.md").read_text()
SESSIONS_A_MINUTE = 60
"""As the site's setting says; the other tests open far fewer."""


def at(address: str) -> str:
    return f"http://{address}/webhooks/web"


def test_a_conversation_that_goes_from_copy_to_copy_keeps_what_was_said(site):
    conversation = Conversation(site.url, place="AU")
    addresses = itertools.cycle(site.copies)

    def say(text: str) -> dict:
        """To each copy in turn, past the proxy."""
        answer = httpx.post(f"{at(next(addresses))}/webhook", json={"sender": conversation.token, "message": text}, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()[0]

    assert say("What are the side effects of everolimus?")["custom"]["topic"] == "side_effects/overview"
    assert say("and in children?")["custom"]["topic"] == "side_effects/overview", "the other copy knows the last topic"
    emergency = say("there is blood in her urine and she is very pale")
    assert emergency["custom"]["kind"] == "emergency"
    assert "Call 000 now" in emergency["text"], "the other copy knows the country"
    assert say("What is an angiomyolipoma?")["custom"]["alarm"] == "emergency", "the other copy knows of the emergency"
    assert say("help is here, the ambulance has arrived")["custom"]["notice"]
    assert "alarm" not in say("What is an angiomyolipoma?")["custom"], "the other copy knows that help is there"
    assert len([line for line in conversation.history() if line["from"] == "you"]) == 6


def test_two_messages_at_the_same_moment_at_two_copies_are_both_stored_once(site):
    conversation = Conversation(site.url)
    texts = []
    for number in range(8):
        pair = [f"{question} ({number})" for question in list(QUESTIONS.values())[:2]]
        threads = [
            threading.Thread(
                target=httpx.post, args=(f"{at(address)}/webhook",),
                kwargs={"json": {"sender": conversation.token, "message": text}, "timeout": 30},
            )
            for address, text in zip(site.copies, pair, strict=True)
        ]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        texts += pair
    history = conversation.history()[2:]  # after greeting and consent
    assert sorted(line["text"] for line in history if line["from"] == "you") == sorted(texts)
    for question, answer in zip(history[::2], history[1::2], strict=True):
        assert (question["from"], answer["from"]) == ("you", "guide")
        wanted = next(topic for topic, text in QUESTIONS.items() if question["text"].startswith(text))
        assert answer["custom"]["topic"] == wanted, "each message is followed by its own answer"


def test_a_copy_that_is_killed_loses_doubles_and_mixes_nothing(site):
    """The killed copy stays down; the next test brings it back."""
    killed = list(site.copies)[1]
    with Load(site.url) as load:
        load.wait_for_answers(20)
        site.kill(killed)
        load.wait_for_answers(40)
    check_what_was_stored(load.families, may_refuse=True)
    refused = [problem for family in load.families for problem in family.refused]
    assert len(refused) <= len(load.families), "at most the messages that were on their way"
    assert all(status == 502 and '"error": "failed"' in text and "In an emergency, call" in text for status, text in refused)


def test_a_restart_of_all_copies_and_action_servers_under_load_loses_no_message(site):
    """Answers are texts of the action servers, which read them once: one that is not restarted says what was withdrawn."""
    killed_first = list(reversed(site.copies))
    before = {copy.pid("actions") for copy in site.copies.values()}
    with Load(site.url) as load:
        load.wait_for_answers(8)
        rolling.restart_actions(list(site.action_servers), site.restart_actions)
        rolling.restart_all(site.nginx.conf, killed_first, site.nginx.reload, site.restart, finish_seconds=3)
        load.wait_for_answers(8)
    check_what_was_stored(load.families, may_refuse=False)
    assert not before & {copy.pid("actions") for copy in site.copies.values()}
    longest = max(family.longest for family in load.families)
    print(f"\n{load.answered} messages answered while all restarted; the longest took {longest:.1f} s")


def test_the_command_of_the_page_restarts_action_servers_first_and_waits_for_each(monkeypatch, tmp_path):
    done: list[str] = []
    monkeypatch.setattr(rolling, "_run", done.append)
    monkeypatch.setattr(rolling, "_wait_until_healthy", lambda address, path, *_: done.append(f"{address}{path}"))
    monkeypatch.setattr(rolling.time, "sleep", lambda seconds: None)
    told = PAGE.partition("python -m tools.rolling ")[2].partition("\nsystemctl")[0].replace("\\\n", " ")
    command = ["rolling", *shlex.split(told.replace("/etc/nginx/tsc-guide", str(tmp_path)))]
    monkeypatch.setattr("sys.argv", command)
    rolling.main()
    reload, restart = "nginx -s reload", "systemctl restart tsc-guide"
    assert done == [
        f"{restart}-actions@5055", "127.0.0.1:5055/health", f"{restart}-actions@5056", "127.0.0.1:5056/health",
        reload, f"{restart}@5005", "127.0.0.1:5005/webhooks/web/health", reload,
        reload, f"{restart}@5006", "127.0.0.1:5006/webhooks/web/health", reload,
    ]  # fmt: skip
    monkeypatch.setattr("sys.argv", [part for part in command if "action" not in part and not part.endswith(("5055", "5056"))])
    with pytest.raises(SystemExit):  # as it was written once: it would leave old texts in service
        rolling.main()


def test_without_redis_families_are_answered_and_health_says_so(site):
    conversation = Conversation(site.url)
    site.redis.stop()
    try:
        assert conversation.say(QUESTIONS["aml/what"])[0]["custom"]["topic"] == "aml/what"
        assert conversation.say("there is blood in her urine")[0]["custom"]["kind"] == "emergency"
        health = httpx.get(f"{at(next(iter(site.copies)))}/health", timeout=30)
        assert (health.status_code, health.json()["warnings"]) == (200, ["rate_limit_store"])
    finally:
        site.redis.start()


def test_after_a_restart_of_postgresql_the_next_turn_is_stored_again(site):
    conversation = Conversation(site.url)
    conversation.say(QUESTIONS["aml/what"])
    site.postgresql.stop()
    site.postgresql.start()
    for number in range(6):
        conversation.say(f"{QUESTIONS['aml/size']} ({number})")
    asked = [line["text"] for line in conversation.history() if line["from"] == "you"]
    assert asked == [QUESTIONS["aml/what"], *(f"{QUESTIONS['aml/size']} ({number})" for number in range(6))]


def test_while_postgresql_is_away_families_are_answered_and_told_and_afterwards_each_turn_is_there_once(site):
    """The same for a talk that began before, with its alarm, and for one that begins meanwhile. What is said stays with the
    copy that heard it until the database is back; alarm and country are known to the other one at once."""
    first, second = map(at, site.copies)
    before, questions = Conversation(first, place="AU"), [f"{QUESTIONS['aml/size']} ({number})" for number in range(5)]
    before.say("there is blood in her urine and she is very pale")
    site.postgresql.stop()
    try:
        answers = before.say(questions[0])
        assert (answers[0]["custom"]["topic"], answers[0]["custom"]["alarm"]) == ("aml/size", "emergency"), "the alarm goes on"
        assert "000" in answers[0]["text"], "and so does the country"
        assert answers[-1]["custom"]["notice"] == "fixed/not_remembered"
        hopped = httpx.post(f"{second}/webhook", json={"sender": before.token, "message": questions[0]}, timeout=30).json()
        assert (hopped[0]["custom"]["topic"], hopped[0]["custom"]["alarm"]) == ("aml/size", "emergency"), (
            "in the other copy, too"
        )
        assert "000" in hopped[0]["text"]
        meanwhile = Conversation(second)
        for question in questions[1:]:
            assert meanwhile.say(question)[0]["custom"]["topic"] == "aml/size"
        assert meanwhile.say("and in children?")[0]["custom"]["topic"] == "aml/size", "what was just said is known"
        assert len([line for line in meanwhile.history() if line["from"] == "you"]) == 5
        emergency = meanwhile.say("he is having a seizure that does not stop")
        assert [answer["custom"]["kind"] for answer in emergency] == ["emergency"]
        health = [httpx.get(f"{at(address)}/health", timeout=30) for address in site.copies]
        assert {(one.status_code, one.json()["part"]) for one in health} == {(503, "tracker_store")}
    finally:
        site.postgresql.start()
    site.wait_until_caught_up()
    assert before.say("What is an angiomyolipoma?")[0]["custom"]["alarm"] == "emergency"
    asked = [line["text"] for line in before.history() if line["from"] == "you"]
    assert asked[1:] == [questions[0], questions[0], "What is an angiomyolipoma?"]
    said = [line["text"] for line in meanwhile.history() if line["from"] == "you"]
    assert said == [*questions[1:], "and in children?", "he is having a seizure that does not stop"]
    answer = httpx.post(f"{first}/webhook", json={"sender": meanwhile.token, "message": QUESTIONS["aml/what"]}, timeout=30)
    assert answer.json()[0]["custom"]["alarm"] == "emergency", "the other copy knows of the emergency"


def test_no_words_of_families_are_in_any_log(site):
    assert "angiomyolipoma?" not in site.logs()
    lines = site.nginx.log()
    assert "/webhooks/web/webhook 200" in lines
    assert "127.0.0.1 " not in lines.replace("127.0.0.1:", "")


def test_families_reach_the_web_channel_and_nothing_else(site):
    with httpx.Client(base_url=site.nginx.root, follow_redirects=True, timeout=30) as client:
        assert "<tsc-chat" in client.get("/").text
        assert client.get("/webhooks/web/static/tsc-chat.js").status_code == 200
        assert client.get("/webhooks/web/health").json()["status"] == "ok"
        for hidden in ("/version", "/status", "/metrics", "/webhooks/web/metrics"):
            assert client.get(hidden).status_code == 404
        refused = client.post("/webhooks/web/webhook", content=b'{"message": "she has blood in her urine ' + b"x" * 1_000_010)
        assert (refused.status_code, refused.json()["error"]) == (413, "too_long")


def test_who_writes_an_address_of_its_own_is_counted_all_the_same_by_both_copies_together(site):
    with httpx.Client(base_url=site.url, timeout=30) as client:
        answers = [
            client.post("/session", json={}, headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code
            for number in range(SESSIONS_A_MINUTE + 1)
        ]
    assert answers[0] == 200
    assert answers[-1] == 429


def check_what_was_stored(families: list[Family], may_refuse: bool) -> None:
    for family in families:
        topic = next(topic for topic, text in QUESTIONS.items() if text == family.question)
        assert topic in family.topics
        assert not family.topics & (set(QUESTIONS) - {topic}), "no answer was meant for someone else"
        assert may_refuse or "fixed/not_available" not in family.topics
        assert may_refuse or not family.refused, family.refused[:1]
        stored = family.stored()
        assert len(stored) == len(set(stored)), "nothing is stored twice"
        assert [text for text in stored if text in set(family.answered)] == family.answered, (
            "what was answered is there, in order"
        )
        assert set(stored) <= set(family.sent), "nothing of another family"
