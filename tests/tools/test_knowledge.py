"""What an editor does with `bot-knowledge`: see the state, print a sheet, record an approval, see what changed."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest
import yaml

from bot.knowledge import Audience, Library
from tools.knowledge import ledger
from tools.knowledge.__main__ import main
from tools.knowledge.items import all_items

TODAY = dt.date(2026, 11, 21)
WHAT = "topics/aml/what.yml"


@pytest.fixture
def desk(knowledge, tmp_path, monkeypatch, capsys):
    """The small knowledge folder as the one that the tool works on; returns a function that runs a command."""
    load = Library.load
    monkeypatch.setattr(Library, "load", lambda: load(knowledge.root))
    monkeypatch.setattr(ledger, "LEDGER", knowledge.root / "approvals.yml")
    monkeypatch.setattr(ledger, "KEPT", tmp_path / "approved")

    def run(*arguments: str, today: dt.date = TODAY) -> tuple[int, str]:
        status = main(arguments, today)
        shown = capsys.readouterr()
        return status, shown.out + shown.err

    return run


def code_of(name: str, audience: Audience = Audience.family) -> str:
    return next(item.code for item in all_items(Library.load(), TODAY) if (item.name, item.audience) == (name, audience))


def approve(desk, *more: str, name: str = "aml/what", code: str | None = None) -> tuple[int, str]:
    return desk("approve", name, "--audience", "family", "--code", code or code_of(name), "--name", "Robin Example",
                "--role", "nephrology nurse", *more)  # fmt: skip


def test_the_state_of_every_text_is_shown_with_code_grade_and_reason(desk):
    status, shown = desk("status")
    assert status == 0
    assert [line.split()[0:2] for line in shown.splitlines() if line.startswith("aml/")] == [
        ["aml/size", "family"],
        ["aml/what", "family"],
        ["aml/what", "easy_read"],
        ["aml/what", "professional"],
    ]
    assert "draft: nobody has approved it" in shown
    assert code_of("aml/what") in shown


@pytest.mark.parametrize(
    ("chosen", "count"), [(["aml"], 4), (["aml/what"], 3), (["aml/what", "aml/size"], 4), (["emergency/bleeding"], 1)]
)
def test_texts_are_chosen_by_name_or_by_its_beginning(desk, chosen, count):
    assert f"{count} texts" in desk("status", *chosen)[1]


def test_a_name_that_is_no_text_is_refused_with_the_nearest_one(desk):
    status, shown = desk("status", "aml/waht")
    assert status == 1
    assert shown == "bot-knowledge: there is no text 'aml/waht'; did you mean 'aml/what'?\n"


def test_an_approval_is_one_line_more_and_holds_at_once(desk, knowledge):
    assert approve(desk, "--due", "2027-06-30")[0] == 0
    entry = yaml.safe_load((knowledge.root / "approvals.yml").read_text())[-1]
    assert entry["sha256"] == Library.load().fingerprint("aml/what", Audience.family)
    assert (entry["reviewer"], entry["role"], entry["date"], entry["review_due"]) == (
        "Robin Example", "nephrology nurse", TODAY, dt.date(2027, 6, 30),
    )  # fmt: skip
    assert "approved by Robin Example, nephrology nurse, next review 2027-06-30" in desk("status", "aml/what")[1]


def test_a_second_approval_leaves_the_first_line_as_it_is(desk, knowledge):
    approve(desk)
    before = (knowledge.root / "approvals.yml").read_text()
    approve(desk, name="aml/size")
    after = (knowledge.root / "approvals.yml").read_text()
    assert after.startswith(before)
    assert len(yaml.safe_load(after)) == 2


def test_comments_of_the_ledger_stay(desk, knowledge):
    knowledge.write("approvals.yml", "# The review ledger.\n[]\n")
    approve(desk)
    assert (knowledge.root / "approvals.yml").read_text().startswith("# The review ledger.\n- item: aml/what\n")


@pytest.mark.parametrize("code", ["000000000000", "", "1a2b3c"])
def test_the_code_of_another_text_approves_nothing(desk, knowledge, code):
    status, shown = desk("approve", "aml/what", "--audience", "family", "--code", code, "--name", "A", "--role", "nurse")
    assert status == 1
    assert "the text changed after the sheet was printed" in shown
    assert yaml.safe_load((knowledge.root / "approvals.yml").read_text()) == []


def test_an_approval_is_for_one_text_only(desk):
    status, shown = desk("approve", "aml/what", "--code", "0", "--name", "A", "--role", "nurse")
    assert status == 1
    assert "an approval is for one text" in shown


def test_a_review_date_before_the_approval_is_refused(desk):
    status, shown = approve(desk, "--due", "2026-11-20")
    assert status == 1
    assert "must be after the date of this one" in shown


def test_a_changed_text_makes_the_approval_void_and_the_change_is_shown(desk, knowledge):
    approve(desk)
    assert "  no change" in desk("diff", "aml/what")[1]
    knowledge.edit(WHAT, "It holds fat.", "It may hold fat.")
    assert "void: changed since Robin Example approved it on 2026-11-21" in desk("status", "aml/what")[1]
    shown = desk("diff", "aml/what")[1]
    assert "- It holds fat." in shown
    assert "+ It may hold fat." in shown


@pytest.mark.parametrize(
    ("old", "new"), [("questions:", "questions: ["), ("[guideline]\n      covers", "[leaflet]\n      covers")]
)
def test_other_questions_or_sources_make_it_void_too(desk, knowledge, old, new):
    approve(desk)
    if old == "questions:":
        knowledge.edit(WHAT, 'questions: ["How big is it?", ', 'questions: ["How large is it?", ')
    else:
        knowledge.edit(WHAT, old, new)
    assert "void: changed since" in desk("status", "aml/what")[1]


def test_what_was_approved_is_kept_under_the_hash_of_its_bytes(desk):
    approve(desk)
    (kept,) = ledger.KEPT.iterdir()
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.stem


def test_what_was_never_approved_has_nothing_to_compare_with(desk):
    assert "None of these texts was ever approved" in desk("diff")[1]


def test_an_approved_text_that_was_not_kept_is_said_to_be_so(desk, knowledge):
    approve(desk)
    next(ledger.KEPT.iterdir()).unlink()
    knowledge.edit(WHAT, "It holds fat.", "It may hold fat.")
    assert "the approved text was not kept" in desk("diff", "aml/what")[1]


@pytest.mark.parametrize(("days", "listed"), [("30", False), ("400", True)])
def test_what_expires_soon_is_listed(desk, days, listed):
    approve(desk)
    shown = desk("overdue", "--days", days)[1]
    assert ("2027-11-21  aml/what (family): Robin Example" in shown) is listed


@pytest.mark.parametrize(("days", "listed"), [("30", False), ("60", True)])
def test_numbers_that_were_checked_a_year_ago_are_listed(desk, days, listed):
    shown = desk("overdue", "--days", days, today=dt.date(2026, 11, 15))[1]
    assert ("2026-01-01  Australia, emergency: checked last" in shown) is listed
    assert "Australia" not in desk("overdue", "aml/what", "--days", days)[1]


def test_an_overdue_text_is_said_to_be_overdue(desk):
    approve(desk, "--due", "2026-12-01")
    assert "overdue: approved by Robin Example" in desk("status", "aml/what", today=dt.date(2027, 1, 1))[1]


def test_the_sheet_has_text_sources_grade_code_and_changes(desk, knowledge, tmp_path):
    approve(desk)
    knowledge.edit(WHAT, "It holds fat.", "It holds <b>fat</b> & more.")
    page = tmp_path / "sheets" / "sheet.html"
    status, shown = desk("sheet", "aml/what", "-o", str(page))
    text = page.read_text(encoding="utf-8")
    assert (status, "3 texts" in shown) == (0, True)
    for part in (code_of("aml/what"), "reading grade", "https://example.org/guideline", "Kidney guideline",
                 "No clinician has checked it yet.", "How big is it?", "<del>It holds fat.</del>",
                 "It holds &lt;b&gt;fat&lt;/b&gt; &amp; more.", "Many people have one."):  # fmt: skip
        assert part in text, part
    assert "<script" not in text


def test_a_sheet_of_notices_shows_their_text(desk, tmp_path):
    page = tmp_path / "sheet.html"
    desk("sheet", "emergency/bleeding", "-o", str(page))
    assert "Text of emergency/bleeding. Call {emergency}." in page.read_text(encoding="utf-8")


def test_a_broken_file_is_named_with_its_line(desk, knowledge):
    knowledge.edit(WHAT, "question:", "queston:")
    status, shown = desk("status")
    assert status == 1
    assert "what.yml:2: unknown key 'queston'" in shown


@pytest.mark.parametrize("arguments", [[], ["approve", "aml/what"], ["overdue", "--days", "soon"], ["nothing"]])
def test_a_wrong_command_line_is_explained(desk, arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    assert "usage: bot-knowledge" in capsys.readouterr().err


def test_a_wrong_date_says_what_a_date_looks_like(desk, capsys):
    with pytest.raises(SystemExit):
        approve(desk, "--due", "30.6.2027")
    assert "write YYYY-MM-DD, for example 2027-01-31" in capsys.readouterr().err


def test_the_real_texts_all_have_a_code_and_a_grade():
    items = all_items(Library.load(), TODAY)
    assert len({(item.name, item.audience) for item in items}) == len(items)
    assert all(item.words for item in items)
    assert Path(ledger.LEDGER).exists()
