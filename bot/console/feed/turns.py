"""The events of one conversation, as Rasa stores them, read as turns. No Django, no database: same events, same turns."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

NONE, URGENT, EMERGENCY = 0, 1, 2
"""Levels of an alarm, as in ``conversations.models.Alarm``."""
LEVEL_OF_KIND = {"urgent": URGENT, "emergency": EMERGENCY, "crisis": EMERGENCY}
LEVEL_OF_INTENT = {"urgent": URGENT, "red_flag": EMERGENCY}
NOT_AVAILABLE = "fixed/not_available"
"""The notice that a family gets when something did not work."""
HELPED = "helped:"
"""How the id of a feedback button begins: ``helped:yes``, ``helped:no``, ``helped:no:<reason>``."""
OF_RASA_ITSELF = {"action_listen", "action_session_start"}
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What PostgreSQL and UTF-8 cannot hold."""


@dataclass(frozen=True)
class StoredEvent:
    """A row of Rasa's table ``events``; ``timestamp`` in seconds since 1970, ``data`` is JSON."""

    id: int
    type_name: str
    timestamp: float
    data: str


@dataclass
class Turn:
    """The fields of the model ``Turn``, under the same names."""

    event_id: int
    at: dt.datetime
    text: str = ""
    choice: str = ""
    intent: str = ""
    topic: str = ""
    confidence: float | None = None
    language: str = ""
    kind: str = ""
    alarm_level: int = NONE
    alarm_category: str = ""
    failed: bool = False
    feedback: str = ""
    feedback_reason: str = ""
    seconds: float | None = None
    event_ids: list[int] = field(default_factory=list)
    runners_up: list[dict[str, Any]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    feedback_answers: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Talk:
    """A whole conversation. ``unreadable`` are the ids of events whose data is no JSON object."""

    started: dt.datetime
    last_activity: dt.datetime
    channel: str
    place: str
    audience: str
    language: str
    alarm_open: bool
    turns: tuple[Turn, ...]
    unreadable: tuple[int, ...]


def read_talk(events: Iterable[StoredEvent]) -> Talk | None:
    """The turns of one conversation; None while the family has said nothing (a page only opened it).

    A new session of Rasa inside the conversation is no new turn. What comes before the first message belongs to no turn; a
    message of the guide that no message of the family came before (there is none today) is a turn without text, so that it is
    not lost.
    """
    turns: list[Turn] = []
    slots: dict[str, Any] = {}
    unreadable: list[int] = []
    times: list[dt.datetime] = []
    said: list[dt.datetime] = []
    channel, about_feedback = "", False
    for event in sorted(events, key=lambda event: event.id):
        data, at = _data(event), dt.datetime.fromtimestamp(event.timestamp, dt.timezone.utc)
        times.append(at)
        if data is None:
            unreadable.append(event.id)
            data = {}
        if event.type_name == "slot":
            slots[str(data.get("name"))] = data.get("value")
        if event.type_name == "user":
            said.append(at)
            channel = channel or str(data.get("input_channel") or "")
            asked = _question(event.id, at, data)
            about_feedback = bool(turns) and asked.choice.startswith(HELPED)
            if about_feedback:
                _give_feedback(turns[-1], asked.choice)
            else:
                turns.append(asked)
        if event.type_name == "bot":
            said.append(at)
            if not turns:
                turns.append(Turn(event.id, at))
            answers = turns[-1].feedback_answers if about_feedback else turns[-1].answers
            answer = _answer(at, data)
            # What the channel adds is stored last and shown first.
            answers.insert(0 if answer["added"] else len(answers), answer)
        if event.type_name == "action" and turns and data.get("name") not in OF_RASA_ITSELF:
            if not about_feedback:
                turns[-1].actions.append(str(data.get("name") or ""))
            turns[-1].event_ids.append(event.id)
        if event.type_name in {"user", "bot"}:
            turns[-1].event_ids.append(event.id)
    if not turns:
        return None
    for turn in turns:
        _sum_up(turn)
    return Talk(
        started=min(times),
        last_activity=max(said),
        channel=channel,
        place=str(slots.get("place") or ""),
        audience=str(slots.get("audience") or ""),
        language=next((turn.language for turn in reversed(turns) if turn.language), ""),
        alarm_open=bool(slots.get("alarm")),
        turns=tuple(turns),
        unreadable=tuple(unreadable),
    )


def _question(event_id: int, at: dt.datetime, data: dict[str, Any]) -> Turn:
    parsed = _object(data.get("parse_data"))
    intent = _object(parsed.get("intent"))
    entities = [{"entity": one.get("entity"), "value": one.get("value")} for one in map(_object, _list(parsed.get("entities")))]
    values = {str(one["entity"]): str(one["value"]) for one in reversed(entities)}
    choice = values.get("choice", "")
    turn = Turn(
        event_id, at,
        text=str(data.get("text") or ""),
        choice=choice,
        intent=str(intent.get("full_retrieval_intent_name") or intent.get("name") or ""),
        confidence=None if choice else _number(intent.get("confidence")),
        language=values.get("language", ""),
        runners_up=[_object(one) for one in _list(parsed.get("intent_ranking"))],
        entities=[one for one in entities if one["entity"] != "choice"],
    )  # fmt: skip
    # The channel's rules may have raised an alarm that the model then made worse.
    for name in (turn.intent, str(_object(data.get("metadata")).get("alarm") or "")):
        area, _, category = name.partition("/")
        _raise_alarm(turn, LEVEL_OF_INTENT.get(area, NONE), category)
    return turn


def _answer(at: dt.datetime, data: dict[str, Any]) -> dict[str, Any]:
    """A message as the family saw it; ``added``: by the channel itself, because the dialogue model did not give it."""
    more = _object(data.get("data"))
    return {
        "text": str(data.get("text") or ""),
        "buttons": _list(more.get("buttons")),
        "custom": _object(more.get("custom")),
        "at": at.isoformat(),
        "added": "model_id" not in _object(data.get("metadata")),
    }


def _give_feedback(turn: Turn, choice: str) -> None:
    """The last press counts; "no" comes first by itself and then with its reason."""
    verdict, _, reason = choice.removeprefix(HELPED).partition(":")
    if verdict != turn.feedback or reason:
        turn.feedback_reason = reason
    turn.feedback = verdict


def _sum_up(turn: Turn) -> None:
    """Set what follows from the answers of the turn."""
    about = [answer["custom"] for answer in turn.answers]
    turn.kinds = [str(custom.get("kind") or "") for custom in about]
    turn.kind = turn.kinds[0] if turn.kinds else ""
    turn.topic = next((str(custom["topic"]) for custom in about if custom.get("topic")), "")
    sources = [_object(source) for custom in about for source in _list(custom.get("sources"))]
    turn.sources = list({str(source.get("id")): source for source in reversed(sources)}.values())[::-1]
    turn.failed = not about or any(custom.get("notice") == NOT_AVAILABLE for custom in about)
    if turn.answers:
        turn.seconds = max(0.0, (dt.datetime.fromisoformat(turn.answers[0]["at"]) - turn.at).total_seconds())
    for custom in about:
        _raise_alarm(turn, LEVEL_OF_KIND.get(str(custom.get("kind")), NONE), str(custom.get("category") or ""))


def _raise_alarm(turn: Turn, level: int, category: str) -> None:
    if level > turn.alarm_level or (level == turn.alarm_level and not turn.alarm_category):
        turn.alarm_level, turn.alarm_category = level, category if level else ""


def _data(event: StoredEvent) -> dict[str, Any] | None:
    """The event's data, or None when it is no JSON object."""
    try:
        found = json.loads(event.data, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        return None
    return _storable(found) if isinstance(found, dict) else None


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if isinstance(value, list):
        return [_storable(one) for one in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    return value


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
