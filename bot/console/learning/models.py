"""Proposed training examples, the files they were exported to with what was measured, and groups of unanswered messages.

No ``__str__`` holds a text or an id of a conversation. What is below a conversation goes with it.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from bot.console.conversations.models import Correction, Turn
from bot.console.learning.nlu_file import one_line

USER = settings.AUTH_USER_MODEL


class Export(models.Model):
    """A file of approved examples, ready for a branch of the repository."""

    name = models.CharField(max_length=60, unique=True, help_text="of its folder, and of the file in it")
    note = models.TextField(help_text="what it contains, without a text of a family")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", help_text="none: from the command line")
    withdrawn_at = models.DateTimeField(null=True, help_text="its examples are not to be used")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Export {self.pk}"


class Proposal(models.Model):
    """A message with the intent that it should have had, on its way to the training data."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for a second person"
        APPROVED = "approved", "approved"
        DECLINED = "declined", "declined"
        EXPORTED = "exported", "exported"

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="proposals")
    correction = models.OneToOneField(Correction, models.SET_NULL, null=True, related_name="proposal")
    text = models.TextField(help_text="one line; in the beginning the message as it is stored")
    intent = models.CharField(max_length=120, blank=True, help_text="full name; empty until somebody chooses one")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    proposed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", help_text="who last changed text or intent"
    )
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True, help_text="why it was declined")
    problems = models.JSONField(null=True, help_text="what the last check found, in words; none: not checked since it changed")
    checked_at = models.DateTimeField(null=True)
    export = models.ForeignKey(Export, models.SET_NULL, null=True, related_name="proposals")

    class Meta:
        default_permissions = ("view",)
        permissions = [
            ("propose", "Can word and withdraw proposed training examples"),
            ("approve_proposal", "Can approve and decline proposals of others"),
            ("export_proposal", "Can export approved proposals and record what was measured"),
        ]
        indexes = [models.Index(fields=["state", "proposed_at"], name="proposal_state")]
        constraints = [
            # The second person, also when a program error would let the first one through.
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "exported"])
                | Q(decided_by__isnull=False)
                & ~Q(decided_by=F("proposed_by"))
                & (Q(changed_by=None) | ~Q(decided_by=F("changed_by"))),
                name="approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal {self.pk}"

    def begin_again(self) -> None:
        """After a change: nobody has checked or decided this one yet. Does not save."""
        self.state, self.reason, self.decided_by, self.decided_at = self.State.WAITING, "", None, None
        self.problems = self.checked_at = None

    @property
    def seen(self) -> str:
        """Stands in forms, so that what is approved is what was shown."""
        return hashlib.sha256(f"{self.intent}\n{self.text}".encode()).hexdigest()[:16]

    @property
    def original(self) -> str:
        """The message as it is stored, on one line."""
        return one_line(self.turn.text)

    @property
    def authors(self) -> set[int]:
        """Who had a hand in it and so cannot approve it."""
        return {pk for pk in (self.proposed_by_id, self.changed_by_id) if pk is not None}

    def takes_words_of(self, user: int) -> bool:
        """Its proposer and one other may word it: a third hand in it could not be remembered here, nor by the constraint."""
        return user == self.proposed_by_id or self.changed_by_id in {None, self.proposed_by_id, user}


class ExportedExample(models.Model):
    """Where an example went, so that it can be found again when its family erases the conversation. Holds no text."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="examples")
    proposal = models.ForeignKey(Proposal, models.SET_NULL, null=True, related_name="+")
    conversation = models.BigIntegerField(help_text="primary key; the conversation may be gone")
    intent = models.CharField(max_length=120)
    line = models.PositiveIntegerField(help_text="of the file as it was exported")
    erased_at = models.DateTimeField(null=True, help_text="the family erased the conversation: delete the line by hand")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["conversation"], name="exported_conversation")]

    def __str__(self) -> str:
        return f"Example {self.line} of export {self.export_id}"


class Evaluation(models.Model):
    """What `make evaluate` counted before or after the examples of an export were trained."""

    class Moment(models.TextChoices):
        BEFORE = "before", "before"
        AFTER = "after", "after"

    export = models.ForeignKey(Export, models.CASCADE, related_name="evaluations")
    moment = models.CharField(max_length=6, choices=Moment)
    made = models.DateTimeField(help_text="when it was measured")
    trained_from = models.CharField(max_length=64, help_text="SHA-256 of what the model was trained from")
    measures = models.JSONField(help_text="[{name, good, halves: {half: {held, of, low, high}}}]")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", help_text="none: from the command line")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["export", "moment"], name="evaluation_once")]

    def __str__(self) -> str:
        return f"Evaluation {self.moment} export {self.export_id}"


class Grouping(models.Model):
    """One run over the messages that the guide had no answer to, or whose answer did not help."""

    class State(models.TextChoices):
        ASKED = "asked", "asked for"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    since = models.DateTimeField(null=True, help_text="the oldest message that was read")
    until = models.DateTimeField(null=True, help_text="the latest")
    messages = models.PositiveIntegerField(default=0, help_text="that were grouped")
    left_out = models.PositiveIntegerField(default=0, help_text="older ones, over the limit")
    alone = models.PositiveIntegerField(default=0, help_text="messages that are like no other")
    error = models.CharField(max_length=300, blank=True, help_text="what went wrong; holds no text of a family")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Grouping {self.pk}"


class Group(models.Model):
    """Messages that are alike."""

    grouping = models.ForeignKey(Grouping, models.CASCADE, related_name="groups")
    messages = models.PositiveIntegerField()
    conversations = models.PositiveIntegerField()
    not_answered = models.PositiveIntegerField()
    not_helped = models.PositiveIntegerField()
    nearest = models.CharField(max_length=120, blank=True, help_text="the intent that came nearest most often")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["grouping", "-conversations", "-messages"], name="group_largest")]

    def __str__(self) -> str:
        return f"Group {self.pk}"


class Example(models.Model):
    """A message of a group; those with the lowest rank stand for the group best, and not all are kept."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="examples")
    turn = models.ForeignKey(Turn, models.CASCADE, related_name="+")
    rank = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["group", "rank"], name="example_in_order")]

    def __str__(self) -> str:
        return f"Example {self.rank} of group {self.group_id}"
