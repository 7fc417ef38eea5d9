"""Conversations for tests of the queue and the review page. All texts are invented."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from bot.console.conversations.models import Conversation, Turn

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.timezone.utc)
_numbers = itertools.count(1)


def talk(*texts: str, turns: list[dict[str, Any]] | None = None, minutes: float = 0, **fields: Any) -> Conversation:
    """A conversation with one turn for each text (or each of ``turns``), last active ``minutes`` after NOON, and counted."""
    said = turns or [{"text": text} for text in texts]
    conversation = Conversation.objects.create(
        sender_id=f"sender-{next(_numbers)}",
        started=NOON,
        last_activity=NOON + dt.timedelta(minutes=minutes),
        **{"reviewed_turns": len(said), **fields},
    )
    for place, turn in enumerate(said, 1):
        answer = {
            "text": "An invented answer.",
            "buttons": [],
            "custom": {"kind": turn.get("kind", "answer")},
            "at": NOON.isoformat(),
        }
        values = {"kind": "answer", "confidence": 0.9, "intent": "ask_aml/what", "answers": [answer], **turn}
        Turn.objects.create(conversation=conversation, number=place, event_id=10 * place, at=NOON, **values)
    conversation.recount()
    return conversation
