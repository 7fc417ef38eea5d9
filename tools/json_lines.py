"""Messages on the standard input, one JSON object ``{"text": "..."}`` a line."""

from __future__ import annotations

import json
import sys
from typing import TextIO


def read_texts(lines: TextIO) -> list[str]:
    """The texts of all lines. Ends the program with status 2, and without a word of them, when one is not as it should be."""
    texts = []
    for number, line in enumerate(lines, 1):
        try:
            text = json.loads(line)["text"]
        except (ValueError, KeyError, TypeError):
            text = None
        if not isinstance(text, str):
            print(f'line {number}: write {{"text": "..."}}', file=sys.stderr)
            sys.exit(2)
        texts.append(text)
    return texts
