"""The same bot every time: two builds answer alike, and what was changed or is missing stops the start."""

from __future__ import annotations

import concurrent.futures
import hashlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import yaml

from faults.copies import copy
from faults.family import Family, client_of
from faults.goal import SEED, Amounts, Finding
from faults.house import House
from tools.guide_process import ROOT, GuideProcess

AT_ONCE = 2
START_SECONDS = 120
"""Within which a start that must refuse has refused."""


def check(house: House, amounts: Amounts) -> list[Finding]:
    """``amounts.answers`` messages to each of two guides, then starts of broken copies."""
    texts = messages(amounts.answers)
    if amounts.builds:
        both = [_of_a_build(house.folder / f"build-{number}", texts) for number in range(amounts.builds)]
        what = f"{amounts.builds} builds"
    else:
        both = [answers(guide.url, texts) for guide in (house.sqlite, house.postgresql)]
        what = "2 starts"
    same = sum(len(set(row)) == 1 and row[0] != "" for row in zip(*both, strict=True))
    alike = Finding(same == len(texts), f"{what}, {same}/{len(texts)} answers equal")
    damages = list(DAMAGES)[: amounts.damages]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        refused = sum(pool.map(lambda name: _refuses(house.folder / name, *DAMAGES[name]), damages))
    return [
        alike,
        Finding(refused == len(damages), f"{refused}/{len(damages)} starts of a broken copy refused with the reason"),
    ]


def messages(count: int) -> list[str]:
    """By chance from the open half of the evaluation and from the training data."""
    texts = set()
    for path in [*(ROOT / "tests/evaluation/open").glob("*.yml"), *(ROOT / "data/nlu").glob("*.yml")]:
        entries = yaml.safe_load(path.read_text())
        for entry in entries["nlu"] if isinstance(entries, dict) else entries:
            texts |= {entry["text"]} if "text" in entry else {line[2:] for line in entry.get("examples", "").splitlines()}
    return random.Random(SEED).sample(sorted(text for text in texts if text.strip()), count)


def answers(url: str, texts: list[str]) -> list[str]:
    """For each text, asked in a conversation of its own, a hash of all that came back; empty when there was no answer."""
    with client_of(url) as client, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda text: _answer(Family(client), text), texts))


def _answer(family: Family, text: str) -> str:
    shown = [{**message, "recipient_id": ""} for message in family.say(text).messages]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest() if shown else ""


def _of_a_build(folder: Path, texts: list[str]) -> list[str]:
    copy(folder, "data", "requirements")
    (folder / ".build").mkdir()
    subprocess.run([sys.executable, "-m", "tools.train"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    (folder / "var").mkdir()
    guide = GuideProcess(folder / "var", root=folder)
    try:
        return answers(guide.start().url, texts)
    finally:
        guide.stop()


def _change_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[random.Random(SEED).randrange(len(content))] ^= 1
    path.write_bytes(content)


def _break_the_content(folder: Path) -> None:
    topic = folder / "bot/knowledge/topics/aml/what.yml"
    topic.write_text(topic.read_text().replace("question:", "qestion:"))


def _hide_the_model(folder: Path) -> None:
    """Another one lies beside it: Rasa would take that without a word."""
    (folder / "models/guide.tar.gz").rename(folder / "models/older.tar.gz")


DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "model": (lambda folder: _change_a_byte(folder / "models/guide.tar.gz"), "is not the one that was trained"),
    "no-model": (_hide_the_model, "is missing"),
    "encoder": (lambda folder: _change_a_byte(folder / "bot/understanding/weights/encoder.onnx"), "damaged"),
    "names": (lambda folder: _change_a_byte(folder / "bot/privacy/weights/names.npz"), "damaged"),
    "content": (_break_the_content, "aml/what.yml:2"),
}
"""What is done to a copy, and what the refusal says."""


def _refuses(folder: Path, damage: Callable[[Path], None], reason: str) -> bool:
    damage(copy(folder, "models"))
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "VAR": str(folder / "var")}
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "tools.serve"], cwd=folder, env=environment, capture_output=True, text=True,
            timeout=START_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:  # it runs
        return False
    return finished.returncode != 0 and reason in finished.stderr
