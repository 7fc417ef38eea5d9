"""The texts that can be reviewed, each with what is known of it: state of review, reading grade, what changed."""

from __future__ import annotations

import datetime as dt
import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.knowledge import Audience, Library, Review, review_of
from bot.knowledge.library import NOTICE_ITEM
from bot.knowledge.models import Approval, ReviewStatus
from bot.knowledge.reading import grade, word_count

CODE = 12
"""Letters of the SHA-256 that stand on a sheet, so that an approval names exactly the text that was read."""
QUESTIONS = "questions"


class Unknown(Exception):
    """A name that is no text; the message says what would be right."""


@dataclass(frozen=True)
class Item:
    """One text for one audience: a topic with its parts (``aml/what``) or a notice (``notice:emergency/bleeding``)."""

    name: str
    audience: Audience
    sha256: str
    canonical: str
    review: Review
    last_approved: Approval | None
    """The newest approval of this name and audience, of whatever text."""

    @property
    def code(self) -> str:
        return self.sha256[:CODE]

    @property
    def text(self) -> str:
        """The main text, as the family reads it, without sources."""
        return "\n\n".join(_texts(self.canonical).get("", []))

    @property
    def grade(self) -> float:
        return grade(self.text)

    @property
    def words(self) -> int:
        return word_count(self.text)

    @property
    def state(self) -> str:
        """The state of review in words, with the reason when an approval no longer holds."""
        if self.review.in_force:
            return f"approved by {self.review.reviewed_by}, next review {self.review.review_due}"
        if self.review.overdue:
            return f"overdue: approved by {self.review.reviewed_by}, review was due {self.review.review_due}"
        if self.review.status is not ReviewStatus.draft:
            return str(self.review.status.value).replace("_", " ")
        if self.last_approved:
            return f"void: changed since {self.last_approved.reviewer} approved it on {self.last_approved.date}"
        return "draft: nobody has approved it"


def all_items(library: Library, today: dt.date) -> list[Item]:
    """Every text of every topic and notice."""
    return [_item(library, name, audience, today) for name, audience in library.texts()]


def chosen(items: Sequence[Item], patterns: Sequence[str], audience: str | None = None) -> list[Item]:
    """The items whose name is one of ``patterns`` or begins with it (``aml`` for all of the area); all when there is none.

    Raises Unknown for a pattern that fits nothing.
    """
    found = [item for item in items if audience in (None, item.audience.value)]
    for pattern in patterns:
        if not any(_fits(item.name, pattern) for item in found):
            near = difflib.get_close_matches(pattern, {item.name for item in items}, 1)
            raise Unknown(f"there is no text '{pattern}'" + (f"; did you mean '{near[0]}'?" if near else ""))
    return [item for item in found if not patterns or any(_fits(item.name, pattern) for pattern in patterns)]


def _fits(name: str, pattern: str) -> bool:
    return name == pattern or name.startswith(pattern.rstrip("/") + "/") or name == f"{NOTICE_ITEM}{pattern}"


def _item(library: Library, name: str, audience: Audience, today: dt.date) -> Item:
    approvals = [
        one for one in library.approvals
        if (one.item, one.audience, one.status) == (name, audience, ReviewStatus.approved)
    ]  # fmt: skip
    return Item(
        name, audience, library.fingerprint(name, audience), library.canonical(name, audience),
        review_of(library, name, audience, today), approvals[-1] if approvals else None,
    )  # fmt: skip


def changes(item: Item, kept: Path) -> list[str] | None:
    """What changed since the last approval, line by line as ``- old`` and ``+ new``; empty when nothing did.

    None when there is no approval, or when the approved text is not in ``kept``.
    """
    if item.last_approved is None:
        return None
    file = kept / f"{item.last_approved.sha256}.json"
    if not file.exists():
        return None
    compared = difflib.ndiff(_lines(file.read_text(encoding="utf-8")), _lines(item.canonical))
    return [line for line in compared if line.startswith(("- ", "+ "))]


def _lines(canonical: str) -> list[str]:
    """A canonical text as lines that a person can compare."""
    value: Any = json.loads(canonical)
    if isinstance(value, list):  # a notice: its kind and its text
        return [line for line in str(value[1]).splitlines() if line.strip()]
    lines = []
    for part, statements in value.items():
        for statement in statements:
            text, sources = (statement, []) if part == QUESTIONS else statement
            heading = f"[{part}] " if part else ""
            lines += [
                f"{heading}{text}",
                *(f"{heading}source: {source['title']} ({source['publisher']})" for source in sources),
            ]
    return lines


def _texts(canonical: str) -> dict[str, list[str]]:
    value: Any = json.loads(canonical)
    if isinstance(value, list):
        return {"": [str(value[1])]}
    return {part: [text if part == QUESTIONS else text[0] for text in texts] for part, texts in value.items()}
