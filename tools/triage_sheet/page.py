"""The sheet as one page of HTML: a pure function of what was read. Jinja escapes every text that it puts in."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.triage import Category, Level
from bot.triage.entries import Sign
from bot.triage.numbers import CELSIUS_READ, FAHRENHEIT_READ, PRESSURE_READ, UPPER_READ
from bot.triage.rules import IT_HAPPENED
from tools.triage_sheet import wording
from tools.triage_sheet.reading import Sheet

FOLDER = Path(__file__).parent
LEVELS = {
    Level.emergency: "Emergency: the family is told to call for help now",
    Level.urgent: "Urgent: the family is told to call its team today",
}
CATEGORIES = {
    Category.bleeding: "Bleeding",
    Category.seizure: "Seizure",
    Category.breathing_or_swelling: "Breathing or swelling",
    Category.infection: "Infection",
    Category.overdose: "Overdose",
    Category.self_harm: "Self-harm",
    Category.other: "Other",
}
RIGHT_TO_LEFT = frozenset({"ar"})
"""Languages (ISO 639-1) of the rules that are written from right to left."""

LONG = 4_500
"""Letters; a sign with more is printed smaller, so that it still fits on one page of A4."""


def render(sheet: Sheet) -> str:
    """The whole page. It has no script and names no other file or address."""
    languages = sheet.languages.languages
    page = _ENVIRONMENT.get_template("page.html.jinja").render(
        sheet=sheet,
        style=(FOLDER / "page.css").read_text(encoding="utf-8"),
        levels=LEVELS,
        categories=CATEGORIES,
        measures=wording.MEASURES,
        right_to_left=RIGHT_TO_LEFT,
        read={"celsius": CELSIUS_READ, "fahrenheit": FAHRENHEIT_READ, "pressure": PRESSURE_READ, "upper": UPPER_READ},
        it_happened=IT_HAPPENED,
        anchors={name: f"list-{name}" for name in sheet.lists},
        foreign_anchors={
            code: {name: f"list-all-{name}" for name in sheet.languages.lists}
            | {name: f"list-{code}-{name}" for name in language.lists}
            for code, language in languages.items()
        },
    )
    return "\n".join(line for line in map(str.strip, page.splitlines()) if line) + "\n"


def _is_long(sign: Sign) -> bool:
    lines = (*sign.patterns, *sign.must_match, *sign.must_not_match)
    return sum(map(len, lines)) + 30 * len(lines) > LONG


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_ENVIRONMENT.filters.update(
    name=wording.name, limits=wording.limits, pieces=wording.pieces, place=wording.place, words=wording.words
)
_ENVIRONMENT.tests.update(long=_is_long)
