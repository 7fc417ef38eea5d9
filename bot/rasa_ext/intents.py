"""How an intent looks in Rasa's parse data. ``ask_aml/what`` is the retrieval intent ``ask_aml`` with a full name."""

from __future__ import annotations

from typing import Any

from rasa.shared.nlu.training_data.message import Message

NOT_UNDERSTOOD = "nlu_fallback"


def parse_data(text: str, intent: str, confidence: float = 1.0, entities: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Parse data for a turn whose intent is already decided; Rasa then skips its own NLU."""
    return {"text": text, "entities": entities or [], "intent_ranking": [], **_decided(intent, confidence)}


def set_intent(message: Message, intent: str, confidence: float) -> None:
    for key, value in _decided(intent, confidence).items():
        message.set(key, value, add_to_output=True)


def full_name(message: Message) -> str | None:
    """The full name of the intent that earlier components set."""
    intent = message.get("intent") or {}
    return intent.get("full_retrieval_intent_name") or intent.get("name")


def _decided(intent: str, confidence: float) -> dict[str, Any]:
    """``intent`` and, for retrieval intents, the entry by which Rasa's own tools (tests, stories) know the full name."""
    base = intent.partition("/")[0]
    found: dict[str, Any] = {"name": base, "confidence": round(float(confidence), 4)}
    selector: dict[str, Any] = {}
    if base != intent:
        found["full_retrieval_intent_name"] = intent
        selector = {"all_retrieval_intents": [base], base: {"response": {"intent_response_key": intent}}}
    return {"intent": found, "response_selector": selector}
