"""What `make evaluate` counted stands beside the proposal as it was counted, and nothing else ever does."""

from __future__ import annotations

import copy
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from learning_data import propose
from staff import make_user, sign_in

from bot.console.learning import deciding, evaluations
from bot.console.learning.models import Evaluation, Export, Proposal

pytestmark = pytest.mark.django_db


def count(held: int, of: int) -> dict[str, float]:
    return {"held": held, "of": of, "low": max(0.0, held / of - 0.03), "high": min(1.0, held / of + 0.03)}


BEFORE = {
    "made": "2026-11-20T10:00:00+00:00",
    "trained_from": "a" * 64,
    "measures": [
        {"name": "topic right", "good": True, "halves": {"open": count(404, 438), "sealed": count(402, 438)}},
        {"name": "wrong topic shown", "good": False, "halves": {"open": count(13, 438)}},
        {"name": "... kept when written in other ways", "good": True, "halves": {"open": count(900, 1000)}},
    ],
}
AFTER = {
    "made": "2026-11-21T10:00:00+00:00",
    "trained_from": "b" * 64,
    "measures": [
        {"name": "topic right", "good": True, "halves": {"open": count(408, 438), "sealed": count(402, 438)}},
        {"name": "wrong topic shown", "good": False, "halves": {"open": count(17, 438)}},
        {"name": "... kept when written in other ways", "good": True, "halves": {"open": count(920, 1010)}},
    ],
}


@pytest.fixture
def export():
    return Export.objects.create(name="reviewed_2026-11-21_1", note="")


def as_file(content: object) -> bytes:
    return json.dumps(content).encode()


def test_the_change_is_what_was_counted(export):
    evaluations.record(export, "before", as_file(BEFORE))
    evaluations.record(export, "after", as_file(AFTER))
    rows = {(row.name, row.half): row for row in evaluations.table(export)}
    assert len(rows) == 4
    right = rows["topic right", "open"]
    assert (right.before.held, right.after.held, right.change, right.verdict) == (404, 408, 0.9, "better")
    assert rows["topic right", "sealed"].verdict == "the same"
    assert (rows["wrong topic shown", "open"].change, rows["wrong topic shown", "open"].verdict) == (0.9, "worse")
    assert rows["... kept when written in other ways", "open"].other_set


def test_it_stands_beside_the_proposal_and_what_is_missing_is_called_so(export):
    ann, lee = make_user("reviewer", "ann"), make_user("lead", "lee")
    proposal = propose(ann, "an invented text", "ask_aml/what")
    deciding.approve(proposal, lee, proposal.seen)
    Proposal.objects.filter(pk=proposal.pk).update(state="exported", export=export)
    browser = sign_in(ann)
    page = f"/learning/{proposal.pk}/"
    assert "Not evaluated yet." in browser.get(page).content.decode()
    evaluations.record(export, "before", as_file(BEFORE))
    half_way = browser.get(page).content.decode()
    assert "404 of 438: 92.2 %" in half_way
    assert half_way.count("not evaluated yet") == half_way.count("not known yet") == 4
    evaluations.record(export, "after", as_file(AFTER))
    for shown in (browser.get(page).content.decode(), browser.get(f"/learning/exports/{export.pk}/").content.decode()):
        assert "408 of 438: 93.2 %" in shown
        assert "+0.9 points, better" in shown
        assert "+0.9 points, worse" in shown
        assert "not evaluated yet" not in shown


def test_the_later_file_takes_the_place_of_the_first(export):
    evaluations.record(export, "before", as_file(BEFORE))
    evaluations.record(export, "before", as_file(AFTER))
    assert Evaluation.objects.get().trained_from == "b" * 64


def test_the_same_model_twice_is_no_comparison(export):
    evaluations.record(export, "before", as_file(BEFORE))
    with pytest.raises(ValidationError, match="same training data"):
        evaluations.record(export, "after", as_file({**AFTER, "trained_from": "a" * 64}))
    assert Evaluation.objects.count() == 1


def changed(*path: object, to: object = None) -> bytes:
    content = copy.deepcopy(BEFORE)
    place = content
    for key in path[:-1]:
        place = place[key]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return as_file(content)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff", b"null", b"[]", b"{}", b"[" * 100_000, b" " * 300_000,
        changed("made"), changed("made", to="yesterday"), changed("made", to="2026-11-20T10:00:00"),
        changed("trained_from"), changed("trained_from", to="a"), changed("measures", to=[]),
        changed("measures", 0, "name", to=""), changed("measures", 0, "good", to="yes"),
        changed("measures", 0, "halves", to={"other": count(1, 2)}),
        changed("measures", 0, "halves", "open", "held", to=500), changed("measures", 0, "halves", "open", "held", to=-1),
        changed("measures", 0, "halves", "open", "held", to=1.5), changed("measures", 0, "halves", "open", "held", to=True),
        changed("measures", 0, "halves", "open", "of", to=0), changed("measures", 0, "halves", "open", "low", to=0.99),
        changed("measures", 0, "halves", "open", "low", to="nan"),
    ],
)  # fmt: skip
def test_another_file_is_refused_in_plain_words(export, content):
    with pytest.raises(ValidationError, match="not the file that `make evaluate` writes"):
        evaluations.record(export, "before", content)
    assert not Evaluation.objects.exists()


def test_it_can_be_uploaded(export):
    browser = sign_in(make_user("lead"))
    address = f"/learning/exports/{export.pk}/measured"
    wrong = browser.post(address, {"moment": "before", "file": SimpleUploadedFile("x.json", b"no")})
    assert wrong.status_code == 422
    assert "not the file that `make evaluate` writes" in wrong.content.decode()
    assert browser.post(address, {"moment": "never", "file": SimpleUploadedFile("x.json", as_file(BEFORE))}).status_code == 422
    right = browser.post(address, {"moment": "before", "file": SimpleUploadedFile("x.json", as_file(BEFORE))}, follow=True)
    assert "The numbers are kept." in right.content.decode()
    assert Evaluation.objects.get().by.username == "lead"


def test_it_can_be_recorded_from_the_command_line(export, tmp_path, capsys):
    file = tmp_path / "evaluation.json"
    file.write_bytes(as_file(BEFORE))
    call_command("record_evaluation", file, moment="before")
    assert f"export {export.pk}, before: 3 measures" in capsys.readouterr().out
    for wrong in ({"moment": "after", "export": "999"}, {"moment": "after", "export": "x"}):
        with pytest.raises(CommandError, match="no such export"):
            call_command("record_evaluation", file, **wrong)
    with pytest.raises(CommandError, match="same training data"):
        call_command("record_evaluation", file, moment="after")
    with pytest.raises(CommandError, match="No such file"):
        call_command("record_evaluation", tmp_path / "none.json", moment="after")
