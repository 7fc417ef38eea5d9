"""Triage rules, texts and their states of review, as clinicians read them; nothing can be changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from django.urls import reverse
from django.utils import timezone
from staff import make_user, staff

from bot.console.accounts import clinical
from bot.console.accounts.models import ReviewSheet, TextStates

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
STATUS = "\n".join(
    [
        "aml/what                                   family       a1b2c3d4e5f6  grade  4.1    98 words  "
        "draft: nobody has approved it",
        "notice:emergency/bleeding                  easy_read    0123456789ab  grade 10.2   120 words  "
        "approved by A. B., nurse, next review 2027-01-31",
        "2 texts: 1 draft, 1 approved",
    ]
)


@pytest.fixture
def browser():
    return staff("clinical")


@pytest.fixture
def files(tmp_path, settings):
    """The guide's files, to be changed."""
    for folder in ("bot/knowledge", "bot/triage/rules"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    settings.ROOT = tmp_path
    return tmp_path


def says(settings, code: str) -> None:
    """Something else in the place of bot-knowledge."""
    settings.BOT_KNOWLEDGE_COMMAND = [sys.executable, "-c", code]


def test_every_sign_of_every_rule_file_is_shown(browser):
    page = browser.get(reverse("accounts:rules")).content.decode()
    for path in (ROOT / "bot/triage/rules").glob("*.yml"):
        assert f">{path.stem}<" in page
        shown = browser.get(reverse("accounts:rule", args=[path.stem])).content.decode()
        data = yaml.load(path.read_text(), yaml.CSafeLoader)
        for sign in data if isinstance(data, list) else []:
            assert f'id="sign-{sign["id"]}"' in shown


def test_every_topic_is_listed_and_can_be_read(browser):
    page = browser.get(reverse("accounts:texts")).content.decode()
    for path in (ROOT / "bot/knowledge/topics").rglob("*.yml"):
        name = path.relative_to(ROOT / "bot/knowledge/topics").with_suffix("").as_posix()
        assert f'/accounts/texts/{name}"' in page
    shown = browser.get(reverse("accounts:text", args=["aml", "what"])).content.decode()
    assert "angiomyolipoma" in shown
    assert "For professionals" in shown
    assert "What helps?" in shown
    assert "Sources: " in shown


def test_notices_are_shown_with_the_state_that_bot_knowledge_told(browser, settings):
    says(settings, f"print({STATUS!r})")
    assert clinical.ask_states()
    page = browser.get(reverse("accounts:texts")).content.decode()
    assert "approved by A. B., nurse, next review 2027-01-31" in page
    assert "draft: nobody has approved it" in browser.get(reverse("accounts:text", args=["aml", "what"])).content.decode()
    assert "Code a1b2c3d4e5f6" in browser.get(reverse("accounts:text", args=["aml", "what"])).content.decode()


def test_it_is_asked_again_only_when_a_file_changed(files, settings):
    says(settings, f"print({STATUS!r})")
    assert clinical.ask_states()
    assert not clinical.ask_states()
    (files / "bot/knowledge/areas.yml").touch()
    assert clinical.ask_states()
    assert TextStates.objects.count() == 1


def test_a_tool_that_does_not_work_is_said(browser, settings):
    says(settings, "import sys; sys.exit('topics/aml/what.yml, line 3: broken')")
    clinical.ask_states()
    assert "topics/aml/what.yml, line 3: broken" in browser.get(reverse("accounts:texts")).content.decode()


def test_the_real_tool_is_understood(settings):
    """One line of its real answer, so that a change of its layout is noticed here."""
    python = ROOT / ".venv-test/bin/python"
    assert python.exists(), "the guide's own tool is needed: run `sh tools/setup.sh test`"
    settings.BOT_KNOWLEDGE_COMMAND = [str(python), "-W", "ignore", "-m", "tools.knowledge"]
    [line] = [
        match
        for match in map(clinical.LINE.fullmatch, clinical._command("status", "aml/what", "--audience", "family").splitlines())
        if match
    ]
    assert line.group(1, 2) == ("aml/what", "family")


def test_an_approval_of_rules_holds_for_exactly_that_file(browser, files):
    rules = files / "bot/triage/rules/bleeding.yml"
    entry = {
        "item": "triage:bleeding", "audience": "family", "status": "approved", "reviewer": "A. B.", "role": "nurse",
        "sha256": hashlib.sha256(rules.read_bytes()).hexdigest(), "date": dt.date.today(),
        "review_due": dt.date.today() + dt.timedelta(days=300),
    }  # fmt: skip
    ledger = files / "bot/knowledge/approvals.yml"

    def state() -> str:
        return clinical.rule_file("bleeding").state

    assert state() == "nobody has approved it"
    ledger.write_text(yaml.safe_dump([entry]))
    assert state() == f"approved by A. B., nurse, next review {entry['review_due']}"
    ledger.write_text(yaml.safe_dump([{**entry, "review_due": dt.date.today() - dt.timedelta(days=1)}]))
    assert state().startswith("overdue: approved by A. B., nurse")
    ledger.write_text(yaml.safe_dump([entry]))
    rules.write_bytes(rules.read_bytes() + b"\n# one more line\n")
    assert state() == "changed since it was approved"


@pytest.mark.parametrize("name", ["nothing", "..%2fapprovals", "BLEEDING"])
def test_there_is_no_other_file_to_be_read(browser, name):
    assert browser.get(f"/accounts/rules/{name}").status_code == 404
    assert browser.get(f"/accounts/texts/aml/{name}").status_code == 404
    assert browser.get(f"/accounts/texts/{name}/what").status_code == 404


def test_without_the_files_it_is_said(browser, settings, tmp_path):
    settings.ROOT = tmp_path
    for name in ("rules", "texts"):
        answer = browser.get(reverse(f"accounts:{name}"))
        assert answer.status_code == 503
        assert "tell whoever runs the console" in answer.content.decode()


def test_a_sheet_is_asked_for_made_and_downloaded(browser, settings):
    says(settings, "import sys; open(sys.argv[-1], 'w').write('<h1>' + ' '.join(sys.argv[1:-2]) + '</h1>')")
    browser.post(reverse("accounts:sheets"), {"texts": " aml/what  emergency/bleeding"})
    asked = ReviewSheet.objects.get()
    assert browser.get(reverse("accounts:sheet", args=[asked.pk])).status_code == 404
    assert clinical.make_sheets() == 1
    assert clinical.make_sheets() == 0
    answer = browser.get(reverse("accounts:sheet", args=[asked.pk]))
    assert answer.content.decode() == "<h1>sheet aml/what emergency/bleeding</h1>"
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("texts", ["aml/whatever", "--output=/tmp/x", "aml; ls"])
def test_only_texts_that_exist_go_into_the_command(browser, texts):
    assert browser.post(reverse("accounts:sheets"), {"texts": texts}).status_code == 422
    assert not ReviewSheet.objects.exists()


def test_a_sheet_that_cannot_be_made_says_why_and_is_not_tried_for_ever(browser, settings):
    settings.BOT_KNOWLEDGE_COMMAND = ["/nowhere/bot-knowledge"]
    browser.post(reverse("accounts:sheets"), {"texts": ""})
    assert (clinical.make_sheets(), clinical.make_sheets()) == (1, 0)
    assert "could not be started (BOT_KNOWLEDGE_COMMAND)" in browser.get(reverse("accounts:sheets")).content.decode()


def test_only_the_latest_sheets_are_kept(monkeypatch):
    monkeypatch.setattr(clinical, "KEPT_SHEETS", 2)
    by = make_user("clinical")
    for day in range(4):
        at = timezone.now() + dt.timedelta(days=day)
        ReviewSheet.objects.create(texts=f"{day}", by=by, at=at, made=at)
    clinical.make_sheets()
    assert sorted(ReviewSheet.objects.values_list("texts", flat=True)) == ["2", "3"]
