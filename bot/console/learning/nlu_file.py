"""Rasa's YAML of training examples."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import yaml

ENTITY = re.compile(r"\[[^\]]+\][(\[{]")
"""How Rasa marks a word of an example: a message that looks like this would be taken apart."""
INTENT = re.compile(r"[a-z_]+(/[a-z0-9_]+)?")
VERSION = "3.1"


class Line(NamedTuple):
    """Where an example stands: its place in what was given, and its line in the file, from 1."""

    place: int
    line: int


def one_line(text: str) -> str:
    """``text`` with each run of blanks and line ends, of whatever kind, as one blank: an example is one line."""
    return " ".join(text.split())


def write(examples: Iterable[tuple[str, str]], comment: str) -> tuple[str, list[Line]]:
    """A file of pairs of intent and text, and where each stands in it; ``comment`` is put before.

    Raises ValueError when what would be read from the file is not exactly what was to be written.
    """
    examples = list(examples)
    lines = [*(f"# {line}".rstrip() for line in comment.splitlines()), f'version: "{VERSION}"', "", "nlu:"]
    places = []
    for intent in sorted({intent for intent, _ in examples}):
        lines += [f"  - intent: {intent}", "    examples: |"]
        for place, (other, text) in enumerate(examples):
            if other == intent:
                lines.append(f"      - {text}")
                places.append(Line(place, len(lines)))
    content = "\n".join([*(lines if examples else [*lines[:-1], "nlu: []"]), ""])
    written = [examples[place] for place, _ in places]
    try:
        same = read(content) == written
    except yaml.YAMLError:  # its message repeats what it cannot read
        same = False
    if not same or not all(INTENT.fullmatch(intent) for intent, _ in written):
        raise ValueError("the examples cannot be written as Rasa's YAML")
    return content, places


def can_hold(text: str) -> bool:
    """Whether one line of text can be written: YAML takes no control characters, which come along when text is pasted."""
    try:
        write([("any", text)], "")
    except ValueError:
        return False
    return True


def read(content: str) -> list[tuple[str, str]]:
    """The pairs of intent and text of a file, as the guide's training reads them."""
    found = []
    for entry in yaml.load(content, yaml.CSafeLoader)["nlu"]:
        lines = entry["examples"].splitlines()
        found += [(str(entry["intent"]), line.strip().removeprefix("- ").strip()) for line in lines]
    return found
