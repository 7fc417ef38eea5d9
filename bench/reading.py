"""CPU time of what the channel does with one message before Rasa sees it: triage, alone and with earlier turns, and masking.

python -m bench.reading          on the open half of the evaluation messages

Below them the longest texts that triage looks at in a refused message, which must not take it disproportionately longer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import yaml

from bot import privacy, triage
from bot.understanding.examples import read_examples
from bot.understanding.language import LanguageDetector

SETS = Path(__file__).parents[1] / "tests/evaluation/open"
EARLIER = (
    "Hello, my daughter is nine and has TSC.",
    "She takes everolimus for her angiomyolipomas, the largest is 4 cm.",
    "How often are the kidneys scanned?",
)
LOOKED_AT = 20_000
"""Characters: of a refused text so many are looked at (bot/rasa_ext/channel.py)."""
LONGEST = {
    "triage, 20,000 characters in sentences": "Is it safe to take it with milk? He is four. ",
    "triage, 20,000 characters in one sentence": "is it safe to take it with milk he is four ",
    "triage, 20,000 characters in one word": "x",
    "triage, 20,000 characters in Spanish": "hay sangre en la rodilla, no en la orina y ",
    "triage, 20,000 characters in Chinese": "我儿子小便没有带血\uff0c",
}
READ: dict[str, Callable[[str], object]] = {
    "triage, alone": triage.assess,
    "triage, with three earlier turns": lambda text: triage.assess(text, EARLIER),
    "masking": privacy.mask,
}


def milliseconds(read: Callable[[str], object], texts: list[str]) -> list[float]:
    """CPU milliseconds of each text, in rising order."""
    times = []
    for text in texts:
        started = time.thread_time()
        read(text)
        times.append((time.thread_time() - started) * 1e3)
    return sorted(times)


def main() -> None:
    triage.load()
    privacy.load()
    files = [SETS / f"{name}.yml" for name in ("emergencies", "lookalikes", "topics")]
    texts = [item["text"] for file in files for item in yaml.safe_load(file.read_text(encoding="utf-8"))]
    print(f"{f'{len(texts)} messages, CPU ms of one':40} {'p50':>6} {'p95':>6}")
    detector = LanguageDetector.train(text for _, text in read_examples())
    for name, read in {**READ, "finding the language": detector.detect}.items():
        times = milliseconds(read, texts)
        print(f"{name:40} {times[len(times) // 2]:6.1f} {times[len(times) * 95 // 100]:6.1f}")
    for name, text in LONGEST.items():
        times = milliseconds(triage.assess, [(text * LOOKED_AT)[:LOOKED_AT]] * 20)
        print(f"{name:40} {times[len(times) // 2]:6.1f} {times[len(times) * 95 // 100]:6.1f}")


if __name__ == "__main__":
    main()
