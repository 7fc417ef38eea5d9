"""What forbids an example: said in words, and the same words at the proposal and at the export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from bot.console.conversations import guide_files
from bot.console.learning import bot_commands
from bot.console.learning.bot_commands import CommandFailed
from bot.console.learning.models import Proposal
from bot.console.learning.nlu_file import ENTITY, can_hold, one_line

CHECK = "BOT_CHECK_COMMAND"
SECONDS = 120.0
"""For the start of the command, which loads its models, and some hundred messages."""
FIELDS: dict[str, type | tuple[type, ...]] = {
    "masked": str, "identifier": bool, "alarm": (dict, type(None)), "there": (str, type(None)), "evaluation": bool, "key": str,
}  # fmt: skip
URGENT, EMERGENCY = "urgent", "red_flag"


class Checked:
    """A proposal with what is wrong with it; ``key`` is equal for two that differ in case and punctuation only."""

    def __init__(self, proposal: Proposal, problems: list[str], key: str) -> None:
        self.proposal, self.problems, self.key = proposal, problems, key


def check(proposals: Sequence[Proposal]) -> list[Checked]:
    """Ask the guide's programs about all of them and keep the answers. Raises CommandFailed, and then nothing was checked."""
    texts = [proposal.text for proposal in proposals]
    replies = [_reply(line) for line in bot_commands.answers(CHECK, texts, SECONDS)] if texts else []
    found = []
    for proposal, reply in zip(proposals, replies, strict=True):
        problems = [*of_label(proposal.intent), *of_text(proposal.text, proposal.intent, reply)]
        proposal.problems, proposal.checked_at = problems, timezone.now()
        # Only while it is still what was checked.
        Proposal.objects.filter(pk=proposal.pk, text=proposal.text, intent=proposal.intent).update(
            problems=problems, checked_at=proposal.checked_at
        )
        found.append(Checked(proposal, problems, reply.get("key", "")))
    return found


def of_label(intent: str) -> list[str]:
    """What is wrong with the intent. Raises CommandFailed when the guide's files are not there."""
    if not intent:
        return ["Nobody has chosen yet what it should have been."]
    try:
        return [] if intent in guide_files.intents() else ["The guide does not know this intent."]
    except guide_files.NotThere as error:
        raise CommandFailed(str(error)) from None


def of_text(text: str, intent: str, reply: dict[str, Any]) -> list[str]:
    """What is wrong with the text under this intent, by the ``reply`` of the guide's own program."""
    if "error" in reply:
        return ["It could not be checked."]
    problems = []
    if text != one_line(text) or not text:
        problems.append("It is not one line of text.")
    elif not can_hold(text):
        problems.append("It has an invisible character that an example cannot have; type it anew.")
    if ENTITY.search(text):
        problems.append("It has brackets that Rasa reads as a mark, such as [word](other); leave them out.")
    if reply["identifier"]:
        problems.append(f"It may still say who somebody is. With that masked it would be: {reply['masked']}")
    problems += _of_alarm(intent, reply["alarm"])
    if reply["there"] is not None:
        problems.append(f"It stands in the training data already, as: {guide_files.title(reply['there'])} ({reply['there']}).")
    if reply["evaluation"]:
        problems.append("It stands in the messages that measure the guide; trained on, they would measure nothing any more.")
    return problems


def _of_alarm(intent: str, alarm: dict[str, str] | None) -> list[str]:
    base = intent.partition("/")[0]
    if alarm is None or base == EMERGENCY or (base == URGENT and alarm["level"] == URGENT):
        return []
    named = f"{'an emergency' if alarm['level'] != URGENT else 'urgent'} ({alarm['category'].replace('_', ' ')})"
    return [
        f"By the triage rules it sounds like {named}, but it is to be learned as something less. "
        "If the rules are wrong here, they have to be changed first."
    ]


def _reply(line: str) -> dict[str, Any]:
    """One line of the command's answer. Raises CommandFailed when it is not complete: an answer left out is no consent."""
    try:
        reply = json.loads(line)
        fine = isinstance(reply, dict) and (
            isinstance(reply.get("error"), str) or all(isinstance(reply[name], kind) for name, kind in FIELDS.items())
        )
        if fine and reply.get("alarm"):
            fine = {"level", "category"} <= set(reply["alarm"])
    except (ValueError, KeyError):
        fine = False
    if not fine:
        raise CommandFailed(f"{CHECK}: the command's answer cannot be read")
    return dict(reply)


def unchecked(most: int = 200) -> list[Proposal]:
    """Proposals that wait or are approved and were not checked since they changed."""
    states = [Proposal.State.WAITING, Proposal.State.APPROVED]
    return list(Proposal.objects.filter(state__in=states, checked_at=None).order_by("pk")[:most])
