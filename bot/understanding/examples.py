"""The training messages of data/nlu, read without Rasa."""

from __future__ import annotations

from pathlib import Path

import yaml

FOLDER = Path("data/nlu")


def read_examples(folder: Path = FOLDER) -> list[tuple[str, str]]:
    """All pairs of full intent name and message, in the order of the files."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = (line.strip() for line in entry["examples"].splitlines())
            found += [(str(entry["intent"]), line.removeprefix("- ").strip()) for line in lines if line]
    return found
