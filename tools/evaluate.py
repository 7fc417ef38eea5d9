"""Measure understanding and triage on messages that training never saw, written by an author who knew neither data nor rules.

    python -m tools.evaluate            both halves: k/n with 95 % Wilson intervals; the misses of the open half in a file

The sealed half is only ever counted. Speed is measured in bench/, not here.
"""

from __future__ import annotations

import asyncio
import logging
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

SETS = Path("tests/evaluation")
MISSES = Path(".build/evaluation-misses.yml")
Item = dict[str, Any]
Found = dict[str, Any]
ALARMS = ("red_flag", "urgent")


def wilson(right: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927, J Am Stat Assoc 22:209-212), both ends between 0 and 1."""
    share, spread = right / count, z * z / count
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return max(0.0, centre - half), min(1.0, centre + half)


def base(found: Found) -> str:
    return str(found["intent"]).partition("/")[0]


def is_topic(found: Found) -> bool:
    return base(found).startswith("ask_")


MEASURES: dict[str, tuple[str, Callable[[Item, Found], bool]]] = {
    "topic right": ("topics", lambda item, found: found["intent"] == f"ask_{item['topic']}"),
    "wrong topic shown": (
        "topics", lambda item, found: is_topic(found) and found["intent"] != f"ask_{item['topic']}"),
    "topic taken for an alarm": ("topics", lambda item, found: base(found) in ALARMS),
    "refusal recognised": ("refusals", lambda item, found: base(found) == "refuse"),
    "refusal of the right kind": ("refusals", lambda item, found: found["intent"] == f"refuse/{item['kind']}"),
    "out of scope, not answered as a topic": ("out_of_scope", lambda item, found: not is_topic(found)),
    "emergency raised as emergency": ("emergencies", lambda item, found: base(found) == "red_flag"),
    "emergency raised by the rules alone": ("emergencies", lambda item, found: found["rules"] == "emergency"),
    "bleeding raised as emergency": (
        "emergencies", lambda item, found: base(found) == "red_flag" or item["category"] != "bleeding"),
    "urgent raised as urgent or higher": ("urgent", lambda item, found: base(found) in ALARMS),
    "look-alike with a false alarm": ("lookalikes", lambda item, found: base(found) in ALARMS),
    "look-alike with a false alarm of the rules": ("lookalikes", lambda item, found: found["rules"] is not None),
}  # fmt: skip
GOOD = {name for name in MEASURES if not name.startswith(("wrong", "topic taken", "look-alike"))}


async def understood(items: list[Item]) -> list[Found]:
    """What the trained model and the rules make of each message."""
    from rasa.core.agent import load_agent
    from rasa.utils.log_utils import configure_structlog

    from bot import model_file, triage

    configure_structlog(logging.WARNING)  # without it Rasa prints every message
    agent = await load_agent(str(model_file.MODEL))
    found = []
    for item in items:
        parsed = await agent.parse_message(item["text"])
        alarm = triage.assess(item["text"])
        intent = parsed["intent"]
        found.append(
            {
                "intent": intent.get("full_retrieval_intent_name") or intent["name"],
                "ranking": [f"{rank['name']} {rank['confidence']:.2f}" for rank in parsed["intent_ranking"][:3]],
                "rules": alarm.level.value if alarm else None,
            }
        )
    return found


def main() -> None:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    names = sorted({name for name, _ in MEASURES.values()})
    items = {(half, name): yaml.safe_load((SETS / half / f"{name}.yml").read_text())
             for half in ("open", "sealed") for name in names}  # fmt: skip
    everything = [item for group in items.values() for item in group]
    found = iter(asyncio.run(understood(everything)))
    pairs = {key: [(item, next(found)) for item in group] for key, group in items.items()}
    print(f"{'measure':45} {'open half':>26}   {'sealed half':>26}")
    misses: dict[str, list[Item]] = {}
    for measure, (name, holds) in MEASURES.items():
        cells = []
        for half in ("open", "sealed"):
            group = pairs[half, name]
            if "bleeding" in measure:
                group = [pair for pair in group if pair[0]["category"] == "bleeding"]
            right = [holds(item, result) for item, result in group]
            low, high = wilson(sum(right), len(right))
            cells.append(f"{sum(right):3}/{len(right):3} {sum(right) / len(right):6.1%} ({low:.1%}-{high:.1%})")
            if half == "open":
                misses[measure] = [{**item, **result} for (item, result), yes in zip(group, right, strict=True)
                                   if yes != (measure in GOOD)]  # fmt: skip
        print(f"{measure:45} {cells[0]:>26}   {cells[1]:>26}")
    MISSES.write_text(yaml.safe_dump(misses, allow_unicode=True, width=160, sort_keys=False))
    print(f"misses of the open half: {MISSES}")


if __name__ == "__main__":
    main()
