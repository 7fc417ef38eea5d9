"""`make triage-sheet`: write the page.

python -m tools.triage_sheet [file]      default: .build/triage-sheet.html
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from bot.datafile import DataFileError
from bot.knowledge import Library
from tools.triage_sheet.page import render
from tools.triage_sheet.reading import read

PAGE = Path(".build/triage-sheet.html")


def main(arguments: list[str]) -> None:
    if len(arguments) > 1:
        sys.exit("triage-sheet: name one file, or none")
    page = Path(arguments[0]) if arguments else PAGE
    try:
        sheet = read(Library.load(), dt.date.today())
    except DataFileError as error:
        sys.exit(f"triage-sheet: not written. {error}")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(render(sheet), encoding="utf-8")
    print(f"triage-sheet: {page} ({len(sheet.rules.signs)} signs, {len(sheet.combinations)} combinations; {sheet.state})")


if __name__ == "__main__":
    main(sys.argv[1:])
