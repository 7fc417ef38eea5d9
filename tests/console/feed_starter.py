"""Starts the feed in a new process for each line `start`; `wait` waits for its end. Django is loaded once and not each time.

The new process is a fork: it has connections, position and memory of its own, like one that was started from the shell.
"""

from __future__ import annotations

import importlib
import os
import sys
import time

import django
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

GRACE_SECONDS = 30


def main() -> None:
    django.setup()
    importlib.import_module("bot.console.feed.management.commands.feed")
    MigrationLoader(None)  # loads the modules of all migrations
    child = 0
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "start":
            child = os.fork()
            if not child:
                call_command("feed")
                os._exit(0)
            print(child, flush=True)
        else:
            print(_end_of(child), flush=True)


def _end_of(child: int) -> int:
    """The exit status, or minus the signal that ended it; one that does not end is killed."""
    for _ in range(GRACE_SECONDS * 20):
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return -9


if __name__ == "__main__":
    main()
