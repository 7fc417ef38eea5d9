"""Invented conversations by the thousand, for tests of load: as large as real ones, and as often wrong. Nobody wrote them."""

from __future__ import annotations

import datetime as dt
import functools
import random
import uuid
from dataclasses import dataclass
from typing import Any

from bot.console.conversations.models import Alarm, Conversation, Turn

TOPICS = [
    f"{area}/{name}"
    for area in ("aml", "mtor", "side_effects", "monitoring", "treatment", "living", "bleeding", "tsc")
    for name in ("what", "how_common", "size", "growth", "tests", "when_to_call", "children", "adults")
]
PEOPLE = ("my son", "my daughter", "my child", "my wife", "my brother", "an adult", "a teenager", "a baby", "I")
THINGS = ("an AML", "a scan", "an MRI", "an ultrasound", "everolimus", "sirolimus", "a blood test", "a cyst", "mouth sores")
QUESTIONS = (
    "what does {thing} mean for {person}", "how often does {person} need {thing}", "is it normal that {person} had {thing}",
    "who should we ask about {thing}", "does {thing} hurt", "can {person} travel with {thing}", "tell me about {thing} please",
)  # fmt: skip
WORDS = [
    "kidney", "growth", "scan", "team", "medicine", "doctor", "nurse", "school", "sleep", "food", "water", "pain", "size",
    "blood", "pressure", "test", "result", "letter", "hospital", "clinic", "year", "month", "week", "family", "question",
    "answer", "support", "rest", "walk", "drink", "call", "ask", "write", "keep", "read", "plan", "check",
]  # fmt: skip
REASONS = ("not_my_question", "hard_to_understand", "something_missing", "upsetting")
SHARE_OF_KIND = {
    "answer": 0.70, "unknown": 0.08, "refusal": 0.06, "clarify": 0.05, "smalltalk": 0.05, "support": 0.03, "urgent": 0.02,
    "emergency": 0.01,
}  # fmt: skip
STATES = {Conversation.State.NEW: 0.3, Conversation.State.SAVED: 0.1, Conversation.State.REVIEWED: 0.6}
LEVELS = {"urgent": Alarm.URGENT, "emergency": Alarm.EMERGENCY}
CATEGORIES = ("bleeding", "seizure", "infection", "breathing_or_swelling", "other")


@dataclass(frozen=True)
class Inventor:
    """Makes conversations that are not saved yet; ``chance`` decides everything, so the same seed gives the same ones."""

    chance: random.Random
    now: dt.datetime
    days: int = 365

    def conversation(self, event_id: int, turns: int) -> tuple[Conversation, list[Turn]]:
        """One conversation whose first event has the id ``event_id``; it has 10 ids for each turn."""
        begun = self.now - dt.timedelta(seconds=self.chance.uniform(0, self.days * 24 * 60 * 60))
        conversation = Conversation(
            sender_id=f"made-{uuid.UUID(int=self.chance.getrandbits(128))}",
            channel="web",
            started=begun,
            place=self.chance.choice(("AU", "NZ", "GB", "IE", "US", "CA", "")),
            audience=self.chance.choice(("family", "family", "easy_read", "professional")),
            state=self._one_of(STATES),
        )
        made = [self._turn(conversation, number, event_id + 10 * number) for number in range(1, turns + 1)]
        self._count(conversation, made)
        return conversation, made

    def _turn(self, conversation: Conversation, number: int, event_id: int) -> Turn:
        kind, topic = self._one_of(SHARE_OF_KIND), self.chance.choice(TOPICS)
        level = LEVELS.get(kind, Alarm.NONE)
        category = self.chance.choice(CATEGORIES) if level else ""
        intent = f"{'red_flag' if level is Alarm.EMERGENCY else 'urgent'}/{category}" if level else f"ask_{topic}"
        feedback = self._one_of({"": 0.85, "yes": 0.1, "no": 0.05})
        pressed = number > 1 and self.chance.random() < 0.1
        confidence = self.chance.uniform(0.1, 0.5) if kind in {"unknown", "clarify"} else self.chance.uniform(0.5, 1.0)
        answer = self._answer(kind, topic, category)
        return Turn(
            conversation=conversation,
            number=number,
            event_id=event_id,
            event_ids=[event_id, event_id + 2, event_id + 3],
            at=conversation.started + dt.timedelta(minutes=number),
            text=self._question(),
            choice=f"topic:{topic}" if pressed else "",
            intent=intent,
            topic=topic if kind == "answer" else "",
            confidence=None if pressed else round(confidence, 4),
            runners_up=[
                {"name": f"ask_{name}", "confidence": round(confidence / rank, 4)}
                for rank, name in enumerate(self.chance.sample(TOPICS, 5), 1)
            ],
            entities=[],
            kind=kind,
            kinds=[kind],
            sources=answer["custom"].get("sources", []),
            actions=["action_answer"],
            alarm_level=level,
            alarm_category=category,
            feedback=feedback,
            feedback_reason=self.chance.choice(REASONS) if feedback == "no" else "",
            seconds=round(self.chance.uniform(0.005, 0.05), 4),
            answers=[{**answer, "at": (conversation.started + dt.timedelta(minutes=number)).isoformat(), "added": False}],
        )

    def _question(self) -> str:
        asked = self.chance.choice(QUESTIONS).format(person=self.chance.choice(PEOPLE), thing=self.chance.choice(THINGS))
        return f"{asked} {self._words(self.chance.randint(0, 12))}".strip()

    @functools.cached_property
    def _texts(self) -> list[str]:
        return [self._words(120) for _ in range(300)]

    @functools.cached_property
    def _sources(self) -> list[dict[str, Any]]:
        return [
            {
                "id": f"source_{number}",
                "group": "research",
                "title": self._words(8),
                "year": 2000 + number,
                "publisher": "An invented publisher",
                "url": f"https://example.org/{number}",
            }
            for number in range(25)
        ]

    def _answer(self, kind: str, topic: str, category: str) -> dict[str, Any]:
        custom: dict[str, Any] = {"kind": kind, "audience": "family", "disclaimer": self._words(20)}
        if kind == "answer":
            custom["topic"] = topic
            custom["sources"] = self.chance.sample(self._sources, 6)
            custom["related"] = [{"choice": f"topic:{one}", "title": self._words(4)} for one in self.chance.sample(TOPICS, 4)]
        if category:
            custom["category"] = category
        buttons = [{"title": "Not what I meant", "payload": "not_meant"}]
        return {"text": self.chance.choice(self._texts), "buttons": buttons, "custom": custom}

    def _words(self, count: int) -> str:
        return " ".join(self.chance.choices(WORDS, k=count))

    def _one_of(self, shares: dict[Any, float]) -> Any:
        return self.chance.choices(list(shares), list(shares.values()))[0]

    @staticmethod
    def _count(conversation: Conversation, turns: list[Turn]) -> None:
        """The same numbers as ``Conversation.recount``, without asking the database (a test compares both)."""
        kinds = [turn.kind for turn in turns]
        worst = max(turns, key=lambda turn: (turn.alarm_level, turn.event_id))
        conversation.last_activity = turns[-1].at
        conversation.turn_count = conversation.reviewed_turns = len(turns)
        conversation.unknown_count = kinds.count(Turn.UNKNOWN)
        conversation.clarify_count = kinds.count(Turn.CLARIFY)
        conversation.refusal_count = kinds.count(Turn.REFUSAL)
        conversation.helped_count = sum(turn.feedback == "yes" for turn in turns)
        conversation.not_helped_count = sum(turn.feedback == "no" for turn in turns)
        conversation.lowest_confidence = min(
            (turn.confidence for turn in turns if turn.confidence is not None and not turn.choice), default=None
        )
        conversation.alarm_level, conversation.alarm_category = worst.alarm_level, worst.alarm_category
