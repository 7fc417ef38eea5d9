"""What a trained model understands of the evaluation sets, and the CPU time of one message: the same code for any Rasa model.

    python -m bench.parse <model.tar.gz>          prints one JSON object

A message counts as answered with a topic when the model names one and does not fall back. Run as a process of its own, so that
nothing of one model is warm for the other.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent

SETS = Path(__file__).parents[1] / "tests/evaluation"
HALVES = ("open", "sealed")
WARM_UP = 20
"""Messages before the time counts."""


def full_name(parsed: dict[str, Any]) -> str:
    """``ask_aml/what``: our classifier names it in the intent, Rasa's own ResponseSelector beside it."""
    intent = str(parsed["intent"]["name"])
    selected = (parsed.get("response_selector") or {}).get("default", {}).get("response", {}).get("intent_response_key") or ""
    own = parsed["intent"].get("full_retrieval_intent_name")
    return str(own or (selected if selected.startswith(f"{intent}/") else intent))


def items(name: str) -> list[dict[str, Any]]:
    return [item for half in HALVES for item in yaml.safe_load((SETS / half / f"{name}.yml").read_text(encoding="utf-8"))]


async def measure(model: str) -> dict[str, Any]:
    """Counts as ``[k, n]`` and ``ms``, the median CPU time of parsing one message."""
    agent = Agent.load(model)
    seconds: list[float] = []

    async def understood(text: str) -> str:
        began = time.process_time()
        parsed = await agent.parse_message(text)
        seconds.append(time.process_time() - began)
        return full_name(parsed)

    topics = [(await understood(item["text"]), f"ask_{item['topic']}") for item in items("topics")]
    refusals = [await understood(item["text"]) for item in items("refusals")]
    outside = [await understood(item["text"]) for item in items("out_of_scope")]
    return {
        "topic right": [sum(found == wanted for found, wanted in topics), len(topics)],
        "wrong topic": [sum(found.startswith("ask_") and found != wanted for found, wanted in topics), len(topics)],
        "refusal recognised": [sum(found.startswith("refuse/") for found in refusals), len(refusals)],
        "out of scope, not a topic": [sum(not found.startswith("ask_") for found in outside), len(outside)],
        "ms": statistics.median(seconds[WARM_UP:]) * 1e3,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(sys.argv[1]))))
