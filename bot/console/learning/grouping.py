"""Messages that the guide had no answer to, or whose answer did not help, grouped by what they are about.

Average linkage over the cosine distance of the guide's own sentence vectors. Chosen on invented messages: 74 on twelve
subjects that the guide has no topic for and 30 that are like no other (tests/console/missing_messages.yml), and the 438 of the
open evaluation set, on 99 topics. Of the twelve subjects eleven became a group of three or more that is mostly of that subject
with a distance of 0.65 (0.60: seven; 0.75: twelve, but more groups are mixed); with HDBSCAN on the same vectors eleven at most,
with TF-IDF of words and parts of words, in any way, four at most: families say the same thing in too different words. Of the
438, two messages of one group were on the same topic in 64 of 100 pairs, and 57 of 100 pairs of a topic were in one group
(TF-IDF: 14 and 3).
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from sklearn.cluster import AgglomerativeClustering

from bot.console.conversations.models import Turn
from bot.console.learning import bot_commands
from bot.console.learning.bot_commands import CommandFailed
from bot.console.learning.models import Example, Group, Grouping
from bot.console.learning.nlu_file import one_line

VECTORS = "BOT_VECTORS_COMMAND"
SECONDS = 900.0
"""For the vectors of as many messages as may be grouped; a hundred take about a second."""
WIDTH = 384
DISTANCE = 0.65
"""Average cosine distance up to which two groups are one."""
SMALLEST = 2
"""Conversations: what one family asks again and again is no group."""
SHOWN = 20
"""Different messages of a group that are kept to be shown."""
NO_INTENT = {"", "nlu_fallback", "clarify"}
HIDDEN = "[message]"
Vectors = Callable[[list[str]], np.ndarray]
logger = logging.getLogger("learning")


@dataclass
class Message:
    """One text with all turns in which it was written, the latest first; texts are the same but for case and punctuation."""

    text: str
    turns: list[int] = field(default_factory=list)
    conversations: set[int] = field(default_factory=set)
    not_answered: int = 0
    not_helped: int = 0
    nearest: Counter[str] = field(default_factory=Counter)


def run(grouping: Grouping, vectors: Vectors | None = None) -> None:
    """Do what was asked for, and replace what was found before. A failure is written down for the page, and in the log."""
    taken = Grouping.objects.filter(pk=grouping.pk, state=Grouping.State.ASKED)
    if not taken.update(state=Grouping.State.RUNNING, begun_at=timezone.now()):
        return
    grouping.refresh_from_db()
    try:
        messages = _read(grouping)
        groups = _alike(messages, vectors or sentence_vectors)
        _keep(grouping, groups)
    except Exception as error:
        # Only the kind of an unknown error: its message could hold what families wrote.
        grouping.error = str(error)[:300] if isinstance(error, CommandFailed) else type(error).__name__
        grouping.state, grouping.finished_at = Grouping.State.FAILED, timezone.now()
        grouping.save()
        logger.error("messages without an answer were not grouped: %s", grouping.error)


def sentence_vectors(texts: list[str]) -> np.ndarray:
    """Unit vectors from the guide's encoder. Raises CommandFailed."""
    found = []
    for line in bot_commands.answers(VECTORS, texts, SECONDS):
        try:
            found.append(np.frombuffer(base64.b64decode(line, validate=True), "<f2"))
        except (binascii.Error, ValueError):
            found.append(np.empty(0))
    if any(vector.shape != (WIDTH,) or not np.all(np.isfinite(vector)) or not vector.any() for vector in found):
        raise CommandFailed(f"{VECTORS}: the command's answer cannot be read")
    return np.array(found, dtype=np.float32)


def _read(grouping: Grouping) -> list[Message]:
    """The latest messages, equal ones together, until there are as many different ones as may be grouped."""
    since = timezone.now() - dt.timedelta(days=settings.MISSING_DAYS)
    turns = Turn.objects.filter(Q(kind=Turn.UNKNOWN) | Q(feedback="no"), choice="", at__gte=since).exclude(
        text__in=["", HIDDEN]
    )
    fields = ("pk", "conversation_id", "text", "at", "kind", "feedback", "intent", "runners_up")
    found: dict[str, Message] = {}
    grouping.messages = grouping.left_out = 0
    for pk, conversation, text, at, kind, feedback, intent, runners_up in turns.order_by("-at").values_list(*fields).iterator():
        key = re.sub(r"\W+", " ", text.casefold()).strip() or text
        if key not in found and (grouping.left_out or len(found) == settings.MISSING_MOST):
            grouping.left_out += 1
            continue
        message = found.setdefault(key, Message(one_line(text)))
        message.turns.append(pk)
        message.conversations.add(conversation)
        message.not_answered += kind == Turn.UNKNOWN
        message.not_helped += feedback == "no"
        if near := intent if intent not in NO_INTENT else next((str(one.get("name")) for one in runners_up), ""):
            message.nearest[near] += 1
        grouping.messages += 1
        grouping.until, grouping.since = grouping.until or at, at
    return list(found.values())


def _alike(messages: list[Message], vectors: Vectors) -> list[list[Message]]:
    """Groups of messages, the best examples first."""
    if not messages:
        return []
    if len(messages) == 1:
        return [messages]
    found = vectors([message.text for message in messages])
    clustering = AgglomerativeClustering(
        n_clusters=None, metric="cosine", linkage="average", distance_threshold=DISTANCE
    )  # fmt: skip
    numbers = clustering.fit_predict(found)
    groups = []
    for number in range(numbers.max() + 1):
        members = np.flatnonzero(numbers == number)
        nearness = found[members] @ found[members].mean(axis=0)
        groups.append([messages[member] for member in members[np.argsort(-nearness, kind="stable")]])
    return groups


def _keep(grouping: Grouping, groups: list[list[Message]]) -> None:
    with transaction.atomic():
        grouping.alone = 0
        for messages in groups:
            families = set[int]().union(*(message.conversations for message in messages))
            count = sum(len(message.turns) for message in messages)
            if len(families) < SMALLEST:
                grouping.alone += count
                continue
            nearest = sum((message.nearest for message in messages), Counter[str]()).most_common(1)
            group = Group.objects.create(
                grouping=grouping, messages=count, conversations=len(families),
                not_answered=sum(message.not_answered for message in messages),
                not_helped=sum(message.not_helped for message in messages),
                nearest=nearest[0][0][:120] if nearest else "",
            )  # fmt: skip
            latest = [message.turns[0] for message in messages[:SHOWN]]
            still_there = set(Turn.objects.filter(pk__in=latest).values_list("pk", flat=True))  # not erased meanwhile
            Example.objects.bulk_create(
                Example(group=group, turn_id=pk, rank=rank) for rank, pk in enumerate(latest, 1) if pk in still_there
            )
        grouping.state, grouping.finished_at, grouping.error = Grouping.State.DONE, timezone.now(), ""
        grouping.save()
        Grouping.objects.exclude(pk=grouping.pk).exclude(state=Grouping.State.ASKED).delete()
