"""The start says what no clinician has approved, and goes on."""

from __future__ import annotations

import datetime as dt

import pytest

from bot import model_file
from bot.knowledge import ContentPolicy
from bot.reply import Guide
from tools import serve


@pytest.mark.parametrize("approved", [False, True])
def test_the_start_names_rules_that_are_not_approved_and_starts_all_the_same(
    knowledge, monkeypatch, tmp_path, capsys, approved
):
    library = knowledge.load()
    knowledge.record(*(f"notice:{name}" for name in library.notices if name.startswith(("emergency/", "urgent/"))))
    if approved:
        knowledge.record(*(f"triage:{name}" for name in library.rules))
    guide = Guide(knowledge.load(), ContentPolicy.approved, lambda: dt.date(2026, 6, 1))
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "conversations.db"))
    monkeypatch.setenv("VAR", str(tmp_path))
    monkeypatch.setenv("CONTENT_POLICY", "approved")
    monkeypatch.setattr(model_file, "check", lambda: None)
    monkeypatch.setattr(serve, "Encoder", lambda: None)
    monkeypatch.setattr(serve.Guide, "load", lambda policy: guide)
    started: list[tuple[str, ...]] = []
    monkeypatch.setattr(serve.command_line, "run", lambda *arguments: started.append(arguments))
    serve.main()
    assert started[0][:3] == ("run", "--model", str(model_file.MODEL))
    assert ("no clinician has approved: bleeding" in capsys.readouterr().out) is not approved
