"""What a follow-up such as "how common is that?" or "and in children?" asks, given the last topic."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from bot.datafile import DataFile, Entry
from bot.knowledge import Library, PartName

FILE = Path(__file__).with_name("follow_ups.yml")


class Asked(NamedTuple):
    """The topic, and the part of it, that answers a follow-up; ``new`` when the family has not just read it."""

    topic: str
    part: PartName | None
    new: bool


class _Aspect(Entry):
    part: PartName | None
    topics: dict[str, str] = Field(default_factory=dict)


@lru_cache(maxsize=1)
def aspects() -> dict[str, _Aspect]:
    """All aspects that can be asked for. Raises DataFileError with file and line."""
    return DataFile(FILE).mapping(_Aspect)


def asked(aspect: str, topic: str, library: Library) -> Asked | None:
    """What ``aspect`` of ``topic`` is answered by; None when ``aspect`` is none of follow_ups.yml."""
    entry = aspects().get(aspect)
    if entry is None:
        return None
    known = library.topics.get(topic)
    if target := entry.topics.get(topic):
        return Asked(target, None, target != topic)
    if entry.part and known and entry.part in known.parts:
        return Asked(topic, entry.part, True)
    target = entry.topics.get(topic.partition("/")[0], topic)
    return Asked(target, None, target != topic)
