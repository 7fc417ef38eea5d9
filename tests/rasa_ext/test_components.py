"""The NLU components around the pure code, run on messages without training or loading a model."""

from __future__ import annotations

import pytest
from rasa.core.test import _get_full_retrieval_intent
from rasa.engine.graph import ExecutionContext
from rasa.shared.nlu.training_data.message import Message

from bot.rasa_ext.alarm_detector import GuideAlarmDetector
from bot.rasa_ext.intents import full_name, parse_data, set_intent


def detected(text: str, understood: str) -> str | None:
    """Intent of a message that the classifier understood as ``understood``, after the alarm detector."""
    message = Message({"text": text})
    set_intent(message, understood, 0.9)
    detector = GuideAlarmDetector.create({}, None, None, ExecutionContext(None))  # type: ignore[arg-type]
    return full_name(detector.process([message])[0])


@pytest.mark.parametrize(
    ("text", "understood", "expected"),
    [
        ("there is blood in his urine", "ask_aml/what", "red_flag/bleeding"),
        ("there is blood in his urine", "nlu_fallback", "red_flag/bleeding"),
        ("he has a temperature of 38.4 on everolimus but is playing", "ask_side_effects/infections", "urgent/infection"),
        ("what is an aml", "ask_aml/what", "ask_aml/what"),
        ("what is an aml", "red_flag/bleeding", "red_flag/bleeding"),
        ("he has a temperature of 38.4 on everolimus but is playing", "red_flag/infection", "red_flag/infection"),
        ("there is blood in his urine", "urgent/bleeding", "red_flag/bleeding"),
        ("", "nlu_fallback", "nlu_fallback"),
    ],
)
def test_the_detector_raises_alarms_and_never_lowers_one(text, understood, expected):
    assert detected(text, understood) == expected


def test_rasas_own_tools_read_the_full_name_of_a_retrieval_intent():
    parsed = parse_data("What is an AML?", "ask_aml/what")
    assert parsed["intent"]["name"] == "ask_aml"
    assert _get_full_retrieval_intent(parsed) == "ask_aml/what"


def test_a_plain_intent_has_no_second_half():
    parsed = parse_data("I am sad", "support")
    assert parsed["intent"] == {"name": "support", "confidence": 1.0}
    assert _get_full_retrieval_intent(parsed) == "support"
