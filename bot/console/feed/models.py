"""How far the feed has come, and what must never come back."""

from __future__ import annotations

from django.db import models


class Progress(models.Model):
    """How far one table of the guide's database was read. Saved together with what was read: both, or neither."""

    table = models.CharField(max_length=40, primary_key=True)
    last = models.BigIntegerField(default=0, help_text="the highest id that was read")
    last_time = models.FloatField(default=0.0, help_text="time of that row, in seconds since 1970")
    gaps = models.JSONField(default=list, help_text="[[from, to, since]]: ids below it that may still appear")
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.table


class Erased(models.Model):
    """A conversation that its family erased."""

    sender_id = models.CharField(max_length=255, unique=True)
    erased = models.DateTimeField()

    def __str__(self) -> str:
        return f"Erased conversation {self.pk}"


class NotImported(models.Model):
    """A conversation that could not be imported, so that it does not vanish in silence; the feed tries it again."""

    sender_id = models.CharField(max_length=255, unique=True)
    error = models.CharField(max_length=80, help_text="kind of the error, without its message")
    since = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Conversation not imported {self.pk}"
