"""What a review changes: everything that a reviewer filled in and pressed, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from bot.console.conversations.forms import Review, TurnReview
from bot.console.conversations.models import Comment, Conversation, Correction, Tag

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class WentOn(Exception):
    """The family wrote again after the reviewer's page was made; nothing was saved."""


def save(conversation: Conversation, by: User, press: str, review: Review, turns: Iterable[TurnReview]) -> None:
    """Save valid forms. ``press`` is the button: save, reviewed, later, new, ``withdraw:<correction>`` or ``delete:<comment>``.

    Raises WentOn, and ValueError for another button.
    """
    said = review.cleaned_data
    with transaction.atomic():
        _press(conversation, by, press, said["seen"])
        if said["comment"]:
            Comment.objects.create(conversation=conversation, text=said["comment"], by=by)
        _tag(conversation, review)
        _write(conversation, review)
        for form in turns:
            if form.filled:
                _save_turn(form, by)


def _press(conversation: Conversation, by: User, press: str, seen: int) -> None:
    name, _, number = press.partition(":")
    if name == "reviewed":
        if not conversation.mark_reviewed(by, seen):
            raise WentOn
    elif name in {"later", "new"}:
        state = Conversation.State.SAVED if name == "later" else Conversation.State.NEW
        Conversation.objects.filter(pk=conversation.pk).update(state=state)
    elif name == "withdraw" and number.isdecimal():
        for correction in Correction.objects.filter(pk=number, by=by, turn__conversation=conversation):
            correction.delete()
    elif name == "delete" and number.isdecimal():
        for comment in Comment.objects.filter(pk=number, by=by, conversation=conversation):
            comment.delete()
    elif name != "save":
        raise ValueError(press)


def _tag(conversation: Conversation, review: Review) -> None:
    if "tags" in review.changed_data:
        before = review.tags_before
        now = {int(pk) for pk in review.cleaned_data["tags"]}
        conversation.tags.add(*(now - before))
        conversation.tags.remove(*(before - now))
    for name in review.cleaned_data["new_tags"]:
        known = Tag.objects.filter(name__iexact=name).first()
        conversation.tags.add(known or Tag.objects.create(name=name))


def _write(conversation: Conversation, review: Review) -> None:
    changed = {name: review.cleaned_data[name] for name in ("flagged", "assignee") if name in review.changed_data}
    if changed:
        Conversation.objects.filter(pk=conversation.pk).update(**changed)


def _save_turn(form: TurnReview, by: User) -> None:
    intent, note = form.cleaned_data.get("intent", ""), form.cleaned_data["note"]
    if intent:
        values = {"kind": form.kind, "intent": intent, "note": note}
        Correction.objects.update_or_create(turn=form.turn, by=by, defaults=values)
        return
    taken_back = form.earlier if "intent" in form.fields else None
    if taken_back:
        taken_back.delete()
    if note and (taken_back or "note" in form.changed_data):  # what was noted with the correction outlives it
        Comment.objects.create(conversation=form.turn.conversation, turn=form.turn, text=note, by=by)
