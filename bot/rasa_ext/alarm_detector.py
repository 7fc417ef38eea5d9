"""NLU component: the triage rules, as the last word of the pipeline (for `rasa shell` and `rasa test`; the web channel runs
the same rules before Rasa sees a message)."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.training_data.message import Message

from bot import triage
from bot.rasa_ext.intents import full_name, set_intent

ALARM = "alarm"
"""Key of a message's metadata: the intent of the alarm that the web channel raised, with the turns before in mind."""
INTENT_OF_LEVEL = {"emergency": "red_flag", "urgent": "urgent"}


def intent_of(alarm: triage.Alarm) -> str:
    """``red_flag/bleeding`` or ``urgent/infection``."""
    return f"{INTENT_OF_LEVEL[alarm.level.value]}/{alarm.category.value}"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class GuideAlarmDetector(GraphComponent, IntentClassifier):
    """Raises an alarm that the classifier did not; never lowers one that it did."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GuideAlarmDetector:
        triage.load()
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            raised = (message.get("metadata") or {}).get(ALARM)
            if raised is None and (alarm := triage.assess(message.get("text") or "", model_reads_too=True)):
                raised = intent_of(alarm)
            already_emergency = (full_name(message) or "").startswith("red_flag/")
            if raised and not (already_emergency and raised.startswith("urgent/")):
                set_intent(message, raised, 1.0)
        return messages
