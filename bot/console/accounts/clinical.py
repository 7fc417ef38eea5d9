"""What clinicians read here: triage rules, texts, and their state of review. Read from the guide's files, never written.

The rules' approvals are seen here by the SHA-256 of the files. A text's approval holds for its canonical form, which only the
guide's own `bot-knowledge` can tell: the keeper asks it when a file changed (`ask_states`), and has it make the sheets.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone

from bot.console.accounts.models import ReviewSheet, TextStates

SECONDS = 300
"""So long may `bot-knowledge` take; it loads the guide's libraries, which takes most of a minute on a busy machine."""
KEPT_SHEETS = 20
NAME = re.compile(r"[a-z][a-z0-9_]*")
LINE = re.compile(r"(\S+) +(\S+) +([0-9a-f]{12}) +grade +([\d.]+) +(\d+) words +(.+)")
"""A line of `bot-knowledge status`."""
AUDIENCES = {"family": "for families", "easy_read": "easy read", "professional": "for professionals"}
PARTS = {
    "how_common": "How common is it?", "what_helps": "What helps?", "when_to_call": "When to call",
    "for_children": "For children", "everolimus_and_sirolimus": "Everolimus and sirolimus", "the_evidence": "The evidence",
}  # fmt: skip
_BROKEN = (OSError, ValueError, yaml.YAMLError, AttributeError, KeyError, TypeError)


class NotReadable(Exception):
    """The guide's files are not there or not as expected; the message is for staff."""

    def __init__(self) -> None:
        super().__init__(
            "The guide's files (bot/triage/rules and bot/knowledge) cannot be read. Please tell whoever runs the console."
        )


class Failed(Exception):
    """`bot-knowledge` did not work; the message says why."""


@dataclass(frozen=True)
class RuleFile:
    """A file of triage rules: its signs when it is a list of them, its combinations, and always its text."""

    name: str
    state: str
    text: str
    signs: list[dict[str, Any]]
    combinations: list[dict[str, Any]]
    groups: dict[str, list[str]]


def knowledge() -> Path:
    return Path(settings.ROOT, "bot/knowledge")


def rule_files() -> list[RuleFile]:
    """All files of triage rules. Raises NotReadable."""
    try:
        names = sorted(path.stem for path in Path(settings.ROOT, "bot/triage/rules").glob("*.yml"))
    except OSError as error:
        raise NotReadable from error
    if not names:
        raise NotReadable
    return [found for found in map(rule_file, names) if found]


def rule_file(name: str) -> RuleFile | None:
    """One of them; None when there is none of this name. Raises NotReadable."""
    path = Path(settings.ROOT, "bot/triage/rules", f"{name}.yml")
    if not NAME.fullmatch(name) or not path.is_file():
        return None
    try:
        data, content = _read(path), path.read_bytes()
        signs = [sign for sign in data if isinstance(sign, dict)] if isinstance(data, list) else []
        more = data if isinstance(data, dict) else {}
        return RuleFile(
            name, _state_of_rules(name, hashlib.sha256(content).hexdigest()), content.decode(), signs,
            more.get("combinations") or [], more.get("groups") or {},
        )  # fmt: skip
    except _BROKEN as error:
        raise NotReadable from error


def topics_by_area() -> list[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """(title of the area, [(topic id, its file)]), in the order of areas.yml. Raises NotReadable."""
    try:
        areas = _read(knowledge() / "areas.yml")
        return [
            (
                about["title"],
                [(f"{area}/{path.stem}", _read(path)) for path in sorted((knowledge() / "topics" / area).glob("*.yml"))],
            )
            for area, about in areas.items()
        ]
    except _BROKEN as error:
        raise NotReadable from error


def notices() -> list[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """(file, [(notice, its entry)]). Raises NotReadable."""
    try:
        return [(path.stem, list(_read(path).items())) for path in sorted((knowledge() / "notices").glob("*.yml"))]
    except _BROKEN as error:
        raise NotReadable from error


def topic(area: str, name: str) -> dict[str, Any] | None:
    """A topic as a page shows it: ``title``, ``question`` and ``versions``; None when there is none. Raises NotReadable."""
    path = knowledge() / "topics" / area / f"{name}.yml"
    if not NAME.fullmatch(area) or not NAME.fullmatch(name) or not path.is_file():
        return None
    try:
        data, sources = _read(path), _read(knowledge() / "sources.yml")
        answers = {"": data["answers"], **_parts(data)}
        versions = [
            (
                audience,
                words,
                [(part, _statements(texts[audience], sources)) for part, texts in answers.items() if audience in texts],
            )
            for audience, words in AUDIENCES.items()
            if audience in data["answers"]
        ]
        return {**data, "id": f"{area}/{name}", "versions": versions}
    except _BROKEN as error:
        raise NotReadable from error


def _parts(data: dict[str, Any]) -> dict[str, Any]:
    """The parts of a topic under the words that families see above them."""
    titles = {**PARTS, **(data.get("headings") or {})}
    return {titles.get(part, part): texts for part, texts in (data.get("parts") or {}).items()}


def states() -> tuple[dict[tuple[str, str], dict[str, Any]], TextStates | None]:
    """State of each text by (name, audience), as it was told last, and when that was."""
    told = TextStates.objects.order_by("-at").first()
    return {(line["name"], line["audience"]): line for line in (told.texts if told else [])}, told


def ask_states() -> bool:
    """Ask `bot-knowledge` for the states of all texts when a file, or the day, is another one; returns whether it was asked."""
    stamp = _stamp()
    last = TextStates.objects.order_by("-at").first()
    if last and last.stamp == stamp:
        return False
    found: list[dict[str, Any]] = []
    problem = ""
    try:
        found = [_line(match) for match in map(LINE.fullmatch, _command("status").splitlines()) if match]
        problem = "" if found else "its answer could not be read"
    except Failed as error:
        problem = str(error)
    made = TextStates.objects.create(stamp=stamp, texts=found, problem=problem)
    TextStates.objects.exclude(pk=made.pk).delete()
    return True


def make_sheets() -> int:
    """Make the sheets that were asked for; returns how many. Old ones go."""
    count = 0
    for sheet in ReviewSheet.objects.filter(made=None, problem="").order_by("at"):
        values = {"problem": "", "page": "", "made": timezone.now()}
        try:
            values["page"] = _sheet(sheet.texts.split())
        except Failed as error:
            values.update(problem=str(error), made=None)
        ReviewSheet.objects.filter(pk=sheet.pk).update(**values)
        count += 1
    kept = ReviewSheet.objects.order_by("-at").values_list("pk", flat=True)[:KEPT_SHEETS]
    ReviewSheet.objects.exclude(pk__in=list(kept)).delete()
    return count


def names_of_texts() -> set[str]:
    """What a sheet can be asked for: topics, areas, notices. Raises NotReadable."""
    topics = {name for _, entries in topics_by_area() for name, _ in entries}
    fixed = {f"{file}/{name}" for file, entries in notices() for name, _ in entries}
    return topics | {name.partition("/")[0] for name in topics} | fixed


def _sheet(texts: list[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "sheet.html")
        _command("sheet", *texts, "--output", str(page))
        return page.read_text(encoding="utf-8")


def _command(*arguments: str) -> str:
    """What `bot-knowledge` printed. Raises Failed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("CONSOLE_", "DJANGO_"))}
    environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
    try:
        done = subprocess.run(
            [*settings.BOT_KNOWLEDGE_COMMAND, *arguments], cwd=settings.ROOT, env=environment, timeout=SECONDS,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Failed(f"it took longer than {SECONDS} seconds (BOT_KNOWLEDGE_COMMAND)") from None
    except OSError as error:
        raise Failed(f"it could not be started (BOT_KNOWLEDGE_COMMAND): {error.strerror}") from None
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it did not say why"])[-1][:200]
        raise Failed(f"it ended with {done.returncode} (BOT_KNOWLEDGE_COMMAND): {said}")
    return done.stdout


def _line(match: re.Match[str]) -> dict[str, Any]:
    name, audience, code, grade, words, state = match.groups()
    return {
        "name": name,
        "audience": audience,
        "code": code,
        "grade": float(grade),
        "words": int(words),
        "state": state.strip(),
    }


def _stamp() -> str:
    """Of all files that `bot-knowledge status` reads, by their names, sizes and times; and of the day."""
    seen = hashlib.sha256(dt.date.today().isoformat().encode())
    seen.update(" ".join(settings.BOT_KNOWLEDGE_COMMAND).encode())
    for path in _files():
        about = path.stat()
        seen.update(f"{path} {about.st_size} {about.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _files() -> Iterator[Path]:
    yield from sorted(knowledge().rglob("*.yml"))
    yield from sorted(Path(settings.ROOT, "bot/triage/rules").glob("*.yml"))


def _state_of_rules(name: str, sha256: str) -> str:
    """In words; an approval of another text of the file does not hold."""
    entries = [one for one in _read(knowledge() / "approvals.yml") or [] if one["item"] == f"triage:{name}"]
    of_this = [one for one in entries if one["sha256"] == sha256]
    if not of_this:
        return (
            "changed since it was approved" if any(one["status"] == "approved" for one in entries) else "nobody has approved it"
        )
    last = of_this[-1]
    if last["status"] != "approved":
        return str(last["status"]).replace("_", " ")
    due, who = last["review_due"], f"{last['reviewer']}, {last['role']}"
    return (
        f"overdue: approved by {who}, review was due {due}"
        if due < dt.date.today()
        else f"approved by {who}, next review {due}"
    )


def _statements(texts: list[dict[str, Any]], sources: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"text": one["text"], "sources": [sources.get(key, {"title": key}) for key in one.get("sources") or []]}
        for one in texts
    ]


def _read(path: Path) -> Any:
    about = path.stat()
    return _parsed(path, about.st_mtime_ns, about.st_size)


@lru_cache(maxsize=400)
def _parsed(path: Path, changed: int, size: int) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
