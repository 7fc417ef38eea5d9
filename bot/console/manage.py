"""Django's command line for the console: `.venv-console/bin/python bot/console/manage.py <command>`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line


def main() -> None:
    if not __package__:
        # Run as a file: not this file's own folder, which Python puts there; `settings` would be found twice.
        sys.path[0] = str(Path(__file__).parents[2])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bot.console.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
