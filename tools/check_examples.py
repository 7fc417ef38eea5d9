"""Say of messages what forbids them as training examples. The staff console asks before it exports any.

    python -m tools.check_examples < messages.jsonl > answers.jsonl

One JSON object a line, in and out, in the same order. In: ``{"text": "..."}``. Out:

    masked       the text without what identifies a person
    identifier   true when that differs from the text
    alarm        {"level", "category"} of the alarm that the text calls for, or null
    there        the intent under which it stands in data/nlu already, or null
    evaluation   true when it stands in the evaluation sets, open or sealed: trained on, it would measure nothing any more
    key          equal for two texts that are the same but for case and punctuation

A text that cannot be checked gets ``{"error": kind}`` in the place of all that. A line that is no such object ends the program
with status 2, and nothing was checked.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    # spaCy imports TensorFlow when it is there, for half a minute on a busy machine and to no use here.
    sys.modules["tensorflow"] = None  # type: ignore[assignment]

import yaml

from bot import triage
from bot.privacy import mask
from bot.understanding.examples import read_examples
from tools.json_lines import read_texts

EVALUATION = Path("tests/evaluation")
WRITTEN = {"text", "say", "earlier"}
"""Under these keys of the evaluation sets stand messages."""
Answer = dict[str, Any]


class Checker:
    """Knows what is trained and evaluated already."""

    def __init__(self, examples: list[tuple[str, str]], evaluated: list[str]) -> None:
        self._there = {key(text): intent for intent, text in reversed(examples)}
        self._evaluated = {key(text) for text in evaluated}

    @classmethod
    def load(cls) -> Checker:
        """From the repository. Raises OSError or YAMLError when a file is missing or wrong."""
        files = sorted(EVALUATION.glob("*/*.yml"))
        if not files:
            raise FileNotFoundError(EVALUATION)
        contents = (yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader) for file in files)
        return cls(read_examples(), [text for content in contents for text in messages(content)])

    def check(self, text: str) -> Answer:
        """What the module says, for one text."""
        try:
            masked, alarm = mask(text), triage.assess(text)
        except Exception as error:
            # Only the kind of error: its message could hold what was written.
            return {"error": type(error).__name__}
        return {
            "masked": masked,
            "identifier": masked != text,
            "alarm": {"level": alarm.level.value, "category": alarm.category.value} if alarm else None,
            "there": self._there.get(key(text)),
            "evaluation": key(text) in self._evaluated,
            "key": key(text),
        }


def key(text: str) -> str:
    """``text`` in small letters and digits; as it is when it has none."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip() or text


def messages(content: Any) -> Iterator[str]:
    """All messages in what a file of the evaluation sets holds."""
    if isinstance(content, list):
        for entry in content:
            yield from messages(entry)
    elif isinstance(content, dict):
        for name, value in content.items():
            if name in WRITTEN:
                yield from [value] if isinstance(value, str) else value
            elif isinstance(value, list):
                yield from messages(value)


def main() -> None:
    texts = read_texts(sys.stdin)
    checker = Checker.load()
    for text in texts:
        print(json.dumps(checker.check(text)))


if __name__ == "__main__":
    main()
