"""`bot-knowledge`: the state of all texts, review sheets to print, approvals."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bot.datafile import DataFileError
from bot.knowledge import Audience, Library
from bot.knowledge.models import Contact
from bot.knowledge.reviews import unapproved_rules
from tools.knowledge import ledger
from tools.knowledge.items import Item, Unknown, all_items, changes, chosen
from tools.knowledge.sheet import render

SHEET = Path(".build/review-sheet.html")
A_YEAR = 365
NAMES = "texts to choose: a topic (aml/what), a notice (emergency/bleeding), or the beginning of names (aml); default: all"


def main(arguments: Sequence[str] | None = None, today: dt.date | None = None) -> int:
    """Run one command; returns the exit status (0: done, 1: refused, with the reason on standard error)."""
    options = _parser().parse_args(arguments)
    today = today or dt.date.today()
    try:
        library = Library.load()
        items = chosen(all_items(library, today), options.texts, options.audience)
        return int(options.command(library, items, options, today))
    except (DataFileError, Unknown, ledger.Refused) as problem:
        print(f"bot-knowledge: {problem}", file=sys.stderr)
        return 1


def status(library: Library, items: Sequence[Item], options: argparse.Namespace, today: dt.date) -> int:
    """One line a text: name, audience, code, reading grade, words, state of review with the reason."""
    for item in items:
        print(
            f"{item.name:42} {item.audience.value:12} {item.code}  grade {item.grade:4.1f}  {item.words:4} words  {item.state}"
        )
    counts = Counter(item.state.partition(":")[0].partition(" by ")[0] for item in items)
    print(f"{len(items)} texts: " + ", ".join(f"{count} {state}" for state, count in counts.most_common()))
    if not options.texts and (rules := unapproved_rules(library, today)):
        print(rules)
    return 0


def sheet(library: Library, items: Sequence[Item], options: argparse.Namespace, today: dt.date) -> int:
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(render(library, items, ledger.KEPT, today), encoding="utf-8")
    print(f"{options.output}: {len(items)} texts. Print it, or read it in a browser; each text has a code to approve it by.")
    return 0


def approve(library: Library, items: Sequence[Item], options: argparse.Namespace, today: dt.date) -> int:
    if len(items) != 1:
        names = ", ".join(f"{item.name} ({item.audience.value})" for item in items[:5])
        raise Unknown(f"an approval is for one text; these fit: {names}. Name one, with --audience")
    due = options.due or today + dt.timedelta(days=A_YEAR)
    ledger.approve(items[0], options.code, options.name, options.role, options.date or today, due)
    print(f"{items[0].name} ({items[0].audience.value}): approved by {options.name}, {options.role}; next review {due}.")
    print(f"Written to {ledger.LEDGER} and {ledger.KEPT}; commit both.")
    return 0


def overdue(library: Library, items: Sequence[Item], options: argparse.Namespace, today: dt.date) -> int:
    limit = today + dt.timedelta(days=options.days)
    due = [item for item in items if item.review.review_due and item.review.review_due <= limit]
    for item in sorted(due, key=lambda item: item.review.review_due or limit):
        print(f"{item.review.review_due}  {item.name} ({item.audience.value}): {item.review.reviewed_by}")
    print(f"{len(due)} approved texts expire by {limit}.")
    if not options.texts:
        numbers = old_numbers(library, limit)
        print(
            *numbers, f"{len(numbers)} phone numbers and addresses of places.yml are to be checked again by {limit}.", sep="\n"
        )
    return 0


def old_numbers(library: Library, limit: dt.date) -> list[str]:
    """What of places.yml was checked a year or longer before ``limit``, the longest ago first."""
    contacts = [
        (place.name, kind, line) for place in library.places.values() for kind, line in place if isinstance(line, Contact)
    ]
    old = [(line.checked, name, kind) for name, kind, line in contacts if line.checked + dt.timedelta(days=A_YEAR) <= limit]
    return [f"{checked}  {name}, {kind}: checked last" for checked, name, kind in sorted(old)]


def diff(library: Library, items: Sequence[Item], options: argparse.Namespace, today: dt.date) -> int:
    """What changed since the last approval of each text."""
    compared = [item for item in items if item.last_approved]
    for item in compared:
        found = changes(item, ledger.KEPT)
        print(f"{item.name} ({item.audience.value}): {item.state}")
        print(
            "\n".join(found) if found else "  no change" if found == [] else "  the approved text was not kept; see the history"
        )
    if not compared:
        print("None of these texts was ever approved, so there is nothing to compare with.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bot-knowledge", description="The state of all texts, review sheets to print, approvals.",
        epilog="Example: bot-knowledge sheet bleeding, have it read, then: bot-knowledge approve bleeding/signs "
        "--audience family --code 1a2b3c4d5e6f --name 'Name of the clinician' --role 'their profession'",
    )  # fmt: skip
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, words: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words, description=words)
        added.add_argument("texts", nargs="*", metavar="text", help=NAMES)
        added.add_argument(
            "--audience", choices=[audience.value for audience in Audience], help="only the texts for these readers"
        )
        added.set_defaults(command=run)
        return added

    command("status", status, "which texts are approved, and why not")
    command("diff", diff, "what changed since the last approval")
    printed = command("sheet", sheet, "write a page to print, for a clinician to read and mark")
    printed.add_argument("-o", "--output", type=Path, default=SHEET, help=f"file to write (default: {SHEET})")
    due = command("overdue", overdue, "which approvals expire soon, which phone numbers are to be checked again")
    due.add_argument("--days", type=int, default=60, help="within so many days (default: 60)")
    approval = command("approve", approve, "record that a clinician read and approved one text")
    approval.add_argument("--code", required=True, help="the code of the text on the sheet that was read")
    approval.add_argument("--name", required=True, help="full name of the person who approves")
    approval.add_argument("--role", required=True, help="profession or role of that person")
    approval.add_argument("--date", type=_date, help="day of the approval, YYYY-MM-DD (default: today)")
    approval.add_argument("--due", type=_date, help="day of the next review, YYYY-MM-DD (default: in a year)")
    return parser


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no date; write YYYY-MM-DD, for example 2027-01-31") from None


if __name__ == "__main__":
    sys.exit(main())
