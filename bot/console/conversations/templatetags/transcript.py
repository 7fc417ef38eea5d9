"""What the family saw, as HTML: the same small language as in the chat, and nothing else ever becomes markup."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from bot.console.conversations import guide_files

register = template.Library()

_PIECES = re.compile(r"(\*\*[^*]+\*\*|\[[^\[\]]+\]\([^()\s]+\)|https://[^\s*]*[^\s*.,;:!?)])")
"""As in bot/widget/nodes.js; `split` gives a match at every second place."""
_LINK = re.compile(r"\[(.*)\]\((.*)\)")
_SOURCE_GROUPS = {
    "guideline": "Medical guideline",
    "label": "Official medicine information",
    "research": "Research",
    "charity": "TSC charity or hospital",
}


@register.filter
def written(text: str) -> SafeString:
    """Paragraphs, "- " lists, **bold**, [title](address) and https addresses."""
    blocks: list[SafeString] = []
    items: list[SafeString] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith("- "):
            items.append(format_html("<li>{}</li>", _inline(line[2:])))
            continue
        if items and line.strip():
            blocks.append(_list(items))
            items = []
        if line.strip():
            blocks.append(format_html('<p dir="auto">{}</p>', _inline(line)))
    if items:
        blocks.append(_list(items))
    return _join(blocks)


@register.filter
def link(url: str, title: str) -> SafeString:
    """A link with https; any other address leaves its title as plain text. The other side learns nothing of the console."""
    if not str(url).lower().startswith("https://"):
        return format_html("{}", title)
    return format_html('<a href="{}" rel="noopener noreferrer">{}</a>', url, title)


@register.filter
def body(answer: dict[str, Any]) -> SafeString:
    """An answer without the disclaimer that ends it; `foot` shows that."""
    text, disclaimer = str(answer.get("text") or "").strip(), _disclaimer(answer)
    if disclaimer and text.endswith(disclaimer):
        text = text[: -len(disclaimer)].rstrip()
    return written(text)


@register.filter
def foot(answer: dict[str, Any]) -> str:
    """The disclaimer, as the chat shows it below the text."""
    return _disclaimer(answer)


@register.filter
def review_state(answer: dict[str, Any]) -> str:
    """What the chat says below the text about its review; the date of it is the day on which the answer was given."""
    review = (answer.get("custom") or {}).get("review")
    if not isinstance(review, dict):
        return ""
    if review.get("status") != "approved":
        return "Awaiting clinical review"
    return f"Approved by {review.get('reviewed_by') or ''}, next review {review.get('review_due') or ''}"


@register.filter
def buttons(answer: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """The titles of what could be pressed, in the groups of the chat."""
    custom = answer.get("custom") or {}
    groups = {"Choices": answer.get("buttons"), "More on this": custom.get("more"), "Related": custom.get("related")}
    titles = {name: [str(one["title"]) for one in group or () if one.get("title")] for name, group in groups.items()}
    return [(name, shown) for name, shown in titles.items() if shown]


@register.filter
def source_group(group: str) -> str:
    """As the chat names it."""
    return _SOURCE_GROUPS.get(group, group)


@register.filter
def intent_title(intent: str) -> str:
    """Words for an intent."""
    return guide_files.title(intent)


@register.filter
def topic_title(topic: str) -> str:
    """Words for a topic."""
    return guide_files.title(f"ask_{topic}") if topic else ""


@register.filter
def kind_words(kind: str) -> str:
    """Words for the kind of an answer."""
    return guide_files.KINDS.get(kind, kind)


@register.filter
def audience_words(audience: str) -> str:
    """Words for a way of explaining."""
    return guide_files.AUDIENCES.get(audience, audience)


@register.filter
def place_name(code: str) -> str:
    """Name of a country."""
    try:
        return guide_files.places().get(code, code)
    except guide_files.NotThere:
        return code


@register.filter
def plain(name: str) -> str:
    """not_my_question -> not my question."""
    return name.replace("_", " ")


@register.filter
def percent(share: float | None) -> str:
    """0.734 -> 73 %."""
    return "" if share is None else f"{share * 100:.0f} %"


def _disclaimer(answer: dict[str, Any]) -> str:
    return str((answer.get("custom") or {}).get("disclaimer") or "").strip()


def _inline(line: str) -> SafeString:
    return _join([_piece(piece, index % 2 == 1) for index, piece in enumerate(_PIECES.split(line))])


def _piece(piece: str, marked: bool) -> SafeString:
    if not marked:
        return format_html("{}", piece)
    if piece.startswith("**"):
        return format_html("<strong>{}</strong>", piece[2:-2])
    named = _LINK.fullmatch(piece)
    return link(named[2], named[1]) if named else link(piece, piece)


def _list(items: list[SafeString]) -> SafeString:
    return format_html('<ul dir="auto">{}</ul>', _join(items))


def _join(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts)) if parts else mark_safe("")
