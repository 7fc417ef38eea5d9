"""A small, valid knowledge folder with invented texts; a test edits one thing in it and looks what happens."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import ClassVar

import pytest
import yaml

import bot.rasa_ext.without_tensorflow  # noqa: F401  # before any test imports Rasa
from bot.knowledge import Audience, Library
from bot.knowledge.library import REQUIRED_NOTICES

SOURCES = """\
guideline:
  group: guideline
  title: Kidney guideline
  publisher: TSC council
  year: 2021
  url: "https://example.org/guideline"
  read: in full
leaflet:
  group: label
  title: Package leaflet
  publisher: Medicines agency
  read: in full
machine:
  group: research
  title: Article by a machine
  publisher: A website
  read: in full
  note: No clinician has checked it yet.
  stands_alone: false
"""
PLACES = """\
AU:
  name: Australia
  called: [australia, perth]
  emergency: {label: Emergency, number: "000", checked: 2026-01-01, how: official page}
  advice: {label: Nurse line, number: "1800 111", checked: 2026-01-01, how: official page}
  poison: {label: Poison line, number: "13 11", note: day and night, checked: 2026-01-01, how: other page}
  crisis: {label: Listening line, number: "13 99", checked: 2026-01-01, how: third party}
  charity: {label: TSC charity, url: "https://example.org", checked: 2026-01-01, how: general knowledge}
GB:
  name: United Kingdom
  called: [uk, northern ireland, england]
  emergency: {label: Emergency, number: "999", checked: 2026-01-01, how: official page}
IE:
  name: Ireland
  called: [eire]
  emergency: {label: Emergency, number: "112", checked: 2026-01-01, how: official page}
NZ: {name: New Zealand}
EU: {name: Europe}
US: {name: United States}
CA: {name: Canada}
ZZ: {name: Nowhere}
"""
TOPICS = {
    "aml/what": """\
title: What an AML is
question: What is an AML?
updated: 2026-01-02
answers:
  family:
    - text: >-
        An AML is a lump
        in the kidney.
      sources: [guideline]
      covers: [a lump]
    - text: It holds fat.
      sources:
        - guideline
        - machine
  easy_read:
    - text: A lump.
      sources: [guideline]
  professional:
    - text: A tumour of fat, vessels and muscle.
      sources: [leaflet]
parts:
  what_helps:
    family:
      - text: Regular scans help.
        sources: [leaflet]
  how_common:
    family:
      - text: Many people have one.
        sources: [guideline]
    professional:
      - text: Four in five.
        sources: [guideline]
related: [aml/size, about/sources]
questions: ["How big is it?", "When is the next scan?"]
""",
    "aml/size": """\
title: Size of an AML
question: How big is an AML?
updated: 2026-01-02
answers:
  family:
    - text: A scan shows the size.
      sources: [guideline, machine]
related:
  - about/sources
  - aml/what
""",
    "about/sources": """\
title: Where this comes from
question: Where does this come from?
updated: 2026-01-02
basis: site
answers:
  family:
    - text: From the sources under each answer.
""",
}
AREAS = """\
aml: {title: Kidney growths}
about: {title: About this guide}
"""
GLOSSARY = """\
aml:
  term: AML (angiomyolipoma)
  forms: [AML, AMLs, angiomyolipoma]
  text: A growth in the kidney.
  sources: [guideline]
scan:
  term: scan
  text: A picture of the inside.
  sources: [leaflet]
"""
OPTIONAL_NOTICES = ("refuse/dose",)
KINDS = {"emergency": "emergency", "urgent": "urgent", "refuse": "refusal", "language": "language"}
OTHER_KINDS = {"emergency/self_harm": "crisis", "fixed/unknown": "unknown"}


def _notice(notice_id: str) -> str:
    area, name = notice_id.split("/")
    kind = OTHER_KINDS.get(notice_id) or KINDS.get(area, "notice")
    return f"""\
{name}:
  kind: {kind}
  updated: 2026-01-02
  texts:
    family: Text of {notice_id}. Call {{emergency}}.
"""


class Knowledge:
    """The folder, with what a test needs to change it."""

    _loaded: ClassVar[dict[tuple[tuple[Path, bytes], ...], Library]] = {}

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("sources.yml", SOURCES)
        self.write("places.yml", PLACES)
        self.write("areas.yml", AREAS)
        self.write("glossary.yml", GLOSSARY)
        self.write("approvals.yml", "[]\n")
        for topic_id, text in TOPICS.items():
            self.write(f"topics/{topic_id}.yml", text)
        for notice_id in (*REQUIRED_NOTICES, *OPTIONAL_NOTICES):
            with (root / f"notices/{notice_id.split('/')[0]}.yml").open("a") as file:
                file.write(_notice(notice_id))

    def write(self, file: str, text: str) -> None:
        for folder in ((self.root / file).parent, self.root / "notices"):
            folder.mkdir(parents=True, exist_ok=True)
        (self.root / file).write_text(text, encoding="utf-8")

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the only ``old`` in ``file``."""
        text = (self.root / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        self.write(file, text.replace(old, new))

    def line(self, file: str, start: str) -> int:
        """Number of the only line of ``file`` that begins with ``start`` after its blanks."""
        lines = (self.root / file).read_text(encoding="utf-8").splitlines()
        found = [number for number, line in enumerate(lines, 1) if line.strip().startswith(start)]
        assert len(found) == 1, f"lines {found} of {file} begin with {start!r}"
        return found[0]

    def load(self) -> Library:
        """The library of the folder as it is now; read once for equal contents, since a library cannot change."""
        contents = tuple((path.relative_to(self.root), path.read_bytes()) for path in sorted(self.root.rglob("*.yml")))
        if contents not in self._loaded:
            self._loaded[contents] = Library.load(self.root)
        return self._loaded[contents]

    def record(
        self, *items: str, audience: str = "family", status: str = "approved", due: dt.date = dt.date(2027, 1, 1)
    ) -> None:
        """Add a line to the review ledger for each of ``items``, bound to its text as it is now."""
        library = self.load()
        ledger = yaml.safe_load((self.root / "approvals.yml").read_text())
        for item in items:
            ledger.append(
                {
                    "item": item,
                    "audience": audience,
                    "status": status,
                    "sha256": library.fingerprint(item, Audience(audience)),
                    "reviewer": "An invented reviewer",
                    "role": "kidney nurse",
                    "date": dt.date(2026, 1, 3),
                    "review_due": due,
                }
            )
        self.write("approvals.yml", yaml.safe_dump(ledger))


@pytest.fixture
def knowledge(tmp_path: Path) -> Knowledge:
    return Knowledge(tmp_path / "knowledge")
