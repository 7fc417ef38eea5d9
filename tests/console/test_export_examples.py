"""An export holds only what the guide's own check lets through, and none without that check."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from learning_data import checker, propose
from staff import make_user, sign_in, staff

from bot.console.accounts.models import AccessLog
from bot.console.conversations.models import Conversation
from bot.console.feed.importer import erased
from bot.console.learning import checks, deciding, exporting, nlu_file
from bot.console.learning.bot_commands import CommandFailed
from bot.console.learning.models import Export, ExportedExample, Proposal

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
GUIDE = next((path for path in (ROOT / ".venv-test/bin/python", ROOT / ".venv/bin/python") if path.exists()), None)
"""The guide's environment, for the tests with the real check."""


@pytest.fixture
def ann():
    return make_user("reviewer", "ann")


@pytest.fixture
def lee():
    return make_user("lead", "lee")


@pytest.fixture(autouse=True)
def exports(settings, tmp_path):
    settings.EXPORTS = tmp_path / "exports"
    settings.BOT_CHECK_COMMAND = checker(tmp_path)
    return settings.EXPORTS


@pytest.fixture
def approved(ann, lee):
    def make(text: str, intent: str = "ask_mtor/how_to_take", **fields: object) -> Proposal:
        proposal = propose(ann, text, intent, **fields)
        deciding.approve(proposal, lee, proposal.seen)
        return proposal

    return make


def examples(export: Export) -> list[tuple[str, str]]:
    return nlu_file.read(exporting.file(export).read_text())


def test_the_file_is_rasas_and_the_proposals_are_done(approved, lee):
    tablets = approved("can the tablet go into soup")
    approved("how many people have this", "ask_aml/how_common")
    result = exporting.make(lee)
    content = yaml.safe_load(exporting.file(result.export).read_text())
    assert content["version"] == "3.1"
    assert [entry["intent"] for entry in content["nlu"]] == ["ask_aml/how_common", "ask_mtor/how_to_take"]
    assert content["nlu"][1]["examples"] == "- can the tablet go into soup\n"
    tablets.refresh_from_db()
    assert (tablets.state, tablets.export) == (Proposal.State.EXPORTED, result.export)
    assert exporting.make(lee).export is None


def test_the_folder_lies_as_in_the_repository_with_a_note_without_texts(approved, lee):
    approved("can the tablet go into soup")
    export = exporting.make(lee).export
    found = sorted(path.relative_to(exporting.folder(export)).as_posix() for path in exporting.folder(export).rglob("*.*"))
    assert found == ["NOTE.md", f"data/nlu/{export.name}.yml"]
    note = (exporting.folder(export) / "NOTE.md").read_text()
    assert "| ask_mtor/how_to_take | How to take the medicine | 1 |" in note
    assert "soup" not in note


def test_each_example_is_found_on_its_line(approved, lee):
    for text in ("one", "two", "three"):
        approved(text)
    export = exporting.make(lee).export
    lines = exporting.file(export).read_text().splitlines()
    for one in export.examples.all():
        assert lines[one.line - 1] == f"      - {one.proposal.text}"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"identifier": True, "masked": "ask [name]"}, "ask [name]"),
        ({"alarm": {"level": "emergency", "category": "bleeding"}}, "sounds like an emergency (bleeding)"),
        ({"alarm": {"level": "urgent", "category": "infection"}}, "sounds like urgent (infection)"),
        ({"there": "ask_aml/what"}, "stands in the training data already, as: What an AML is"),
        ({"evaluation": True}, "messages that measure the guide"),
        ({"error": "KeyError"}, "could not be checked"),
    ],
)
def test_what_is_found_is_refused_with_the_reason(approved, lee, settings, tmp_path, found, words):
    settings.BOT_CHECK_COMMAND = checker(tmp_path, {"a bad one": found})
    bad, fine = approved("a bad one"), approved("a fine one")
    result = exporting.make(lee)
    assert [one.proposal for one in result.refused] == [bad]
    assert words in " ".join(result.refused[0].problems)
    assert examples(result.export) == [("ask_mtor/how_to_take", "a fine one")]
    bad.refresh_from_db()
    assert bad.state == Proposal.State.APPROVED
    assert bad.problems == result.refused[0].problems
    assert fine.pk


@pytest.mark.parametrize(
    ("intent", "level", "fine"),
    [
        ("red_flag/bleeding", "emergency", True),
        ("red_flag/other", "urgent", True),
        ("urgent/bleeding", "urgent", True),
        ("urgent/bleeding", "emergency", False),
        ("refuse/diagnosis", "urgent", False),
        ("support", "emergency", False),
    ],
)
def test_an_alarm_is_learned_as_nothing_less(approved, lee, settings, tmp_path, intent, level, fine):
    settings.BOT_CHECK_COMMAND = checker(tmp_path, {"it hurts": {"alarm": {"level": level, "category": "bleeding"}}})
    approved("it hurts", intent)
    assert bool(exporting.make(lee).export) is fine


@pytest.mark.parametrize("text", ["see [this](medicine)", 'a [b]{"entity": "c"}', "[a][b]"])
def test_what_rasa_would_take_apart_is_refused(approved, lee, text):
    approved(text)
    assert "brackets" in exporting.make(lee).refused[0].problems[0]


@pytest.mark.parametrize(
    "text", ["- a dash: and # more", "'quoted' \"twice\"", "[name] asks {x} % & *a !b | >", "مرحبا ☂ ok", "yes", "/x"]
)
def test_any_other_text_comes_back_as_it_was(approved, lee, text):
    approved(text)
    assert examples(exporting.make(lee).export) == [("ask_mtor/how_to_take", text)]


def test_nothing_approved_makes_nothing(lee, exports):
    assert exporting.make(lee) == exporting.Result(None, [])
    assert not exports.exists()


def test_an_unknown_intent_is_refused(approved, lee):
    approved("a text", "ask_no/such")
    assert "does not know this intent" in exporting.make(lee).refused[0].problems[0]


def test_equal_texts_are_exported_once_and_not_at_all_with_two_intents(approved, lee):
    approved("Same text")
    approved("same text")
    approved("Another")
    approved("another", "ask_aml/what")
    result = exporting.make(lee)
    assert examples(result.export) == [("ask_mtor/how_to_take", "Same text")]
    assert len(result.refused) == 3


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("sys.exit(1)", "failed with status 1"),
        ("print('{}')", "answers to"),
        ("os.close(1); os.kill(os.getpid(), 9)", "failed with status"),
    ],
)
def test_without_a_whole_check_there_is_no_export(approved, lee, settings, tmp_path, exports, ending, words):
    settings.BOT_CHECK_COMMAND = checker(tmp_path, ending=ending)
    proposal = approved("a fine one")
    with pytest.raises(CommandFailed, match=words):
        exporting.make(lee)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.checked_at) == (Proposal.State.APPROVED, None)
    assert not exports.exists()
    assert not Export.objects.exists()


WHOLE = {"masked": "x", "identifier": False, "alarm": None, "there": None, "evaluation": False, "key": "x"}


@pytest.mark.parametrize(
    "answer",
    [
        "", "{}", "[]", "null", '{"error": 1}', "\xff", json.dumps({**WHOLE, "identifier": "no"}),
        json.dumps({**WHOLE, "alarm": {"level": "urgent"}}), json.dumps({k: v for k, v in WHOLE.items() if k != "alarm"}),
    ],
)  # fmt: skip
def test_an_answer_that_says_nothing_is_no_consent(approved, lee, settings, tmp_path, answer):
    script = tmp_path / "odd.py"
    script.write_text(f"import sys\nsys.stdin.read()\nsys.stdout.buffer.write({answer!r}.encode('latin-1') + b'\\n')\n")
    settings.BOT_CHECK_COMMAND = [checker(tmp_path)[0], str(script)]
    approved("a fine one")
    with pytest.raises(CommandFailed):
        exporting.make(lee)
    assert not Export.objects.exists()


def test_a_missing_command_and_a_slow_one_are_named(approved, lee, settings, tmp_path, monkeypatch):
    approved("a fine one")
    settings.BOT_CHECK_COMMAND = [str(tmp_path / "not-there")]
    with pytest.raises(CommandFailed, match="BOT_CHECK_COMMAND: the command could not be started"):
        exporting.make(lee)
    monkeypatch.setattr(checks, "SECONDS", 1.0)
    settings.BOT_CHECK_COMMAND = checker(tmp_path, ending="time.sleep(60)")
    started = time.monotonic()
    with pytest.raises(CommandFailed, match="no answer within 1 seconds"):
        exporting.make(lee)
    assert time.monotonic() - started < 20


def test_the_check_gets_no_secret_of_the_console(approved, lee, settings, tmp_path, monkeypatch):
    monkeypatch.setenv("CONSOLE_SECRET", "s" * 50)
    monkeypatch.setenv("CONSOLE_DATABASE_URL", "postgresql://user:canary@host/name")
    seen = tmp_path / "seen"
    settings.BOT_CHECK_COMMAND = checker(tmp_path, ending=f"open({str(seen)!r}, 'w').write(repr(dict(os.environ)))")
    approved("a fine one")
    exporting.make(lee)
    assert "CONSOLE" not in seen.read_text()
    assert "canary" not in seen.read_text()


def test_a_folder_that_cannot_be_written_exports_nothing(approved, lee, settings, tmp_path):
    approved("a fine one")
    (tmp_path / "file").write_text("")
    settings.EXPORTS = tmp_path / "file" / "exports"
    with pytest.raises(NotADirectoryError):
        exporting.make(lee)
    assert not Export.objects.exists()
    assert Proposal.objects.get().state == Proposal.State.APPROVED


@pytest.mark.parametrize("character", ["\x07", "\x1b", "\x7f", "\x9f", "\ufffe"])
def test_a_character_that_yaml_does_not_take_holds_up_no_other_example(approved, lee, character):
    bad, fine = approved(f"a bad{character} one"), approved("a fine one")
    result = exporting.make(lee)
    assert examples(result.export) == [(fine.intent, fine.text)]
    assert [one.proposal for one in result.refused] == [bad]
    assert "invisible character" in " ".join(result.refused[0].problems)
    with pytest.raises(ValueError, match="cannot be written") as refused:
        nlu_file.write([(bad.intent, bad.text)], "")
    assert "bad" not in str(refused.value)


@pytest.mark.django_db(transaction=True)
def test_what_a_family_erases_leaves_the_file_and_is_listed_for_deletion_by_hand(approved, lee):
    gone, kept = approved("an erased text"), approved("a kept text")
    export = exporting.make(lee).export
    conversation = gone.turn.conversation
    number = conversation.pk
    line = ExportedExample.objects.get(proposal=gone).line
    erased.send(sender=None, conversation=conversation)
    conversation.delete()
    assert examples(export) == [("ask_mtor/how_to_take", kept.text)]
    assert [path for path in exporting.folder(export).rglob("*.*") if "an erased text" in path.read_text()] == []
    page = sign_in(lee).get(f"/learning/exports/{export.pk}/").content.decode()
    assert "To delete by hand" in page
    assert f"line {line}" in page
    browser, task = staff("data_protection"), f"Delete by hand: {export.name}, line {line}"
    assert task in browser.get("/accounts/data").content.decode()
    assert "1 to delete by hand" in sign_in(lee).get("/learning/exports/").content.decode()
    for one in export.examples.all():  # the other one is no task, and cannot be ticked off
        answer = browser.post(f"/accounts/lines/{one.pk}/done", follow=True)
        assert answer.status_code == (404 if one.erased_at is None else 200)
    assert [one.proposal for one in export.examples.all()] == [kept]
    assert task not in browser.get("/accounts/data").content.decode()
    assert "to delete by hand" not in sign_in(lee).get("/learning/exports/").content.decode()
    done = AccessLog.objects.get(what="changed")
    assert (done.conversation, done.where.split()[2:]) == (number, [f"export={export.pk}", f"line={line}"])


@pytest.mark.django_db(transaction=True)
def test_a_conversation_that_only_grew_old_leaves_the_file_and_is_listed_nowhere(approved, lee):
    approved("an old text")
    export = exporting.make(lee).export
    Conversation.objects.all().delete()
    assert examples(export) == []
    assert not ExportedExample.objects.exclude(erased_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_a_withdrawn_export_gives_its_examples_back(approved, lee):
    proposal = approved("a fine one")
    export = exporting.make(lee).export
    sign_in(lee).post(f"/learning/exports/{export.pk}/withdraw")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by, proposal.export) == (Proposal.State.WAITING, None, None)
    assert not exporting.folder(export).exists()
    deciding.approve(proposal, lee, proposal.seen)
    assert exporting.make(lee).export.name != export.name


def test_the_command_exports_and_prints_no_text(approved, capsys, settings, tmp_path):
    settings.BOT_CHECK_COMMAND = checker(tmp_path, {"a bad one": {"evaluation": True}})
    approved("a fine one")
    bad = approved("a bad one")
    call_command("export_examples")
    out, err = capsys.readouterr()
    assert "1 examples in" in out
    assert f"proposal {bad.pk}" in err
    assert "one" not in out + err.replace("none", "")
    with pytest.raises(CommandError, match="no approved example is fit"):
        call_command("export_examples")
    settings.BOT_CHECK_COMMAND = ["/not/there"]
    with pytest.raises(CommandError, match=r"nothing was exported\. BOT_CHECK_COMMAND"):
        call_command("export_examples")


def test_the_page_exports_and_hands_out_the_file(approved, lee):
    approved("a fine one")
    browser = sign_in(lee)
    answer = browser.post("/learning/exports/make", follow=True)
    assert "1 examples were exported." in answer.content.decode()
    export = Export.objects.get()
    file = browser.get(f"/learning/exports/{export.pk}/file")
    assert b"- a fine one" in file.content
    assert file["Content-Disposition"] == f'attachment; filename="{export.name}.yml"'


def test_the_page_says_when_nothing_could_be_checked(approved, lee, settings):
    approved("a fine one")
    settings.BOT_CHECK_COMMAND = ["/not/there"]
    answer = sign_in(lee).post("/learning/exports/make", follow=True).content.decode()
    assert "Nothing was exported, because the examples could not be checked. BOT_CHECK_COMMAND" in answer


PAGES = {
    "/learning/exports/make": ("POST", "lead admin"),
    "/learning/exports/{pk}/": ("GET", "reviewer lead clinical admin"),
    "/learning/exports/{pk}/file": ("GET", "lead admin"),
    "/learning/exports/{pk}/measured": ("POST", "lead admin"),
    "/learning/exports/{pk}/withdraw": ("POST", "lead admin"),
}


@pytest.mark.parametrize("address", list(PAGES))
@pytest.mark.parametrize("role", ["reviewer", "lead", "clinical", "data_protection", "admin", "", None])
def test_each_page_for_each_role(lee_made_one, role, address):
    method, allowed = PAGES[address]
    page = address.format(pk=lee_made_one.pk)
    browser = Client() if role is None else staff(role)
    answer = browser.get(page) if method == "GET" else browser.post(page)
    if role is None:
        assert answer.status_code == (302 if method == "GET" else 401)
    elif role in allowed.split():
        assert answer.status_code in {200, 302, 422}
        assert (browser.post(page) if method == "GET" else browser.get(page)).status_code == 405
    else:
        assert answer.status_code == 403


@pytest.fixture
def lee_made_one(exports):
    export = Export.objects.create(name="reviewed_2026-01-01_1", note="", at=timezone.now())
    file = exporting.file(export)
    file.parent.mkdir(parents=True)
    file.write_text("")
    return export


def test_the_real_check_lets_through_only_what_is_fit_and_rasa_reads_the_file(approved, lee, settings):
    """With the guide's own program, and Rasa's own reader."""
    assert GUIDE, "the guide's environment is missing; run `make setup`"
    settings.BOT_CHECK_COMMAND = [str(GUIDE), "-m", "tools.check_examples"]
    fine = approved(
        "is it a bother for the tablets when they stood in the sun on the window sill of the caravan", "ask_mtor/storage"
    )
    for text, intent in (
        ("please ring Margaret Whitcombe on 0412 345 678 about her scan", "ask_monitoring/schedule"),
        ("he has bright red blood in his urine and collapsed", "ask_bleeding/signs"),
        ("What is an angiomyolipoma?", "ask_aml/what"),
    ):
        approved(text, intent)
    result = exporting.make(lee)
    assert examples(result.export) == [(fine.intent, fine.text)]
    reasons = {one.proposal.intent: " ".join(one.problems) for one in result.refused}
    assert "who somebody is" in reasons["ask_monitoring/schedule"]
    assert "[phone number]" in reasons["ask_monitoring/schedule"]
    assert "an emergency (bleeding)" in reasons["ask_bleeding/signs"]
    assert "already" in reasons["ask_aml/what"]
    reader = (
        "import sys, warnings; warnings.simplefilter('ignore', DeprecationWarning)\n"
        "from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader\n"
        "warnings.simplefilter('error', UserWarning)\n"
        "data = RasaYAMLReader().read(sys.argv[1])\n"
        "keys = ('intent', 'intent_response_key', 'text', 'entities')\n"
        "print([tuple(one.get(key) for key in keys) for one in data.intent_examples])"
    )
    read = subprocess.run(
        [GUIDE, "-W", "ignore", "-c", reader, exporting.file(result.export)],
        capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip
    assert read.stdout.strip().endswith(f"[('ask_mtor', 'ask_mtor/storage', {fine.text!r}, None)]")
