"""NLU component: the topic classifier of ``bot.understanding`` inside Rasa's graph."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.rasa_ext.intents import NOT_UNDERSTOOD, set_intent
from bot.understanding.calibration import is_refusal, is_topic
from bot.understanding.classifier import TopicClassifier, Verdict
from bot.understanding.encoder import Encoder
from bot.understanding.entities import find_entities

LAST_TOPIC = "last_topic"
"""Key of a message's metadata: the topic of the answer before it, put there by the web channel."""
SCORE = "understanding_score"
"""Key of the score of a message that was taken for a topic or a personal question, for the components after this one."""
INTENT_OF = {Verdict.unsure: "clarify", Verdict.unknown: NOT_UNDERSTOOD}
"""The intents of messages that leave it open what is meant."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GuideTopicClassifier(GraphComponent, IntentClassifier):
    """Sets intent (``clarify`` or ``nlu_fallback`` when not sure enough), entities, and a ranking of five full intent names."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, classifier: TopicClassifier | None = None) -> None:
        self._model_storage, self._resource, self._classifier = model_storage, resource, classifier

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GuideTopicClassifier:
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [message for message in training_data.intent_examples if message.get("text")]
        texts = [str(message.get("text")) for message in examples]
        self._classifier = TopicClassifier.train(Encoder(), texts, [message.get_full_intent() for message in examples])
        with self._model_storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> GuideTopicClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, TopicClassifier.load(folder, Encoder()))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        assert self._classifier is not None, "Rasa loads or trains a component before it processes messages"
        for message in messages:
            text = message.get("text") or ""
            found = self._classifier.understand(text, (message.get("metadata") or {}).get(LAST_TOPIC))
            best = found.ranking[0].probability if found.ranking else 0.0
            accepted = found.verdict is Verdict.accepted
            set_intent(message, found.ranking[0].intent if accepted else INTENT_OF[found.verdict], best)
            if accepted and (is_topic(found.ranking[0].intent) or is_refusal(found.ranking[0].intent)):
                message.set(SCORE, found.score)
            ranking = [{"name": rank.intent, "confidence": round(rank.probability, 4)} for rank in found.ranking]
            message.set("intent_ranking", ranking, add_to_output=True)
            entities: list[dict[str, Any]] = [one._asdict() for one in find_entities(text)]
            for entity in entities:
                entity["entity"] = entity.pop("kind")
            entities += [{"entity": "also", "value": topic.removeprefix("ask_")} for topic in found.also]
            message.set("entities", entities, add_to_output=True)
        return messages
