"""Approved proposals into a folder that is ready for a branch of the repository."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bot.console.conversations import guide_files
from bot.console.learning import nlu_file
from bot.console.learning.checks import Checked, check
from bot.console.learning.models import Export, ExportedExample, Proposal

COMMENT = """Messages of families, masked, corrected by staff and approved by a second person ({name}).
NOTE.md, beside the folder of the data, says what is in it."""


@dataclass(frozen=True)
class Result:
    """``export`` is None when there was nothing that could be exported; ``refused`` says why each was not."""

    export: Export | None
    refused: list[Checked]

    @property
    def count(self) -> int:
        return self.export.examples.count() if self.export else 0


def make(by: Any = None) -> Result:
    """Check all approved proposals once more and export those that nothing speaks against.

    Raises CommandFailed when they cannot be checked, and OSError when the file cannot be written; nothing is exported then.
    """
    approved = Proposal.objects.filter(state=Proposal.State.APPROVED).select_related("turn").order_by("intent", "pk")
    found = _without_twins(check(list(approved)))
    fine = [checked.proposal for checked in found if not checked.problems]
    refused = [checked for checked in found if checked.problems]
    if not fine:
        return Result(None, refused)
    with transaction.atomic():
        now = {proposal.pk: proposal for proposal in approved.select_related(None).select_for_update()}
        fine = [one for one in fine if one.pk in now and (now[one.pk].text, now[one.pk].intent) == (one.text, one.intent)]
        if not fine:
            return Result(None, refused)
        export = Export.objects.create(name=_new_name(), by=by, note=_note(fine, len(refused)))
        content, places = _content(export, fine)
        ExportedExample.objects.bulk_create(
            ExportedExample(
                export=export, proposal=fine[place], conversation=fine[place].turn.conversation_id,
                intent=fine[place].intent, line=line,
            )
            for place, line in places
        )  # fmt: skip
        Proposal.objects.filter(pk__in=[one.pk for one in fine]).update(state=Proposal.State.EXPORTED, export=export)
        _write(export, content)
    return Result(export, refused)


def withdraw(export: Export) -> None:
    """The examples are not to be used: the folder goes, and they wait for a decision once more."""
    with transaction.atomic():
        export.withdrawn_at = timezone.now()
        export.save(update_fields=["withdrawn_at"])
        export.proposals.update(
            state=Proposal.State.WAITING, decided_by=None, decided_at=None, problems=None, checked_at=None, export=None
        )
        transaction.on_commit(lambda: shutil.rmtree(folder(export), ignore_errors=True), robust=True)


def folder(export: Export) -> Path:
    return Path(settings.EXPORTS / export.name)


def file(export: Export) -> Path:
    """Where the file of an export is. In its folder it lies as in the repository, so that the folder can be copied over it."""
    return folder(export) / "data/nlu" / f"{export.name}.yml"


def rewrite(export: Export) -> None:
    """Write the file anew from what is left, after a conversation was erased."""
    if export.withdrawn_at is None and folder(export).exists():
        _write(export, _content(export, list(export.proposals.order_by("intent", "pk")))[0])


def _content(export: Export, proposals: list[Proposal]) -> tuple[str, list[nlu_file.Line]]:
    return nlu_file.write([(one.intent, one.text) for one in proposals], COMMENT.format(name=export.name))


def _write(export: Export, content: str) -> None:
    """All or nothing: the folder appears complete."""
    settings.EXPORTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.EXPORTS, prefix=".new-") as new:
        made = Path(new) / export.name
        (made / "data/nlu").mkdir(parents=True)
        (made / "data/nlu" / f"{export.name}.yml").write_text(content, encoding="utf-8")
        (made / "NOTE.md").write_text(export.note, encoding="utf-8")
        shutil.rmtree(folder(export), ignore_errors=True)
        made.rename(folder(export))


def _new_name() -> str:
    """``reviewed_2026-11-21_1``, never used before."""
    day = f"reviewed_{timezone.localdate()}"
    number = 1
    while Export.objects.filter(name=f"{day}_{number}").exists() or (settings.EXPORTS / f"{day}_{number}").exists():
        number += 1
    return f"{day}_{number}"


def _without_twins(found: list[Checked]) -> list[Checked]:
    """Of equal texts only the first; when they have different intents, none: which is right has to be decided first."""
    intents: dict[str, set[str]] = {}
    for one in found:
        intents.setdefault(one.key, set()).add(one.proposal.intent)
    seen = set()
    for one in found:
        if one.problems:
            continue
        if len(intents[one.key]) > 1:
            one.problems.append("The same message was approved with another intent, too; decline one of them.")
        elif one.key in seen:
            one.problems.append("The same message was approved twice; decline one of them.")
        seen.add(one.key)
    return found


def _note(proposals: list[Proposal], refused: int) -> str:
    counts = Counter(one.intent for one in proposals)
    reworded = sum(one.text != one.original for one in proposals)
    conversations = len({one.turn.conversation_id for one in proposals})
    lines = [
        f"# {len(proposals)} training examples from reviewed conversations",
        "",
        f"From {conversations} conversations. {reworded} were reworded by staff, {len(proposals) - reworded} stand as the "
        "family wrote them, masked. Each was approved by a second person.",
        "Checked by the guide's own programs: no identifier was found, no alarm is labelled as something less, none stands "
        f"in data/nlu or in the evaluation sets. {refused} more were approved but left out by these checks.",
        "",
        "| intent | what it is | examples |",
        "| --- | --- | --- |",
        *(f"| {intent} | {guide_files.title(intent)} | {count} |" for intent, count in sorted(counts.items())),
        "",
        "What to do:",
        "",
        "1. On a new branch, before anything is changed: `make evaluate`; keep `.build/evaluation.json`.",
        "2. Copy the folder `data` over the repository's. `make train`, `make evaluate`, `make test`.",
        "3. Give both files to the console (page of this export, or `record_evaluation`), so that staff see what changed.",
        "4. Read each line once more before it is published: masking helps, but it does not find everything.",
        "",
    ]
    return "\n".join(lines)
