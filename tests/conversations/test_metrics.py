"""What Prometheus reads from the running guide: the numbers of what happened, and no word of it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import httpx
import pytest
from conversation import Conversation

from tools.guide_process import GuideProcess, free_port

QUESTION = "What is an angiomyolipoma, please tell Wilhelmina?"
EMERGENCY = "there is blood in her urine since breakfast"
REFUSED = "my grandson Bartholomew swallowed thirty tablets of sirolimus"
FORGED = "forgedtoken"
WORDS = set(re.findall(r"\w{4,}", f"{QUESTION} {EMERGENCY} {REFUSED} {FORGED}".lower()))
LOOKED_SECONDS = 15
"""Until the guide has looked at its own health for the first time."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuideProcess]:
    process = GuideProcess(tmp_path_factory.mktemp("watched"), METRICS_PORT=str(free_port()))
    try:
        yield process.start()
    finally:
        process.stop()


def read(guide: GuideProcess) -> dict[str, float]:
    """Every number by its name with its labels, as they stand in the answer."""
    answer = httpx.get(f"http://127.0.0.1:{guide.environment['METRICS_PORT']}/metrics", timeout=5)
    assert answer.status_code == 200
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(number) for name, _, number in (line.rpartition(" ") for line in lines)}


def rise(before: dict[str, float], after: dict[str, float], counter: str) -> dict[str, float]:
    """What was added to each labelled number of ``counter``."""
    return {name: after[name] - before[name] for name in after if name.startswith(counter) and after[name] != before[name]}


def test_a_question_an_emergency_and_a_refusal_are_numbers_without_a_word(watched):
    before = read(watched)
    conversation = Conversation(watched.url)
    conversation.say(QUESTION)
    assert conversation.first["custom"]["topic"] == "aml/what"
    conversation.say(EMERGENCY)
    assert conversation.first["custom"]["kind"] == "emergency"
    refused = conversation.post({"sender": FORGED, "message": REFUSED})
    assert refused.status_code == 401

    after = read(watched)
    assert rise(before, after, "guide_turns_total") == {
        'guide_turns_total{kind="answer"}': 1,
        'guide_turns_total{kind="emergency"}': 1,
    }
    assert rise(before, after, "guide_alarms_total") == {
        'guide_alarms_total{category="bleeding",level="emergency"}': 1,
        'guide_alarms_total{category="overdose",level="emergency"}': 1,
    }
    assert rise(before, after, "guide_refused_total") == {'guide_refused_total{code="token"}': 1}
    assert rise(before, after, "guide_turn_seconds_count") == {"guide_turn_seconds_count": 2}
    assert rise(before, after, "guide_failures_total") == {}
    assert after["guide_waiting"] == 0
    shown = set(re.findall(r"[a-z]{4,}", " ".join(after).lower()))
    assert "emergency" in shown
    assert shown & WORDS == set()


def test_the_state_of_guide_and_texts_is_there_soon_after_the_start(watched):
    deadline = time.monotonic() + LOOKED_SECONDS
    while read(watched)["guide_checked_timestamp_seconds"] == 0 and time.monotonic() < deadline:
        time.sleep(0.2)
    found = read(watched)
    assert abs(found["guide_checked_timestamp_seconds"] - time.time()) < 60
    for part in ("model", "understanding", "turn", "tracker_store", "rate_limit_store", "retention"):
        assert found[f'guide_part_failing{{part="{part}"}}'] == 0
    assert found['guide_content_policy{policy="preview"}'] == 1
    assert found['guide_texts{state="draft"}'] > 100
    assert [name for name in found if re.fullmatch(r'guide_build_info{content="[0-9a-f]{12}",model="[0-9a-f]{12}"}', name)]


def test_the_port_of_the_chat_has_no_metrics(watched):
    for path in ("/metrics", "/webhooks/web/metrics"):
        assert httpx.get(f"http://127.0.0.1:{watched.web_port}{path}").status_code == 404


def test_a_restart_begins_at_0_on_the_same_port(watched):
    """The port is free at once: systemd starts a copy two seconds after it has ended."""
    Conversation(watched.url).say(QUESTION)
    assert read(watched)['guide_turns_total{kind="answer"}'] > 0
    watched.stop("rasa")
    watched.start_rasa()
    watched.wait_until_healthy()
    assert read(watched)['guide_turns_total{kind="answer"}'] == 0
