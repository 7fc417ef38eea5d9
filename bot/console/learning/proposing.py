"""A correction becomes a proposed training example by itself."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.utils import timezone

from bot.console.conversations.models import Conversation, Correction
from bot.console.feed.importer import erased
from bot.console.learning.exporting import rewrite
from bot.console.learning.models import Export, ExportedExample, Proposal
from bot.console.learning.nlu_file import one_line

HIDDEN = "[message]"
"""What the guide stores when masking failed: nothing to learn from."""


@receiver(post_save, sender=Correction)
def propose(instance: Correction, raw: bool = False, **_: Any) -> None:
    """Propose the corrected message, or follow a correction that changed. Pressed buttons teach nothing."""
    text = one_line(instance.turn.text)
    if raw or instance.turn.choice or text in {"", HIDDEN}:
        return
    proposal = Proposal.objects.filter(correction=instance).first()
    if proposal is None:
        same = Proposal.objects.filter(turn=instance.turn, intent=instance.intent).exclude(state=Proposal.State.DECLINED)
        if not same.exists():
            Proposal.objects.create(
                turn=instance.turn, correction=instance, text=text, intent=instance.intent, proposed_by=instance.by
            )
    elif proposal.intent != instance.intent and proposal.state != Proposal.State.EXPORTED:
        proposal.intent = instance.intent  # of its proposer; who reworded it stays known, and cannot approve their own words
        proposal.begin_again()
        proposal.save()


@receiver(pre_delete, sender=Correction)
def take_back(instance: Correction, **_: Any) -> None:
    """A correction that was deleted proposes nothing any more, unless somebody approved it."""
    Proposal.objects.filter(correction=instance, state__in=[Proposal.State.WAITING, Proposal.State.DECLINED]).delete()


@receiver(erased)
def list_for_deletion(conversation: Conversation, **_: Any) -> None:
    """What was exported of an erased conversation is listed: files elsewhere can only be changed by hand."""
    ExportedExample.objects.filter(conversation=conversation.pk, erased_at=None).update(erased_at=timezone.now())


@receiver(post_delete, sender=Proposal)
def take_out(instance: Proposal, **_: Any) -> None:
    """What went with its conversation goes from the exported file here, too."""
    if instance.export_id is not None:
        for export in Export.objects.filter(pk=instance.export_id):
            # A file that cannot be written must not undo the erasing; the log says so.
            transaction.on_commit(partial(rewrite, export), robust=True)
