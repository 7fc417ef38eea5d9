"""Files with conversations: CSV and JSON, written while they are downloaded. Text stands in them masked, as it is stored."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.http import StreamingHttpResponse
from django.utils import timezone

from bot.console.accounts.models import Export, ExportedConversation
from bot.console.conversations.models import Comment, Conversation, Correction, Turn
from bot.console.spreadsheet import csv_response

PORTION = 200
"""Conversations that are in memory at once."""
FIELDS = (
    "pk", "channel", "started", "last_activity", "place", "audience", "language", "alarm", "alarm_category", "alarm_open",
    "state", "flagged", "tags", "reviewed_by", "reviewed_at", "turn_count", "unknown_count", "clarify_count", "refusal_count",
    "failed_count", "helped_count", "not_helped_count", "lowest_confidence",
)  # fmt: skip
TURN_FIELDS = (
    "number", "at", "text", "choice", "intent", "topic", "confidence", "kind", "alarm", "alarm_category", "failed", "feedback",
    "feedback_reason", "seconds", "answers", "corrections",
)  # fmt: skip
FORMULA = re.compile(r'"([=+\-@])')


def record(by: Any, name: str, conversations: Iterable[int]) -> Export:
    """Note that these conversations (primary keys) left in a file, so that erasing one of them can name the file."""
    with transaction.atomic():
        export = Export.objects.create(by=by, name=name)
        rows = (ExportedConversation(export=export, conversation=pk) for pk in conversations)
        while portion := list(islice(rows, 5_000)):
            ExportedConversation.objects.bulk_create(portion)
    return export


def csv_of_conversations(name: str, keys: Sequence[int]) -> StreamingHttpResponse:
    """One row a conversation, without what was said."""
    return csv_response(name, _rows(FIELDS, (_flat(_about(one)) for one in _conversations(keys))))


def csv_of_turns(name: str, keys: Sequence[int]) -> StreamingHttpResponse:
    """One row a message, with what the guide answered."""
    fields = ("conversation", *TURN_FIELDS)
    turns = ({"conversation": one.pk, **_flat(_turn(turn))} for one in _conversations(keys) for turn in _turns(one))
    return csv_response(name, _rows(fields, turns))


def json_of_conversations(name: str, keys: Sequence[int]) -> StreamingHttpResponse:
    """Everything: a list of conversations, each with its turns and comments."""
    response = StreamingHttpResponse(_json_lines(keys), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


FORMATS = {
    "conversations": ("CSV, one row a conversation (no messages)", "csv", csv_of_conversations),
    "turns": ("CSV, one row a message", "csv", csv_of_turns),
    "json": ("JSON, everything", "json", json_of_conversations),
}


def file_name(kind: str) -> str:
    """Such as ``turns-20261121-0930.csv``, in UTC."""
    return f"{kind}-{timezone.now():%Y%m%d-%H%M%S}.{FORMATS[kind][1]}".replace("json-", "conversations-", 1)


def written(value: Any) -> str:
    """JSON in which no text begins with what a spreadsheet takes for a formula: ``=`` stands there as ``\\u003d``, which every
    reader of JSON turns back."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return FORMULA.sub(lambda found: f'"\\u{ord(found[1]):04x}', text)


def _json_lines(keys: Sequence[int]) -> Iterator[str]:
    yield "[\n"
    for place, one in enumerate(_conversations(keys)):
        comments = [_comment(note) for note in one.comments.all()]
        whole = {**_about(one), "comments": comments, "turns": [_turn(turn) for turn in _turns(one)]}
        yield (",\n" if place else "") + written(whole)
    yield "\n]\n"


def _conversations(keys: Sequence[int]) -> Iterator[Conversation]:
    """In the order of ``keys``; those that were erased meanwhile are left out."""
    corrections = Prefetch("corrections", Correction.objects.order_by("at", "pk").select_related("by"))
    turns = Prefetch("turns", Turn.objects.order_by("number").prefetch_related(corrections))
    comments = Prefetch("comments", Comment.objects.order_by("at", "pk").select_related("by", "turn"))
    rows = Conversation.objects.select_related("reviewed_by").prefetch_related(turns, comments, "tags")
    for first in range(0, len(keys), PORTION):
        found = rows.in_bulk(list(keys[first : first + PORTION]))
        yield from (found[key] for key in keys[first : first + PORTION] if key in found)


def _turns(conversation: Conversation) -> list[Turn]:
    return list(conversation.turns.all())


def _about(one: Conversation) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in FIELDS if name not in {"alarm", "tags", "reviewed_by"}}
    values["alarm"] = one.get_alarm_level_display()
    values["tags"] = sorted(tag.name for tag in one.tags.all())
    values["reviewed_by"] = one.reviewed_by.get_username() if one.reviewed_by else ""
    return {name: values[name] for name in FIELDS}


def _turn(turn: Turn) -> dict[str, Any]:
    values = {name: getattr(turn, name) for name in TURN_FIELDS if name not in {"alarm", "answers", "corrections"}}
    values["alarm"] = turn.get_alarm_level_display()
    values["answers"] = [str(answer.get("text") or "") for answer in turn.answers]
    values["corrections"] = [
        {"should_have_been": one.kind, "intent": one.intent, "note": one.note, "by": one.by.get_username()}
        for one in turn.corrections.all()
    ]
    return {name: values[name] for name in TURN_FIELDS}


def _comment(note: Comment) -> dict[str, Any]:
    return {"turn": note.turn.number if note.turn else None, "text": note.text, "by": note.by.get_username(), "at": note.at}


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """For a table: lists become lines."""
    lines = {name: "\n".join(_line(one) for one in value) for name, value in values.items() if isinstance(value, list)}
    yes_no = {name: "yes" if value else "no" for name, value in values.items() if isinstance(value, bool)}
    return {**values, **lines, **yes_no}


def _line(value: Any) -> str:
    return " ".join(str(one) for one in value.values() if one) if isinstance(value, dict) else str(value)


def _rows(fields: Sequence[str], values: Iterable[dict[str, Any]]) -> Iterator[Sequence[Any]]:
    yield ["conversation" if name == "pk" else name for name in fields]
    for one in values:
        yield [one[name] for name in fields]
