"""All rules, read from their files, checked and translated for the search."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bot.datafile import DataFile
from bot.triage.alarm import Category, Level
from bot.triage.entries import CombinationsFile, ContextFile, ContextRule, ListsFile, Sign, SpellingFile
from bot.triage.languages import Languages, load_languages
from bot.triage.notation import Notation, NotationError, TokenPattern, compiled, required
from bot.triage.numbers import NumberReader
from bot.triage.words import Spelling

IT_HAPPENED = "it_happened"  # the sign that says: what I asked about in general is happening
RULES = Path(__file__).parent / "rules"


class Pattern(NamedTuple):
    """One pattern of a sign: it can only be in a sentence that has a word of each set of ``required``."""

    variants: list[TokenPattern]
    required: list[frozenset[str]]


class SignRule(NamedTuple):
    """A sign ready for the search."""

    entry: Sign
    category: Category
    patterns: list[Pattern]


class Alternatives(NamedTuple):
    """A combination ready for use: of each set of ``needs`` one sign must be there."""

    level: Level
    category: Category
    needs: list[frozenset[str]]
    left_to_model: bool


@dataclass(frozen=True)
class Rules:
    """Everything that triage knows."""

    spelling: Spelling
    numbers: NumberReader
    signs: dict[str, SignRule]  # by id, in the order of the files
    combinations: list[Alternatives]  # the more urgent ones first
    context: ContextFile
    context_patterns: list[tuple[ContextRule, list[TokenPattern]]]
    languages: Languages


def load_rules(folder: Path = RULES) -> Rules:
    """Read and check all rule files of ``folder``. Raises DataFileError with file and line."""
    spelling = Spelling(DataFile(folder / "spelling.yml").entry(SpellingFile))
    lists_file = DataFile(folder / "words.yml")
    lists = lists_file.entry(ListsFile).lists
    try:
        numbers = NumberReader(lists)
        small = frozenset(lists["small"])
    except KeyError as error:
        raise lists_file.error(("lists",), f"the list {error} is missing; add it") from None
    notation = Notation(lists, spelling.plain)
    signs: dict[str, SignRule] = {}
    for category in Category:
        _read_signs(DataFile(folder / f"{category.value}.yml"), category, notation, small, signs)
    combinations = _combinations(DataFile(folder / "combinations.yml"), signs)
    context, context_patterns = _context(DataFile(folder / "context.yml"), notation, signs)
    languages = load_languages(DataFile(folder / "languages.yml"))
    return Rules(spelling, numbers, signs, combinations, context, context_patterns, languages)


def _read_signs(
    file: DataFile, category: Category, notation: Notation, small: frozenset[str], signs: dict[str, SignRule]
) -> None:
    for position, sign in enumerate(file.sequence(Sign)):
        if sign.id in signs:
            raise file.error((position, "id"), f"there is already a sign '{sign.id}'; choose another id")
        patterns = []
        for row, pattern in enumerate(sign.patterns):
            try:
                elements = notation.read(pattern)
                patterns.append(Pattern(compiled(elements), required(elements, small)))
            except NotationError as error:
                raise file.error((position, "patterns", row), str(error)) from None
        signs[sign.id] = SignRule(sign, category, patterns)


def _combinations(file: DataFile, signs: dict[str, SignRule]) -> list[Alternatives]:
    content = file.entry(CombinationsFile)
    unused = set(signs) - {IT_HAPPENED}
    combinations = []
    for position, one in enumerate(content.combinations):
        needs = []
        for row, need in enumerate(one.needs):
            names = [name.strip() for name in need.split("|")]
            ids = frozenset(sign for name in names for sign in content.groups.get(name, (name,)))
            if not ids <= set(signs):
                raise file.error(("combinations", position, "needs", row), _unknown(ids, signs))
            unused -= ids
            needs.append(ids)
        combinations.append(Alternatives(one.level, one.category, needs, one.left_to_model))
    if unused:
        raise file.error((), f"no combination uses {', '.join(sorted(unused))}; add one, or remove the sign")
    return sorted(combinations, key=lambda one: one.level != Level.emergency)  # stable: else the file's order decides


def _context(
    file: DataFile, notation: Notation, signs: dict[str, SignRule]
) -> tuple[ContextFile, list[tuple[ContextRule, list[TokenPattern]]]]:
    content = file.entry(ContextFile)
    for name, kind in content.kinds.items():
        if not signs.keys() >= set(kind.not_for):
            raise file.error(("kinds", name), _unknown(kind.not_for, signs))
    rules = []
    for position, rule in enumerate(content.rules):
        if rule.kind not in {*content.kinds, "end", "nothing"}:
            raise file.error(("rules", position, "kind"), f"'{rule.kind}' is none of the kinds of this file")
        if not signs.keys() >= set(rule.only):
            raise file.error(("rules", position, "only"), _unknown(rule.only, signs))
        patterns: list[TokenPattern] = []
        for row, phrase in enumerate(rule.phrases):
            try:
                patterns += compiled(notation.read(phrase))
            except NotationError as error:
                raise file.error(("rules", position, "phrases", row), str(error)) from None
        rules.append((rule, patterns))
    return content, rules


def _unknown(ids: frozenset[str] | tuple[str, ...], signs: dict[str, SignRule]) -> str:
    return f"there is no sign or group '{min(set(ids) - set(signs))}'; correct its spelling or add it"
