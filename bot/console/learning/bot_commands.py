"""Ask the guide's own programs, which run in the guide's environment: the console imports nothing of the guide."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Sequence

from django.conf import settings

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
"""Of the environment; the console's secrets and the addresses of its databases are none of those programs' business."""


class CommandFailed(Exception):
    """The program gave no answer that can be relied on; the message is for staff and names the setting."""


def answers(setting: str, texts: Sequence[str], seconds: float) -> list[str]:
    """One line of answer for each text, from the command that stands in ``setting``.

    Raises CommandFailed when it cannot be started, fails, takes longer than ``seconds`` or gives another number of lines. What
    it prints as errors is thrown away: it could hold what families wrote.
    """
    command: list[str] = getattr(settings, setting)
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    try:
        process = subprocess.Popen(
            command, cwd=settings.ROOT, env={**environment, "PYTHONWARNINGS": "ignore", "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise CommandFailed(
            f"{setting}: the command could not be started ({error.strerror}); is the guide set up here?"
        ) from None
    with process:
        try:
            output, _ = process.communicate(lines, seconds)
        except subprocess.TimeoutExpired:
            raise CommandFailed(f"{setting}: the command gave no answer within {seconds:g} seconds") from None
        except (UnicodeDecodeError, BrokenPipeError):
            raise CommandFailed(f"{setting}: the command's answer cannot be read") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise CommandFailed(f"{setting}: the command failed with status {process.returncode}")
    found = output.splitlines()
    if len(found) != len(texts):
        raise CommandFailed(f"{setting}: the command gave {len(found)} answers to {len(texts)} messages")
    return found
