"""What the console remembers of its own safety: who saw and changed what, what was erased, exported and alarmed about.

Nothing that a family wrote stands here. A conversation is named by its number in the console, so that a line says nothing about
a family once the conversation is gone.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from bot.console.conversations.models import Conversation

USER = settings.AUTH_USER_MODEL


class AccessLog(models.Model):
    """One line: who saw, changed, exported or erased what, and when. Written by `access`, thrown away by `retention`."""

    class What(models.TextChoices):
        VIEWED = "viewed", "saw"
        CHANGED = "changed", "changed"
        EXPORTED = "exported", "exported"
        ERASED = "erased", "erased"
        SIGNED_IN = "signed_in", "signed in"
        SECURITY = "security", "changed how someone signs in"

    at = models.DateTimeField(default=timezone.now)
    who = models.ForeignKey(USER, models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    conversation = models.BigIntegerField(null=True, help_text="number of the conversation; it may be erased by now")
    where = models.CharField(max_length=200, blank=True, help_text="name of the page, and the numbers in its address")

    class Meta:
        default_permissions = ("view",)
        permissions = [("view_rules", "Can read the triage rules, the texts and their approvals")]
        indexes = [
            models.Index(fields=["-at"], name="access_latest"),
            models.Index(fields=["conversation", "-at"], name="access_conversation"),
            models.Index(fields=["who", "-at"], name="access_who"),
        ]

    def __str__(self) -> str:
        return f"Access {self.pk}"


class Export(models.Model):
    """A file with conversations that someone took out of the console. Erasing reaches the console, not that file."""

    name = models.CharField(max_length=100, help_text="of the file")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["-at"], name="taken_latest")]

    def __str__(self) -> str:
        return f"Export {self.pk}"


class ExportedConversation(models.Model):
    """Which conversations stand in an export, by their numbers."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="conversations")
    conversation = models.BigIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["conversation"], name="taken_conversation")]

    def __str__(self) -> str:
        return f"Conversation {self.conversation} in export {self.export_id}"


class Erasure(models.Model):
    """A conversation that staff erased: gone from the console at once, from the guide when the guide's own command says so."""

    number = models.BigIntegerField(help_text="number that the conversation had in the console")
    sender_id = models.CharField(max_length=255, blank=True, help_text="emptied once the guide has erased it, too")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0)
    tried = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True, help_text="why the guide could not erase it, in plain words")
    events = models.PositiveIntegerField(null=True, help_text="how many events the guide deleted")
    done = models.DateTimeField(null=True, help_text="when the guide had erased it")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["-at"], name="erasure_latest")]

    def __str__(self) -> str:
        return f"Erasure {self.pk}"


class HandDeletion(models.Model):
    """An export that holds an erased conversation: someone has to delete it, or that part of it, by hand."""

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="files")
    export = models.ForeignKey(Export, models.CASCADE, related_name="+")
    by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    done = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["erasure", "export"], name="delete_once")]

    def __str__(self) -> str:
        return f"Hand deletion {self.pk}"


class Alert(models.Model):
    """The one mail about an urgent conversation."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENDING = "sending", "being sent"
        SENT = "sent", "sent"

    conversation = models.OneToOneField(Conversation, models.CASCADE, related_name="alert")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now)
    sent = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["state", "next_try"], name="alert_due")]

    def __str__(self) -> str:
        return f"Alert {self.pk}"


class RetentionRun(models.Model):
    """When old things were thrown away, and how many."""

    at = models.DateTimeField(default=timezone.now)
    conversations = models.PositiveIntegerField()
    log_lines = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["-at"], name="retention_latest")]

    def __str__(self) -> str:
        return f"Retention {self.pk}"


class TextStates(models.Model):
    """What `bot-knowledge status` said last, in one row: which texts are approved. Asked anew when the files change."""

    stamp = models.CharField(max_length=64, help_text="of the files, and the day: approvals run out")
    at = models.DateTimeField(default=timezone.now)
    texts = models.JSONField(default=list, help_text="[{name, audience, code, grade, words, state}]")
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"States {self.pk}"


class ReviewSheet(models.Model):
    """A sheet to print, with texts for a clinician to read and mark; made by the keeper with `bot-knowledge sheet`."""

    texts = models.CharField(max_length=200, help_text="names as bot-knowledge takes them, with blanks between; empty: all")
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    made = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    page = models.TextField(blank=True, help_text="HTML")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["-at"], name="sheet_latest")]

    def __str__(self) -> str:
        return f"Review sheet {self.pk}"
