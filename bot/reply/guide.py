"""The one place where an answer is put together: stored text, sources, review state, disclaimer, contacts, what to ask next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.knowledge import Audience, ContentPolicy, Kind, Library, PartName, Review, require_safe_start, review_of
from bot.knowledge.models import Source, Statement
from bot.reply.choices import (
    AUDIENCE_TITLES,
    CHANGE_PLACE,
    PART_TITLES,
    audience_choice,
    part_choice,
    place_choice,
    topic_choice,
)  # fmt: skip
from bot.reply.contacts import COMMON_PLACES, contacts, phrases
from bot.reply.message import Button, Message

WITHOUT_DISCLAIMER = frozenset({Kind.smalltalk, Kind.boundary, Kind.notice, Kind.language})
NEAREST_SHOWN = 3
NOT_AVAILABLE = "fixed/not_available"


@dataclass(frozen=True)
class Reader:
    """For whom an answer is put together. ``place`` is a code of places.yml or None."""

    audience: Audience = Audience.family
    place: str | None = None


@dataclass(frozen=True)
class Guide:
    """Answers from a library. Every sentence that it returns is stored text."""

    library: Library
    policy: ContentPolicy
    today: Callable[[], dt.date] = dt.date.today

    @classmethod
    def load(cls, policy: ContentPolicy) -> Guide:
        """Read all texts. Raises DataFileError (file, line) or UnapprovedNotice: the guide must not start then."""
        library = Library.load()
        require_safe_start(library, policy, dt.date.today())
        return cls(library, policy)

    def can_answer(self, topic_id: str) -> bool:
        """Whether there is a text for this topic that the content policy lets through."""
        return topic_id in self.library.topics and self._served(topic_id, Audience.family)

    def answer(self, topic_id: str, reader: Reader, part: PartName | None = None) -> Message:
        """The text of a topic, or of one part of it. A topic that cannot be answered becomes ``unknown``."""
        if not self.can_answer(topic_id):
            return self.unknown(reader)
        audience, remark = self._audience_of(topic_id, part, reader)
        statements = self.library.statements(topic_id, audience, part)
        if statements is None:
            return self.notice("fixed/no_more", reader)
        topic = self.library.topics[topic_id]
        heading = f"**{PART_TITLES[part]}** " if part else ""
        body = heading + "\n\n".join(statement.text for statement in statements)
        custom: dict[str, Any] = {
            "topic": topic_id,
            "audience": audience.value,
            "sources": [_shown_source(key, self.library.sources[key]) for key in _keys_of(statements)],
            "more": [
                {"choice": part_choice(topic_id, name), "title": PART_TITLES[name]} for name in topic.parts if name != part
            ],
            "related": self._choices(topic.related),
        }
        if part:
            custom["part"] = part.value
        review = review_of(self.library, topic_id, audience, self.today())
        buttons = tuple(
            Button(title=AUDIENCE_TITLES[other], payload=audience_choice(other))
            for other in Audience
            if other in topic.answers and other is not audience and part is None and self._served(topic_id, other)
        )
        parts = [self._remark(remark, reader), body] if remark else [body]
        return self._message("\n\n".join(parts), topic.kind, custom, review, reader, buttons, topic.updated)

    def notice(self, notice_id: str, reader: Reader, kind: Kind | None = None) -> Message:
        """A stored notice with the numbers of the reader's place put in."""
        notice = self.library.notices[notice_id]
        asked_for = reader.audience in notice.texts and self._served(f"notice:{notice_id}", reader.audience)
        audience = reader.audience if asked_for else Audience.family
        text = notice.texts[audience].format_map(phrases(self.library.places.get(reader.place or "")))
        review = review_of(self.library, f"notice:{notice_id}", audience, self.today())
        custom: dict[str, Any] = {"notice": notice_id, "audience": audience.value}
        if notice_id == NOT_AVAILABLE:
            custom["contacts"] = contacts(self.library, Kind.unknown, reader.place)
        return self._message(text, kind or notice.kind, custom, review, reader, (), notice.updated)

    def alarm(self, level: str, category: str, reader: Reader) -> Message:
        """What to do in an emergency (``level`` emergency) or today (``level`` urgent)."""
        notice_id = f"{level}/{category}"
        if notice_id not in self.library.notices:
            notice_id = f"{level}/other"
        message = self.notice(notice_id, reader)
        buttons = () if reader.place else (Button(title="Choose my country", payload=CHANGE_PLACE),)
        return Message(message.text, message.kind, {**message.custom, "category": category}, buttons)

    def refusal(self, kind: str, reader: Reader) -> Message:
        """What the guide cannot do (dose, own results, ...), with who can."""
        notice_id = f"refuse/{kind}"
        return self.notice(notice_id if notice_id in self.library.notices else "fixed/unknown", reader)

    def unknown(self, reader: Reader, nearest: Sequence[str] = ()) -> Message:
        """An honest "I do not know", with people to ask and the nearest topics (best first) to choose from."""
        message = self.notice("fixed/unknown", reader)
        return Message(message.text, message.kind, {**message.custom, "related": self._choices(nearest)[:NEAREST_SHOWN]})

    def no_more(self, topic_id: str, reader: Reader) -> Message:
        """Everything on the topic was shown; offer its relatives."""
        message = self.notice("fixed/no_more", reader)
        related = self.library.topics[topic_id].related if topic_id in self.library.topics else []
        return Message(message.text, message.kind, {**message.custom, "related": self._choices(related)})

    def sources_of(self, topic_id: str, reader: Reader, part: PartName | None = None) -> Message:
        """Where an answer comes from, in words: one line a source, with its weakness."""
        if not self.can_answer(topic_id):
            return self.unknown(reader)
        audience, _ = self._audience_of(topic_id, part, reader)
        statements = self.library.statements(topic_id, audience, part) or []
        shown = [_shown_source(key, self.library.sources[key]) for key in _keys_of(statements)]
        if not shown:
            return self.answer("about/sources", reader)
        lines = "\n".join(f"- {_source_line(source)}" for source in shown)
        custom: dict[str, Any] = {"topic": topic_id, "audience": audience.value, "sources": shown}
        review = review_of(self.library, topic_id, audience, self.today())
        text = f"**{self.library.topics[topic_id].title}**\n\n{lines}"
        return self._message(text, Kind.answer, custom, review, reader, (), self.library.topics[topic_id].updated)

    def ask_place(self, reader: Reader) -> Message:
        """Ask for the country, with a button for each that is known."""
        message = self.notice("fixed/ask_place", reader)
        codes = sorted(self.library.places, key=lambda code: COMMON_PLACES.index(code) if code in COMMON_PLACES else 99)
        buttons = tuple(Button(title=self.library.places[code].name, payload=place_choice(code)) for code in codes)
        return Message(message.text, message.kind, message.custom, buttons)

    def next_part(self, topic_id: str, part: PartName | None) -> PartName | None:
        """The part that follows ``part`` (None: the main answer) in the topic's file; None after the last."""
        names = list(self.library.topics[topic_id].parts) if topic_id in self.library.topics else []
        position = names.index(part) + 1 if part in names else 0
        return names[position] if position < len(names) else None

    def _choices(self, topic_ids: Sequence[str]) -> list[dict[str, str]]:
        return [
            {"choice": topic_choice(topic_id), "title": self.library.topics[topic_id].title}
            for topic_id in topic_ids
            if self.can_answer(topic_id)
        ]

    def _served(self, item: str, audience: Audience) -> bool:
        return self.policy is ContentPolicy.preview or review_of(self.library, item, audience, self.today()).in_force

    def _audience_of(self, topic_id: str, part: PartName | None, reader: Reader) -> tuple[Audience, str | None]:
        """The audience whose text is shown, and the notice to put before it when it is not the one that was asked for."""
        wanted = reader.audience
        if self.library.statements(topic_id, wanted, part) is not None and self._served(topic_id, wanted):
            return wanted, None
        return Audience.family, f"fixed/no_{wanted.value}" if part is None else None

    def _remark(self, notice_id: str, reader: Reader) -> str:
        return self.library.notices[notice_id].texts[Audience.family]

    def _message(
        self, text: str, kind: Kind, custom: dict[str, Any], review: Review, reader: Reader,
        buttons: tuple[Button, ...], updated: dt.date,
    ) -> Message:  # fmt: skip
        custom = {
            **custom,
            "review": {
                "status": review.status.value,
                "updated": updated.isoformat(),
                "reviewed_by": review.reviewed_by,
                "review_due": review.review_due.isoformat() if review.review_due else None,
            },
        }
        shown = contacts(self.library, kind, reader.place)
        if shown:
            custom["contacts"] = shown
        if kind not in WITHOUT_DISCLAIMER:
            name = "approved" if review.in_force else "preview"
            disclaimer = self.library.notices[f"disclaimer/{name}"].texts[Audience.family]
            disclaimer = disclaimer.format_map(phrases(self.library.places.get(reader.place or "")))
            custom["disclaimer"] = disclaimer
            text = f"{text}\n\n{disclaimer}"
        return Message(text, kind, custom, buttons)


def _keys_of(statements: Sequence[Statement]) -> list[str]:
    return list(dict.fromkeys(key for statement in statements for key in statement.sources))


def _shown_source(key: str, source: Source) -> dict[str, Any]:
    shown = {
        "id": key,
        "group": source.group,
        "title": source.title,
        "year": source.year,
        "publisher": source.publisher,
        "url": str(source.url) if source.url else None,
    }
    return {**shown, "note": source.note} if source.note else shown


def _source_line(source: dict[str, Any]) -> str:
    year = f", {source['year']}" if source["year"] else ""
    note = f" {source['note']}" if source.get("note") else ""
    return f"{source['title']} ({source['publisher']}{year}).{note}"
