"""Which texts have been reviewed. Status is computed from the ledger and the text itself, never typed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from bot.knowledge.library import NOTICE_ITEM, RULES_ITEM, Library
from bot.knowledge.models import Audience, ReviewStatus


class ContentPolicy(str, Enum):
    """``preview`` serves every text under a visible line; ``approved`` only what a clinician approved and is in date."""

    preview = "preview"
    approved = "approved"


class UnapprovedNotice(Exception):
    """Under ``CONTENT_POLICY=approved`` a notice that must never be missing has no valid approval."""


@dataclass(frozen=True)
class Review:
    """State of one text today. An overdue text counts as not approved."""

    status: ReviewStatus
    reviewed_by: str | None = None
    review_due: dt.date | None = None
    overdue: bool = False

    @property
    def in_force(self) -> bool:
        return self.status is ReviewStatus.approved and not self.overdue


def review_of(library: Library, item: str, audience: Audience, today: dt.date) -> Review:
    """The last ledger entry for exactly this text decides; a changed text has none and is a draft again.

    ``item`` is a topic id, ``notice:<file>/<name>`` or ``triage:<rule file>``.
    """
    fingerprint = library.fingerprint(item, audience)
    entries = [
        entry for entry in library.approvals
        if (entry.item, entry.audience, entry.sha256) == (item, audience, fingerprint)
    ]  # fmt: skip
    if not entries:
        return Review(ReviewStatus.draft)
    last = entries[-1]
    if last.status is not ReviewStatus.approved:
        return Review(last.status)
    return Review(last.status, f"{last.reviewer}, {last.role}", last.review_due, last.review_due < today)


def all_reviews(library: Library, today: dt.date) -> list[Review]:
    """State of every text and of every file of triage rules."""
    texts = [review_of(library, item, audience, today) for item, audience in library.texts()]
    return [*texts, *reviews_of_rules(library, today).values()]


def reviews_of_rules(library: Library, today: dt.date) -> dict[str, Review]:
    """State of each file of the triage rules, by its name.

    Nothing is switched off by it: a rule that nobody approved raises its alarm all the same, under every content policy.
    """
    return {name: review_of(library, f"{RULES_ITEM}{name}", Audience.family, today) for name in library.rules}


def unapproved_rules(library: Library, today: dt.date) -> str | None:
    """One line that names the files of triage rules without an approval in force; None when there are none."""
    names = [name for name, review in reviews_of_rules(library, today).items() if not review.in_force]
    if not names:
        return None
    return (
        f"Triage rules that no clinician has approved: {', '.join(names)}. They are in force all the same; "
        "`make triage-sheet` prints them for review."
    )


def require_safe_start(library: Library, policy: ContentPolicy, today: dt.date) -> None:
    """Refuse to serve approved texts only while an emergency or urgent notice is not approved: raises UnapprovedNotice."""
    if policy is ContentPolicy.preview:
        return
    for notice_id in library.notices:
        if notice_id.startswith(("emergency/", "urgent/")):
            review = review_of(library, f"{NOTICE_ITEM}{notice_id}", Audience.family, today)
            if not review.in_force:
                raise UnapprovedNotice(
                    f"CONTENT_POLICY=approved, but the notice '{notice_id}' is "
                    f"{'overdue for review' if review.overdue else review.status.value}. "
                    "Have it approved (approvals.yml), or set CONTENT_POLICY=preview."
                )
