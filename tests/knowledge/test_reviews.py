"""An approval holds for exactly the text that was read, until its date, and the guide does not start without those it needs."""

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import shutil
from pathlib import Path

import pytest

from bot.knowledge import (
    Audience,
    ContentPolicy,
    Library,
    Review,
    UnapprovedNotice,
    all_reviews,
    require_safe_start,
    review_of,
    reviews_of_rules,
    unapproved_rules,
)
from bot.knowledge.library import RULES
from bot.knowledge.models import ReviewStatus

TODAY, DUE = dt.date(2026, 6, 1), dt.date(2027, 1, 1)
WHAT, FIXED, SOURCES = "topics/aml/what.yml", "notices/fixed.yml", "sources.yml"
DRAFT = Review(ReviewStatus.draft)
APPROVED = Review(ReviewStatus.approved, "An invented reviewer, kidney nurse", DUE)


def review(knowledge, item="aml/what", audience=Audience.family, today=TODAY) -> Review:
    return review_of(knowledge.load(), item, audience, today)


def needed(library) -> list[str]:
    return [f"notice:{name}" for name in library.notices if name.startswith(("emergency/", "urgent/"))]


@pytest.mark.parametrize("item", ["aml/what", "notice:fixed/consent"])
def test_a_text_without_ledger_line_is_a_draft(knowledge, item):
    assert review(knowledge, item) == DRAFT
    assert not DRAFT.in_force


@pytest.mark.parametrize("item", ["aml/what", "notice:fixed/consent"])
def test_an_approval_holds_for_the_text_it_was_given_for(knowledge, item):
    knowledge.record(item)
    assert review(knowledge, item) == APPROVED
    assert APPROVED.in_force


@pytest.mark.parametrize("audience", [Audience.easy_read, Audience.professional])
def test_an_approval_holds_for_one_audience_only(knowledge, audience):
    knowledge.record("aml/what", audience=audience.value)
    assert review(knowledge, audience=audience) == APPROVED
    assert [review(knowledge, audience=other) for other in Audience if other is not audience] == [DRAFT, DRAFT]


def test_an_approval_does_not_hold_for_another_audience_with_the_same_words(knowledge):
    statement = "    - text: A scan shows the size.\n      sources: [guideline, machine]\n"
    knowledge.edit("topics/aml/size.yml", statement, f"{statement}  easy_read:\n{statement}")
    knowledge.record("aml/size")
    assert review(knowledge, "aml/size") == APPROVED
    assert review(knowledge, "aml/size", Audience.easy_read) == DRAFT


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (WHAT, "An AML is a lump", "An AML is a growth"),
        (WHAT, "It holds fat.", "It holds fat"),
        (WHAT, "It holds fat.", "It holds Fat."),
        (WHAT, "    - text: It holds fat.\n      sources:\n        - guideline\n        - machine\n", ""),
        (WHAT, "        - guideline\n        - machine", "        - guideline"),
        (WHAT, "        - guideline\n        - machine", "        - leaflet\n        - machine"),
        (WHAT, "Regular scans help.", "Scans help."),
        (WHAT, "        sources: [leaflet]\n", "        sources: [guideline]\n"),
        (WHAT, "  what_helps:", "  when_to_call:"),
        (SOURCES, "title: Kidney guideline", "title: Guideline"),
        (SOURCES, "year: 2021", "year: 2012"),
        (SOURCES, "https://example.org/guideline", "https://example.org/2021"),
        (SOURCES, "No clinician has checked it yet.", "A clinician has checked it."),
        (SOURCES, "title: Package leaflet", "title: Leaflet"),
    ],
)
def test_an_edit_of_text_source_or_part_takes_the_approval_away(knowledge, file, old, new):
    knowledge.record("aml/what")
    knowledge.edit(file, old, new)
    assert review(knowledge) == DRAFT


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (WHAT, "An AML is a lump\n        in the kidney.", "An AML\n        is a lump in the kidney."),
        (WHAT, "- text: It holds fat.", "- text:   'It holds   fat. '"),
        (WHAT, "- text: It holds fat.", "- text: |\n        It holds\n        fat.\n"),
        (WHAT, "        - guideline\n        - machine", "        [guideline, machine]"),
        (WHAT, "covers: [a lump]", "covers: [a growth]"),
        (WHAT, "- text: A lump.", "- text: A growth."),
        (WHAT, "A tumour of fat, vessels and muscle.", "A tumour."),
        (WHAT, "related: [aml/size, about/sources]", "related: []"),
        ("topics/aml/size.yml", "A scan shows the size.", "A scan shows how big it is."),
        ("places.yml", "Nurse line", "The nurse line"),
    ],
)
def test_white_space_and_edits_elsewhere_leave_the_approval(knowledge, file, old, new):
    knowledge.record("aml/what")
    knowledge.edit(file, old, new)
    assert review(knowledge) == APPROVED


def test_an_edit_that_is_taken_back_gives_the_approval_back(knowledge):
    knowledge.record("aml/what")
    knowledge.edit(WHAT, "It holds fat.", "It holds muscle.")
    knowledge.edit(WHAT, "It holds muscle.", "It holds fat.")
    assert review(knowledge) == APPROVED


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ("Call {emergency} now.", DRAFT),
        ("Text of fixed/consent. Call {advice}.", DRAFT),
        ("'  Text of fixed/consent. Call {emergency}.  '", APPROVED),
        (">-\n      Text of fixed/consent.\n      Call {emergency}.", APPROVED),
        ("|\n      Text of fixed/consent.\n      Call {emergency}.", APPROVED),
        ("|\n      Text of fixed/consent.\n\n      Call {emergency}.", DRAFT),
    ],
)
def test_an_edit_of_a_notice_takes_its_approval_away_and_wrapping_does_not(knowledge, new, expected):
    knowledge.record("notice:fixed/consent")
    knowledge.edit(FIXED, "Text of fixed/consent. Call {emergency}.", new)
    assert review(knowledge, "notice:fixed/consent") == expected


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["submitted"], "submitted"),
        (["submitted", "under_review"], "under_review"),
        (["submitted", "under_review", "approved"], "approved"),
        (["approved", "draft"], "draft"),
        (["approved", "under_review"], "under_review"),
        (["approved", "under_review", "approved"], "approved"),
    ],
)
def test_the_last_ledger_line_for_the_text_decides(knowledge, lines, status):
    for line in lines:
        knowledge.record("aml/what", status=line)
    assert review(knowledge).status.value == status
    assert review(knowledge).in_force is (status == "approved")


def test_a_text_that_is_not_approved_names_no_reviewer(knowledge):
    knowledge.record("aml/what", status="under_review")
    assert review(knowledge) == Review(ReviewStatus.under_review, reviewed_by=None, review_due=None)


def test_later_lines_for_something_else_do_not_count(knowledge):
    knowledge.record("aml/what")
    knowledge.record("aml/what", audience="easy_read", status="submitted")
    knowledge.record("aml/size", status="submitted")
    knowledge.edit(WHAT, "It holds fat.", "It holds muscle.")
    knowledge.record("aml/what", status="under_review")
    knowledge.edit(WHAT, "It holds muscle.", "It holds fat.")
    assert review(knowledge) == APPROVED


@pytest.mark.parametrize(("today", "overdue"), [(DUE - dt.timedelta(1), False), (DUE, False), (DUE + dt.timedelta(1), True)])
def test_an_approval_holds_up_to_and_on_the_day_its_next_review_is_due(knowledge, today, overdue):
    knowledge.record("aml/what", due=DUE)
    found = review(knowledge, today=today)
    assert (found.status, found.overdue, found.in_force) == (ReviewStatus.approved, overdue, not overdue)


def test_every_text_and_every_file_of_rules_has_its_review(knowledge):
    knowledge.record("aml/what", "triage:bleeding")
    library = knowledge.load()
    reviews = all_reviews(library, TODAY)
    assert len(reviews) == len(library.texts()) + len(library.rules)
    assert [review for review in reviews if review != DRAFT] == [APPROVED, APPROVED]
    assert sum(review.overdue for review in all_reviews(library, DUE + dt.timedelta(days=1))) == 2


def test_preview_starts_without_any_approval(knowledge):
    require_safe_start(knowledge.load(), ContentPolicy.preview, TODAY)


def test_approved_starts_when_every_emergency_and_urgent_notice_is_approved(knowledge):
    knowledge.record(*needed(knowledge.load()))
    require_safe_start(knowledge.load(), ContentPolicy.approved, TODAY)


@pytest.mark.parametrize("missing", ["emergency/bleeding", "emergency/self_harm", "urgent/infection", "urgent/other"])
def test_approved_refuses_to_start_without_an_emergency_or_urgent_notice(knowledge, missing):
    knowledge.record(*(item for item in needed(knowledge.load()) if item != f"notice:{missing}"))
    with pytest.raises(UnapprovedNotice, match=f"the notice '{missing}' is draft. Have it approved .approvals.yml., or"):
        require_safe_start(knowledge.load(), ContentPolicy.approved, TODAY)


def test_approved_refuses_to_start_when_an_emergency_notice_was_edited(knowledge):
    knowledge.record(*needed(knowledge.load()))
    knowledge.edit("notices/emergency.yml", "Text of emergency/seizure.", "Call.")
    with pytest.raises(UnapprovedNotice, match="'emergency/seizure' is draft"):
        require_safe_start(knowledge.load(), ContentPolicy.approved, TODAY)


@pytest.mark.parametrize("status", ["submitted", "under_review"])
def test_approved_refuses_to_start_while_an_emergency_notice_is_being_reviewed(knowledge, status):
    knowledge.record(*needed(knowledge.load()))
    knowledge.record("notice:emergency/bleeding", status=status)
    with pytest.raises(UnapprovedNotice, match=f"'emergency/bleeding' is {status}"):
        require_safe_start(knowledge.load(), ContentPolicy.approved, TODAY)


def test_approved_refuses_to_start_when_an_emergency_notice_is_overdue(knowledge):
    knowledge.record(*needed(knowledge.load()), due=TODAY)
    require_safe_start(knowledge.load(), ContentPolicy.approved, TODAY)
    with pytest.raises(UnapprovedNotice, match="'emergency/bleeding' is overdue for review"):
        require_safe_start(knowledge.load(), ContentPolicy.approved, TODAY + dt.timedelta(1))


# Triage rules


def rules_review(knowledge, folder: Path, today=TODAY) -> Review:
    return reviews_of_rules(Library.load(knowledge.root, folder), today)["bleeding"]


@pytest.fixture
def rules(tmp_path) -> Path:
    """A copy of the rule files, to change one of them."""
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def test_every_rule_file_has_a_state_and_is_a_draft_without_a_ledger_line(knowledge):
    found = reviews_of_rules(knowledge.load(), TODAY)
    assert set(found) == {path.stem for path in RULES.glob("*.yml")}
    assert set(found.values()) == {DRAFT}


def test_an_approval_of_rules_holds_for_the_exact_file_and_for_no_other(knowledge, rules):
    knowledge.record("triage:bleeding")
    assert rules_review(knowledge, rules) == APPROVED
    assert knowledge.load().rules["bleeding"] == hashlib.sha256((RULES / "bleeding.yml").read_bytes()).hexdigest()
    others = reviews_of_rules(knowledge.load(), TODAY)
    assert {name for name, state in others.items() if state.in_force} == {"bleeding"}
    (rules / "bleeding.yml").write_text((rules / "bleeding.yml").read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    assert rules_review(knowledge, rules) == DRAFT


def test_an_approval_of_rules_ends_on_its_day(knowledge, rules):
    knowledge.record("triage:bleeding")
    assert rules_review(knowledge, rules, DUE).in_force
    assert rules_review(knowledge, rules, DUE + dt.timedelta(1)).overdue


def test_the_line_on_unapproved_rules_names_them_until_all_are_approved(knowledge):
    knowledge.record("triage:bleeding")
    line = unapproved_rules(knowledge.load(), TODAY)
    assert line
    assert "seizure" in line
    assert "bleeding" not in line
    knowledge.record(*(f"triage:{name}" for name in knowledge.load().rules))
    assert unapproved_rules(knowledge.load(), TODAY) is None


def test_rules_that_nobody_approved_do_not_stop_the_start(knowledge):
    knowledge.record(*needed(knowledge.load()))
    require_safe_start(knowledge.load(), ContentPolicy.approved, TODAY)
    assert unapproved_rules(knowledge.load(), TODAY)


def test_triage_knows_nothing_of_reviews_so_that_none_can_switch_it_off():
    for path in RULES.parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.startswith(("bot.knowledge", "bot.settings"))], path.name
