"""NLU component: messages that are not in English. The detector of ``bot.understanding`` inside Rasa's graph."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_ext.intents import full_name, set_intent
from bot.rasa_ext.topic_classifier import SCORE
from bot.understanding.calibration import is_alarm
from bot.understanding.language import LanguageDetector

OTHER_LANGUAGE = "other_language"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GuideLanguageDetector(GraphComponent, IntentClassifier):
    """Sets the intent ``other_language`` with entities ``language`` (ISO codes); an alarm before it stays one."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, detector: LanguageDetector | None = None) -> None:
        self._model_storage, self._resource, self._detector = model_storage, resource, detector

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GuideLanguageDetector:
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        texts = [str(message.get("text")) for message in training_data.intent_examples if message.get("text")]
        self._detector = LanguageDetector.train(texts)
        with self._model_storage.write_to(self._resource) as folder:
            self._detector.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GuideLanguageDetector:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, LanguageDetector.load(folder))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        assert self._detector is not None, "Rasa loads or trains a component before it processes messages"
        for message in messages:
            codes = self._detector.detect(message.get("text") or "", message.get(SCORE) or 0.0)
            if not codes:
                continue
            if not is_alarm(full_name(message) or ""):
                set_intent(message, OTHER_LANGUAGE, 1.0)
            message.set("entities", [{"entity": "language", "value": code} for code in codes], add_to_output=True)
        return messages
