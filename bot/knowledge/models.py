"""The entries of the knowledge files, as typed models. What a key means stands here once."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from pydantic import Field, HttpUrl, validator

from bot.datafile import Entry


class Audience(str, Enum):
    """For whom an answer is written. ``family`` always exists; the others fall back to it."""

    family = "family"
    easy_read = "easy_read"
    professional = "professional"


class PartName(str, Enum):
    """What can be asked for next about the same topic."""

    how_common = "how_common"
    what_helps = "what_helps"
    when_to_call = "when_to_call"
    for_children = "for_children"
    everolimus_and_sirolimus = "everolimus_and_sirolimus"
    the_evidence = "the_evidence"


class Kind(str, Enum):
    """What a message of the guide is, so that a page can show it accordingly."""

    answer = "answer"
    emergency = "emergency"
    crisis = "crisis"
    urgent = "urgent"
    refusal = "refusal"
    unknown = "unknown"
    clarify = "clarify"
    signpost = "signpost"
    support = "support"
    smalltalk = "smalltalk"
    boundary = "boundary"
    language = "language"
    notice = "notice"


class ReviewStatus(str, Enum):
    draft = "draft"
    submitted = "submitted"
    under_review = "under_review"
    approved = "approved"


class Checked(str, Enum):
    """How a phone number or address is known. Only the first is shown without a word of caution."""

    official_page = "official page"
    other_page = "other page"
    third_party = "third party"
    general_knowledge = "general knowledge"


class Source(Entry):
    """Where a statement comes from. ``read`` says how much of it was read; ``note`` is a weakness families should see."""

    group: str = Field(regex="^(guideline|label|research|charity)$")
    title: str
    publisher: str
    read: str
    authors: str | None
    year: int | None = Field(ge=1900, le=2100)
    url: HttpUrl | None
    note: str | None
    stands_alone: bool = True

    @validator("url")
    def _only_https(cls, url: HttpUrl | None) -> HttpUrl | None:
        if url is not None and url.scheme != "https":
            raise ValueError("the address must begin with https://")
        return url


def flowing(text: str) -> str:
    """``text`` without the line breaks that only the width of the file made: paragraphs and "- " lines stay apart."""
    paragraphs = [paragraph.split("\n") for paragraph in text.strip().split("\n\n")]
    return "\n\n".join(
        "".join(("\n" if line.strip().startswith("- ") else " ") + line.strip() for line in lines).strip()
        for lines in paragraphs
    )


class Statement(Entry):
    """A group of sentences that stand on the same sources. ``covers`` repeats the points of the specification it makes."""

    text: str
    sources: list[str] = []
    covers: list[str] = []

    _flowing = validator("text", allow_reuse=True)(flowing)


Answer = dict[Audience, list[Statement]]


class Topic(Entry):
    """One question that the guide answers: ``topics/<area>/<name>.yml``."""

    title: str = Field(max_length=48)
    question: str
    updated: dt.date
    answers: Answer
    parts: dict[PartName, Answer] = {}
    headings: dict[PartName, str] = {}
    """What a part is really about, where the usual words (``PART_TITLES``) would not tell: "TSC1 or TSC2: does it matter?"."""
    related: list[str] = []
    questions: list[str] = Field([], max_items=4)
    """What to ask the team at the next visit, each a question in the first person."""
    basis: str | None = Field(regex="^site$")
    kind: Kind = Kind.answer
    """``support`` for feelings and people to talk to: contacts are then shown with the answer."""

    @validator("questions", each_item=True)
    def _ends_with_a_question_mark(cls, question: str) -> str:
        if not question.endswith("?"):
            raise ValueError("must be a question; end it with a question mark")
        return question

    @validator("headings")
    def _names_a_part(cls, headings: dict[PartName, str], values: dict[str, object]) -> dict[PartName, str]:
        for part, heading in headings.items():
            if part not in (values.get("parts") or {}):  # type: ignore[operator]
                raise ValueError(f"'{part.value}' is no part of this topic; write the part or remove its heading")
            if len(heading) > 48:
                raise ValueError(f"the heading of '{part.value}' is longer than 48 letters; shorten it")
        if len(set(headings.values())) < len(headings):
            raise ValueError("two parts have the same heading; a reader could not tell them apart")
        return headings

    @validator("kind")
    def _answer_or_support(cls, kind: Kind) -> Kind:
        if kind not in (Kind.answer, Kind.support):
            raise ValueError("must be answer or support")
        return kind

    @validator("answers", "parts", each_item=True)
    def _is_not_empty(cls, value: list[Statement] | Answer) -> list[Statement] | Answer:
        if not value or (isinstance(value, dict) and not all(value.values())):
            raise ValueError("is empty; write the text or remove the key")
        return value

    @validator("parts", each_item=True)
    def _family_part_always(cls, answer: Answer) -> Answer:
        if Audience.family not in answer:
            raise ValueError("has no 'family' text; every part needs one")
        return answer

    @validator("answers")
    def _family_always(cls, answers: Answer) -> Answer:
        if Audience.family not in answers:
            raise ValueError("has no 'family' text; every topic needs one")
        return answers


class Term(Entry):
    """A word of the field in plain words: an entry of ``glossary.yml``. ``forms`` are the spellings that texts use for it."""

    term: str
    forms: list[str] = []
    text: str
    sources: list[str]

    _flowing = validator("text", allow_reuse=True)(flowing)


class Notice(Entry):
    """A fixed text: emergency, refusal, disclaimer and the like. Placeholders such as {emergency} become numbers."""

    kind: Kind
    texts: dict[Audience, str]
    updated: dt.date
    topics: list[str] = []
    """Topics with the general answer, offered as buttons (refusals)."""

    _flowing = validator("texts", each_item=True, allow_reuse=True)(flowing)

    @validator("texts")
    def _family_always(cls, texts: dict[Audience, str]) -> dict[Audience, str]:
        if Audience.family not in texts:
            raise ValueError("has no 'family' text; every notice needs one")
        return texts


class Area(Entry):
    """A group of topics, ``topics/<area>/``, as families choose it from a list."""

    title: str = Field(max_length=48)


class Contact(Entry):
    """A number or address of one place, with when and where it was checked."""

    label: str
    number: str | None = Field(regex=r"^[0-9][0-9 -]*$")
    url: HttpUrl | None
    note: str | None
    checked: dt.date
    how: Checked
    seen: HttpUrl | None

    @validator("number", pre=True)
    def _as_written(cls, value: object) -> object:
        if isinstance(value, int | float):
            raise ValueError('put the number in quotes ("000"): YAML reads 000 as 0')
        return value


class Place(Entry):
    """A country (or region) with its numbers. ``called`` are the names that people type for it, in lower case."""

    name: str
    called: list[str] = []
    emergency: Contact | None
    advice: Contact | None
    poison: Contact | None
    crisis: Contact | None
    charity: Contact | None


class Approval(Entry):
    """One line of the review ledger, bound to the exact text by its SHA-256. The ledger is only ever added to."""

    item: str
    audience: Audience
    status: ReviewStatus
    sha256: str = Field(regex="^[0-9a-f]{64}$")
    reviewer: str
    role: str
    date: dt.date
    review_due: dt.date
