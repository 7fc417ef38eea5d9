"""Invented conversations and corrections for the tests of the learning loop."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import sys
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from bot.console.conversations.models import Conversation, Correction, Turn
from bot.console.learning.models import Proposal

_numbers = itertools.count(1)
ANSWER = {
    "masked": None, "identifier": False, "alarm": None, "there": None, "evaluation": False, "key": None,
}  # fmt: skip
"""Of the check command, when nothing speaks against a text; None: as the text."""


def make_turn(text: str, conversation: Conversation | None = None, **fields: Any) -> Turn:
    """A typed message that the guide had no answer to."""
    number, now = next(_numbers), timezone.now()
    if conversation is None:
        conversation = Conversation.objects.create(sender_id=f"invented-{number}", started=now, last_activity=now, turn_count=1)
    values = {"kind": "unknown", "intent": "nlu_fallback", "at": now - dt.timedelta(hours=1), "confidence": 0.2, **fields}
    return Turn.objects.create(conversation=conversation, number=number, event_id=number, text=text, **values)


def make_correction(by: User, text: str, intent: str, **fields: Any) -> Correction:
    """``by`` says what the message should have been."""
    kind = Correction.Kind.TOPIC if intent.startswith("ask_") else Correction.Kind.ALARM
    return Correction.objects.create(turn=make_turn(text, **fields), kind=kind, intent=intent, by=by)


def propose(by: User, text: str, intent: str, **fields: Any) -> Proposal:
    """What a correction makes by itself."""
    return Proposal.objects.get(correction=make_correction(by, text, intent, **fields))


def checker(folder: Path, answers: dict[str, dict[str, Any]] | None = None, ending: str = "") -> list[str]:
    """A check command that finds in each text only what ``answers`` says; ``ending`` is run behind the answers."""
    script = folder / "check.py"
    script.write_text(
        f"import json, sys, os, time\n"
        f"special = json.loads({json.dumps(json.dumps(answers or {}))})\n"
        f"plain = json.loads({json.dumps(json.dumps(ANSWER))})\n"
        "for line in sys.stdin:\n"
        "    text = json.loads(line)['text']\n"
        "    answer = {**plain, 'masked': text, 'key': text.lower(), **special.get(text, {})}\n"
        "    print(json.dumps(answer), flush=True)\n"
        f"{ending}\n"
    )
    return [sys.executable, str(script)]
