"""All that the guide may say, loaded and checked once. Whatever is wrong in a file stops the start with file and line."""

from __future__ import annotations

import hashlib
import json
import re
import string
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from bot.datafile import DataFile, DataFileError
from bot.knowledge.glossary import Glossary, spellings
from bot.knowledge.models import Answer, Approval, Area, Audience, Notice, PartName, Place, Source, Statement, Term, Topic

ROOT = Path(__file__).parent
RULES = ROOT.parent / "triage" / "rules"
NOTICE_ITEM = "notice:"  # begins the items of the ledger that are notices
RULES_ITEM = "triage:"  # begins the items of the ledger that are files of triage rules
PLACEHOLDERS = frozenset({"emergency", "numbers", "advice", "poison", "crisis", "place"})
REQUIRED_NOTICES = tuple(
    f"{file}/{name}"
    for file, names in {
        "emergency": "bleeding seizure breathing_or_swelling infection overdose self_harm other",
        "urgent": "bleeding infection overdose other",
        "errors": "malformed token origin too_long not_json too_fast failed",
        "disclaimer": "preview approved",
        "language": "other",
        "still": "emergency crisis urgent before_giving help_arrived with_someone called help_coming worse_now not_worse "
        "look_again not_alone not_needed",
        "fixed": "greeting consent not_available not_remembered unknown no_more no_topic no_easy_read no_professional "
        "ask_place place_set audience_family audience_easy_read audience_professional support signpost signpost_charity "
        "boundary greet_back thanks_back goodbye erased clarify not_meant also areas area about_me unreadable "
        "signpost_other_disease signpost_general it_helped no_help no_help_reason",
    }.items()
    for name in names.split()
)
"""What the guide cannot do without."""


@dataclass(frozen=True)
class Library:
    """Topics, notices, sources, places and the review ledger, all cross-checked.

    ``rules`` are the files of the triage rules by name (``bleeding``), of which only the SHA-256 of the bytes is known here.
    """

    topics: dict[str, Topic]
    areas: dict[str, Area]
    notices: dict[str, Notice]
    sources: dict[str, Source]
    places: dict[str, Place]
    approvals: tuple[Approval, ...]
    rules: dict[str, str]
    glossary: Glossary
    _fingerprints: dict[tuple[str, Audience], str] = field(default_factory=dict, repr=False)

    @classmethod
    def load(cls, root: Path = ROOT, rules: Path = RULES) -> Library:
        """Read every file below ``root``. Raises DataFileError (file, line, remedy) at the first fault."""
        sources = DataFile(root / "sources.yml").mapping(Source)
        places = DataFile(root / "places.yml").mapping(Place)
        _refuse_shared_names(DataFile(root / "places.yml"), places)
        notices = dict(_read_notices(root / "notices"))
        _require_notices(root / "notices", notices)
        for stray in sorted((root / "topics").rglob("*.yaml")):
            raise DataFileError(stray, 1, "data files end in .yml; rename it")
        files = {path.relative_to(root / "topics").with_suffix("").as_posix(): DataFile(path)
                 for path in sorted((root / "topics").rglob("*.yml"))}  # fmt: skip
        topics = {topic_id: _read_topic(topic_id, file, sources, files.keys()) for topic_id, file in files.items()}
        areas = DataFile(root / "areas.yml").mapping(Area)
        for topic_id, file in files.items():
            if topic_id.partition("/")[0] not in areas:
                raise DataFileError(file.path, 1, f"its area '{topic_id.partition('/')[0]}' is not in areas.yml; add it there")
        hashes = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(rules.glob("*.yml"))}
        approvals = _read_ledger(DataFile(root / "approvals.yml"), topics, notices, hashes)
        terms = DataFile(root / "glossary.yml").mapping(Term)
        _check_terms(DataFile(root / "glossary.yml"), terms, sources)
        return cls(topics, areas, notices, sources, places, approvals, hashes, Glossary(terms))

    def statements(self, topic_id: str, audience: Audience, part: PartName | None = None) -> list[Statement] | None:
        """The text of a topic (or of a part of it) for exactly this audience; None when there is none."""
        topic = self.topics[topic_id]
        answer = topic.answers if part is None else topic.parts.get(part, {})
        return answer.get(audience)

    def texts(self) -> list[tuple[str, Audience]]:
        """Every text that can be reviewed, by its item of the ledger: topics with their parts, then notices."""
        answers = {topic_id: topic.answers.keys() for topic_id, topic in self.topics.items()}
        notices = {f"{NOTICE_ITEM}{notice_id}": notice.texts.keys() for notice_id, notice in self.notices.items()}
        return [(item, one) for item, has in {**answers, **notices}.items() for one in Audience if one in has]

    def digest(self) -> str:
        """SHA-256 over the fingerprints of all texts and the places' numbers: two copies with the same one say the same."""
        lines = [f"{item} {audience.value} {self.fingerprint(item, audience)}\n" for item, audience in self.texts()]
        lines += [f"{code} {place.json()}\n" for code, place in self.places.items()]
        return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()

    def fingerprint(self, item: str, audience: Audience) -> str:
        """SHA-256 of the canonical text of a topic or notice for one audience.

        Approvals are bound to it: any edit of text or source changes it, and the approval no longer holds. For a file of
        triage rules (``triage:bleeding``) it is the SHA-256 of its bytes, so that anyone can check it with ``sha256sum``.
        """
        if item.startswith(RULES_ITEM):
            return self.rules[item.removeprefix(RULES_ITEM)]
        key = (item, audience)
        if key not in self._fingerprints:
            self._fingerprints[key] = hashlib.sha256(self.canonical(item, audience).encode()).hexdigest()
        return self._fingerprints[key]

    def canonical(self, item: str, audience: Audience) -> str:
        """All that is approved with the text of a topic (parts, questions, sources) or notice, as JSON on one line."""
        if item.startswith(NOTICE_ITEM):
            notice = self.notices[item.removeprefix(NOTICE_ITEM)]
            canonical: object = [notice.kind.value, notice.texts.get(audience)]
        else:
            topic = self.topics[item]
            texts = {"": topic.answers, **{part.value: answer for part, answer in sorted(topic.parts.items())}}
            answers = {name: self._canonical(answer, audience) for name, answer in texts.items()}
            canonical = {**answers, "questions": topic.questions, "headings": topic.headings}
        return json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def _canonical(self, answer: Answer, audience: Audience) -> list[object]:
        return [
            [" ".join(statement.text.split()), [json.loads(self.sources[key].json()) for key in statement.sources]]
            for statement in answer.get(audience, [])
        ]


def _read_notices(folder: Path) -> Iterable[tuple[str, Notice]]:
    for path in sorted(folder.glob("*.yml")):
        file = DataFile(path)
        for name, notice in file.mapping(Notice).items():
            for audience, text in notice.texts.items():
                _check_placeholders(file, (name, "texts", audience.value), text)
            yield f"{path.stem}/{name}", notice


def _check_placeholders(file: DataFile, where: tuple[str | int, ...], text: str) -> None:
    """A notice that cannot be filled in must be found now, not in an emergency."""
    allowed = f"allowed: {', '.join(f'{{{known}}}' for known in sorted(PLACEHOLDERS))}"
    try:
        found = list(string.Formatter().parse(text))
    except ValueError as error:
        raise file.error(where, f"braces do not fit together ({error}); {allowed}") from None
    for literal, name, layout, conversion in found:
        if name is not None and (name not in PLACEHOLDERS or layout or conversion):
            raise file.error(where, f"unknown placeholder {{{name}}}; {allowed}")
        if "{" in literal or "}" in literal:
            raise file.error(where, f"braces stand for placeholders only; {allowed}")


def _require_notices(folder: Path, notices: dict[str, Notice]) -> None:
    for notice_id in REQUIRED_NOTICES:
        if notice_id not in notices:
            file, name = notice_id.split("/")
            raise DataFileError(folder / f"{file}.yml", 1, f"the notice '{name}' is missing; the guide needs it")


def _read_topic(topic_id: str, file: DataFile, sources: dict[str, Source], ids: Iterable[str]) -> Topic:
    if not re.fullmatch(r"[a-z_]+/[a-z0-9_]+", topic_id):
        raise DataFileError(file.path, 1, "the file must be topics/<area>/<name>.yml, lower case with underscores")
    topic = file.entry(Topic)
    for position, related in enumerate(topic.related):
        if related not in ids:
            raise file.error(("related", position), f"there is no topic '{related}'; correct it or write that topic")
        if related == topic_id:
            raise file.error(("related", position), "a topic cannot be related to itself; remove it")
    answers: list[tuple[tuple[str | int, ...], Answer]] = [(("answers",), topic.answers)]
    answers += [(("parts", part.value), answer) for part, answer in topic.parts.items()]
    for where, answer in answers:
        for audience, statements in answer.items():
            for position, statement in enumerate(statements):
                _check_sources(file, (*where, audience.value, position), statement, sources, topic.basis == "site")
    return topic


def _check_sources(
    file: DataFile, where: tuple[str | int, ...], statement: Statement, sources: dict[str, Source], site: bool
) -> None:
    if "{" in statement.text or "}" in statement.text:
        raise file.error(where, "placeholders belong into notices; write 'your emergency number' here")
    for position, key in enumerate(statement.sources):
        if key not in sources:
            raise file.error((*where, "sources", position), f"unknown source '{key}'; add it to sources.yml or correct it")
    if not statement.sources and not site:
        raise file.error(where, "this statement names no source; add 'sources: [...]' (ids of sources.yml)")
    if statement.sources and not any(sources[key].stands_alone for key in statement.sources):
        raise file.error(where, f"nothing may rest on '{statement.sources[0]}' alone; name a second source")


def _check_terms(file: DataFile, terms: dict[str, Term], sources: dict[str, Source]) -> None:
    owner: dict[str, str] = {}
    for name, term in terms.items():
        for form in spellings(term):
            if form.lower() in owner:
                raise file.error((name,), f"'{form}' stands under {owner[form.lower()]} too; keep it in one place")
            owner[form.lower()] = name
        for position, key in enumerate(term.sources):
            if key not in sources:
                raise file.error((name, "sources", position), f"unknown source '{key}'; add it to sources.yml or correct it")
        if not term.sources:
            raise file.error((name,), "this term names no source; add 'sources: [...]' (ids of sources.yml)")


def _refuse_shared_names(file: DataFile, places: dict[str, Place]) -> None:
    owner: dict[str, str] = {}
    for code, place in places.items():
        for name in place.called:
            if name != name.lower():
                raise file.error((code, "called"), f"write '{name}' in lower case")
            if name in owner:
                raise file.error((code, "called"), f"'{name}' stands under {owner[name]} too; keep it in one place")
            owner[name] = code


def _read_ledger(
    file: DataFile, topics: dict[str, Topic], notices: dict[str, Notice], rules: Iterable[str]
) -> tuple[Approval, ...]:
    # What can be approved, and for which audiences. Rules read what families write, so theirs is 'family'.
    known: dict[str, Collection[Audience]] = {name: topic.answers for name, topic in topics.items()}
    known.update({f"{NOTICE_ITEM}{name}": notice.texts for name, notice in notices.items()})
    known.update({f"{RULES_ITEM}{name}": (Audience.family,) for name in rules})
    approvals = file.sequence(Approval)
    for position, approval in enumerate(approvals):
        if approval.item not in known:
            remedy = f"write area/name or notice:file/name, or {RULES_ITEM}file for rules"
            raise file.error((position, "item"), f"there is no text '{approval.item}'; {remedy}")
        if approval.audience not in known[approval.item]:
            raise file.error((position, "audience"), f"'{approval.item}' has no text for {approval.audience.value}")
        if approval.review_due <= approval.date:
            raise file.error((position, "review_due"), "the next review must be after the date of this one")
    return tuple(approvals)
