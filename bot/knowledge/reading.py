"""How hard a text is to read, and how long it is."""

from __future__ import annotations

import re

import textstat

_MARKS = re.compile(r"^\s*- |\*\*", re.M)


def grade(text: str) -> float:
    """School grade (US) by Flesch and Kincaid (Kincaid et al. 1975, Research Branch Report 8-75), as ``textstat`` counts it.

    List marks and bold marks are left out; each line without an end mark counts as a sentence of its own.
    """
    lines = [line.strip() for line in _MARKS.sub("", text).splitlines() if line.strip()]
    return float(textstat.flesch_kincaid_grade(" ".join(line if line[-1] in ".?!" else f"{line}." for line in lines)))


def word_count(text: str) -> int:
    """Words of ``text``, list marks left out."""
    return len(_MARKS.sub("", text).split())
