"""The NLU components around the pure code, run on messages without training or loading a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.test import _get_full_retrieval_intent
from rasa.engine.graph import ExecutionContext
from rasa.graph_components.converters.nlu_message_converter import NLUMessageConverter
from rasa.shared.nlu.training_data.message import Message

from bot.rasa_ext.alarm_detector import ALARM, GuideAlarmDetector
from bot.rasa_ext.intents import full_name, parse_data, set_intent
from bot.rasa_ext.language_detector import GuideLanguageDetector
from bot.rasa_ext.topic_classifier import LAST_TOPIC, GuideTopicClassifier
from bot.understanding.classifier import Ranked, Understanding, Verdict


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


# The topic classifier


class Classifier:
    """Finds what a test wants and remembers what it was asked."""

    def __init__(self, *intents: str, verdict: Verdict = Verdict.accepted, also: Sequence[str] = ()) -> None:
        ranking = tuple(Ranked(intent, 0.61234 - place / 10) for place, intent in enumerate(intents))
        self.found = Understanding(ranking, 0.6, verdict, tuple(also))
        self.asked: list[tuple[str, str | None]] = []
        self.first: list[bool] = []

    def understand(self, text: str, about: str | None = None, first: bool = False) -> Understanding:
        self.asked.append((text, about))
        self.first.append(first)
        return self.found


def understood(
    classifier: Classifier, text: str | None = "a message", metadata: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Parse data of a message as Rasa reads it after the topic classifier."""
    component = GuideTopicClassifier(None, None, classifier)  # type: ignore[arg-type]
    messages = NLUMessageConverter().convert_user_message([UserMessage(text, metadata=metadata)])
    return component.process(messages)[0].as_dict(only_output_properties=True)


TOPICS = ("ask_aml/what", "ask_aml/size", "refuse/own_scan", "follow_up/growing", "browse")


@pytest.mark.parametrize(
    ("verdict", "intents", "full"),
    [
        (Verdict.accepted, TOPICS, "ask_aml/what"),
        (Verdict.accepted, ("browse", "ask_aml/what"), "browse"),
        (Verdict.accepted, ("red_flag/bleeding", "ask_bleeding/signs"), "red_flag/bleeding"),
        (Verdict.unsure, TOPICS, "clarify"),
        (Verdict.unknown, TOPICS, "nlu_fallback"),
        (Verdict.unknown, (), "nlu_fallback"),
    ],
)
def test_the_verdict_decides_between_the_best_intent_a_question_back_and_not_knowing(verdict, intents, full):
    parsed = understood(Classifier(*intents, verdict=verdict))
    assert parsed["intent"]["name"] == full.partition("/")[0]
    assert _get_full_retrieval_intent(parsed) == full
    assert parsed["intent"]["confidence"] == (0.6123 if intents else 0.0)


def test_the_ranking_is_kept_whole_whatever_the_verdict():
    for verdict in Verdict:
        ranking = understood(Classifier(*TOPICS, verdict=verdict))["intent_ranking"]
        assert [rank["name"] for rank in ranking] == list(TOPICS)
        assert [rank["confidence"] for rank in ranking] == [0.6123, 0.5123, 0.4123, 0.3123, 0.2123]


@pytest.mark.parametrize(
    ("metadata", "about", "first"),
    [
        ({LAST_TOPIC: "aml/what"}, "aml/what", False),
        ({LAST_TOPIC: None}, None, True),
        ({}, None, False),
        (None, None, False),
    ],
)
def test_the_last_topic_comes_with_the_message(metadata, about, first):
    classifier = Classifier(*TOPICS)
    understood(classifier, "and in children?", metadata)
    assert classifier.asked == [("and in children?", about)]
    assert classifier.first == [first]


@pytest.mark.parametrize("text", ["", None])
def test_a_message_without_text_is_read_as_an_empty_one(text):
    classifier = Classifier(verdict=Verdict.unknown)
    assert understood(classifier, text)["entities"] == []
    assert classifier.asked == [("", None)]


def test_what_the_message_speaks_of_becomes_entities_with_their_place():
    entities = understood(Classifier(*TOPICS), "is Votubia ok with a 3 cm AML")["entities"]
    assert {"entity": "medicine", "value": "everolimus", "start": 3, "end": 10} in entities
    assert {"entity": "size", "value": "30", "start": 21, "end": 25} in entities
    assert {entity["entity"] for entity in entities} == {"medicine", "size", "growth"}


def test_further_questions_are_entities_that_name_their_topic_in_their_order():
    parsed = understood(Classifier(*TOPICS, also=("ask_mtor/stopping", "ask_aml/size")), "two questions")
    assert parsed["entities"] == [{"entity": "also", "value": "mtor/stopping"}, {"entity": "also", "value": "aml/size"}]


def test_each_message_of_a_batch_is_read_for_itself():
    component = GuideTopicClassifier(None, None, Classifier(*TOPICS))  # type: ignore[arg-type]
    first, second = component.process([Message({"text": "everolimus"}), Message({"text": "hello"})])
    assert [entity["value"] for entity in first.get("entities")] == ["everolimus"]
    assert second.get("entities") == []


# The language detector


class Detector:
    def __init__(self, *codes: str) -> None:
        self.codes, self.scores = codes, list[float]()

    def detect(self, text: str, understood: float = 0.0) -> tuple[str, ...]:
        self.scores.append(understood)
        return self.codes


def told_apart(understood: str, *codes: str) -> Message:
    """A message that the classifier understood as ``understood`` and that is in the languages ``codes``."""
    message = Message({"text": "mi hija toma everolimus", "entities": [{"entity": "medicine", "value": "everolimus"}]})
    set_intent(message, understood, 0.9)
    return GuideLanguageDetector(None, None, Detector(*codes)).process([message])[0]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "understood", ["ask_mtor/how_it_works", "clarify", "nlu_fallback", "refuse/dose", "out_of_scope/gibberish"]
)
@pytest.mark.parametrize("codes", [("es",), ("es", "pt")])
def test_a_message_in_another_language_is_no_topic_and_names_its_languages(understood, codes):
    message = told_apart(understood, *codes)
    assert full_name(message) == "other_language"
    assert message.get("entities") == [{"entity": "language", "value": code} for code in codes]


@pytest.mark.parametrize("understood", ["ask_mtor/how_it_works", "nlu_fallback"])
def test_a_message_in_english_stays_as_it_was_understood(understood):
    message = told_apart(understood)
    assert full_name(message) == understood
    assert message.get("entities") == [{"entity": "medicine", "value": "everolimus"}]


@pytest.mark.parametrize("alarm", ["red_flag/bleeding", "red_flag/self_harm", "urgent/infection"])
def test_an_alarm_stays_an_alarm_in_every_language(alarm):
    assert full_name(told_apart(alarm, "es")) == alarm


def test_the_rules_raise_an_alarm_over_the_other_language_and_keep_its_code():
    message = Message({"text": "hay sangre en la orina de mi hijo"})
    set_intent(message, "nlu_fallback", 0.1)
    context = ExecutionContext(None)  # type: ignore[arg-type]
    after_language = GuideLanguageDetector(None, None, Detector("es")).process([message])  # type: ignore[arg-type]
    alarmed = GuideAlarmDetector.create({}, None, None, context).process(after_language)[0]  # type: ignore[arg-type]
    assert full_name(alarmed) == "red_flag/bleeding"
    assert alarmed.get("entities") == [{"entity": "language", "value": "es"}]


@pytest.mark.parametrize(
    ("intent", "verdict", "score"),
    [
        ("ask_aml/what", Verdict.accepted, 0.6),
        ("refuse/dose", Verdict.accepted, 0.6),
        ("ask_aml/what", Verdict.unsure, 0.0),
        ("smalltalk/thanks", Verdict.accepted, 0.0),
    ],
)
def test_the_language_detector_hears_how_sure_the_classifier_was_of_a_question(intent, verdict, score):
    message = Message({"text": "a message"})
    GuideTopicClassifier(None, None, Classifier(intent, verdict=verdict)).process([message])  # type: ignore[arg-type]
    detector = Detector()
    GuideLanguageDetector(None, None, detector).process([message])  # type: ignore[arg-type]
    assert detector.scores == [score]


@pytest.mark.parametrize(
    ("raised", "understood", "expected"),
    [
        ("urgent/bleeding", "ask_aml/what", "urgent/bleeding"),
        ("urgent/bleeding", "red_flag/bleeding", "red_flag/bleeding"),
        ("red_flag/seizure", "urgent/bleeding", "red_flag/seizure"),
        (None, "ask_aml/what", "ask_aml/what"),
    ],
)
def test_an_alarm_of_the_channel_stays_and_the_classifier_may_only_make_it_worse(raised, understood, expected):
    message = Message({"text": "what is an aml", "metadata": {ALARM: raised}})
    set_intent(message, understood, 0.9)
    detector = GuideAlarmDetector.create({}, None, None, ExecutionContext(None))  # type: ignore[arg-type]
    assert full_name(detector.process([message])[0]) == expected


@pytest.mark.parametrize("metadata", [{ALARM: None}, {ALARM: "urgent/bleeding"}])
def test_rules_that_failed_in_the_channel_do_not_take_the_classifiers_alarm_with_them(metadata, monkeypatch):
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError

    detector = GuideAlarmDetector.create({}, None, None, ExecutionContext(None))  # type: ignore[arg-type]
    monkeypatch.setattr("bot.triage.assess", broken)
    message = Message({"text": "a message", "metadata": metadata})
    set_intent(message, "red_flag/bleeding", 0.9)
    assert full_name(detector.process([message])[0]) == "red_flag/bleeding"
