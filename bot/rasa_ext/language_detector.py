"""NLU component: messages that are not in English. The detector of ``bot.understanding`` inside Rasa's graph."""

from __future__ import annotations

from pathlib import Path

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.nlu.training_data.message import Message

from bot.rasa_ext.intents import full_name, set_intent
from bot.rasa_ext.topic_classifier import SCORE
from bot.rasa_ext.trained import TrainedComponent
from bot.understanding.calibration import is_alarm
from bot.understanding.language import LanguageDetector

OTHER_LANGUAGE = "other_language"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GuideLanguageDetector(TrainedComponent[LanguageDetector]):
    """Sets the intent ``other_language`` with entities ``language`` (ISO codes); an alarm before it stays one."""

    @staticmethod
    def learn(texts: list[str], intents: list[str]) -> LanguageDetector:
        return LanguageDetector.train(texts)

    @staticmethod
    def read(folder: Path) -> LanguageDetector:
        return LanguageDetector.load(folder)

    def see(self, part: LanguageDetector, message: Message) -> None:
        codes = part.detect(message.get("text") or "", message.get(SCORE) or 0.0)
        if not codes:
            return
        if not is_alarm(full_name(message) or ""):
            set_intent(message, OTHER_LANGUAGE, 1.0)
        message.set("entities", [{"entity": "language", "value": code} for code in codes], add_to_output=True)
