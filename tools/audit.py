"""Look every locked package up among the known weaknesses, and say which of them nobody has looked at yet.

    make audit                        (asks api.osv.dev)
    python -m tools.audit --source http://127.0.0.1:8080/v1/query      (another list that answers in the same way)

pip-audit asks, from an environment of its own; what it finds is held against ``requirements/accepted.yml``: the weaknesses of
packages that cannot move, with what shields the guide from them. Exit status: 0 when nothing else is found; 1 when there is
something to do (a new weakness, an entry that is to be looked at again, an entry for which nothing is found any more); 3 when
the list of weaknesses cannot be reached, so that nothing is known.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.datafile import DataFile, DataFileError, Entry
from tools import locks

ACCEPTED = locks.FOLDER / "accepted.yml"
PIP_AUDIT = Path(__file__).parents[1] / ".build/audit/bin/pip-audit"
SOURCE = "https://api.osv.dev/v1/query"
FAULTS, NOT_REACHED = 1, 3
"""Exit status: something to do; nothing known."""
ANSWER_SECONDS = 15
"""How long pip-audit waits for one answer."""
_OUTAGE = re.compile(r"^(?:requests|urllib3)\.exceptions\.(\w+)", re.MULTILINE)
_SHOWN = 140
"""So many characters of what a weakness is are printed."""


class NotReached(Exception):
    """The list of weaknesses gave no answer; the message is the sentence for whoever asked."""


class AuditError(Exception):
    """The question could not be put; the message says which list and why."""


class Accepted(Entry):
    """Weaknesses of one package in one list that stay for the same reason."""

    package: str
    lock: str
    """The list in which it stands: what shields one part does not shield another."""
    ids: tuple[str, ...]
    """Any of the names that a weakness goes by: CVE, GHSA or PYSEC."""
    why: str
    """What shields the guide from it."""
    until: dt.date
    """From the day after on, it is to be looked at again."""


@dataclass(frozen=True)
class Finding:
    """One weakness of one locked package."""

    package: str
    version: str
    id: str
    names: frozenset[str]
    """Its id and all its other names."""
    what: str
    mended_in: tuple[str, ...]
    """Versions without it; empty when there is none."""
    lock: str


@dataclass(frozen=True)
class Verdict:
    """What is to be done, and what stays as it is."""

    new: list[Finding]
    expired: list[Accepted]
    gone: list[tuple[str, str, str]]
    """List, package and id that an entry names and nothing was found for."""
    stay: list[tuple[Accepted, list[Finding]]]

    @property
    def in_order(self) -> bool:
        return not (self.new or self.expired or self.gone)


def findings(answer: str, lock: Path) -> list[Finding]:
    """What pip-audit's answer (JSON) says of a list. Raises AuditError when a package of the list was not looked up."""
    found, asked = [], set()
    for package in json.loads(answer)["dependencies"]:
        name = locks.plain(package["name"])
        if "skip_reason" in package:
            raise AuditError(f"{lock.name}: {name} was not looked up: {package['skip_reason']}")
        asked.add(name)
        for weakness in package["vulns"]:
            names = frozenset({weakness["id"], *weakness.get("aliases", [])})
            what = " ".join(weakness.get("description", "").split())
            mended = tuple(weakness["fix_versions"])
            found.append(Finding(name, package["version"], weakness["id"], names, what, mended, lock.name))
    missing = sorted(locks.packages(lock).keys() - asked)
    if missing:
        raise AuditError(f"{lock.name}: pip-audit did not look up {', '.join(missing)}")
    return found


def judge(found: Sequence[Finding], accepted: Iterable[Accepted], today: dt.date) -> Verdict:
    """Hold what was found against what is accepted."""
    new = list(found)
    expired, gone, stay = [], [], []
    for entry in accepted:
        place, known = (entry.lock, locks.plain(entry.package)), set(entry.ids)
        covered = [finding for finding in found if (finding.lock, finding.package) == place and finding.names & known]
        new = [finding for finding in new if finding not in covered]
        names = {name for finding in covered for name in finding.names}
        gone += [(*place, id_) for id_ in entry.ids if id_ not in names]
        if entry.until < today:
            expired.append(entry)
        elif covered:
            stay.append((entry, covered))
    return Verdict(new, expired, gone, stay)


def report(verdict: Verdict) -> list[str]:
    """The verdict in lines: first what is to be done, last what is accepted."""
    lines = []
    if verdict.new:
        lines.append("Known weaknesses that nobody has looked at (update the package, or accept it with a reason):")
        lines += [f"  {_line(finding)}" for finding in _once(verdict.new)]
    if verdict.expired:
        lines.append(f"Accepted for a time that is over (look again, then set a new day in {ACCEPTED.name}):")
        lines += [f"  {entry.package} ({entry.lock}), until {entry.until}: {', '.join(entry.ids)}" for entry in verdict.expired]
    if verdict.gone:
        lines.append(f"Accepted, but not found any more (take it out of {ACCEPTED.name}):")
        lines += [f"  {package} ({lock}): {id_}" for lock, package, id_ in verdict.gone]
    if verdict.stay:
        lines.append("Accepted:")
    for entry, covered in verdict.stay:
        lines.append(f"  {entry.package} ({entry.lock}), until {entry.until}: {' '.join(entry.why.split())}")
        lines += [f"    {_line(finding)}" for finding in _once(covered)]
    return lines or ["No known weaknesses."]


def ask(lock: Path, source: str, program: Path = PIP_AUDIT) -> str:
    """pip-audit's answer on one list, as JSON.

    Raises NotReached when ``source`` gives no sound answer, AuditError when pip-audit is not there or cannot read the list.
    """
    command = [
        str(program), "--requirement", str(lock), "--require-hashes", "--disable-pip", "--format", "json", "--aliases", "on",
        "--desc", "on", "--progress-spinner", "off", "--timeout", str(ANSWER_SECONDS), "--vulnerability-service", "osv",
        "--osv-url", source,
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise AuditError(f"pip-audit cannot be started ({error.strerror}); run `sh tools/setup.sh audit`") from None
    # It ends with status 1 for a finding as well as for a breakdown; only the former prints an answer.
    if done.stdout.startswith("{"):
        return done.stdout
    outage = _OUTAGE.search(done.stderr)
    if outage or "vulnerability feed" in done.stderr:
        reason = outage[1] if outage else "ConnectTimeout"
        raise NotReached(f"The list of known weaknesses at {source} could not be reached ({reason}), so nothing was checked.")
    words = done.stderr.strip().splitlines()
    raise AuditError(f"{lock.name}: pip-audit gave no answer: {words[-1] if words else f'status {done.returncode}'}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask for every list and print the verdict. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="audit", description="Look the locked packages up among the known weaknesses.")
    parser.add_argument("--source", default=SOURCE, metavar="URL", help="the list to ask (as api.osv.dev answers)")
    source = parser.parse_args(arguments).source
    try:
        accepted = DataFile(ACCEPTED).sequence(Accepted)
        found = [finding for lock in locks.lists() for finding in findings(ask(lock, source), lock)]
    except NotReached as error:
        print(f"audit: {error}", file=sys.stderr)
        return NOT_REACHED
    except (AuditError, DataFileError) as error:
        print(f"audit: {error}", file=sys.stderr)
        return FAULTS
    verdict = judge(found, accepted, dt.date.today())
    print("\n".join(report(verdict)))
    print(f"audit: {sum(len(locks.packages(lock)) for lock in locks.lists())} packages of {len(locks.lists())} lists looked up")
    return 0 if verdict.in_order else FAULTS


def _once(found: Iterable[Finding]) -> list[Finding]:
    """A weakness of a version that stands in several lists is named once, with the first of them."""
    first = {(finding.package, finding.version, finding.id): finding for finding in reversed(list(found))}
    return sorted(first.values(), key=lambda finding: (finding.package, finding.version, finding.id))


def _line(finding: Finding) -> str:
    what = finding.what if len(finding.what) <= _SHOWN else f"{finding.what[:_SHOWN]} ..."
    mended = f"mended in {', '.join(finding.mended_in)}" if finding.mended_in else "no mended version is known"
    return f"{finding.package} {finding.version} ({finding.lock}) {finding.id}, {mended}: {what}"


if __name__ == "__main__":
    sys.exit(main())
