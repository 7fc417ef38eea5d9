"""Break the real thing and see what the family gets."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from conversation import Conversation

from bot import triage
from tools.guide_process import ROOT, START_SECONDS, GuideProcess

JUMPING_CLOCK = Path(__file__).parent / "jumping_clock"
ONLY_THE_MODEL = "he's been jerking for ages and it won't let up"
SILENT = """
import socket, sys, time
server = socket.socket()
server.bind(("127.0.0.1", int(sys.argv[1])))
server.listen()
time.sleep(300)
"""
NONSENSE = """
import http.server, sys

class Nonsense(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"[{nonsense")

http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Nonsense).serve_forever()
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of everything that the start reads, so that a test can break a file in it."""
    for name in ("bot", "actions", "tools", "models"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "credentials.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def start(folder: Path, *module: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a start command that must refuse; one that goes on running fails the test by its time limit."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "VAR": str(folder / "var"), **settings}
    return subprocess.run(
        [sys.executable, "-m", *module], cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def first_health(guide: GuideProcess) -> httpx.Response:
    """What health says as soon as the server of Rasa answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return httpx.get(f"{guide.url}/health", timeout=30)
        except httpx.TransportError:
            assert time.monotonic() < deadline, guide.log("rasa")[-3000:]
            time.sleep(0.5)


def test_the_action_server_stops_and_comes_back_in_mid_conversation(tmp_path):
    guide = GuideProcess(tmp_path, WEB_ALARM_SECONDS="2")
    try:
        guide.start()
        conversation = Conversation(guide.url, place="AU")
        conversation.say("What is an angiomyolipoma?")
        guide.stop("actions")

        conversation.say("What are the side effects of everolimus?")
        assert conversation.first["custom"]["notice"] == "fixed/not_available"
        assert "000" in conversation.first["text"]
        assert {contact["label"] for contact in conversation.first["custom"]["contacts"]} >= {"Tuberous Sclerosis Australia"}
        began = time.monotonic()
        conversation.say("there is blood in her urine")
        assert conversation.first["custom"]["kind"] == "emergency"
        assert "Call 000 now" in conversation.first["text"]
        assert time.monotonic() - began < 3
        conversation.choose("topic:aml/size")
        assert conversation.first["custom"]["notice"] == "fixed/not_available"
        time.sleep(5.5)  # health keeps its last finding for five seconds
        health = httpx.get(f"{guide.url}/health", timeout=15)
        assert (health.status_code, health.json()["part"]) == (503, "action_server")

        guide.start_actions()
        guide.wait_until_healthy()
        conversation.say("What are the side effects of everolimus?")
        assert conversation.first["custom"]["topic"] == "side_effects/overview"
        shown = [line["custom"]["kind"] for line in conversation.history() if line["from"] == "guide"]
        assert shown == ["notice", "notice", "answer", "notice", "emergency", "notice", "answer"], "reviewers see it all"
        assert "blood in her urine" not in guide.log("rasa")
    finally:
        guide.stop()


def test_an_emergency_that_only_the_model_finds_is_answered_without_the_action_server(tmp_path):
    assert triage.assess(ONLY_THE_MODEL) is None, "the rules find it by now: another one is needed here"
    guide = GuideProcess(tmp_path)
    try:
        guide.start_rasa()
        assert first_health(guide).json()["part"] == "action_server"
        conversation = Conversation(guide.url, place="AU")
        began = time.monotonic()
        conversation.say(ONLY_THE_MODEL)
        assert conversation.first["custom"]["notice"] == "emergency/seizure"
        assert "Call 000 now" in conversation.first["text"]
        assert time.monotonic() - began < 3
        shown = [line["custom"]["kind"] for line in conversation.history() if line["from"] == "guide"]
        assert shown == ["notice", "notice", "emergency"]
        with contextlib.closing(sqlite3.connect(tmp_path / "conversations.db")) as database:
            (data,) = database.execute("SELECT data FROM events WHERE type_name = 'user' ORDER BY id DESC").fetchone()
        stored = json.loads(data)
        assert stored["parse_data"]["intent"]["full_retrieval_intent_name"] == "red_flag/seizure"
        assert len(stored["parse_data"]["intent_ranking"]) == 5, "it is stored as Rasa read it"
        assert stored["metadata"].keys() >= {"last_topic", "alarm"}
    finally:
        guide.stop()


def test_an_action_server_that_hangs_or_talks_nonsense_is_not_waited_for(tmp_path):
    """The address of the action server leads to a server that answers nothing, then to one that answers garbage."""
    guide = GuideProcess(tmp_path, WEB_TURN_SECONDS="2", WEB_ALARM_SECONDS="1")
    hanging = subprocess.Popen([sys.executable, "-c", SILENT, str(guide.action_port)])
    try:
        guide.start_rasa()
        assert first_health(guide).status_code == 503
        conversation = Conversation(guide.url)
        began = time.monotonic()
        conversation.say("What is an angiomyolipoma?")
        assert conversation.first["custom"]["notice"] == "fixed/not_available"
        conversation.say("I can't breathe and my lips are swelling")
        assert conversation.first["custom"]["kind"] == "emergency"
        assert time.monotonic() - began < 6
        hanging.kill()
        hanging.wait()
        hanging = subprocess.Popen([sys.executable, "-c", NONSENSE, str(guide.action_port)], stderr=subprocess.DEVNULL)
        time.sleep(1)
        conversation.say("What is an angiomyolipoma?")
        assert conversation.first["custom"]["notice"] == "fixed/not_available"
    finally:
        hanging.kill()
        hanging.wait()
        guide.stop()


@pytest.mark.parametrize("jump", [-3_600, 7_200], ids=["an hour back", "two hours on"])
def test_a_clock_that_jumps_costs_no_turn_and_no_alarm(tmp_path, jump):
    offset = tmp_path / "offset"
    offset.write_text("0")
    guide = GuideProcess(tmp_path, PYTHONPATH=str(JUMPING_CLOCK), CLOCK_OFFSET=str(offset))
    try:
        guide.start()
        conversation = Conversation(guide.url, place="AU")
        asked = ["What is an angiomyolipoma?", "there is blood in her urine"]
        for text in asked:
            conversation.say(text)
        offset.write_text(str(jump))
        for text in ("What are the side effects of everolimus?", "How often are the kidneys scanned?"):
            asked.append(text)
            conversation.say(text)
            assert conversation.first["custom"]["alarm"] == "emergency", "the alarm goes on"
            assert "000" in conversation.first["text"], "and so does the country"
        assert [line["text"] for line in conversation.history() if line["from"] == "you"] == asked
    finally:
        guide.stop()


def test_an_unwritable_store_does_not_silence_an_alarm(tmp_path):
    guide = GuideProcess(tmp_path)
    try:
        guide.start()
        conversation = Conversation(guide.url)
        conversation.say("What is an angiomyolipoma?")
        with contextlib.closing(sqlite3.connect(tmp_path / "conversations.db")) as database:
            database.execute("DROP TABLE events")
            database.commit()
        conversation.say("there is blood in her urine")
        assert conversation.first["custom"]["kind"] == "emergency"
        time.sleep(5.5)
        health = httpx.get(f"{guide.url}/health", timeout=15)
        assert (health.status_code, health.json()["part"]) == (503, "tracker_store")
    finally:
        guide.stop()


def test_a_full_disk_does_not_silence_an_alarm(tmp_path):
    """No file of the server can grow any more, as on a full disk."""
    guide = GuideProcess(tmp_path)
    try:
        guide.start()
        conversation = Conversation(guide.url, place="AU")
        conversation.say("What is an angiomyolipoma?")
        server = guide.pid("rasa")
        limits = resource.prlimit(server, resource.RLIMIT_FSIZE)
        resource.prlimit(server, resource.RLIMIT_FSIZE, (1024, limits[1]))
        for text in ("there is blood in her urine", "now she fainted and is grey"):
            conversation.say(text)
            assert conversation.first["custom"]["kind"] == "emergency"
            assert "Call 000 now" in conversation.first["text"]
        conversation.say("What is an angiomyolipoma?")
        time.sleep(5.5)
        health = httpx.get(f"{guide.url}/health", timeout=15)
        assert (health.status_code, health.json()["part"]) == (503, "tracker_store")

        resource.prlimit(server, resource.RLIMIT_FSIZE, limits)
        guide.wait_until_healthy()
        conversation.say("What is an angiomyolipoma?")
        assert conversation.first["custom"]["topic"] == "aml/what"
    finally:
        guide.stop()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda models: (models / "guide.tar.gz").unlink(), "is missing"),
        (lambda models: (models / "guide.tar.gz").write_bytes(b"no archive"), "is not the one that was trained"),
        (lambda models: (models / "guide.tar.gz").write_bytes((models / "guide.tar.gz").read_bytes()[:-1] + b"x"), "damaged"),
        (lambda models: (models / "guide.json").unlink(), "no record of a trained model"),
        (lambda models: shutil.rmtree(models), "no record of a trained model"),
    ],
)
def test_a_missing_or_damaged_model_stops_the_start_with_the_reason(checkout, damage, reason):
    damage(checkout / "models")
    finished = start(checkout, "tools.serve")
    assert finished.returncode != 0
    assert reason in finished.stderr
    assert "make train" in finished.stderr


def test_another_model_beside_the_missing_one_is_not_served(checkout):
    (checkout / "models/guide.tar.gz").rename(checkout / "models/older.tar.gz")
    finished = start(checkout, "tools.serve")
    assert finished.returncode != 0
    assert "is missing" in finished.stderr


@pytest.mark.parametrize("module", [("tools.serve",), ("rasa_sdk", "--actions", "actions", "--port", "0")])
def test_a_broken_content_file_stops_the_start_with_file_and_line(checkout, module):
    topic = checkout / "bot/knowledge/topics/aml/what.yml"
    topic.write_text(topic.read_text().replace("question:", "qestion:"))
    finished = start(checkout, *module)
    assert finished.returncode != 0
    output = finished.stdout + finished.stderr
    assert "aml/what.yml:2" in output
    assert "qestion" in output


def test_broken_triage_rules_stop_the_start(checkout):
    rules = next(path for path in sorted((checkout / "bot/triage/rules").glob("*.yml")))
    rules.write_text("broken: [\n")
    finished = start(checkout, "tools.serve")
    assert finished.returncode != 0
    assert rules.name in finished.stderr


def test_a_damaged_encoder_stops_the_start(checkout):
    (checkout / "bot/understanding/weights/encoder.onnx").write_bytes(b"x")
    finished = start(checkout, "tools.serve")
    assert finished.returncode != 0
    assert "damaged" in finished.stderr


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("WEB_RATE_LIMIT", "often", "30/minute"),
        ("WEB_SECRET", "short", "32 characters"),
        ("CONTENT_POLICY", "aproved", "CONTENT_POLICY"),
        ("WEB_TURN_SECONDS", "-1", "WEB_TURN_SECONDS"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(checkout, setting, value, words):
    finished = start(checkout, "tools.serve", **{setting: value})
    assert finished.returncode != 0
    assert setting in finished.stderr
    assert words in finished.stderr


def test_a_port_for_the_metrics_that_is_taken_stops_the_start_and_is_named(checkout):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        finished = start(checkout, "tools.serve", METRICS_PORT=str(taken))
    assert finished.returncode != 0
    assert f"not started. METRICS_PORT: another program listens on port {taken}" in finished.stderr
    finished = start(checkout, "tools.serve", METRICS_PORT="5999", WEB_PORT="5999")
    assert finished.returncode != 0
    assert "METRICS_PORT: 5999 is the port of the chat itself" in finished.stderr


def test_only_approved_texts_cannot_be_asked_for_while_the_emergency_texts_are_not_approved(checkout):
    finished = start(checkout, "tools.serve", CONTENT_POLICY="approved")
    assert finished.returncode != 0
    assert "emergency/" in finished.stderr
    assert "CONTENT_POLICY" in finished.stderr


def test_the_model_record_names_what_it_was_trained_from():
    record = json.loads((ROOT / "models/guide.json").read_text())
    assert set(record) == {"sha256", "fingerprint"}
