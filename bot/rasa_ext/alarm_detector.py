"""NLU component: an alarm as the last word of the pipeline: the one that the web channel raised, or, in `rasa shell` and
`rasa test`, what the triage rules find."""

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
from bot.understanding.calibration import is_emergency

ALARM = "alarm"
"""Key of a message's metadata: the intent of the alarm that the web channel raised, with the turns before in mind, or None.
Where it stands, the rules were asked: should they have failed, the model's own reading must not fail with them."""
INTENT_OF_LEVEL = {triage.Level.emergency: "red_flag", triage.Level.urgent: "urgent"}
LEVELS = {intent: level for level, intent in INTENT_OF_LEVEL.items()}
READ_BY_MODEL = "read_by_model"
"""In the place of a sign: no rule found one."""


def intent_of(alarm: triage.Alarm) -> str:
    """``red_flag/bleeding`` or ``urgent/infection``."""
    return f"{INTENT_OF_LEVEL[alarm.level]}/{alarm.category.value}"


def alarm_of(parsed: dict[str, Any]) -> triage.Alarm | None:
    """The alarm that parse data calls for, or None."""
    intent = parsed["intent"]
    base, _, kind = (intent.get("full_retrieval_intent_name") or intent["name"] or "").partition("/")
    if base not in LEVELS:
        return None
    category = triage.Category(kind) if kind in triage.Category.__members__ else triage.Category.other
    languages = (entity["value"] for entity in parsed["entities"] if entity["entity"] == "language")
    return triage.Alarm(LEVELS[base], category, (READ_BY_MODEL,), next(languages, None))


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
            told = message.get("metadata") or {}  # empty in `rasa shell` and `rasa test`
            raised = told[ALARM] if ALARM in told else _raised(message.get("text") or "")
            if raised and (is_emergency(raised) or not is_emergency(full_name(message) or "")):
                set_intent(message, raised, 1.0)
        return messages


def _raised(text: str) -> str | None:
    alarm = triage.assess(text, model_reads_too=True)
    return intent_of(alarm) if alarm else None
