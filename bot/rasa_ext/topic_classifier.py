"""NLU component: the topic classifier of ``bot.understanding`` inside Rasa's graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.rasa_ext.intents import NOT_UNDERSTOOD, set_intent
from bot.rasa_ext.trained import TrainedComponent
from bot.reply.choices import FOLLOW_UP_OF_AUDIENCE
from bot.understanding.audience import audience_of
from bot.understanding.calibration import is_refusal, is_topic
from bot.understanding.classifier import TopicClassifier, Verdict
from bot.understanding.encoder import Encoder
from bot.understanding.entities import find_entities

LAST_TOPIC = "last_topic"
"""Key of a message's metadata: the topic of the answer before it, put there by the web channel."""
SCORE = "understanding_score"
"""Key of the score of a message that was taken for a topic or a personal question, for the components after this one."""
AUDIENCE_ALONE = frozenset(FOLLOW_UP_OF_AUDIENCE.values())
"""Turns that only say for whom the answer is: their action does what is needed."""
INTENT_OF = {Verdict.unsure: "clarify", Verdict.unknown: NOT_UNDERSTOOD}
"""The intents of messages that leave it open what is meant."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GuideTopicClassifier(TrainedComponent[TopicClassifier]):
    """Sets intent (``clarify`` or ``nlu_fallback`` when not sure enough), entities, and a ranking of five full intent names."""

    @staticmethod
    def learn(texts: list[str], intents: list[str]) -> TopicClassifier:
        return TopicClassifier.train(Encoder(), texts, intents)

    @staticmethod
    def read(folder: Path) -> TopicClassifier:
        return TopicClassifier.load(folder, Encoder())

    def see(self, part: TopicClassifier, message: Message) -> None:
        text = message.get("text") or ""
        told = message.get("metadata") or {}  # empty in `rasa shell` and `rasa test`, which tell nothing of the talk
        about = told.get(LAST_TOPIC)
        found = part.understand(text, about, first=LAST_TOPIC in told and about is None)
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
        said_alone = accepted and found.ranking[0].intent in AUDIENCE_ALONE
        if not said_alone and (audience := audience_of(text)):
            entities.append({"entity": "audience", "value": audience})
        message.set("entities", entities, add_to_output=True)
