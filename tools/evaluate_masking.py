"""Measure what masking hides and what it harms, on messages by authors who saw neither its rules nor its training data.

    python -m tools.evaluate_masking            both halves: k/n with 95 % Wilson intervals
    python -m tools.evaluate_masking open       the open half alone
    python -m tools.evaluate_masking FILE.yml   another file of the same form, counted only

An item is a ``text`` with what must be gone from it (``hide``, with its ``kinds``) and what must still stand there
(``keep``: medicines, diseases, readings, numbers for help). The misses of the open half go to a file; the sealed half is only
ever counted.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.privacy import mask
from tools.wilson import wilson

SETS = Path("tests/evaluation")
HALVES = ("open", "sealed")
MISSES = Path(".build/masking-misses.yml")
NAME = "name"
IDENTIFIERS, NAMES, HARMED = "identifiers masked", "names masked", "clinical words harmed"


class Count(NamedTuple):
    """How many of how many."""

    held: int
    of: int


Counts = dict[str, Count]


def read(half: str) -> list[dict[str, Any]]:
    """The items of a half, or of a file. Raises ValueError when ``kinds`` does not go with ``hide``."""
    path = Path(half) if half.endswith(".yml") else SETS / half / "masking.yml"
    items: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    for place, item in enumerate(items):
        if len(item.get("hide") or []) != len(item.get("kinds") or []):
            raise ValueError(f"{path}: item {place + 1} needs one kind for each string to hide")
    return items


def counts(items: list[dict[str, Any]]) -> tuple[Counts, list[dict[str, Any]]]:
    """For all and for each kind what was hidden, how many clinical words were harmed, and the items that went wrong."""
    held, of = Counter[str](), Counter[str]()
    misses = []
    for item in items:
        masked = mask(item["text"])
        shown = [
            (kind, text) for kind, text in zip(item.get("kinds") or [], item.get("hide") or [], strict=True) if text in masked
        ]
        for kind in item.get("kinds") or []:
            of.update({NAMES if kind == NAME else IDENTIFIERS, f"... {kind}"})
        for kind, _ in shown:
            held.subtract({NAMES if kind == NAME else IDENTIFIERS, f"... {kind}"})
        harmed = [text for text in item.get("keep") or [] if text not in masked]
        of[HARMED] += len(item.get("keep") or [])
        held[HARMED] += len(harmed)
        if shown or harmed:
            misses.append({"masked": masked, "shown": [f"{kind}: {text}" for kind, text in shown], "harmed": harmed})
    order = sorted(of, key=lambda name: ([IDENTIFIERS, NAMES, HARMED].index(name) if name[0] != "." else 3, name))
    return {name: Count(held[name] + (of[name] if name != HARMED else 0), of[name]) for name in order}, misses


def main() -> None:
    for half in sys.argv[1:] or HALVES:
        table, misses = counts(read(half))
        print(f"masking, {half}")
        for name, (held, of) in table.items():
            low, high = wilson(held, of) if of else (0.0, 1.0)
            print(f"  {name:28}{held:5}/{of:<5}{held / of if of else 0:6.1%} ({low:.1%}-{high:.1%})")
        if half == "open":
            MISSES.parent.mkdir(exist_ok=True)
            MISSES.write_text(yaml.safe_dump(misses, allow_unicode=True, width=160, sort_keys=False), encoding="utf-8")
            print(f"  misses: {MISSES}")


if __name__ == "__main__":
    main()
