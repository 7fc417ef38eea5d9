"""The entries of the rule files, as typed models. What a key means stands here once."""

from __future__ import annotations

from enum import Enum
from typing import Any

from pydantic import Field, StrictStr, root_validator, validator

from bot.datafile import Entry
from bot.triage.alarm import Category, Level
from bot.triage.numbers import Kind


class NumberRange(Entry):
    """A number of one kind, from ``at_least`` up to but not including ``below`` (units: see numbers.Kind)."""

    kind: Kind
    at_least: float = float("-inf")
    below: float = float("inf")


class Sign(Entry):
    """One thing that a family may say; alone or with others it may make an alarm. The examples are its tests."""

    id: StrictStr = Field(regex=r"^[a-z0-9_]+$")
    meaning: StrictStr
    patterns: tuple[StrictStr, ...] = ()
    number: NumberRange | None = None
    even_past: bool = False  # counts when it is over, too: a past bleed, a recent embolisation
    must_match: list[StrictStr] = Field(min_items=1)
    must_not_match: list[StrictStr] = []

    @root_validator(skip_on_failure=True)
    def _patterns_or_number(cls, values: dict[str, Any]) -> dict[str, Any]:
        if bool(values["patterns"]) == bool(values["number"]):
            raise ValueError("give either patterns or a number")
        return values


class Combination(Entry):
    """Signs that together make an alarm. Each item of ``needs`` is a sign, a group, or several joined by '|'."""

    level: Level
    category: Category
    needs: list[StrictStr] = Field(min_items=1)
    basis: list[StrictStr] = Field(min_items=1)
    left_to_model: bool = False  # the rules raise it only where the learned model does not read the message

    @root_validator(skip_on_failure=True)
    def _no_emergency_depends_on_the_model(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["left_to_model"] and values["level"] is Level.emergency:
            raise ValueError("an emergency is never left to the model; remove left_to_model, or make it urgent")
        return values


class CombinationsFile(Entry):
    groups: dict[str, tuple[StrictStr, ...]]
    combinations: tuple[Combination, ...]


class ContextKind(Entry):
    """A way of 'not now'. A sign in it does not count, unless a kind of ``beaten_by`` stands in the same sentence."""

    meaning: StrictStr
    holds_back: bool = True  # false: it holds nothing back, it only beats other kinds
    beaten_by: tuple[StrictStr, ...] = ()
    not_for: tuple[StrictStr, ...] = ()  # signs


class Direction(str, Enum):
    """Where a phrase of context stands: ``before`` the signs that it concerns, ``after`` or ``beside`` them or ``anywhere``."""

    before = "before"
    after = "after"
    beside = "beside"
    anywhere = "anywhere"


PAST = "past"  # the kind of what is over


class ContextRule(Entry):
    """Phrases that put signs into a context: a kind of the file, or 'end' (of what stands before), or 'nothing'."""

    kind: StrictStr
    direction: Direction = Direction.before
    reach: int | None = Field(None, ge=1)  # words
    only: tuple[StrictStr, ...] = ()  # signs; all when empty
    vague: bool = False  # of the past: without a date ('history of'), so that a 'now' anywhere may be meant of it
    phrases: list[StrictStr] = Field(min_items=1)

    @root_validator(skip_on_failure=True)
    def _only_the_past_is_vague(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["vague"] and values["kind"] != PAST:
            raise ValueError(f"only phrases of the kind '{PAST}' have or lack a date; remove 'vague'")
        return values


class Denial(Entry):
    """What a 'no' reaches over: small words (``bridge``), and other ``symptoms`` when 'or' makes them a list."""

    bridge: frozenset[StrictStr]
    symptoms: frozenset[StrictStr]
    not_denied_before: frozenset[StrictStr]  # 'never had pain like this' is no denial


class AnotherMatter(Entry):
    """What tells that a 'now' is of something else than the sign: a clause (between ``joins``) with a subject of its own."""

    joins: frozenset[StrictStr]
    subjects: frozenset[StrictStr]
    points_back: frozenset[StrictStr]  # 'and now again', 'he is having another': it may be the sign that is meant


class ContextFile(Entry):
    denial: Denial
    another_matter: AnotherMatter
    kinds: dict[str, ContextKind]
    rules: tuple[ContextRule, ...]


class SpellingFile(Entry):
    """``mended``: words in which one wrong letter is put right, unless it makes one of ``real_words``. Before a word of
    ``possessed`` 'Liam's' is read 'his', unless 'Liam' is one of ``no_owners``.
    """

    variants: dict[str, tuple[StrictStr, ...]]  # plain form -> other ways to write it
    idioms: tuple[StrictStr, ...]
    mended: tuple[StrictStr, ...]
    real_words: tuple[StrictStr, ...]
    possessed: tuple[StrictStr, ...]
    no_owners: tuple[StrictStr, ...]


class ListsFile(Entry):
    lists: dict[str, tuple[StrictStr, ...]]


class Phrases(Entry):
    """How people tell one kind of emergency in one language. The examples are its tests."""

    phrases: list[StrictStr] = Field(min_items=1)
    must_match: list[StrictStr] = Field(min_items=1)
    must_not_match: list[StrictStr] = Field(min_items=1)


class Language(Entry):
    """The emergencies of one language. ``words`` are everyday words that tell it from its neighbours."""

    name: StrictStr
    words: tuple[StrictStr, ...]
    negations: tuple[StrictStr, ...]  # no gap of a phrase crosses one of these words
    denied: tuple[StrictStr, ...] = ()  # words beside a phrase ('~') that say that it is not so
    lists: dict[str, tuple[StrictStr, ...]] = {}
    phrases: dict[Category, Phrases]

    @validator("negations", each_item=True)
    def _one_word(cls, negation: str) -> str:
        if " " in negation:
            raise ValueError(f"'{negation}' must be one word")
        return negation


class LanguagesFile(Entry):
    """``letters``: plain letter -> others that are read as it. ``languages``: by ISO 639-1 code."""

    letters: dict[StrictStr, StrictStr]
    lists: dict[str, tuple[StrictStr, ...]] = {}
    languages: dict[str, Language]

    @validator("languages")
    def _codes(cls, languages: dict[str, Language]) -> dict[str, Language]:
        for code in languages:
            if not (len(code) == 2 and code.isascii() and code.islower()):
                raise ValueError(f"'{code}' is no language code of two letters (ISO 639-1)")
        return languages
