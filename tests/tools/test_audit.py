"""A weakness that nobody has looked at is a fault, and so is what was accepted for too long or is not there any more."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import audit, locks
from tools.environment import DEFAULTS

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 6, 1)
HASH = f"--hash=sha256:{'0' * 64}"
LOCK = f"alpha==1.0 \\\n    {HASH}\nbeta-two==2.5 \\\n    {HASH}\n"
WEAKNESS = {
    "id": "PYSEC-2026-7",
    "aliases": ["CVE-2026-77", "GHSA-aaaa"],
    "fix_versions": ["1.1"],
    "description": "It is\nweak.",
}
CLOSED = "http://127.0.0.1:9/v1/query"
"""Nothing listens there."""


def answer(**weaknesses: list[dict[str, Any]]) -> str:
    """pip-audit's output on LOCK."""
    versions = {"alpha": "1.0", "beta-two": "2.5"}
    named = {name: weaknesses.get(name.replace("-", "_"), []) for name in versions}
    return json.dumps(
        {"dependencies": [{"name": n, "version": versions[n], "vulns": found} for n, found in named.items()], "fixes": []}
    )


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "some.lock"
    path.write_text(LOCK)
    return path


def accepted(*ids: str, package: str = "alpha", lock: str = "some.lock", until: dt.date = TODAY) -> audit.Accepted:
    return audit.Accepted(package=package, lock=lock, ids=ids, why="Nobody reaches it.", until=until)


def judged(lock: Path, *entries: audit.Accepted, today: dt.date = TODAY) -> audit.Verdict:
    return audit.judge(audit.findings(answer(alpha=[WEAKNESS]), lock), entries, today)


def test_nothing_found_and_nothing_accepted_is_in_order(lock):
    verdict = audit.judge(audit.findings(answer(), lock), [], TODAY)
    assert verdict.in_order
    assert audit.report(verdict) == ["No known weaknesses."]


def test_what_nobody_accepted_is_a_fault_with_the_version_that_mends_it(lock):
    verdict = judged(lock)
    assert not verdict.in_order
    assert audit.report(verdict)[1] == "  alpha 1.0 (some.lock) PYSEC-2026-7, mended in 1.1: It is weak."


@pytest.mark.parametrize("id_", ["PYSEC-2026-7", "CVE-2026-77", "GHSA-aaaa"])
def test_an_accepted_weakness_is_listed_last_by_whichever_name(lock, id_):
    verdict = judged(lock, accepted(id_))
    assert verdict.in_order
    assert audit.report(verdict)[-2:] == [
        "  alpha (some.lock), until 2026-06-01: Nobody reaches it.",
        "    alpha 1.0 (some.lock) PYSEC-2026-7, mended in 1.1: It is weak.",
    ]


@pytest.mark.parametrize(
    ("entry", "place"),
    [({"package": "Beta.Two"}, ("some.lock", "beta-two")), ({"lock": "other.lock"}, ("other.lock", "alpha"))],
)
def test_an_entry_speaks_for_its_own_package_and_list_only(lock, entry, place):
    verdict = judged(lock, accepted("CVE-2026-77", **entry))
    assert [finding.package for finding in verdict.new] == ["alpha"]
    assert verdict.gone == [(*place, "CVE-2026-77")]


def test_an_entry_whose_day_is_over_is_a_fault_and_is_not_listed_as_accepted(lock):
    entry = accepted("CVE-2026-77")
    verdict = judged(lock, entry, today=TODAY + dt.timedelta(days=1))
    assert not verdict.in_order
    assert (verdict.new, verdict.expired, verdict.stay) == ([], [entry], [])
    assert "  alpha (some.lock), until 2026-06-01: CVE-2026-77" in audit.report(verdict)


def test_an_accepted_weakness_that_is_not_found_any_more_is_a_fault(lock):
    verdict = judged(lock, accepted("CVE-2026-77", "CVE-2020-1"))
    assert not verdict.in_order
    assert verdict.gone == [("some.lock", "alpha", "CVE-2020-1")]
    assert "  alpha (some.lock): CVE-2020-1" in audit.report(verdict)


def test_a_weakness_of_two_lists_is_named_once(lock):
    found = audit.findings(answer(alpha=[WEAKNESS]), lock)
    other = lock.rename(lock.with_name("zeta.lock"))
    lines = audit.report(audit.judge([*found, *audit.findings(answer(alpha=[WEAKNESS]), other)], [], TODAY))
    assert [line for line in lines if "PYSEC-2026-7" in line] == [
        "  alpha 1.0 (some.lock) PYSEC-2026-7, mended in 1.1: It is weak."
    ]


def test_a_package_that_was_not_looked_up_is_no_good_news(lock):
    with pytest.raises(audit.AuditError, match=r"some\.lock: pip-audit did not look up alpha, beta-two"):
        audit.findings('{"dependencies": []}', lock)
    with pytest.raises(audit.AuditError, match="alpha was not looked up: no idea"):
        audit.findings('{"dependencies": [{"name": "alpha", "skip_reason": "no idea"}]}', lock)


class Source(BaseHTTPRequestHandler):
    """A list of weaknesses that knows one of alpha."""

    status = 200
    body: bytes | None = None

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = {
            "id": "GHSA-aaaa", "aliases": ["CVE-2026-77"], "summary": "It is weak.",
            "affected": [{
                "package": {"name": "alpha", "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
            }],
        }  # fmt: skip
        found = {"vulns": [known]} if asked["package"]["name"] == "alpha" and asked["version"] == "1.0" else {}
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode() if self.body is None else self.body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def source(monkeypatch) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Source)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def house(lock, monkeypatch) -> Path:
    """A folder with one list, and nothing accepted yet."""
    monkeypatch.setattr(locks, "FOLDER", lock.parent)
    monkeypatch.setattr(audit, "ACCEPTED", lock.parent / "accepted.yml")
    (lock.parent / "accepted.yml").write_text("[]\n")
    return lock.parent


def test_without_the_list_of_weaknesses_it_says_so_in_one_sentence_with_a_status_of_its_own(house, capsys):
    assert audit.main(["--source", CLOSED]) == audit.NOT_REACHED
    said = capsys.readouterr()
    assert said.out == ""
    sentence = rf"audit: The list of known weaknesses at {CLOSED} could not be reached \(\w+\), so nothing was checked\.\n"
    assert re.fullmatch(sentence, said.err)


@pytest.mark.parametrize(("status", "body"), [(503, None), (200, b"<html>Sign in to the network</html>")])
def test_a_list_that_gives_no_sound_answer_was_not_reached(house, source, monkeypatch, capsys, status, body):
    monkeypatch.setattr(Source, "status", status)
    monkeypatch.setattr(Source, "body", body)
    assert audit.main(["--source", source]) == audit.NOT_REACHED
    assert "so nothing was checked" in capsys.readouterr().err


def test_what_pip_audit_finds_is_a_fault_until_it_is_accepted(house, source, capsys):
    assert audit.main(["--source", source]) == audit.FAULTS
    assert "alpha 1.0 (some.lock) CVE-2026-77, mended in 1.1: It is weak." in capsys.readouterr().out
    entry = "- package: alpha\n  lock: some.lock\n  ids: [GHSA-aaaa]\n  why: Nobody reaches it.\n  until: 2999-01-01\n"
    (house / "accepted.yml").write_text(entry)
    assert audit.main(["--source", source]) == 0
    assert "alpha (some.lock), until 2999-01-01: Nobody reaches it." in capsys.readouterr().out


def test_a_list_that_cannot_be_asked_about_is_a_fault_and_no_outage(house, source, capsys):
    (house / "some.lock").write_text("alpha==1.0\n")
    assert audit.main(["--source", source]) == audit.FAULTS
    assert "audit: some.lock: pip-audit gave no answer: " in capsys.readouterr().err


def test_without_pip_audit_it_says_how_to_get_it(lock):
    with pytest.raises(audit.AuditError, match=r"cannot be started .*run `sh tools/setup.sh audit`"):
        audit.ask(lock, CLOSED, lock.parent / "nowhere")


def test_what_the_reasons_rest_on_is_so():
    """No part of Rasa that loads a Keras or skops model, no MongoDB, no API that takes a model, no model from a server."""
    config = yaml.safe_load((ROOT / "config.yml").read_text())
    endpoints = yaml.safe_load((ROOT / "endpoints.yml").read_text())
    serve = (ROOT / "tools/serve.py").read_text()
    assert [part["name"] for part in config["pipeline"] if not part["name"].startswith("bot.rasa_ext.")] == []
    assert {policy["name"] for policy in config["policies"]} <= {"MemoizationPolicy", "RulePolicy"}
    assert endpoints["tracker_store"]["type"].startswith("bot.rasa_ext.")
    assert set(endpoints) == {"action_endpoint", "tracker_store", "lock_store"}
    assert "enable-api" not in serve
    assert DEFAULTS["RASA_TELEMETRY_ENABLED"] == "false"


PAGE = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")


def test_every_file_and_every_list_of_the_page_is_there():
    files = re.findall(r"`((?:bot|docs|deploy|tests|tools|requirements)/[\w./-]+|\w+\.yml)`", PAGE)
    assert len(files) > 20
    made_later = {"tests/browser/node_modules"}
    assert [name for name in files if name not in made_later and not (ROOT / name).exists()] == []
    named = set(re.findall(r"`([a-z-]+\.lock)`", PAGE))
    assert named == {lock.name for lock in locks.lists()}


def test_what_the_page_says_is_held_back_is_held_there():
    locked = locks.packages(locks.FOLDER / "bot.lock")
    rows = re.findall(r"^\| ([^|]+) \| ([\d., ]+) \| ", PAGE.partition("## What cannot move")[2], re.MULTILINE)
    held = [pair for names, versions in rows for pair in zip(names.split(", "), versions.split(", "), strict=True)]
    held.remove(("Python", "3.10"))
    assert len(held) > 25
    assert [(name, at) for name, at in held if not f"{locked[locks.plain(name)]}.".startswith(f"{at}.")] == []
