"""Writing an approval: one line more in the ledger, and a copy of the text that it holds for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import yaml

from tools.knowledge.items import Item

LEDGER = Path("bot/knowledge/approvals.yml")
KEPT = Path("bot/knowledge/approved")
"""One file for each text that was ever approved: its canonical JSON, named by the SHA-256 of its bytes."""
EMPTY = "[]"


class Refused(Exception):
    """The approval was not written; the message says why and what would be right."""


def approve(item: Item, code: str, reviewer: str, role: str, date: dt.date, due: dt.date, root: Path = Path(".")) -> None:
    """Add the approval of exactly the text whose code stood on the sheet. Raises Refused when the text is another by now."""
    if code.lower() != item.code:
        raise Refused(
            f"the code of {item.name} ({item.audience.value}) is {item.code}, not {code}: the text changed after the sheet was "
            "printed, or the code belongs to another text. Print the sheet again and have it read."
        )
    if due <= date:
        raise Refused(f"the next review ({due}) must be after the date of this one ({date})")
    ledger, kept = root / LEDGER, root / KEPT / f"{item.sha256}.json"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(item.canonical, encoding="utf-8")
    entry = {
        "item": item.name, "audience": item.audience.value, "status": "approved", "sha256": item.sha256,
        "reviewer": reviewer, "role": role, "date": date, "review_due": due,
    }  # fmt: skip
    text = ledger.read_text(encoding="utf-8").rstrip()
    text = text.removesuffix(EMPTY).rstrip()
    lines = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=120)
    ledger.write_text(f"{text}\n{lines}", encoding="utf-8")
