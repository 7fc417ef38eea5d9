"""Names of topics, intents and countries from the guide's data files. The console reads them and imports none of its code."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from bot.console.learning import labels

Choices = list[tuple[str, list[tuple[str, str]]]]
"""As a select shows them: groups with (value, words)."""

KINDS = {
    "answer": "answered",
    "unknown": "not answered",
    "clarify": "asked back",
    "refusal": "refused",
    "emergency": "emergency advice",
    "crisis": "crisis advice",
    "urgent": "urgent advice",
    "support": "support",
    "signpost": "pointed to others",
    "smalltalk": "small talk",
    "boundary": "insult",
    "language": "another language",
    "notice": "a notice",
}
"""Kind of an answer, as docs/architecture.md names them -> words for staff."""
AUDIENCES = {"family": "families", "easy_read": "easy read", "professional": "professionals"}


_UNREADABLE = (OSError, ValueError, yaml.YAMLError, AttributeError, KeyError, TypeError)
_OTHER_GROUPS = {"alarm": "An alarm", "refusal": "A refusal", "out_of_scope": "Out of scope"}


class NotThere(Exception):
    """The guide's data files cannot be read; the message is for staff."""

    def __init__(self) -> None:
        super().__init__(
            "The lists of topics and countries cannot be shown, because the guide's files (data/nlu and bot/knowledge) "
            "are not there. Please tell whoever runs the console. Everything else works."
        )


@lru_cache(maxsize=1)
def places() -> dict[str, str]:
    """ISO code -> name of each country that the guide knows numbers of. Raises NotThere."""
    try:
        text = (settings.ROOT / "bot/knowledge/places.yml").read_text(encoding="utf-8")
        return {code: place["name"] for code, place in yaml.load(text, yaml.CSafeLoader).items()}
    except _UNREADABLE as error:
        raise NotThere from error


def intents() -> dict[str, labels.Label]:
    """Full name -> title and kind of correction, of every intent. Raises NotThere."""
    try:
        return labels.labels()
    except _UNREADABLE as error:
        raise NotThere from error


@lru_cache(maxsize=1)
def intent_choices() -> Choices:
    """All intents, for a correction: topics by area, then alarms, refusals and the rest. Raises NotThere."""
    known, titles = intents(), _areas()
    groups: dict[str, list[tuple[str, str]]] = {}
    for label in known.values():
        area = label.intent.partition("/")[0].removeprefix("ask_")
        name = f"Topic: {titles.get(area, area)}" if label.intent.startswith("ask_") else _OTHER_GROUPS.get(label.kind, "Other")
        groups.setdefault(name, []).append((label.intent, label.title))
    return list(groups.items())


@lru_cache(maxsize=1)
def topic_choices() -> Choices:
    """All topics (`aml/what`) with their titles, by area. Raises NotThere."""
    return [
        (name.removeprefix("Topic: "), [(intent.removeprefix("ask_"), title) for intent, title in choices])
        for name, choices in intent_choices()
        if name.startswith("Topic: ")
    ]


def title(intent: str) -> str:
    """Words for an intent; its own name where nobody knows it."""
    try:
        known = intents().get(intent)
    except NotThere:
        return intent
    return known.title if known else intent


def _areas() -> dict[str, str]:
    try:
        text = (settings.ROOT / "bot/knowledge/areas.yml").read_text(encoding="utf-8")
        return {area: about["title"] for area, about in yaml.load(text, yaml.CSafeLoader).items()}
    except _UNREADABLE as error:
        raise NotThere from error


@register()
def check_files(**_: Any) -> list[CheckMessage]:
    """For `manage.py check` and the start of the console."""
    try:
        intents(), places(), _areas()
    except NotThere as error:
        return [
            Warning(
                f"The guide's files cannot be read: {type(error.__cause__).__name__}",
                hint=f"{settings.ROOT} must hold data/nlu, bot/knowledge/topics, bot/knowledge/areas.yml and places.yml, "
                "of the same version as the guide that runs.",
                id="conversations.W001",
            )
        ]
    return []
