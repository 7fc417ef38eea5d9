"""The one place where an answer is put together: stored text, sources, review state, disclaimer, contacts, what to ask next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bot.knowledge import Audience, ContentPolicy, Kind, Library, PartName, Review, require_safe_start, review_of
from bot.knowledge.library import NOTICE_ITEM
from bot.knowledge.models import Source, Statement
from bot.reply.after_alarm import HELP_TITLES, LEVELS, is_less, pointer
from bot.reply.choices import (
    ALL_AREAS,
    AUDIENCE_TITLES,
    CHANGE_PLACE,
    HELP_ARRIVED,
    HELPED,
    LOOK_AGAIN,
    NONE_OF_THESE_TITLE,
    NOT_MEANT,
    NOT_MEANT_TITLE,
    NOT_NEEDED,
    NOT_NEEDED_TITLE,
    NOT_WORSE,
    NOT_WORSE_TITLE,
    OTHER_AREAS_TITLE,
    REASON_TITLES,
    WORSE_TITLE,
    area_choice,
    audience_choice,
    part_choice,
    part_title,
    place_choice,
    read_reason,
    reason_choice,
    topic_choice,
    worse_choice,
)  # fmt: skip
from bot.reply.contacts import COMMON_PLACES, contacts, numbers, phrases
from bot.reply.message import Button, Message
from bot.triage import Level

WITHOUT_DISCLAIMER = frozenset({Kind.smalltalk, Kind.boundary, Kind.notice, Kind.language, Kind.clarify})
NEAREST_SHOWN = 3
NOT_MEANT_BUTTON = Button(title=NOT_MEANT_TITLE, payload=NOT_MEANT)
SIMPLER_BUTTON = Button(title=AUDIENCE_TITLES[Audience.easy_read], payload=audience_choice(Audience.easy_read))
USUAL_AREAS = ("aml", "mtor", "bleeding")
"""Offered when nothing is known of what was meant."""
NOT_AVAILABLE = "fixed/not_available"
ENGLISH = "en"
ONLY_ENGLISH = "language/other"
WORSE_NOW = "still/worse_now"


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

    def answer(
        self, topic_id: str, reader: Reader, part: PartName | None = None, followed_by: PartName | None = None
    ) -> Message:
        """The text of a topic, or of one part of it. A topic that cannot be answered becomes ``unknown``.

        ``followed_by`` is a part that belongs to the question as well; it is left out where the topic has none.
        """
        if not self.can_answer(topic_id):
            return self.unknown(reader, topic=topic_id)
        audience, remark = self._audience_of(topic_id, part, reader)
        statements = self.library.statements(topic_id, audience, part)
        if statements is None:
            return self.notice("fixed/no_more", reader)
        topic = self.library.topics[topic_id]
        heading = f"**{part_title(topic, part)}** " if part else ""
        body = heading + "\n\n".join(statement.text for statement in statements)
        if followed_by and (further := self._part_for(topic_id, followed_by, audience)):
            body += f"\n\n**{part_title(topic, followed_by)}** " + "\n\n".join(statement.text for statement in further)
            statements = [*statements, *further]
        custom: dict[str, Any] = {
            "topic": topic_id,
            "audience": audience.value,
            "sources": [_shown_source(key, self.library.sources[key]) for key in _keys_of(statements)],
            "more": self._parts(topic_id, (part, followed_by)),
            "related": self._choices(topic.related),
        }
        if part:
            custom["part"] = part.value
        elif topic.questions:
            custom["questions"] = topic.questions
        if terms := self.library.glossary.terms_in(body):
            custom["terms"] = [{"term": term.term, "text": term.text} for term in terms]
        review = review_of(self.library, topic_id, audience, self.today())
        buttons = tuple(
            Button(title=AUDIENCE_TITLES[other], payload=audience_choice(other))
            for other in Audience
            if other in topic.answers and other is not audience and part is None and self._served(topic_id, other)
        )
        buttons += (NOT_MEANT_BUTTON,)
        parts = [self._remark(remark, reader), body] if remark else [body]
        return self._message("\n\n".join(parts), topic.kind, custom, review, reader, buttons, topic.updated)

    def notice(self, notice_id: str, reader: Reader, kind: Kind | None = None) -> Message:
        """A stored notice with the numbers of the reader's place put in."""
        notice = self.library.notices[notice_id]
        audience = self._audience_of_notice(notice_id, reader)
        text = self._filled(notice.texts[audience], reader)
        review = review_of(self.library, f"{NOTICE_ITEM}{notice_id}", audience, self.today())
        custom: dict[str, Any] = {"notice": notice_id, "audience": audience.value}
        if notice_id == NOT_AVAILABLE:
            custom["contacts"] = contacts(self.library, Kind.unknown, reader.place)
        return self._message(text, kind or notice.kind, custom, review, reader, (), notice.updated)

    def alarm(self, level: str, category: str, reader: Reader, language: str | None = None, ask: bool = False) -> Message:
        """What to do in an emergency (``level`` emergency) or today (``level`` urgent).

        With a ``language`` (ISO 639-1) that has a text for emergencies, that text stands before the English one. With ``ask``
        what is urgent ends with the question whether one of the signs of an emergency is happening now.
        """
        notice_id = f"{level}/{category}"
        if notice_id not in self.library.notices:
            notice_id = f"{level}/other"
        message = self.notice(notice_id, reader)
        help_is_there = Button(title=HELP_TITLES[message.kind.value], payload=HELP_ARRIVED)
        buttons = (help_is_there,) if reader.place else (help_is_there, Button(title="Choose my country", payload=CHANGE_PLACE))
        text, custom = message.text, {**message.custom, "category": category}
        if ask and level == Level.urgent.value:
            disclaimer = f"\n\n{custom['disclaimer']}"
            text = f"{text.removesuffix(disclaimer)}\n\n**{self._filled(self._text(WORSE_NOW, reader), reader)}**{disclaimer}"
            custom["question"] = category
            yes = Button(title=WORSE_TITLE, payload=worse_choice(notice_id.partition("/")[2]))
            buttons = (yes, Button(title=NOT_WORSE_TITLE, payload=NOT_WORSE), *buttons)
        own = f"language/{language}_emergency"
        if own in self.library.notices:
            text = f"{self._filled(self.library.notices[own].texts[Audience.family], reader)}\n\n{text}"
            custom["languages"] = [language]
        return Message(text, message.kind, custom, buttons)

    def after_alarm(self, message: Message, alarm: str | None, reader: Reader) -> Message:
        """``message`` behind a pointer to the advice of an ``alarm`` (kind) that is not over, with the button that ends it.

        A message that is no lesser alarm itself, or that comes without one before it, stays as it is.
        """
        if alarm not in LEVELS or not is_less(message.kind.value, alarm):
            return message
        notice = pointer(alarm, message.custom.get("topic"), message.custom.get("notice"))
        first = self._filled(self._text(notice, reader), reader)
        end = Button(title=HELP_TITLES[alarm], payload=HELP_ARRIVED)
        others = tuple(button for button in message.buttons if button["payload"] != HELP_ARRIVED)
        custom = {**message.custom, "alarm": alarm, "pointer": first}
        return Message(f"{first}\n\n{message.text}", message.kind, custom, (end, *others))

    def help_is_there(self, alarm: str | None, reader: Reader) -> Message:
        """Somebody helps now, or the call was made: what to tell them. ``alarm`` is the kind that this ends."""
        notices = {Kind.urgent.value: "still/called", Kind.crisis.value: "still/with_someone"}
        return self.notice(notices.get(alarm or "", "still/help_arrived"), reader)

    def no_emergency(self, alarm: str | None, reader: Reader) -> Message:
        """The family says that there is none: look once more, and the button that ends the pointer to an ``alarm`` (kind).

        Never that button where somebody may want to die; without an alarm there is nothing to end.
        """
        if alarm not in LEVELS:
            return self.notice("fixed/no_topic", reader)
        if alarm == Kind.crisis.value:
            end = Button(title=HELP_TITLES[alarm], payload=HELP_ARRIVED)
            return self._with(self.notice("still/not_alone", reader), {}, (end,))
        ends = (Button(title=NOT_NEEDED_TITLE, payload=NOT_NEEDED), Button(title=HELP_TITLES[alarm], payload=HELP_ARRIVED))
        return self._with(self.notice(LOOK_AGAIN, reader), {}, ends)

    def language(self, codes: Sequence[str], reader: Reader) -> Message:
        """That the guide reads only English, in the languages (ISO 639-1, likeliest first) that a message may have been in.

        Two at most; in English for one without a text of its own, and when nothing is known. ``languages`` names them.
        """
        known = [code if f"language/{code}" in self.library.notices else ENGLISH for code in codes[:2]]
        shown = list(dict.fromkeys(known or [ENGLISH]))
        messages = [self.notice(ONLY_ENGLISH if code == ENGLISH else f"language/{code}", reader) for code in shown]
        first = messages[0]
        custom = {**first.custom, "languages": shown}
        return Message("\n\n".join(message.text for message in messages), first.kind, custom)

    def refusal(self, kind: str, reader: Reader, nearest: Sequence[str] = ()) -> Message:
        """What the guide cannot do (dose, own results, ...), with who can, and as buttons what is known in general.

        ``nearest`` are the topics that the message came near to, best first; the best of them is offered as well.
        """
        notice_id = f"refuse/{kind}"
        message = self.notice(notice_id if notice_id in self.library.notices else "fixed/unknown", reader)
        general = self.library.notices[notice_id].topics if notice_id in self.library.notices else []
        choices = self._choices(list(dict.fromkeys([*nearest[:1], *general])))[:NEAREST_SHOWN]
        return self._with(message, {"related": choices}, (NOT_MEANT_BUTTON,))

    def signpost(self, notice_id: str, reader: Reader) -> Message:
        """Not the guide's field: who helps, and a way back when that was a misunderstanding."""
        return self._with(self.notice(notice_id, reader), {}, (NOT_MEANT_BUTTON,))

    def clarify(self, nearest: Sequence[str], reader: Reader, notice_id: str = "fixed/clarify") -> Message:
        """ "Did you mean ...?" with two or three topics to choose from; ``unknown`` when there is none to offer."""
        buttons = self._topic_buttons(nearest)[:NEAREST_SHOWN]
        if not buttons:
            return self.unknown(reader, nearest)
        none = Button(title=NONE_OF_THESE_TITLE, payload=NOT_MEANT)
        return self._with(self.notice(notice_id, reader), {}, (*buttons, none))

    def also(self, topic_ids: Sequence[str], reader: Reader) -> Message | None:
        """The offer to answer the further questions of a message; None when there is no text on them."""
        buttons = self._topic_buttons(topic_ids)
        return self._with(self.notice("fixed/also", reader), {}, buttons) if buttons else None

    def areas(self, reader: Reader, area: str | None = None) -> Message:
        """What can be asked: the topics of one area, or all areas to choose from."""
        topics = [topic_id for topic_id in self.library.topics if topic_id.partition("/")[0] == area]
        if buttons := self._topic_buttons(topics):
            every = Button(title=OTHER_AREAS_TITLE, payload=ALL_AREAS)
            return self._with(self.notice("fixed/area", reader), {}, (*buttons, every))
        return self._with(self.notice("fixed/areas", reader), {}, self._area_buttons(list(self.library.areas)))

    def unknown(self, reader: Reader, nearest: Sequence[str] = (), topic: str | None = None) -> Message:
        """An honest "I do not know", with people to ask and the three areas nearest to what was asked.

        ``nearest`` are topics, best first; ``topic`` is the one that was understood but has no text.
        """
        found = [near.partition("/")[0] for near in ([topic] if topic else []) + list(nearest)]
        buttons = self._area_buttons(list(dict.fromkeys([*found, *USUAL_AREAS])))[:NEAREST_SHOWN]
        return self._with(self.notice("fixed/unknown", reader), {"topic": topic} if topic else {}, buttons)

    def no_more(self, topic_id: str, reader: Reader, nearest: Sequence[str] = ()) -> Message:
        """Everything on the topic was shown; offer its other parts, the topic ``nearest`` to the message, and its relatives."""
        topic = self.library.topics.get(topic_id)
        others = dict.fromkeys([*[near for near in nearest if near != topic_id][:1], *(topic.related if topic else [])])
        custom = {"topic": topic_id, "more": self._parts(topic_id), "related": self._choices(list(others))}
        return self._with(self.notice("fixed/no_more", reader), custom, (NOT_MEANT_BUTTON,))

    def _parts(self, topic_id: str, shown: Collection[PartName | None] = ()) -> list[dict[str, str]]:
        """Buttons of the parts of a topic, less those ``shown``."""
        topic = self.library.topics.get(topic_id)
        return [
            {"choice": part_choice(topic_id, name), "title": part_title(topic, name)}
            for name in (topic.parts if topic else ())
            if topic and name not in shown
        ]

    def sources_of(self, topic_id: str, reader: Reader, part: PartName | None = None) -> Message:
        """Where an answer comes from, in words: one line a source, with its weakness."""
        if not self.can_answer(topic_id):
            return self.unknown(reader, topic=topic_id)
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

    def feedback(self, choice_id: str, reader: Reader) -> Message:
        """Thanks for a pressed "did this help?"; after a "no" without a reason, the reasons to choose from.

        What was not the question, or hard to understand, is offered again in the way that may help.
        """
        if choice_id == HELPED:
            return self.notice("fixed/it_helped", reader)
        reason = read_reason(choice_id)
        if reason is None:
            reasons = (Button(title=title, payload=reason_choice(name)) for name, title in REASON_TITLES.items())
            return self._with(self.notice("fixed/no_help", reader), {}, tuple(reasons))
        buttons = {"not_my_question": (NOT_MEANT_BUTTON,), "hard_to_understand": (SIMPLER_BUTTON,)}.get(reason, ())
        return self._with(self.notice("fixed/no_help_reason", reader), {}, buttons)

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

    def _area_buttons(self, areas: Sequence[str]) -> tuple[Button, ...]:
        offered = {topic_id.partition("/")[0] for topic_id in self.library.topics if self.can_answer(topic_id)}
        return tuple(
            Button(title=self.library.areas[area].title, payload=area_choice(area)) for area in areas if area in offered
        )

    def _topic_buttons(self, topic_ids: Sequence[str]) -> tuple[Button, ...]:
        return tuple(Button(title=one["title"], payload=one["choice"]) for one in self._choices(topic_ids))

    @staticmethod
    def _with(message: Message, custom: dict[str, Any], buttons: tuple[Button, ...] = ()) -> Message:
        return Message(message.text, message.kind, {**message.custom, **custom}, message.buttons + buttons)

    def _part_for(self, topic_id: str, part: PartName, audience: Audience) -> list[Statement] | None:
        """The text of a part for ``audience``, else for families; None where the topic has no such part."""
        own = self.library.statements(topic_id, audience, part) if self._served(topic_id, audience) else None
        return own or self.library.statements(topic_id, Audience.family, part)

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

    def _audience_of_notice(self, notice_id: str, reader: Reader) -> Audience:
        texts = self.library.notices[notice_id].texts
        asked_for = reader.audience in texts and self._served(f"{NOTICE_ITEM}{notice_id}", reader.audience)
        return reader.audience if asked_for else Audience.family

    def _text(self, notice_id: str, reader: Reader) -> str:
        return self.library.notices[notice_id].texts[self._audience_of_notice(notice_id, reader)]

    def _filled(self, text: str, reader: Reader) -> str:
        """``text`` with the numbers of the reader's place in the place of its placeholders."""
        found = phrases(self.library.places.get(reader.place or ""))
        return text.format_map({**found, "numbers": numbers(self.library, reader.place)})

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
            disclaimer = self._filled(disclaimer, reader)
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
