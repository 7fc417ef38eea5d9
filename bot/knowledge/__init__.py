"""What may be said: topics, notices, sources, places and the review ledger (pure Python, no Rasa)."""

from bot.knowledge.library import Library
from bot.knowledge.models import Audience, Kind, PartName
from bot.knowledge.reviews import (
    ContentPolicy,
    Review,
    UnapprovedNotice,
    all_reviews,
    require_safe_start,
    review_of,
    reviews_of_rules,
    unapproved_rules,
)

__all__ = [
    "Audience",
    "ContentPolicy",
    "Kind",
    "Library",
    "PartName",
    "Review",
    "UnapprovedNotice",
    "all_reviews",
    "require_safe_start",
    "review_of",
    "reviews_of_rules",
    "unapproved_rules",
]
