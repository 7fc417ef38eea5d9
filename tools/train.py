"""Train the dialogue model, unless the one that is there was trained from exactly what is here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from bot import model_file

QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
LOG = Path(".build/train.log")
COMMAND = [
    sys.executable, "-m", "bot.rasa_ext.command_line", "train", "--force", "--quiet", "--skip-validation",
    "--fixed-model-name", "guide", "--out", "models", "--data", "data", "--domain", "domain.yml", "--config", "config.yml",
]  # fmt: skip
"""Rasa's validation reads all data once more, for half a minute; `make test` does it."""


def main() -> None:
    if model_file.is_current():
        print("train: the model is up to date")
        return
    print("train: training the dialogue model (about three minutes)", flush=True)
    started = time.monotonic()
    model_file.MANIFEST.unlink(missing_ok=True)
    # Rasa warns once an example that retrieval intents have no responses of their own; ours are answered by actions.
    with LOG.open("w") as log:
        finished = subprocess.run(COMMAND, env={**os.environ, **QUIET}, stdout=log, stderr=log, check=False)
    if finished.returncode or not model_file.MODEL.is_file():
        print(LOG.read_text()[-3000:])
        sys.exit(f"train: Rasa could not train the model; its last words stand above, all of them in {LOG}")
    model_file.write_manifest()
    print(f"train: done in {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
