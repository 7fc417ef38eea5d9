"""Is what the guide said a stored text, word for word, and nothing else?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.knowledge import Audience, Library, PartName
from bot.reply.choices import part_title
from bot.reply.contacts import numbers, phrases

PLACEHOLDER = re.compile(r"(\{[a-z_]+\})")
AROUND = ("disclaimer/", "fixed/no_")
"""How the names of notices begin that stand behind any text, or before it: there is none for professionals."""


def is_stored(library: Library, message: dict[str, Any]) -> bool:
    """Whether the message is what the library has under the topic or notice that it names.

    When that text is taken away, and the stored ones that may stand around it, nothing but marks is left.
    """
    custom, fillings = message["custom"], _fillings(library)
    around = sorted(_around(library, custom), key=len, reverse=True)  # one may stand inside another
    for own in _own(library, custom):
        left, found = _without(own, message["text"], fillings)
        for text in around if found else ():
            left, _ = _without(text, left, fillings)
        if found and not left.strip("* \n"):
            return True
    return False


def _own(library: Library, custom: dict[str, Any]) -> Iterator[str]:
    """The texts of the notice, or of the topic (or the part of it) for the audience, that the message names."""
    topic = custom.get("topic")
    if notice := library.notices.get(custom.get("notice", "")):
        yield from notice.texts.values()
    elif topic in library.topics:
        part = PartName(custom["part"]) if "part" in custom else None
        if statements := library.statements(topic, Audience(custom["audience"]), part):
            yield "\n\n".join(statement.text for statement in statements)


def _around(library: Library, custom: dict[str, Any]) -> Iterator[str]:
    """Remark, pointer to an alarm, the one question, other languages, disclaimer; a further part of the topic."""
    beginnings = [*AROUND, "language/other", *(f"language/{code}" for code in custom.get("languages", ()))]
    if custom.keys() & {"alarm", "question"}:
        beginnings.append("still/")
    for name, notice in library.notices.items():
        if name.startswith(tuple(beginnings)):
            yield from notice.texts.values()
    if topic := library.topics.get(custom.get("topic", "")):
        for part, answers in topic.parts.items():
            yield f"**{part_title(topic, part)}**"
            yield from ("\n\n".join(statement.text for statement in statements) for statements in answers.values())


def _fillings(library: Library) -> dict[str, str]:
    """Patterns of what may stand in the place of each placeholder, for any country or none; the longest first."""
    found: dict[str, set[str]] = {}
    for code in (None, *library.places):
        for name, words in {**phrases(library.places.get(code or "")), "numbers": numbers(library, code)}.items():
            found.setdefault(f"{{{name}}}", set()).add(re.escape(words))
    return {name: f"(?:{'|'.join(sorted(words, key=len, reverse=True))})" for name, words in found.items()}


def _without(stored: str, text: str, fillings: dict[str, str]) -> tuple[str, bool]:
    """``text`` with the first place taken out at which the stored one stands, and whether there is one."""
    pieces = PLACEHOLDER.split(stored.strip())
    if not all(piece in text for piece in pieces[::2]):  # most are not there, and a pattern takes long to make
        return text, False
    left, count = re.subn("".join(fillings.get(piece) or re.escape(piece) for piece in pieces), "", text, count=1)
    return left, bool(count)
