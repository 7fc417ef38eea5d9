"""All that stands on the sheet, read from the rule files and the review ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bot.datafile import DataFile
from bot.knowledge import Library, Review, reviews_of_rules
from bot.triage import Category, Level
from bot.triage.entries import CombinationsFile, LanguagesFile, ListsFile, SpellingFile
from bot.triage.rules import RULES, Rules, load_rules
from bot.triage.signs import Finder


class RuleFile(NamedTuple):
    """One rule file: its name (``bleeding``), the SHA-256 of its bytes, and the state of its review."""

    name: str
    sha256: str
    review: Review


class Need(NamedTuple):
    """One thing that a combination needs: one of ``signs``, or of the signs of ``groups``."""

    signs: tuple[str, ...]
    groups: tuple[str, ...]


class ShownCombination(NamedTuple):
    """A combination; ``order`` (from 1) is its place among all: the first that fits decides."""

    order: int
    level: Level
    category: Category
    needs: tuple[Need, ...]
    signs: frozenset[str]  # all that can have a part in it
    basis: tuple[str, ...]
    left_to_model: bool


class ContextExample(NamedTuple):
    """A message that has the sign, which a kind of context alone holds back."""

    sign: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """What the page shows. ``made`` is the day on which the files were read."""

    rules: Rules
    files: tuple[RuleFile, ...]
    combinations: tuple[ShownCombination, ...]
    groups: dict[str, tuple[str, ...]]
    lists: dict[str, tuple[str, ...]]
    spelling: SpellingFile
    languages: LanguagesFile
    held_back: dict[str, tuple[ContextExample, ...]]  # by kind of context
    made: dt.date

    @property
    def state(self) -> str:
        """The review state of all files together, in words."""
        approved = sum(file.review.in_force for file in self.files)
        if not approved:
            return "not reviewed by a clinician"
        return f"{approved} of {len(self.files)} files approved by a clinician"


def read(library: Library, today: dt.date, folder: Path = RULES) -> Sheet:
    """Read the rules in ``folder`` and what the ledger of ``library`` says of them today. Raises DataFileError."""
    rules = load_rules(folder)  # checks all that is read again below
    combinations = DataFile(folder / "combinations.yml").entry(CombinationsFile)
    return Sheet(
        rules=rules,
        files=rule_files(library, today),
        combinations=_shown(combinations),
        groups=combinations.groups,
        lists=DataFile(folder / "words.yml").entry(ListsFile).lists,
        spelling=DataFile(folder / "spelling.yml").entry(SpellingFile),
        languages=DataFile(folder / "languages.yml").entry(LanguagesFile),
        held_back=_held_back(rules),
        made=today,
    )


def rule_files(library: Library, today: dt.date) -> tuple[RuleFile, ...]:
    """Each rule file with the state of its review."""
    reviews = reviews_of_rules(library, today)
    return tuple(RuleFile(name, sha256, reviews[name]) for name, sha256 in library.rules.items())


def _shown(file: CombinationsFile) -> tuple[ShownCombination, ...]:
    """The combinations in the order in which they are tried: emergencies first, else that of the file."""
    found = []
    for order, one in enumerate(sorted(file.combinations, key=lambda one: one.level is not Level.emergency), 1):
        names = [[name.strip() for name in need.split("|")] for need in one.needs]
        needs = tuple(
            Need(
                tuple(name for name in alternatives if name not in file.groups),
                tuple(name for name in alternatives if name in file.groups),
            )
            for alternatives in names
        )
        signs = frozenset(
            sign for need in needs for sign in (*need.signs, *(sign for group in need.groups for sign in file.groups[group]))
        )
        found.append(ShownCombination(order, one.level, one.category, needs, signs, tuple(one.basis), one.left_to_model))
    return tuple(found)


def _held_back(rules: Rules) -> dict[str, tuple[ContextExample, ...]]:
    """For each kind of context the counter-examples of signs that it alone is enough to hold back, found by trying."""
    kinds = [name for name, kind in rules.context.kinds.items() if kind.holds_back]
    none = _with_kinds(rules, ())
    found = [
        ContextExample(sign, text)
        for sign, rule in rules.signs.items()
        for text in rule.entry.must_not_match
        if _counts(rules, none, sign, text)
    ]
    finders = {kind: _with_kinds(rules, (kind,)) for kind in kinds}
    return {
        kind: tuple(example for example in found if not _counts(rules, finder, *example)) for kind, finder in finders.items()
    }


def _with_kinds(rules: Rules, kinds: Collection[str]) -> Finder:
    """A search in which only ``kinds`` hold signs back; what beats and ends them stays."""
    kept = [
        (rule, patterns)
        for rule, patterns in rules.context_patterns
        if rule.kind in kinds or rule.kind not in rules.context.kinds or not rules.context.kinds[rule.kind].holds_back
    ]
    return Finder(replace(rules, context_patterns=kept))


def _counts(rules: Rules, finder: Finder, sign: str, text: str) -> bool:
    return sign in finder.find(rules.spelling.sentences(text)).present
