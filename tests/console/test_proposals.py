"""A corrected message becomes a proposal; a second person approves exactly what was shown; each role may do what it should."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from learning_data import make_correction, make_turn, propose
from staff import make_user, sign_in, staff

from bot.console.accounts.models import AccessLog
from bot.console.conversations.models import Conversation, Correction
from bot.console.learning import deciding
from bot.console.learning.models import Proposal

pytestmark = pytest.mark.django_db
WAITING, APPROVED, DECLINED, EXPORTED = Proposal.State
TEXT = "does the <b>purple</b> tablet melt in soup"


@pytest.fixture
def ann():
    return make_user("reviewer", "ann")


@pytest.fixture
def lee():
    return make_user("lead", "lee")


def decide(client: Client, proposal: Proposal, do: str, **more: str):
    return client.post("/learning/decide", {"proposal": f"{proposal.pk}:{proposal.seen}", "do": do, **more}, follow=True)


def test_a_correction_proposes_its_message_on_one_line(ann):
    proposal = propose(ann, "does it\u2028melt\r\n in soup", "ask_mtor/how_to_take")
    assert (proposal.text, proposal.intent, proposal.state) == ("does it melt in soup", "ask_mtor/how_to_take", WAITING)
    assert proposal.proposed_by == ann


@pytest.mark.parametrize(("text", "choice"), [("What an AML is", "topic:aml/what"), ("[message]", ""), (" \n", "")])
def test_a_button_and_a_hidden_message_teach_nothing(ann, text, choice):
    make_correction(ann, text, "ask_aml/what", choice=choice)
    assert not Proposal.objects.exists()


def test_a_changed_correction_changes_its_proposal_and_takes_the_approval_away(ann, lee):
    proposal = propose(ann, TEXT, "ask_mtor/storage")
    deciding.approve(proposal, lee, proposal.seen)
    Correction.objects.update_or_create(turn=proposal.turn, by=ann, defaults={"intent": "ask_mtor/how_to_take"})
    proposal.refresh_from_db()
    assert (proposal.intent, proposal.state, proposal.decided_by) == ("ask_mtor/how_to_take", WAITING, None)


def test_a_deleted_correction_takes_its_proposal_back_unless_it_is_approved(ann, lee):
    waiting, approved = propose(ann, "one", "ask_aml/what"), propose(ann, "two", "ask_aml/what")
    deciding.approve(approved, lee, approved.seen)
    Correction.objects.all().delete()
    assert list(Proposal.objects.all()) == [approved]
    assert waiting.pk


def test_two_people_who_say_the_same_propose_once_and_two_who_differ_twice(ann, lee):
    turn = make_turn(TEXT)
    for by, intent in ((ann, "ask_aml/what"), (lee, "ask_aml/what"), (lee, "ask_aml/size")):
        Correction.objects.create(turn=turn, kind=Correction.Kind.TOPIC, intent=intent, by=by)
    assert sorted(Proposal.objects.values_list("intent", flat=True)) == ["ask_aml/size", "ask_aml/what"]


def test_an_erased_conversation_takes_its_proposals_along(ann):
    propose(ann, TEXT, "ask_aml/what")
    Conversation.objects.all().delete()
    assert not Proposal.objects.exists()


def test_a_second_person_approves_and_the_first_cannot(ann, lee):
    proposal = propose(lee, TEXT, "ask_mtor/how_to_take")
    answer = decide(sign_in(lee), proposal, "approve")
    assert "a second person has to approve it" in answer.content.decode()
    assert Proposal.objects.get().state == WAITING
    clinician = make_user("clinical")
    decide(sign_in(clinician), proposal, "approve")
    approved = Proposal.objects.get()
    assert (approved.state, approved.decided_by) == (APPROVED, clinician)
    assert approved.decided_at is not None


def test_who_reworded_it_cannot_approve_it_either(ann, lee):
    proposal = propose(ann, TEXT, "ask_mtor/how_to_take")
    browser = sign_in(lee)
    values = {"seen": proposal.seen, "text": "can the tablet go into soup", "intent": "ask_mtor/how_to_take"}
    browser.post(f"/learning/{proposal.pk}/word", values)
    proposal.refresh_from_db()
    assert (proposal.text, proposal.changed_by, proposal.state) == ("can the tablet go into soup", lee, WAITING)
    decide(browser, proposal, "approve")
    proposal.refresh_from_db()
    assert proposal.state == WAITING


def reword(client: Client, proposal: Proposal, text: str, intent: str = "ask_mtor/how_to_take"):
    proposal.refresh_from_db()
    answer = client.post(f"/learning/{proposal.pk}/word", {"seen": proposal.seen, "text": text, "intent": intent})
    proposal.refresh_from_db()
    return answer


def test_who_reworded_it_cannot_approve_it_after_the_correction_changed(ann, lee):
    proposal = propose(ann, TEXT, "ask_mtor/storage")
    browser = sign_in(lee)
    reword(browser, proposal, "can the tablet go into soup", "ask_mtor/storage")
    Correction.objects.update_or_create(turn=proposal.turn, by=ann, defaults={"intent": "ask_mtor/how_to_take"})
    proposal.refresh_from_db()
    assert (proposal.text, proposal.intent) == ("can the tablet go into soup", "ask_mtor/how_to_take")
    assert proposal.authors == {ann.pk, lee.pk}
    decide(browser, proposal, "approve")
    proposal.refresh_from_db()
    assert proposal.state == WAITING


def test_who_reworded_it_cannot_approve_it_after_its_proposer_changed_a_word(ann, lee):
    proposal = propose(ann, TEXT, "ask_mtor/how_to_take")
    browser = sign_in(lee)
    reword(browser, proposal, "can the tablet go into soup")
    assert reword(sign_in(ann), proposal, "can the tablet go into hot soup").status_code == 302
    assert (proposal.text, proposal.authors) == ("can the tablet go into hot soup", {ann.pk, lee.pk})
    decide(browser, proposal, "approve")
    proposal.refresh_from_db()
    assert proposal.state == WAITING


def test_no_third_person_rewords_it_and_they_still_decide(ann, lee):
    proposal, third = propose(ann, TEXT, "ask_mtor/how_to_take"), sign_in(make_user("clinical"))
    reword(sign_in(ann), proposal, "her own second thought")
    assert reword(sign_in(lee), proposal, "can the tablet go into soup").status_code == 302
    assert "Save the change" not in third.get(f"/learning/{proposal.pk}/").content.decode()
    answer = reword(third, proposal, "can the tablet go into my soup")
    assert answer.status_code == 409
    assert "is left to approve" in answer.content.decode()
    assert (proposal.text, proposal.changed_by) == ("can the tablet go into soup", lee)
    decide(third, proposal, "approve")
    proposal.refresh_from_db()
    assert proposal.state == APPROVED


def test_the_database_itself_refuses_the_first_person(ann):
    proposal = propose(ann, TEXT, "ask_aml/what")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(state=APPROVED, decided_by=ann)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(state=EXPORTED)


def test_only_what_was_shown_is_approved(ann, lee):
    proposal = propose(ann, TEXT, "ask_aml/what")
    shown = proposal.seen
    deciding.word(proposal, ann, shown, "something else", "ask_aml/size")
    answer = sign_in(lee).post("/learning/decide", {"proposal": f"{proposal.pk}:{shown}", "do": "approve"}, follow=True)
    assert "changed or decided since you opened the page" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.state == WAITING


def test_one_with_a_problem_or_without_an_intent_is_not_approved(ann, lee):
    problem, nothing = propose(ann, "one", "ask_aml/what"), propose(ann, "two", "")
    Proposal.objects.filter(pk=problem.pk).update(problems=["It stands in the training data already."])
    browser = sign_in(lee)
    for proposal in Proposal.objects.all():
        decide(browser, proposal, "approve")
    assert set(Proposal.objects.values_list("state", flat=True)) == {WAITING}
    assert nothing.pk


def test_many_are_decided_at_once_and_one_that_cannot_be_holds_up_none(ann, lee):
    theirs, mine = [propose(ann, text, "ask_aml/what") for text in ("one", "two")], propose(lee, "three", "ask_aml/what")
    ticked = [f"{one.pk}:{one.seen}" for one in (*theirs, mine)] + ["x", "7:", "999999:abc"]
    answer = sign_in(lee).post("/learning/decide", {"proposal": ticked, "do": "approve"}, follow=True)
    assert "2 approved." in answer.content.decode()
    assert f"Proposal {mine.pk}:" in answer.content.decode()


def test_the_log_says_who_decided_what_and_nothing_of_what_was_refused(ann, lee):
    theirs, mine = propose(ann, TEXT, "ask_aml/what"), propose(lee, "three", "ask_aml/what")
    browser = sign_in(lee)
    ticked = [f"{one.pk}:{one.seen}" for one in (theirs, mine)]
    browser.post("/learning/decide", {"proposal": ticked, "do": "approve"})
    browser.post("/learning/decide", {"proposal": [], "do": "approve"})
    (line,) = AccessLog.objects.filter(what="changed")
    assert (line.who, line.conversation) == (lee, theirs.turn.conversation_id)
    assert line.where == f"learning:decide proposal {theirs.pk}: approved"
    theirs.refresh_from_db()
    values = {"seen": theirs.seen, "text": "can the tablet go into soup", "intent": "ask_mtor/how_to_take"}
    sign_in(ann).post(f"/learning/{theirs.pk}/word", values)
    assert AccessLog.objects.get(what="changed", who=ann).where.endswith(f"proposal {theirs.pk}: text intent")


def test_declining_wants_a_reason_and_the_colleague_reads_it(ann, lee):
    proposal = propose(ann, TEXT, "ask_aml/what")
    browser = sign_in(lee)
    assert "why" in decide(browser, proposal, "decline").content.decode()
    assert Proposal.objects.get().state == WAITING
    decide(browser, proposal, "decline", reason="not a question")
    assert Proposal.objects.get().state == DECLINED
    assert "not a question" in sign_in(ann).get(f"/learning/{proposal.pk}/").content.decode()


def test_a_declined_one_that_is_reworded_waits_again(ann, lee):
    proposal = propose(ann, TEXT, "ask_aml/what")
    deciding.decline(proposal, lee, proposal.seen, "unclear")
    proposal.refresh_from_db()
    deciding.word(proposal, ann, proposal.seen, "clear now", "ask_aml/what")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.reason, proposal.decided_by, proposal.checked_at) == (WAITING, "", None, None)


def test_wrong_input_is_named_and_nothing_typed_is_lost(ann):
    proposal = propose(ann, TEXT, "ask_aml/what")
    browser = sign_in(ann)
    for values, status in (
        ({"text": "typed with care", "intent": "ask_no/such"}, 422),
        ({"text": "typed with care" + "x" * 2000, "intent": "ask_aml/what"}, 422),
        ({"text": "typed with care\x07", "intent": "ask_aml/what"}, 422),
        ({"text": "typed with care\x9f", "intent": "ask_aml/what"}, 422),
    ):
        answer = browser.post(f"/learning/{proposal.pk}/word", {"seen": proposal.seen, **values})
        assert answer.status_code == status
        assert "typed with care" in answer.content.decode()
    late = browser.post(f"/learning/{proposal.pk}/word", {"seen": "0", "text": "typed with care", "intent": "ask_aml/what"})
    assert late.status_code == 409
    assert "typed with care" in late.content.decode()
    proposal.refresh_from_db()
    assert proposal.text == TEXT


def test_proposers_withdraw_their_own_only(ann, lee):
    proposal = propose(ann, TEXT, "ask_aml/what")
    sign_in(lee).post(f"/learning/{proposal.pk}/withdraw", {"seen": proposal.seen})
    assert Proposal.objects.get().state == WAITING
    sign_in(ann).post(f"/learning/{proposal.pk}/withdraw", {"seen": proposal.seen})
    assert Proposal.objects.get().state == DECLINED


def test_texts_are_escaped_and_the_look_is_written_down(ann, lee):
    proposal = propose(ann, TEXT, "ask_aml/what")
    browser = sign_in(lee)
    for page in ("/learning/", f"/learning/{proposal.pk}/"):
        shown = browser.get(page).content.decode()
        assert "&lt;b&gt;purple&lt;/b&gt;" in shown
        assert "<b>purple" not in shown
    looks = AccessLog.objects.filter(who=lee, what="viewed", conversation=proposal.turn.conversation_id)
    assert looks.count() == 2


def test_one_that_is_in_no_export_says_not_evaluated_yet(ann):
    proposal = propose(ann, TEXT, "ask_aml/what")
    assert "Not evaluated yet." in sign_in(ann).get(f"/learning/{proposal.pk}/").content.decode()


PAGES = {
    "/learning/": ("GET", "reviewer lead clinical admin"),
    "/learning/{pk}/": ("GET", "reviewer lead clinical admin"),
    "/learning/{pk}/word": ("POST", "reviewer lead clinical admin"),
    "/learning/{pk}/withdraw": ("POST", "reviewer lead clinical admin"),
    "/learning/decide": ("POST", "lead clinical admin"),
    "/learning/exports/": ("GET", "reviewer lead clinical admin"),
    "/learning/missing/": ("GET", "reviewer lead clinical admin"),
    "/learning/missing/again": ("POST", "reviewer lead clinical admin"),
}


@pytest.mark.parametrize("address", list(PAGES))
@pytest.mark.parametrize("role", ["reviewer", "lead", "clinical", "data_protection", "admin", ""])
def test_each_page_for_each_role(ann, role, address):
    method, allowed = PAGES[address]
    page = address.format(pk=propose(ann, TEXT, "ask_aml/what").pk)
    browser = staff(role)
    answer = browser.get(page) if method == "GET" else browser.post(page)
    if role in allowed.split():
        assert answer.status_code in {200, 302, 422}
        other = browser.post(page) if method == "GET" else browser.get(page)
        assert other.status_code == 405
    else:
        assert answer.status_code == 403


@pytest.mark.parametrize("address", list(PAGES))
def test_each_page_needs_a_login(ann, address):
    method, _ = PAGES[address]
    page = address.format(pk=propose(ann, TEXT, "ask_aml/what").pk)
    answer = Client().get(page) if method == "GET" else Client().post(page)
    assert answer.status_code == (302 if method == "GET" else 401)
