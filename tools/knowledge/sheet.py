"""The review sheet as one page of HTML: each text with sources, reading grade, what changed, and room to mark."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.knowledge import Library
from bot.knowledge.library import NOTICE_ITEM
from bot.knowledge.models import Source, Statement
from bot.reply.choices import part_title
from tools.knowledge.items import Item, changes

FOLDER = Path(__file__).parent
AUDIENCES = {"family": "for families", "easy_read": "easy read", "professional": "for professionals"}


def render(library: Library, items: Sequence[Item], kept: Path, today: dt.date) -> str:
    """The whole page; it has no script and loads nothing. ``kept`` is the folder of approved texts."""
    texts = [_shown(library, item, kept) for item in items]
    page = _ENVIRONMENT.get_template("sheet.html.jinja")
    return page.render(texts=texts, today=today, style=Markup((FOLDER / "sheet.css").read_text(encoding="utf-8")))


def _shown(library: Library, item: Item, kept: Path) -> dict[str, object]:
    shown = {"item": item, "audience": AUDIENCES[item.audience.value], "changes": changes(item, kept)}
    if item.name.startswith(NOTICE_ITEM):
        name = item.name.removeprefix(NOTICE_ITEM)
        return {**shown, "title": name, "question": "", "parts": [("", [(item.text, [])])], "questions": []}
    topic = library.topics[item.name]
    answers = {"": topic.answers, **{part_title(topic, part): answer for part, answer in topic.parts.items()}}
    parts = [
        (title, [(one.text, _sources(library, one)) for one in answer[item.audience]])
        for title, answer in answers.items()
        if item.audience in answer
    ]
    return {**shown, "title": topic.title, "question": topic.question, "parts": parts, "questions": topic.questions}


def _sources(library: Library, statement: Statement) -> list[Source]:
    return [library.sources[key] for key in statement.sources]


def _written(text: str) -> Markup:
    """Paragraphs, "- " lists and **bold** words of a text."""
    blocks: list[Markup] = []
    points: list[Markup] = []
    for line in [*text.splitlines(), ""]:
        if line.startswith("- "):
            points.append(Markup("<li>{}</li>").format(_bold(line[2:])))
            continue
        if points:
            blocks.append(Markup("<ul>{}</ul>").format(Markup("").join(points)))
            points = []
        if line.strip():
            blocks.append(Markup("<p>{}</p>").format(_bold(line)))
    return Markup("").join(blocks)


def _bold(line: str) -> Markup:
    pieces = line.split("**")
    return Markup("").join(
        Markup("<b>{}</b>").format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces)
    )


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters.update(written=_written)
