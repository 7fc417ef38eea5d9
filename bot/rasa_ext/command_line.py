"""Rasa's command line in a process that leaves TensorFlow out.

python -m bot.rasa_ext.command_line train --data data ...        what `rasa train --data data ...` does
"""

from __future__ import annotations

import sys

import bot.rasa_ext.without_tensorflow  # noqa: F401  # before Rasa


def run(*arguments: str) -> None:
    """Do what ``rasa ARGUMENTS`` does; ends the process as Rasa does."""
    sys.argv = ["rasa", *arguments]
    from rasa.__main__ import main

    main()


if __name__ == "__main__":
    run(*sys.argv[1:])
