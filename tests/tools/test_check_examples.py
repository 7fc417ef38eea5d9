"""What forbids a message as a training example is told of each, and never of none."""

from __future__ import annotations

import base64
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from tools import check_examples, evaluate
from tools.check_examples import Checker, key, messages

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checker() -> Checker:
    return Checker([("ask_aml/what", "What is an AML?"), ("ask_aml/size", "what is an aml")], ["how big is too big"])


def test_an_ordinary_message_has_nothing_against_it(checker):
    text = "Does the tablet melt in warm soup?"
    assert checker.check(text) == {
        "masked": text, "identifier": False, "alarm": None, "there": None, "evaluation": False,
        "key": "does the tablet melt in warm soup",
    }  # fmt: skip


def test_an_identifier_is_found_and_masked(checker):
    found = checker.check("please ring me on 0412 345 678 about the scan")
    assert found["identifier"]
    assert found["masked"] == "please ring me on [phone number] about the scan"


def test_what_is_masked_already_is_no_identifier(checker):
    assert not checker.check("[name] wants to know about [address]")["identifier"]


@pytest.mark.parametrize(
    ("text", "alarm"),
    [
        ("there is bright red blood in his urine", {"level": "emergency", "category": "bleeding"}),
        ("she takes everolimus and has a fever of 38.4 but is well", {"level": "urgent", "category": "infection"}),
        ("what are the warning signs of a bleed?", None),
    ],
)
def test_an_alarm_is_told_with_level_and_category(checker, text, alarm):
    assert checker.check(text)["alarm"] == alarm


def test_what_is_there_is_found_whatever_its_case_and_punctuation_under_its_first_intent(checker):
    assert checker.check("what is an AML")["there"] == "ask_aml/what"
    assert checker.check("HOW BIG... is too big?!")["evaluation"]


def test_a_text_that_cannot_be_checked_is_called_so_without_a_word_of_it(checker, monkeypatch):
    def broken(text):
        raise RuntimeError(text)

    monkeypatch.setattr(check_examples, "mask", broken)
    assert checker.check("canary") == {"error": "RuntimeError"}


@pytest.mark.parametrize(("text", "wanted"), [("A, b!", "a b"), ("??", "??"), ("مرحبا", "مرحبا")])
def test_texts_without_letters_differ(text, wanted):
    assert key(text) == wanted


def test_every_message_of_the_open_half_is_known():
    known = Checker.load()
    for name in ("topics", "dialogues", "emergencies", "two_questions", "masking"):
        content = yaml.safe_load((ROOT / f"tests/evaluation/open/{name}.yml").read_text())
        found = list(messages(content))
        assert len(found) >= len(content)
        assert all(isinstance(text, str) for text in found)
        assert all(known._evaluated >= {key(text)} for text in found)


def test_the_program_answers_each_line_in_order():
    texts = ["Is soup fine?", "call 0412 345 678", "what is an angiomyolipoma"]
    done = run("".join(json.dumps({"text": text}) + "\n" for text in texts))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["key"] for answer in answers] == [key(text) for text in texts]
    assert [answer["identifier"] for answer in answers] == [False, True, False]
    assert answers[2]["there"] == "ask_aml/what"


@pytest.mark.parametrize("line", ["canary", "[]", '{"canary": 1}', '{"text": 1}', "null"])
def test_a_wrong_line_ends_it_without_a_word_of_it(line):
    done = run(f'{{"text": "fine"}}\n{line}\n', "tools.sentence_vectors")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'line 2: write {"text": "..."}\n'


def test_vectors_are_of_length_one_and_near_for_what_means_the_same():
    texts = ["what does everolimus cost", "price of everolimus", "is swimming allowed"]
    done = run("".join(json.dumps({"text": text}) + "\n" for text in texts), "tools.sentence_vectors")
    cost, price, swim = (np.frombuffer(base64.b64decode(line), "<f2").astype(float) for line in done.stdout.splitlines())
    assert len(cost) == 384
    assert np.linalg.norm(cost) == pytest.approx(1, abs=0.01)
    assert cost @ price > 0.8 > 0.5 > cost @ swim


def test_the_record_of_an_evaluation_says_what_was_counted():
    tables = {"open": {measure.name: (7, 10) for measure in evaluate.MEASURES}}
    made = evaluate.record(tables, "f" * 64, dt.datetime(2026, 11, 21, 12, tzinfo=dt.timezone.utc))
    assert made["made"] == "2026-11-21T12:00:00+00:00"
    assert [measure["name"] for measure in made["measures"]] == [measure.name for measure in evaluate.MEASURES]
    assert made["measures"][0] == {
        "name": "topic right", "good": True, "halves": {"open": {"held": 7, "of": 10, "low": 0.3968, "high": 0.8922}},
    }  # fmt: skip


def run(lines: str, module: str = "tools.check_examples") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", module], cwd=ROOT, input=lines, capture_output=True, text=True, timeout=120
    )
