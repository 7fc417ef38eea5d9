"""Measure what families would see on messages that training never saw, by authors who knew neither data nor rules.

    python -m tools.evaluate                 both halves: k/n with 95 % Wilson intervals
    python -m tools.evaluate open            the open half alone

Every message goes to a really running guide over HTTP, each in a conversation of its own (dialogues: turn by turn). The
misses and the most frequent confusions of the open half go to a file; the sealed half is only ever counted. The counts go to a
file as JSON, too, which the staff console shows beside the examples that were added. Speed is measured in bench/.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from bot import model_file
from tools.guide_process import GuideProcess
from tools.roughen import SMALL_TALK, WAYS
from tools.wilson import wilson
from training.noise import slip

SETS = Path("tests/evaluation")
HALVES = ("open", "sealed")
MISSES = Path(".build/evaluation-misses.yml")
COUNTS = Path(".build/evaluation.json")
TYPING_ERRORS = 0.1
"""Share of letters that are swapped, doubled, left out or replaced by the key beside them."""
ROUGHENED = "emergencies, written in other ways"
IS_IT_TRUE = "topics after 'is it true that'"
ALARMS = {"emergency", "crisis", "urgent"}
OUTSIDE = {"signpost", "boundary", "unknown", "smalltalk"}
Item = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    """What a turn showed: kind, topic and notice of its first message, all topics offered as buttons, languages named."""

    kind: str
    topic: str | None
    notice: str | None
    offered: tuple[str, ...]
    audience: str | None
    sources: bool
    languages: tuple[str, ...]

    @classmethod
    def of(cls, messages: list[Item]) -> Seen:
        first = messages[0]["custom"]
        payloads = [button["payload"] for message in messages for button in message.get("buttons") or []]
        return cls(
            first["kind"], first.get("topic"), first.get("notice"),
            tuple(payload.removeprefix("topic:") for payload in payloads if payload.startswith("topic:")),
            first.get("audience"), bool(first.get("sources")), tuple(first.get("languages") or ()),
        )  # fmt: skip

    @property
    def is_topic(self) -> bool:
        """Whether it is an answer on a topic (one that has no text yet says so, and names its topic)."""
        return self.topic is not None and self.kind in {"answer", "support", "unknown", "notice"}

    @property
    def label(self) -> str:
        return f"ask_{self.topic}" if self.is_topic else self.notice or self.kind


def fits(seen: Seen, label: str, about: str | None = None) -> bool:
    """Whether what was shown is what a message with this ``label`` should get."""
    base, _, kind = label.partition("/")
    if base.startswith("ask_"):
        return seen.is_topic and f"ask_{seen.topic}" == label
    if base == "follow_up":
        if kind == "not_meant":
            return seen.kind in {"clarify", "unknown"}
        if kind in {"simpler", "professional", "family"} and seen.kind == "answer":
            return seen.topic == about and (seen.audience != "family" or kind == "family")
        return seen.is_topic and seen.topic == about
    expected = {
        "refuse": seen.kind == "refusal", "out_of_scope": seen.kind in OUTSIDE and not seen.is_topic,
        "red_flag": seen.kind in {"emergency", "crisis"}, "urgent": seen.kind in ALARMS, "smalltalk": seen.kind == "smalltalk",
        "support": seen.kind == "support", "change_place": seen.notice == "fixed/ask_place",
        "inform_place": seen.notice == "fixed/place_set",
    }  # fmt: skip
    return expected[base] or (label == "smalltalk/bot" and seen.topic == "about/limits")


def labels(item: Item, name: str) -> list[str]:
    """All labels that are right for an item of the set ``name``."""
    own: str = {"topics": f"ask_{item.get('topic')}", "refusals": f"refuse/{item.get('kind')}",
           "out_of_scope": f"out_of_scope/{item.get('kind')}"}.get(name) or item["expect"]  # fmt: skip
    also = item.get("also") or []
    return [own, *(other if "/" in other and other.startswith(KNOWN) else f"ask_{other}" for other in also)]


KNOWN = ("ask_", "refuse/", "out_of_scope/", "follow_up/", "red_flag/", "urgent/", "smalltalk/", "support", "care/support")


def right(item: Item, seen: Seen, name: str) -> bool:
    return any(fits(seen, label, item.get("about")) for label in labels(item, name))


@dataclass(frozen=True)
class Measure:
    """``holds`` counts an item of the set; ``of`` says which items are counted. ``good``: more is better."""

    name: str
    set: str
    holds: Callable[[Item, Seen], bool]
    of: Callable[[Item], bool] = field(default=lambda item: True)
    good: bool = True


def emergency(item: Item, seen: Seen) -> bool:
    return seen.kind in {"emergency", "crisis"}


def alarmed(item: Item, seen: Seen) -> bool:
    return seen.kind in ALARMS


def wrong_topic(name: str) -> Callable[[Item, Seen], bool]:
    return lambda item, seen: seen.is_topic and not right(item, seen, name)


MEASURES = [
    Measure("topic right", "topics", lambda item, seen: right(item, seen, "topics")),
    Measure("... right, or among those offered", "topics",
            lambda item, seen: right(item, seen, "topics") or item["topic"] in seen.offered),
    Measure("wrong topic shown", "topics", wrong_topic("topics"), good=False),
    Measure("ordinary question taken for an alarm", "topics", alarmed, good=False),
    Measure("... after 'is it true that'", IS_IT_TRUE, alarmed, good=False),
    Measure("topic right, 10 % typing errors", "topics with typing errors", lambda item, seen: right(item, seen, "topics")),
    Measure("topic right, three sentences before", "topics after small talk", lambda item, seen: right(item, seen, "topics")),
    Measure("refusal recognised", "refusals", lambda item, seen: right(item, seen, "refusals")),
    Measure("... of the right kind", "refusals",
            lambda item, seen: seen.notice in labels(item, "refusals")),
    Measure("refusal answered as a topic", "refusals", wrong_topic("refusals"), good=False),
    Measure("out of scope not answered as a topic", "out_of_scope", lambda item, seen: not seen.is_topic),
    Measure("... the near ones", "out_of_scope", lambda item, seen: not seen.is_topic, lambda item: item["near"]),
    Measure("out of scope taken for an alarm", "out_of_scope", alarmed, good=False),
    Measure("turn of a dialogue right", "dialogues", lambda item, seen: right(item, seen, "dialogues")),
    Measure("... of those that need the turns before", "dialogues", lambda item, seen: right(item, seen, "dialogues"),
            lambda item: bool(item.get("needs_context"))),
    Measure("two questions: one of them answered", "two_questions",
            lambda item, seen: any(fits(seen, item[key]) for key in ("first", "second"))),
    Measure("... and the other one offered", "two_questions", lambda item, seen: both(item, seen)),
    Measure("other language recognised", "languages", lambda item, seen: seen.kind in {"language", *ALARMS},
            lambda item: item["language"] != "en"),
    Measure("... emergency in another language", "languages", emergency, lambda item: item["emergency"]),
    Measure("English taken for another language", "languages", lambda item, seen: seen.kind == "language",
            lambda item: item["language"] == "en", good=False),
    Measure("emergency raised as emergency", "emergencies", emergency),
    Measure("... bleeding", "emergencies", emergency, lambda item: item["category"] == "bleeding"),
    Measure("... kept when written in other ways", ROUGHENED, emergency),
    Measure("urgent raised as urgent or higher", "urgent", alarmed),
    Measure("look-alike with a false alarm", "lookalikes", alarmed, good=False),
]  # fmt: skip


def both(item: Item, seen: Seen) -> bool:
    """One question answered, the other one a button."""
    pairs = (("first", "second"), ("second", "first"))
    return any(fits(seen, item[one]) and item[other].removeprefix("ask_") in seen.offered for one, other in pairs)


def items(half: str, name: str) -> list[list[Item]]:
    """The conversations of a set: lists of turns with what is expected of each."""
    base = re.split(r"[ ,]", name)[0]
    entries = yaml.safe_load((SETS / half / f"{base}.yml").read_text(encoding="utf-8"))
    if base == "dialogues":
        return [[{**turn, "text": turn["say"]} for turn in entry["turns"]] for entry in entries]
    if name.endswith("errors"):
        dice = random.Random(1)
        entries = [{**entry, "text": slip(entry["text"], TYPING_ERRORS, dice)} for entry in entries]
    if name == IS_IT_TRUE:
        entries = [{**entry, "text": f"is it true that {entry['text']}"} for entry in entries]
    if name.endswith("small talk"):
        entries = [{**entry, "text": SMALL_TALK + entry["text"]} for entry in entries]
    return [[*({"text": text, "before": True} for text in entry.get("earlier", [])), entry] for entry in entries]


def look(client: httpx.Client, conversation: list[Item]) -> list[tuple[Item, Seen]]:
    """Have a conversation with the guide of ``client``; turns that only lead up to the one that counts are left out."""
    found = []
    token = client.post("/session", json={}).json()["sender"]
    for item in conversation:
        answer = client.post("/webhook", json={"sender": token, "message": item["text"]})
        answer.raise_for_status()
        if not item.get("before"):
            found.append((item, Seen.of(answer.json())))
    return found


Results = dict[str, list[tuple[Item, Seen]]]


def results(urls: Sequence[str], half: str, sets: set[str] | None = None) -> Results:
    """What the guides at ``urls``, which are all the same, show for each item of each set of ``half``, in its order."""
    found: Results = {}
    with contextlib.ExitStack() as ending:
        # A client reads all certificates of the machine when it is made: not once for each conversation.
        clients = [ending.enter_context(httpx.Client(base_url=url, timeout=30)) for url in urls]
        pool = ending.enter_context(ThreadPoolExecutor(2 * len(urls)))
        for name in dict.fromkeys(measure.set for measure in MEASURES):
            if sets is None or name in sets:
                conversations = roughened(half, found["emergencies"]) if name == ROUGHENED else items(half, name)
                found[name] = [pair for pairs in pool.map(look, itertools.cycle(clients), conversations) for pair in pairs]
    return found


@contextlib.contextmanager
def guides(count: int = 2) -> Iterator[list[str]]:
    """So many guides of their own, and their addresses: each understands one message at a time."""
    with contextlib.ExitStack() as ending:
        running = []
        for _ in range(count):
            process = GuideProcess(Path(ending.enter_context(tempfile.TemporaryDirectory())))
            ending.callback(process.stop)
            running.append(process.start())
        yield [process.url for process in running]


def roughened(half: str, plain: list[tuple[Item, Seen]]) -> list[list[Item]]:
    """The emergencies that were raised as such, each written in every other way that changes it."""
    raised = {item["text"] for item, seen in plain if emergency(item, seen)}
    return [
        [*before, {**item, "text": way(item["text"]), "way": name}]
        for *before, item in items(half, "emergencies")
        if item["text"] in raised
        for name, way in WAYS.items()
        if way(item["text"]) != item["text"]
    ]


def counts(found: Results) -> dict[str, tuple[int, int]]:
    """For each measure how many items hold, and of how many."""
    table = {}
    for measure in MEASURES:
        held = [measure.holds(item, seen) for item, seen in found.get(measure.set, []) if measure.of(item)]
        if held:
            table[measure.name] = (sum(held), len(held))
    return table


def write_misses(found: Results) -> None:
    """All items of the open half that went wrong, and which label was taken for which how often."""
    misses: dict[str, Any] = {}
    confused: Counter[str] = Counter()
    for measure in MEASURES:
        pairs = [(item, seen) for item, seen in found[measure.set] if measure.of(item)]
        missed = [(item, seen) for item, seen in pairs if measure.holds(item, seen) != measure.good]
        misses[measure.name] = [{**item, "shown": seen.label, "offered": list(seen.offered)} for item, seen in missed]
        if measure.name in {"topic right", "refusal recognised", "out of scope not answered as a topic"}:
            confused.update(f"{labels(item, measure.set)[0]} -> {seen.label}" for item, seen in missed)
    misses["confusions"] = [f"{count} x {pair}" for pair, count in confused.most_common(40)]
    MISSES.parent.mkdir(exist_ok=True)
    MISSES.write_text(yaml.safe_dump(misses, allow_unicode=True, width=160, sort_keys=False), encoding="utf-8")


Table = dict[str, tuple[int, int]]


def record(tables: dict[str, Table], trained_from: str, now: dt.datetime) -> Item:
    """The counts of all halves with their 95 % intervals, and the SHA-256 of what the model was trained from."""

    def numbers(held: int, of: int) -> Item:
        low, high = wilson(held, of)
        return {"held": held, "of": of, "low": round(low, 4), "high": round(high, 4)}

    measures = [
        {"name": measure.name, "good": measure.good,
         "halves": {half: numbers(*table[measure.name]) for half, table in tables.items()}}
        for measure in MEASURES
    ]  # fmt: skip
    return {"made": now.isoformat(timespec="seconds"), "trained_from": trained_from, "measures": measures}


def main() -> None:
    halves = sys.argv[1:] or list(HALVES)
    with guides() as urls:
        found = {half: results(urls, half) for half in halves}
    tables = {half: counts(found[half]) for half in halves}
    print(f"{'measure':42}" + "".join(f"{half + ' half':>30}" for half in halves))
    for measure in MEASURES:
        cells = []
        for half in halves:
            held, count = tables[half][measure.name]
            low, high = wilson(held, count)
            cells.append(f"{held:4}/{count:<4}{held / count:6.1%} ({low:.1%}-{high:.1%})")
        print(f"{measure.name:42}" + "".join(f"{cell:>30}" for cell in cells))
    trained_from = json.loads(model_file.MANIFEST.read_text())["fingerprint"]
    COUNTS.parent.mkdir(exist_ok=True)
    COUNTS.write_text(json.dumps(record(tables, trained_from, dt.datetime.now(dt.timezone.utc)), indent=1) + "\n")
    print(f"the counts as JSON, for the staff console: {COUNTS}")
    if "open" in halves:
        write_misses(found["open"])
        print(f"misses and confusions of the open half: {MISSES}")


if __name__ == "__main__":
    main()
