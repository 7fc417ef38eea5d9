"""The sheet shows every rule, so that a nurse who read it has read them all, and is sound HTML that needs nothing else."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from bot.knowledge import Library
from bot.triage import Category
from bot.triage.entries import ContextRule, Direction, NumberRange
from bot.triage.numbers import Kind
from bot.triage.rules import RULES
from tools.triage_sheet import wording
from tools.triage_sheet.__main__ import main
from tools.triage_sheet.page import render
from tools.triage_sheet.reading import Sheet, read, rule_files

TODAY = dt.date(2026, 6, 1)
VOID = {"meta", "input"}
EVIL = "<script>alert('&')</script> <b>\"bold\"</b>"


class Page(HTMLParser):
    """A page, parsed: fails on a tag that closes nothing, or on one that is never closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, str]] = []  # tag and id
        self.lines: dict[str, list[str]] = {}  # id -> texts of the list items inside
        self.text: dict[str, str] = {}  # id -> all text inside
        self._item: str | None = None
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if tag in VOID:
            return
        self.open.append((tag, attributes.get("id") or ""))
        if tag == "li":
            self._item = ""

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1][0] == tag, f"</{tag}> closes <{self.open[-1][0]}>"
        self.open.pop()
        if tag == "li" and self._item is not None:
            for _, name in self.open:
                self.lines.setdefault(name, []).append(" ".join(self._item.split()))
            self._item = None

    def handle_data(self, data: str) -> None:
        if self._item is not None:
            self._item += data
        for _, name in self.open:
            self.text[name] = self.text.get(name, "") + data

    def all(self, attribute: str) -> list[str]:
        return [attributes[attribute] or "" for _, attributes in self.tags if attribute in attributes]


@pytest.fixture(scope="module")
def sheet() -> Sheet:
    return read(Library.load(), TODAY)


@pytest.fixture(scope="module")
def html(sheet) -> str:
    return render(sheet)


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def plain(text: str) -> str:
    return " ".join(text.split())


def test_every_sign_stands_there_with_its_meaning_and_all_its_examples(sheet, page):
    for name, rule in sheet.rules.signs.items():
        shown = page.text[f"sign-{name}"]
        assert wording.name(name) in shown
        assert plain(rule.entry.meaning) in plain(shown)
        lines = page.lines[f"sign-{name}"]
        examples = [plain(text) for text in (*rule.entry.must_match, *rule.entry.must_not_match)]
        assert lines[len(rule.entry.patterns) :] == examples, name


def test_every_word_of_every_pattern_stands_there_and_nothing_of_the_notation(sheet, page):
    for name, rule in sheet.rules.signs.items():
        shown = page.lines[f"sign-{name}"][: len(rule.entry.patterns)]
        for line, pattern in zip(shown, rule.entry.patterns, strict=True):
            words = re.findall(r"[^\s()\[\]{}|<>.^$]+", pattern.replace("_", " "))
            assert set(words) <= set(re.findall(r"[^\s/“”.,]+|,|/", line)), (pattern, line)
            assert not re.search(r"[()\[\]{}|<>^$]|\.\.", line), line


def test_every_combination_stands_there_once_with_its_level_category_and_signs(sheet, page):
    assert len(sheet.combinations) == len(sheet.rules.combinations)
    for shown, used in zip(sheet.combinations, sheet.rules.combinations, strict=True):
        assert (shown.level, shown.category) == (used.level, used.category), "the order is that of the search"
        assert shown.signs == frozenset().union(*used.needs)
        text = page.text[f"combination-{shown.order}"]
        assert shown.level.value in text
        for need in shown.needs:
            assert all(wording.name(name) in text for name in (*need.signs, *need.groups))
    for name, members in sheet.groups.items():
        assert all(wording.name(sign) in page.text[f"group-{name}"] for sign in members)


def test_every_phrase_of_the_context_stands_there_with_what_it_reaches(sheet, page):
    context = sheet.rules.context
    for name in (*context.kinds, "end", "nothing"):
        rules = [rule for rule in context.rules if rule.kind == name]
        for position, rule in enumerate(rules, 1):
            assert len(page.lines[f"kind-{name}-{position}"]) == len(rule.phrases)
            assert wording.place(rule) in page.text[f"kind-{name}-{position}"]
        assert f"kind-{name}-{len(rules) + 1}" not in page.text


def test_the_examples_of_not_now_are_held_back_by_their_kind(sheet, page):
    assert ("pain", "no pain") in sheet.held_back["negated"]
    assert ("faint", "In the 70s he fainted at work") in sheet.held_back["past"]
    assert ("side_pain", "a new dull pain low in my back") not in {one for found in sheet.held_back.values() for one in found}
    shown = set(page.lines[""])
    assert all(plain(f"{one.text} ({wording.name(one.sign)})") in shown for found in sheet.held_back.values() for one in found)


def test_every_language_stands_there_with_all_its_examples(sheet, page):
    for code, language in sheet.languages.languages.items():
        for category in Category:
            entry = language.phrases[category]
            lines = page.lines[f"language-{code}-{category.value}"]
            examples = [plain(text) for text in (*entry.must_match, *entry.must_not_match)]
            assert lines[len(entry.phrases) :] == examples
        assert code in page.all("lang"), "a screen reader must know how to say it"


def test_every_number_stands_in_the_table(sheet, html):
    table = html[html.index('id="numbers"') : html.index('id="context"')]
    for name, rule in sheet.rules.signs.items():
        assert (f'"#sign-{name}"' in table) is bool(rule.entry.number)
        if rule.entry.number:
            assert wording.limits(rule.entry.number) in table


def test_every_file_is_named_with_its_hash_and_that_nobody_reviewed_it(sheet, html):
    assert {file.name for file in sheet.files} == {path.stem for path in RULES.glob("*.yml")}
    assert all(f"{file.name}.yml" in html and file.sha256 in html for file in sheet.files)
    assert sheet.state == "not reviewed by a clinician"
    assert "State of review: not reviewed by a clinician." in html


def test_an_approval_shows_and_the_rest_still_counts_as_not_reviewed(knowledge, sheet):
    knowledge.record("triage:bleeding")
    html = render(replace(sheet, files=rule_files(knowledge.load(), TODAY)))
    assert f"State of review: 1 of {len(sheet.files)} files approved by a clinician." in html
    assert "approved by An invented reviewer, kidney nurse, next review 2027-01-01" in html
    overdue = render(replace(sheet, files=rule_files(knowledge.load(), dt.date(2028, 1, 1))))
    assert "State of review: not reviewed by a clinician." in overdue
    assert "approval overdue since 2027-01-01" in overdue


def test_there_is_something_to_tick_for_every_rule(sheet, page):
    items = len(sheet.rules.signs) + len(sheet.combinations) + len(sheet.rules.context.rules)
    boxes = sum(attributes.get("type") == "checkbox" for tag, attributes in page.tags if tag == "input")
    assert boxes >= 2 * items


def test_all_text_is_escaped(sheet):
    name, rule = next((name, rule) for name, rule in sheet.rules.signs.items() if rule.entry.patterns)
    entry = rule.entry.copy(update={"meaning": EVIL, "must_match": [EVIL], "must_not_match": [EVIL]})
    rules = replace(sheet.rules, signs={**sheet.rules.signs, name: rule._replace(entry=entry)})
    lists = {**sheet.lists, "urine": (EVIL,)}
    html = render(replace(sheet, rules=rules, lists=lists, groups={**sheet.groups, "shock": ("<i>",)}))
    assert "<script" not in html
    assert "<b>" not in html
    assert Page(html).text[f"sign-{name}"].count(EVIL) == 3


def test_the_page_needs_no_script_and_nothing_from_elsewhere(page, html):
    tags = {tag for tag, _ in page.tags}
    assert not tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert not page.all("src")
    assert all(target.startswith("#") for target in page.all("href"))
    assert not any(name.startswith("on") or name == "style" for _, attributes in page.tags for name in attributes)
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "http" not in html


def test_names_are_unique_and_links_lead_somewhere(page):
    names = Counter(page.all("id"))
    assert [name for name, count in names.items() if count > 1 or not re.fullmatch(r"[a-z0-9_-]+", name)] == []
    assert {target.removeprefix("#") for target in page.all("href")} <= set(names)
    assert set(page.all("aria-labelledby")) <= set(names)


def test_the_page_can_be_read_aloud_and_printed(page, html):
    assert html.startswith("<!doctype html>\n<html lang=")
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels)), "no level is left out"
    assert all(attributes.get("scope") in {"row", "col"} for tag, attributes in page.tags if tag == "th")
    tables = sum(tag == "table" for tag, _ in page.tags)
    assert sum(tag == "caption" for tag, _ in page.tags) == tables > 0
    labels, inputs = (sum(tag == wanted for tag, _ in page.tags) for wanted in ("label", "input"))
    assert labels == inputs
    assert "break-inside: avoid" in html
    assert "width=device-width" in html


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("blood in urine", "blood in urine"),
        ("blood .. (in|into) [<whose>] <urine>", "blood | up to 2 words | in / into | perhaps list whose | list urine"),
        (
            "^ (he|she) {small} fell $",
            "start of the sentence | he / she | up to 4 words of list small | fell | end of the sentence",
        ),
        (", (my|his)", ", | my / his"),
        ("no ~", "no | the phrase"),
        ("sang* ... rot", "sang… | up to 5 words | rot"),
    ],
)
def test_a_pattern_in_plain_words(pattern, shown):
    def text(piece: wording.Piece) -> str:
        words = " / ".join(f"list {one.text}" if one.is_list else one.text for one in piece.choices)
        gap = f"up to {piece.gap} words" + (" of " if words else "") if piece.gap else ""
        return ("perhaps " if piece.optional else "") + gap + words

    assert " | ".join(map(text, wording.pieces(pattern))) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ({"kind": Kind.celsius, "at_least": 39.0}, "39 °C (102.2 °F) or more"),
        ({"kind": Kind.celsius, "at_least": 34, "below": 36}, "from 34 °C (93.2 °F) to just below 36 °C (96.8 °F)"),
        ({"kind": Kind.minutes, "at_least": 720}, "720 minutes (12 hours) or more"),
        ({"kind": Kind.minutes, "at_least": 5}, "5 minutes or more"),
        ({"kind": Kind.systolic, "below": 80}, "below 80 mmHg"),
    ],
)
def test_limits_in_plain_words(number, shown):
    assert wording.limits(NumberRange(**number)) == shown


def test_the_place_of_a_phrase_in_plain_words():
    rule = ContextRule(kind="past", direction=Direction.after, reach=3, phrases=["x"])
    assert wording.place(rule) == "said after the sign, at most 3 words away"
    rule = ContextRule(kind="past", direction=Direction.beside, vague=True, phrases=["x"])
    assert wording.place(rule) == "said before or after the sign, without a date"


def test_every_place_of_a_phrase_has_its_words():
    assert all(wording.place(ContextRule(kind="past", direction=one, phrases=["x"])) for one in Direction)


def test_the_page_is_written_where_it_is_asked_for(tmp_path, capsys):
    main([str(tmp_path / "new" / "sheet.html")])
    assert (tmp_path / "new" / "sheet.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "not reviewed by a clinician" in capsys.readouterr().out
