"""A conversation that staff erase: gone from the console at once, from the guide by its own command."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from guide_database import turn
from staff import make_user, sign_in, staff

from bot.console.accounts import erasing
from bot.console.accounts.models import AccessLog, Alert, Erasure, Export, ExportedConversation, HandDeletion
from bot.console.conversations.models import Comment, Conversation, Correction, Turn
from bot.console.feed.bot_store import BotStore
from bot.console.feed.importer import Importer
from bot.console.feed.models import Erased
from bot.console.learning.models import Export as TrainingFile
from bot.console.learning.models import ExportedExample, Proposal

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
GUIDE_PYTHON = ROOT / ".venv-test/bin/python"
WORDS = "a sentence that only this family wrote"


@pytest.fixture
def real(settings, guide):
    """The guide's database with two conversations that the feed has imported, and the guide's real command."""
    settings.BOT_DATABASE_URL = guide.url
    assert GUIDE_PYTHON.exists(), "the guide's own command is needed: run `sh tools/setup.sh test`"
    settings.BOT_ERASE_COMMAND = [str(GUIDE_PYTHON), "-W", "ignore", "-m", "tools.erase", "-"]
    for sender in ("mine", "yours"):
        guide.say(sender, turn(WORDS))
    importer = Importer(BotStore(guide.url))
    while importer.step().more:
        pass
    return importer


@pytest.fixture
def mine(real) -> Conversation:
    return Conversation.objects.get(sender_id="mine")


def command(settings, code: str) -> None:
    """Something else in the place of the guide's command."""
    settings.BOT_ERASE_COMMAND = [sys.executable, "-c", code]


def events(guide) -> dict[str, int]:
    path = guide.url.partition(":///")[2]
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT sender_id, count(*) FROM events GROUP BY sender_id").fetchall()
    connection.close()
    return dict(found)


def test_it_goes_from_the_console_with_all_that_hangs_on_it_and_from_the_guide(real, mine, guide):
    ann, said = make_user("lead"), mine.turns.get()
    Comment.objects.create(conversation=mine, text="a note", by=ann)
    Correction.objects.create(turn=said, kind="topic", intent="ask_aml/what", by=ann)
    Alert.objects.create(conversation=mine)
    assert Proposal.objects.exists()
    browser = staff("data_protection")
    answer = browser.post(reverse("accounts:erase", args=[mine.pk]), follow=True)
    assert "Erased in the console and in the guide" in answer.content.decode()
    assert list(Conversation.objects.values_list("sender_id", flat=True)) == ["yours"]
    assert [model.objects.filter(**{path: mine.pk}).count() for model, path in (
        (Turn, "conversation"), (Comment, "conversation"), (Alert, "conversation"), (Correction, "turn__conversation"),
        (Proposal, "turn__conversation"),
    )] == [0] * 5  # fmt: skip
    assert set(events(guide)) == {"yours"}
    erasure = Erasure.objects.get()
    assert (erasure.number, erasure.sender_id, erasure.problem, erasure.events) == (mine.pk, "", "", 6)
    line = AccessLog.objects.get(what="erased")
    assert (line.conversation, line.who.username) == (mine.pk, "data_protection")


def test_it_never_comes_back(real, mine, guide):
    erasing.ask_guide(erasing.erase(mine, make_user("admin")))
    guide.say("mine", turn("a turn that was under way"))
    real.step()
    real.begin_again()
    while real.step().more:
        pass
    assert not Conversation.objects.filter(sender_id="mine").exists()
    assert Conversation.objects.filter(sender_id="yours").exists()


def test_erased_between_the_reading_and_the_writing_of_the_feed_it_stays_erased(real, mine, guide, monkeypatch):
    guide.say("mine", turn("one more"))
    ann, read = make_user("admin"), real._read

    def read_and_be_overtaken():
        found = read()
        erasing.erase(Conversation.objects.get(sender_id="mine"), ann)
        return found

    monkeypatch.setattr(real, "_read", read_and_be_overtaken)
    real.step()
    assert not Conversation.objects.filter(sender_id="mine").exists()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; sys.exit('the database is busy, mine')", "the database is busy, …"),
        ("import sys; sys.exit(3)", "ended with 3"),
        ("print(6)", "still there"),
        ("import time; time.sleep(9)", "longer than"),
    ],
)
def test_when_the_guide_did_not_it_is_said_and_tried_again(real, mine, guide, settings, monkeypatch, code, said):
    monkeypatch.setattr(erasing, "SECONDS", 2)
    working = settings.BOT_ERASE_COMMAND
    command(settings, code)
    browser = staff("data_protection")
    page = browser.post(reverse("accounts:erase", args=[mine.pk]), follow=True).content.decode()
    assert "NOT yet in the guide" in page
    assert "Not erased yet" in page
    assert said in page
    assert "mine" not in page
    assert not Conversation.objects.filter(pk=mine.pk).exists()
    assert "not yet erased in the guide" in browser.get(reverse("accounts:data")).content.decode()
    assert set(events(guide)) == {"mine", "yours"}
    settings.BOT_ERASE_COMMAND = working
    monkeypatch.setattr(erasing, "SECONDS", 60)
    assert erasing.ask_guide_again() == 0
    assert set(events(guide)) == {"yours"}
    assert Erasure.objects.get().tries == 2


def test_a_command_that_is_not_there(real, mine, settings):
    settings.BOT_ERASE_COMMAND = ["/nowhere/erase"]
    erasure = erasing.erase(mine, make_user("admin"))
    assert not erasing.ask_guide(erasure)
    assert "could not be started (BOT_ERASE_COMMAND)" in Erasure.objects.get().problem


def test_done_is_not_believed_when_the_guides_database_cannot_be_read(real, mine, settings, tmp_path):
    settings.BOT_DATABASE_URL = f"sqlite:///{tmp_path}/gone.db"
    command(settings, "print(6)")
    erasure = erasing.erase(mine, make_user("admin"))
    assert not erasing.ask_guide(erasure)
    assert Erasure.objects.get().done is None


def test_the_id_stands_in_no_list_of_processes_and_our_secrets_are_kept_from_the_command(
    real, mine, settings, tmp_path, monkeypatch
):
    monkeypatch.setenv("CONSOLE_SECRET", "s" * 60)
    seen = tmp_path / "seen"
    command(settings, f"import os, sys; open({str(seen)!r}, 'w').write(repr((sys.argv, sorted(os.environ), sys.stdin.read())))")
    erasing.ask_guide(erasing.erase(mine, make_user("admin")))
    arguments, names, typed = eval(seen.read_text())
    assert (arguments, typed) == (["-c"], "mine\n")
    assert "CONSOLE_SECRET" not in names
    assert "TRACKER_DB" in names


def test_files_that_left_the_console_are_listed_and_ticked_off(real, mine):
    ann = make_user("lead")
    export = Export.objects.create(name="turns-1.csv", by=ann)
    ExportedConversation.objects.create(export=export, conversation=mine.pk)
    other = Export.objects.create(name="turns-2.csv", by=ann)
    ExportedConversation.objects.create(export=other, conversation=mine.pk + 1)
    training = TrainingFile.objects.create(name="examples-1", by=ann)
    ExportedExample.objects.create(export=training, conversation=mine.pk, intent="ask_aml/what", line=12)
    browser = sign_in(make_user("data_protection"))
    before = browser.get(reverse("accounts:erase", args=[mine.pk])).content.decode()
    assert "turns-1.csv" in before
    assert "turns-2.csv" not in before
    assert "examples-1, line 12" in before
    page = browser.post(reverse("accounts:erase", args=[mine.pk]), follow=True).content.decode()
    assert "turns-1.csv" in page
    assert "examples-1, line 12" in page
    assert ExportedExample.objects.get().erased_at
    browser.post(reverse("accounts:deleted_by_hand", args=[HandDeletion.objects.get().pk]))
    done = HandDeletion.objects.get()
    assert done.done
    assert done.by.username == "data_protection"
    assert "turns-1.csv, " in browser.get(reverse("accounts:data")).content.decode()


def test_asking_does_not_erase(real, mine):
    answer = staff("data_protection").get(reverse("accounts:erase", args=[mine.pk]))
    assert answer.status_code == 200
    assert WORDS not in answer.content.decode()
    assert Conversation.objects.filter(pk=mine.pk).exists()
    assert not Erased.objects.exists()
    assert AccessLog.objects.get().what == "viewed"


def test_an_erased_conversation_is_not_found(real, mine):
    erasing.erase(mine, make_user("admin"))
    browser = staff("data_protection")
    assert browser.get(reverse("conversations:review", args=[mine.pk])).status_code == 404
    assert browser.post(reverse("accounts:erase", args=[mine.pk])).status_code == 404


def test_numbers_are_not_used_twice(real, mine):
    """A line of the log must not be read as being about another conversation."""
    latest = Conversation.objects.create(sender_id="late", started=timezone.now(), last_activity=timezone.now())
    erasing.erase(latest, make_user("admin"))
    assert Conversation.objects.create(sender_id="later", started=timezone.now(), last_activity=timezone.now()).pk > latest.pk
