"""Conversations and turns as the feed brings them, and what staff add: state, comments, corrections, tags, views.

Nothing that a family wrote and no id of a conversation stands in a ``__str__``: Django's log of changes keeps those for ever.
Models have no default ordering: with one, ``distinct()`` would give duplicates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Max, Min, Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from bot.console.conversations.leading import Candidate, leading

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser

FEEDBACK = [("yes", "helped"), ("no", "did not help")]


class Alarm(models.IntegerChoices):
    """How bad it sounded; a larger number is worse, so that queues can put the worst first."""

    NONE = 0, "none"
    URGENT = 1, "urgent"
    EMERGENCY = 2, "emergency"


class Tag(models.Model):
    """A word that staff put on conversations."""

    name = models.CharField(max_length=60, unique=True)

    def __str__(self) -> str:
        return self.name


_FILTERED = [
    "lowest_confidence",
    "place",
    "audience",
    "unknown_count",
    "clarify_count",
    "refusal_count",
    "failed_count",
    "helped_count",
    "not_helped_count",
    "comment_count",
    "correction_count",
    "flagged",
    "assignee",
    "reviewed_by",
]
"""Fields of a conversation that the queue filters by."""


class Conversation(models.Model):
    """One family's talk with the guide. The feed writes the first part, staff the second; neither touches the other's."""

    class State(models.TextChoices):
        NEW = "new", "new"
        SAVED = "saved", "saved for later"
        REVIEWED = "reviewed", "reviewed"

    # From the guide. The counts are of the turns below and stand here so that a queue of 100,000 stays fast; see `recount`.
    sender_id = models.CharField(max_length=255, unique=True, editable=False)
    channel = models.CharField(max_length=40, blank=True, editable=False)
    started = models.DateTimeField(editable=False)
    last_activity = models.DateTimeField(editable=False)
    place = models.CharField(max_length=10, blank=True, editable=False, help_text="ISO code of a country")
    audience = models.CharField(max_length=20, blank=True, editable=False)
    language = models.CharField(max_length=10, blank=True, editable=False, help_text="ISO code, when not English")
    alarm_level = models.PositiveSmallIntegerField(choices=Alarm, default=Alarm.NONE, editable=False)
    alarm_category = models.CharField(max_length=40, blank=True, editable=False, help_text="of the worst alarm")
    alarm_open = models.BooleanField(default=False, editable=False, help_text="nobody said that help is there")
    turn_count = models.PositiveIntegerField(default=0, editable=False)
    unknown_count = models.PositiveIntegerField(default=0, editable=False, help_text="turns that the guide had no answer to")
    clarify_count = models.PositiveIntegerField(default=0, editable=False, help_text="turns that it asked back")
    refusal_count = models.PositiveIntegerField(default=0, editable=False)
    failed_count = models.PositiveIntegerField(default=0, editable=False, help_text="turns in which something did not work")
    helped_count = models.PositiveIntegerField(default=0, editable=False)
    not_helped_count = models.PositiveIntegerField(default=0, editable=False)
    lowest_confidence = models.FloatField(null=True, editable=False, help_text="of the typed messages, 0 to 1")

    # From staff.
    state = models.CharField(max_length=10, choices=State, default=State.NEW)
    flagged = models.BooleanField(default=False, help_text="a colleague should look at this")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="assigned_conversations"
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="conversations")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    reviewed_at = models.DateTimeField(null=True, editable=False)
    reviewed_turns = models.PositiveIntegerField(default=0, editable=False, help_text="how many turns the reviewer saw")
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    correction_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        permissions = [
            ("assign_conversation", "Can assign conversations"),
            ("erase_conversation", "Can erase conversations"),
            ("export_conversation", "Can export conversations"),
        ]
        indexes = [
            # The queue: one state, or all; the worst first, then the latest. With all that it filters by, so that neither
            # counting nor looking for what is rare reads the rows themselves.
            models.Index(fields=["state", "-alarm_level", "-last_activity", *_FILTERED], name="conversation_queue"),
            models.Index(fields=["-alarm_level", "-last_activity", "state", *_FILTERED], name="conversation_all"),
            models.Index(fields=["-last_activity"], name="conversation_latest"),
            models.Index(fields=["lowest_confidence"], name="conversation_confidence"),
            models.Index(fields=["assignee", "state", "-last_activity"], name="conversation_assigned"),
            # What is rare gets small indexes of its own.
            models.Index(fields=["-last_activity"], condition=Q(alarm_level__gt=0), name="conversation_alarms"),
            models.Index(fields=["-last_activity"], condition=Q(not_helped_count__gt=0), name="conversation_not_helped"),
            models.Index(fields=["-last_activity"], condition=Q(unknown_count__gt=0), name="conversation_unknown"),
            models.Index(fields=["-last_activity"], condition=Q(failed_count__gt=0), name="conversation_failed"),
            models.Index(fields=["-last_activity"], condition=Q(flagged=True), name="conversation_flagged"),
        ]

    def __str__(self) -> str:
        return f"Conversation {self.pk}"

    @property
    def flags(self) -> list[str]:
        """What a reviewer should know before opening it, in words, the most serious first."""
        found = {
            self.get_alarm_level_display(): self.alarm_level != Alarm.NONE,
            "flagged": self.flagged,
            "something failed": self.failed_count,
            "did not help": self.not_helped_count,
            "not answered": self.unknown_count,
            "asked back": self.clarify_count,
            "refused": self.refusal_count,
        }
        return [words for words, true in found.items() if true]

    def recount(self) -> None:
        """Set and save what is counted over the turns. A reviewed conversation that went on is new again."""
        typed = Q(choice="")
        found = self.turns.aggregate(
            turn_count=Count("pk"),
            unknown_count=Count("pk", filter=Q(kind=Turn.UNKNOWN)),
            clarify_count=Count("pk", filter=Q(kind=Turn.CLARIFY)),
            refusal_count=Count("pk", filter=Q(kind=Turn.REFUSAL)),
            failed_count=Count("pk", filter=Q(failed=True)),
            helped_count=Count("pk", filter=Q(feedback="yes")),
            not_helped_count=Count("pk", filter=Q(feedback="no")),
            lowest_confidence=Min("confidence", filter=typed),
            alarm_level=Max("alarm_level"),
        )
        found["alarm_level"] = found["alarm_level"] or Alarm.NONE
        found["alarm_category"] = ""
        if found["alarm_level"]:
            worst = self.turns.filter(alarm_level=found["alarm_level"]).order_by("event_id")
            found["alarm_category"] = worst.values_list("alarm_category", flat=True).last()
        for name, value in found.items():
            setattr(self, name, value)
        self.save(update_fields=list(found))
        Words.gather(self.pk)
        Leading.gather(self.pk)
        grown = Conversation.objects.filter(pk=self.pk, state=self.State.REVIEWED, reviewed_turns__lt=self.turn_count)
        if grown.update(state=self.State.NEW):
            self.state = self.State.NEW

    def count_notes(self) -> None:
        """Set and save how many comments and corrections there are; done by itself whenever one comes or goes."""
        self.comment_count = self.comments.count()
        self.correction_count = Correction.objects.filter(turn__conversation=self).count()
        Conversation.objects.filter(pk=self.pk).update(comment_count=self.comment_count, correction_count=self.correction_count)

    def mark_reviewed(self, by: AbstractBaseUser, turns_seen: int) -> bool:
        """Set to reviewed, unless there are turns that the reviewer has not seen: then nothing changes and it is False."""
        values = {"reviewed_by": by, "reviewed_at": timezone.now(), "reviewed_turns": turns_seen}
        changed = Conversation.objects.filter(pk=self.pk, turn_count__lte=turns_seen)
        done = bool(changed.update(state=self.State.REVIEWED, **values))
        self.refresh_from_db()
        return done


class Turn(models.Model):
    """One message of the family, or pressed button, with everything that the guide answered. Written by the feed only.

    Pressing "this helped" or "this did not help" is no turn of its own: it stands with the turn that it is about.
    """

    UNKNOWN, CLARIFY, REFUSAL = "unknown", "clarify", "refusal"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="turns", editable=False)
    number = models.PositiveIntegerField(editable=False, help_text="from 1")
    event_id = models.BigIntegerField(editable=False, help_text="of the family's message in the guide's database")
    event_ids = models.JSONField(default=list, editable=False, help_text="of all events of the turn")
    at = models.DateTimeField(editable=False)
    text = models.TextField(blank=True, editable=False, help_text="as it is stored: masked")
    choice = models.CharField(max_length=200, blank=True, editable=False, help_text="id of the pressed button; empty: typed")
    intent = models.CharField(max_length=120, blank=True, editable=False, help_text="full name, such as ask_aml/what")
    topic = models.CharField(max_length=120, blank=True, editable=False, help_text="of the answer that was shown")
    confidence = models.FloatField(null=True, editable=False, help_text="0 to 1; none for a pressed button")
    runners_up = models.JSONField(default=list, editable=False, help_text="[{name, confidence}], the best first")
    entities = models.JSONField(default=list, editable=False, help_text="[{entity, value}]")
    language = models.CharField(max_length=10, blank=True, editable=False)
    kind = models.CharField(max_length=20, blank=True, editable=False, help_text="of the first answer")
    kinds = models.JSONField(default=list, editable=False, help_text="of all answers")
    actions = models.JSONField(default=list, editable=False, help_text="names")
    alarm_level = models.PositiveSmallIntegerField(choices=Alarm, default=Alarm.NONE, editable=False)
    alarm_category = models.CharField(max_length=40, blank=True, editable=False)
    failed = models.BooleanField(default=False, editable=False, help_text="'not available', or no answer at all")
    feedback = models.CharField(max_length=3, blank=True, choices=FEEDBACK, editable=False)
    feedback_reason = models.CharField(max_length=40, blank=True, editable=False)
    seconds = models.FloatField(null=True, editable=False, help_text="from the message being understood to the first answer")
    # What is long stands last: a query that does not ask for it then reads none of it.
    sources = models.JSONField(default=list, editable=False, help_text="[{id, group, title, year, publisher, url}], each once")
    feedback_answers = models.JSONField(default=list, editable=False, help_text="what the guide answered to the feedback")
    answers = models.JSONField(
        default=list, editable=False, help_text="[{text, buttons, custom, at, added}] as the family saw them"
    )

    class Meta:
        constraints = [
            # Not the event alone: a guide that is set up anew counts its events from 1 again.
            models.UniqueConstraint(fields=["conversation", "event_id"], name="turn_once"),
        ]
        indexes = [
            models.Index(fields=["conversation", "number"], name="turn_in_order"),
            models.Index(fields=["-at"], name="turn_latest"),
            models.Index(fields=["intent", "-at"], name="turn_intent"),
            models.Index(fields=["topic", "-at"], name="turn_topic"),
            models.Index(fields=["kind", "-at"], name="turn_kind"),
            # The queue's filters: which conversations have such a turn, without a look at the turns themselves.
            models.Index(fields=["topic", "conversation"], name="turn_topic_where"),
            models.Index(fields=["kind", "conversation"], name="turn_kind_where"),
            models.Index(fields=["confidence"], condition=Q(choice="", confidence__isnull=False), name="turn_confidence"),
            models.Index(fields=["feedback", "-at"], condition=~Q(feedback=""), name="turn_feedback"),
            models.Index(fields=["-at"], condition=Q(alarm_level__gt=0), name="turn_alarms"),
        ]

    def __str__(self) -> str:
        return f"Turn {self.number} of conversation {self.conversation_id}"


class Comment(models.Model):
    """A note of a member of staff, on a conversation or on one of its turns."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="comments")
    turn = models.ForeignKey(Turn, models.CASCADE, null=True, blank=True, related_name="comments")
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["conversation", "at"], name="comment_in_order")]

    def __str__(self) -> str:
        return f"Comment {self.pk} on conversation {self.conversation_id}"

    def clean(self) -> None:
        if self.turn is not None and self.turn.conversation_id != self.conversation_id:
            raise ValidationError({"turn": "This turn belongs to another conversation."})


class Correction(models.Model):
    """What a turn should have been, in the eyes of one member of staff."""

    class Kind(models.TextChoices):
        TOPIC = "topic", "a topic"
        ALARM = "alarm", "an alarm"
        REFUSAL = "refusal", "a refusal"
        OUT_OF_SCOPE = "out_of_scope", "out of scope"

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="corrections")
    kind = models.CharField(max_length=20, choices=Kind)
    intent = models.CharField(
        max_length=120, blank=True, help_text="full name, such as ask_aml/what, red_flag/bleeding or refuse/dose"
    )
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "-at"], name="correction_kind"),
            models.Index(fields=["-at"], name="correction_latest"),
        ]

    def __str__(self) -> str:
        return f"Correction {self.pk} of turn {self.turn_id}"


@receiver((post_save, post_delete), sender=Comment)
@receiver((post_save, post_delete), sender=Correction)
def _count_notes(instance: Comment | Correction, **_: Any) -> None:
    conversation = instance.conversation if isinstance(instance, Comment) else instance.turn.conversation
    conversation.count_notes()


class Words(models.Model):
    """What the full-text search looks through: what the family typed, and the comments of staff. `search` holds the index.

    A migration that changes this table must set up the index anew (`search.set_up`): SQLite loses the triggers with the table.
    """

    LONGEST = 200_000
    """Characters, the latest; more would not fit into the index of PostgreSQL."""

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="words")
    text = models.TextField()

    def __str__(self) -> str:
        return f"Words of conversation {self.conversation_id}"

    @staticmethod
    def gather(*conversations: int) -> None:
        """Bring it up to date for these primary keys; done by itself when turns are counted and comments come or go."""
        typed = Turn.objects.filter(conversation__in=conversations, choice="").order_by("conversation", "number")
        comments = Comment.objects.filter(conversation__in=conversations).order_by("conversation", "at")
        pieces: dict[int, list[str]] = {pk: [] for pk in conversations}
        for rows in (typed, comments):
            for pk, text in rows.values_list("conversation_id", "text"):
                pieces[pk].append(text)
        made = [Words(conversation_id=pk, text="\n".join(texts)[-Words.LONGEST :]) for pk, texts in pieces.items()]
        Words.objects.bulk_create(made, update_conflicts=True, unique_fields=["conversation"], update_fields=["text"])


@receiver((post_save, post_delete), sender=Comment)
def _gather_words(instance: Comment, origin: Any = None, **_: Any) -> None:
    erasing = isinstance(origin, Conversation) or getattr(origin, "model", None) is Conversation
    if not erasing:
        Words.gather(instance.conversation_id)


@receiver(post_delete, sender=Words)
def _forget_words(**_: Any) -> None:
    from bot.console.conversations import search

    search.forget()


class SavedView(models.Model):
    """Filters of the queue under a name."""

    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True, help_text="the address of the queue behind its question mark")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    shared = models.BooleanField(default=False, help_text="others see it, too")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="view_once")]

    def __str__(self) -> str:
        return self.name


class Leading(models.Model):
    """The message that stands for a conversation in the queue. Kept, because a look for it would read all turns of a page."""

    LONGEST = 200

    conversation = models.OneToOneField(Conversation, models.CASCADE, primary_key=True, related_name="leading")
    text = models.CharField(max_length=LONGEST, blank=True)
    topic = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"Message that stands for conversation {self.conversation_id}"

    @staticmethod
    def gather(*conversations: int) -> None:
        """Bring it up to date for these primary keys; done by itself when turns are counted."""
        turns = Turn.objects.filter(conversation__in=conversations, choice="").exclude(text="").order_by("number")
        by_conversation: dict[int, list[Candidate]] = {pk: [] for pk in conversations}
        for pk, *values in turns.values_list("conversation_id", *Candidate._fields):
            by_conversation[pk].append(Candidate(*values))
        made = [
            Leading(conversation_id=pk, text=chosen.text[: Leading.LONGEST], topic=chosen.topic)
            for pk, candidates in by_conversation.items()
            if (chosen := leading(candidates))
        ]
        Leading.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["conversation"], update_fields=["text", "topic"]
        )


class Preference(models.Model):
    """What one member of staff chose for the console."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="preference")
    single_keys = models.BooleanField(default=True, help_text="shortcuts of a single letter")

    def __str__(self) -> str:
        return f"Preferences of user {self.user_id}"
