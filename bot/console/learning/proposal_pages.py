"""The pages of proposed training examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from bot.console.accounts.access import changed, log, needs, viewed
from bot.console.accounts.models import AccessLog
from bot.console.conversations import guide_files
from bot.console.learning import deciding, evaluations
from bot.console.learning.deciding import Refused
from bot.console.learning.forms import Wording
from bot.console.learning.models import Proposal

if TYPE_CHECKING:
    from django.contrib.auth.models import User

VIEW, PROPOSE, APPROVE = "learning.view_proposal", "learning.propose", "learning.approve_proposal"
PAGE = 25
APPROVED, DECLINED = "approve", "decline"
UNDERSTOOD = {"": "nothing", "nlu_fallback": "not understood", "clarify": "not sure, asked back"}
"""What is no intent of the training data, in words."""


@needs(VIEW)
@require_GET
def show_all(request: HttpRequest) -> HttpResponse:
    """Proposals of one state, the oldest first, so that none waits for ever."""
    state = request.GET.get("state", "")
    state = state if state in Proposal.State.values else Proposal.State.WAITING
    counts = dict(Proposal.objects.values_list("state").annotate(count=Count("pk")))
    order = "proposed_at" if state == Proposal.State.WAITING else "-proposed_at"
    page = Paginator(deciding.with_conversation(Proposal.objects.filter(state=state)).order_by(order, "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    proposals = list(page)
    _write_down(request, proposals)
    return render(
        request,
        "learning/proposals.html",
        {
            "states": [(value, words, counts.get(value, 0)) for value, words in Proposal.State.choices],
            "state": state,
            "state_words": Proposal.State(state).label,
            "page": page,
            "proposals": [_row(proposal, request.user) for proposal in proposals],
        },
    )


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal with everything that is known of it."""
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, form: Wording | None = None, reason: str = "", status: int = 200) -> HttpResponse:
    proposal = get_object_or_404(_all(), pk=pk)
    viewed(request, proposal.turn.conversation)
    others = Proposal.objects.filter(turn=proposal.turn).exclude(pk=pk).order_by("pk")
    missing, typed = "", form is not None
    try:
        form = form or Wording(instance=proposal)
    except guide_files.NotThere as error:
        missing = str(error)
    context = {
        **_row(proposal, request.user),
        "others": [(other.pk, guide_files.title(other.intent), other.get_state_display()) for other in others],
        "form": form,
        "missing": missing,
        "reason": reason,
        "rows": evaluations.table(proposal.export) if proposal.export else [],
        "may_word": request.user.has_perm(PROPOSE) and proposal.state != Proposal.State.EXPORTED,
        "worded": "" if typed or proposal.takes_words_of(_user(request).pk) else deciding.WORDED,
        "may_withdraw": request.user.has_perm(PROPOSE)
        and proposal.state == Proposal.State.WAITING
        and request.user.pk in proposal.authors,
    }
    return render(request, "learning/proposal.html", context, status=status)


@needs(PROPOSE)
@require_POST
def word(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the text or the intent."""
    proposal = get_object_or_404(_all(), pk=pk)
    viewed(request, proposal.turn.conversation)
    seen = request.POST.get("seen", "")
    as_it_was = proposal.seen == seen
    form = Wording(request.POST, instance=proposal)
    if not form.is_valid():
        return _page(request, pk, form, status=422)
    if not form.changed_data:
        changed(request)
        messages.info(request, "Nothing was changed.")
        return redirect("learning:proposal", pk)
    try:
        if not as_it_was:
            raise Refused(deciding.CHANGED)
        said = form.cleaned_data
        deciding.word(get_object_or_404(_all(), pk=pk), _user(request), seen, said["text"], said["intent"])
    except Refused as refused:
        form.add_error(None, str(refused))  # what was typed stays in the form
        return _page(request, pk, form, status=409)
    changed(request, f"proposal {pk}: {' '.join(form.changed_data)}")
    messages.success(request, "The example is changed. It waits for a second person.")
    return redirect("learning:proposal", pk)


@needs(PROPOSE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own proposal back."""
    proposal = get_object_or_404(_all(), pk=pk)
    viewed(request, proposal.turn.conversation)
    try:
        if request.user.pk not in proposal.authors or proposal.state != Proposal.State.WAITING:
            raise Refused("Only those who proposed it can withdraw it, and only while it waits.")
        deciding.decline(proposal, _user(request), request.POST.get("seen", ""), "withdrawn")
    except Refused as refused:
        changed(request)
        messages.error(request, str(refused))
    else:
        changed(request, f"proposal {pk}: withdrawn")
        messages.success(request, "The proposal is withdrawn.")
    return redirect("learning:proposal", pk)


@needs(APPROVE)
@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Approve or decline what was ticked; one that cannot be is named, and the others are decided all the same."""
    ticked = deciding.by_numbers(request.POST.getlist("proposal"))
    press, reason = request.POST.get("do", ""), request.POST.get("reason", "").strip()
    back = request.POST.get("back", "")
    address = (
        reverse("learning:proposal", args=[int(back)]) if back.isdecimal() and len(back) < 19 else reverse("learning:proposals")
    )
    changed(request)
    if press not in {APPROVED, DECLINED} or not ticked:
        messages.error(request, "Tick at least one proposal, then press Approve or Decline.")
        return redirect(address)
    if press == DECLINED and not reason:
        messages.error(request, "Please say in a few words why, so that the colleague who proposed it knows.")
        return redirect(address)
    word, done = "approved" if press == APPROVED else "declined", 0
    for proposal in _all().filter(pk__in=ticked).order_by("pk"):
        viewed(request, proposal.turn.conversation)
        try:
            if press == APPROVED:
                deciding.approve(proposal, _user(request), ticked[proposal.pk])
            else:
                deciding.decline(proposal, _user(request), ticked[proposal.pk], reason)
            log(request, AccessLog.What.CHANGED, proposal.turn.conversation_id, [f"proposal {proposal.pk}: {word}"])
            done += 1
        except Refused as refused:
            messages.error(request, f"Proposal {proposal.pk}: {refused}")
    if done:
        messages.success(request, f"{done} {word}.")
    return redirect(address)


def _all() -> QuerySet[Proposal]:
    return deciding.with_conversation(Proposal.objects.all())


def _row(proposal: Proposal, user: Any) -> dict[str, Any]:
    """What both pages show of a proposal."""
    return {
        "proposal": proposal,
        "title": guide_files.title(proposal.intent) if proposal.intent else "",
        "was": UNDERSTOOD.get(proposal.turn.intent) or guide_files.title(proposal.turn.intent),
        "reworded": proposal.text != proposal.original,
        "mine": user.pk in proposal.authors,
        "may_decide": user.has_perm(APPROVE) and proposal.state in {Proposal.State.WAITING, Proposal.State.APPROVED},
    }


def _write_down(request: HttpRequest, proposals: list[Proposal]) -> None:
    """Whoever reads a message saw a part of its conversation."""
    with transaction.atomic():
        for conversation in {proposal.turn.conversation_id: proposal.turn.conversation for proposal in proposals}.values():
            viewed(request, conversation)


def _user(request: HttpRequest) -> User:
    user: User = request.user  # type: ignore[assignment]
    return user
