"""Wording, approving, declining: who may, and that what was shown is what is decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils import timezone

from bot.console.learning.models import Proposal

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHANGED = "It was changed or decided since you opened the page. Please look at it again."
WORDED = (
    "A colleague has reworded it already. Only they and whoever proposed it can change it, so that somebody is left to approve "
    "it. If it should read differently, tell them, or have it declined with the reason."
)


class Refused(Exception):
    """Nothing was changed; the message is for staff."""


def word(proposal: Proposal, by: User, seen: str, text: str, intent: str) -> None:
    """Change text and intent; approved or declined ones wait again. Raises Refused."""
    if not proposal.takes_words_of(by.pk):
        raise Refused(WORDED)
    # A proposer who changes it again does not hide who reworded it: a part of those words may still stand.
    other = proposal.changed_by_id if by.pk == proposal.proposed_by_id and proposal.changed_by_id else by.pk
    unchanged = _as_seen(proposal, seen).exclude(state=Proposal.State.EXPORTED)
    again = Proposal(text=text, intent=intent)
    again.begin_again()
    fields = ("text", "intent", "state", "reason", "decided_by", "decided_at", "problems", "checked_at")
    if not unchanged.update(changed_by=other, **{name: getattr(again, name) for name in fields}):
        raise Refused(CHANGED)


def approve(proposal: Proposal, by: User, seen: str) -> None:
    """As the second person. Raises Refused."""
    if by.pk in proposal.authors:
        raise Refused("You proposed or worded this one; a second person has to approve it.")
    if not proposal.intent:
        raise Refused("Choose first what it should have been.")
    if proposal.problems:
        raise Refused(" ".join(proposal.problems))
    waiting = _as_seen(proposal, seen).filter(state=Proposal.State.WAITING)
    not_mine = waiting.exclude(proposed_by=by).filter(Q(changed_by=None) | ~Q(changed_by=by))
    if not not_mine.update(state=Proposal.State.APPROVED, decided_by=by, decided_at=timezone.now(), reason=""):
        raise Refused(CHANGED)


def decline(proposal: Proposal, by: User, seen: str, reason: str) -> None:
    """It will not be an example; also what was approved and not exported yet. Raises Refused."""
    longest = Proposal._meta.get_field("reason").max_length
    open_ones = _as_seen(proposal, seen).filter(state__in=[Proposal.State.WAITING, Proposal.State.APPROVED])
    done = {"state": Proposal.State.DECLINED, "decided_by": by, "decided_at": timezone.now(), "reason": reason[:longest]}
    if not open_ones.update(**done):
        raise Refused(CHANGED)


def _as_seen(proposal: Proposal, seen: str) -> QuerySet[Proposal]:
    if proposal.seen != seen:
        raise Refused(CHANGED)
    return Proposal.objects.filter(pk=proposal.pk, text=proposal.text, intent=proposal.intent)


def with_conversation(proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With what the pages show, in one query."""
    return proposals.select_related("turn", "turn__conversation", "proposed_by", "changed_by", "decided_by", "export")


def by_numbers(ticked: Iterable[str]) -> dict[int, str]:
    """``number:seen`` of forms -> what was seen, by number. What is no such thing is left out."""
    parted = (one.partition(":") for one in ticked)
    return {int(number): seen for number, _, seen in parted if number.isdecimal() and len(number) < 19}
