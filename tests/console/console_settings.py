"""The console's settings for tests: what is written goes to a folder of this run, and passwords are cheap to check."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="console-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["VAR"] = FOLDER
for name in ("BOT_DATABASE_URL", "TRACKER_DB", "CONSOLE_PRODUCTION", "CONSOLE_SECRET", "CONSOLE_HOSTS"):
    os.environ.pop(name, None)

from bot.console.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
