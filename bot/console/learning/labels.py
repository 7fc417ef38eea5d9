"""The intents that a message can have, with words for staff, read from the guide's data files."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import yaml
from django.conf import settings

from bot.console.conversations.models import Correction

_INTENT = re.compile(r"^\s*-?\s*intent:\s*([\w/]+)\s*$", re.MULTILINE)
_KINDS = {
    "red_flag": (Correction.Kind.ALARM, "Emergency"),
    "urgent": (Correction.Kind.ALARM, "Urgent"),
    "refuse": (Correction.Kind.REFUSAL, "Refusal"),
    "out_of_scope": (Correction.Kind.OUT_OF_SCOPE, "Out of scope"),
}
"""Intent up to the slash -> what a correction calls it, and the words before its name."""


class Label(NamedTuple):
    """An intent: ``kind`` is that of a Correction, or "" for small talk and the like."""

    intent: str
    kind: str
    title: str


@lru_cache(maxsize=1)
def labels() -> dict[str, Label]:
    """All intents that have training examples, in the order of kind and title. Raises OSError when the files are missing."""
    found = set()
    for path in (settings.ROOT / "data/nlu").glob("*.yml"):
        found.update(_INTENT.findall(path.read_text(encoding="utf-8")))
    if not found:
        raise FileNotFoundError(settings.ROOT / "data/nlu")
    made = [_label(intent) for intent in found]
    order = [Correction.Kind.TOPIC, Correction.Kind.ALARM, Correction.Kind.REFUSAL, Correction.Kind.OUT_OF_SCOPE, ""]
    return {label.intent: label for label in sorted(made, key=lambda label: (order.index(label.kind), label.title))}


def _label(intent: str) -> Label:
    base, _, name = intent.partition("/")
    words = name.replace("_", " ")
    if base.startswith("ask_"):
        return Label(intent, Correction.Kind.TOPIC, _topic_title(base.removeprefix("ask_"), name) or words)
    if base in _KINDS:
        kind, before = _KINDS[base]
        return Label(intent, kind, f"{before}: {words}")
    return Label(intent, "", f"{base.replace('_', ' ').capitalize()}{': ' if words else ''}{words}")


def _topic_title(area: str, name: str) -> str:
    path: Path = settings.ROOT / "bot/knowledge/topics" / area / f"{name}.yml"
    try:
        return str(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)["title"])
    except FileNotFoundError:
        return ""
