"""The library loads sound files and refuses every fault with file, line and remedy."""

from __future__ import annotations

import pytest

from bot.datafile import DataFileError
from bot.knowledge import Audience, Library, PartName
from bot.knowledge.library import REQUIRED_NOTICES
from bot.knowledge.models import flowing

SIZE, WHAT, ABOUT = "topics/aml/size.yml", "topics/aml/what.yml", "topics/about/sources.yml"
SOURCES, PLACES, LEDGER, FIXED, AREAS = "sources.yml", "places.yml", "approvals.yml", "notices/fixed.yml", "areas.yml"
SHA = "0" * 64


def ledger_line(item: str = "aml/size", sha256: str = SHA, due: str = "2027-01-01", status: str = "approved") -> str:
    return f"""\
- item: {item}
  audience: family
  status: {status}
  sha256: "{sha256}"
  reviewer: Somebody
  role: nurse
  date: 2026-01-01
  review_due: {due}
"""


def test_a_sound_folder_loads_whole(knowledge):
    library = knowledge.load()
    assert set(library.topics) == {"aml/what", "aml/size", "about/sources"}
    assert set(REQUIRED_NOTICES) <= set(library.notices)
    assert set(library.sources) == {"guideline", "leaflet", "machine"}
    assert library.places["AU"].emergency.number == "000"
    assert library.approvals == ()
    assert {name: area.title for name, area in library.areas.items()} == {"aml": "Kidney growths", "about": "About this guide"}


def test_a_valid_ledger_line_is_kept(knowledge):
    knowledge.write(LEDGER, ledger_line() + ledger_line("notice:fixed/greeting"))
    assert [approval.item for approval in knowledge.load().approvals] == ["aml/size", "notice:fixed/greeting"]


# What is wrong: the file, the edit that makes it wrong, how the guilty line then begins, and what the message says.
FAULTS = {
    "unknown key": (
        SIZE, "question:", "colour: red\nquestion:", "colour:", "unknown key 'colour'; allowed here: title, question"),
    "misspelt key": (
        SIZE, "question:", "queston:", "queston:", "unknown key 'queston'; allowed here: title, question"),
    "unknown key of a statement": (
        SIZE, "      sources:", "      source: []\n      sources:", "source:",
        "unknown key 'source'; remove it or correct its spelling"),
    "unknown key of a source": (
        SOURCES, "  note:", "  notes: x\n  note:", "notes:", "unknown key 'notes'; allowed here: group, title"),
    "unknown key of a place": (
        PLACES, "  name: Ireland", "  tel: 1\n  name: Ireland", "tel:", "unknown key 'tel'; allowed here: name, called"),
    "unknown key of a notice": (
        FIXED, "  kind: unknown", "  king: 1\n  kind: unknown", "king:", "unknown key 'king'; allowed here: kind, texts"),
    "missing key": (SIZE, "question: How big is an AML?\n", "", "title:", "the key 'question' is missing; add it"),
    "missing key of a source": (
        SOURCES, "  publisher: A website\n", "", "machine:", "the key 'publisher' is missing; add it"),
    "duplicate key": (
        SIZE, "answers:", "title: Two\nanswers:", "title: Two", "the key 'title' stands here twice; keep one of them"),
    "duplicate source": (
        SOURCES, "machine:", "leaflet: # again", "leaflet: # again", "the key 'leaflet' stands here twice; keep one"),
    "duplicate audience": (
        WHAT, "  professional:\n    - text: A t", "  family: # again\n    - text: A t", "family: # again",
        "the key 'family' stands here twice; keep one of them"),
    "unknown source id": (
        SIZE, "[guideline, machine]", "[guidelin]", "sources:", "unknown source 'guidelin'; add it to sources.yml or"),
    "unknown source id in a list of lines": (
        WHAT, "        - machine", "        - machin", "- machin", "unknown source 'machin'; add it to sources.yml or"),
    "unknown source id in a part": (
        WHAT, "have one.\n        sources: [guideline]", "have one.\n        sources: [none]", "sources: [none]",
        "unknown source 'none'; add it to sources.yml or correct it"),
    "unknown related topic": (
        SIZE, "- aml/what", "- aml/wat", "- aml/wat", "there is no topic 'aml/wat'; correct it or write that topic"),
    "topic related to itself": (
        SIZE, "- aml/what", "- aml/size", "- aml/size", "a topic cannot be related to itself; remove it"),
    "empty text": (
        SIZE, "A scan shows the size.", "''", "- text:",
        "'answers.family.0.text' is not right: ensure this value has at least 1 characters"),
    "blank text": (
        SIZE, "A scan shows the size.", "' '", "- text:",
        "'answers.family.0.text' is not right: ensure this value has at least 1 characters"),
    "empty answers of the only audience": (
        SIZE, "    - text: A scan shows the size.\n      sources: [guideline, machine]\n", "    []\n", "family:",
        "'answers.family' is not right: is empty; write the text or remove the key"),
    "empty answers of another audience": (
        WHAT, "    - text: A lump.\n      sources: [guideline]\n", "    []\n", "easy_read:",
        "'answers.easy_read' is not right: is empty; write the text or remove the key"),
    "empty part": (
        WHAT, "    family:\n      - text: Regular scans help.\n        sources: [leaflet]\n", "    {}\n", "what_helps:",
        "'parts.what_helps' is not right: is empty; write the text or remove the key"),
    "no family text": (
        SIZE, "  family:", "  easy_read:", "answers:", "'answers' is not right: has no 'family' text; every topic needs one"),
    "unknown audience": (SIZE, "  family:", "  families:", "answers:", "permitted: 'family', 'easy_read', 'professional'"),
    "unknown part": (WHAT, "  what_helps:", "  what_hurts:", "parts:", "permitted: 'how_common', 'what_helps'"),
    "heading of a part that the topic does not have": (
        SIZE, "related:", "headings: {what_helps: What else?}\nrelated:", "headings:", "'what_helps' is no part of this topic"),
    "heading too long for a button": (
        WHAT, "parts:", f"headings: {{what_helps: {'long' * 13}}}\nparts:", "headings:", "is longer than 48 letters"),
    "two headings alike": (
        WHAT, "parts:", "headings: {what_helps: Same, how_common: Same}\nparts:", "headings:", "have the same heading"),
    "title too long for a button": (
        SIZE, "Size of an AML", "long" * 13, "title:", "'title' is not right: ensure this value has at most 48 characters"),
    "no date": (SIZE, "2026-01-02", "last week", "updated:", "'updated' is not right: invalid date format"),
    "statement without the key sources": (
        SIZE, "      sources: [guideline, machine]\n", "", "- text:", "names no source; add 'sources: [...]' (ids of"),
    "statement without source": (
        SIZE, "[guideline, machine]", "[]", "- text:", "this statement names no source; add 'sources: [...]' (ids of"),
    "statement without source on a site topic that is none": (
        ABOUT, "basis: site\n", "", "- text:", "this statement names no source; add 'sources: [...]' (ids of"),
    "statement that rests on a source that may not stand alone": (
        SIZE, "[guideline, machine]", "[machine]", "- text:", "nothing may rest on 'machine' alone; name a second source"),
    "the same in a part": (
        WHAT, "Regular scans help.\n        sources: [leaflet]", "Scans help.\n        sources: [machine]",
        "- text: Scans help.", "nothing may rest on 'machine' alone; name a second source"),
    "topic of a kind that is no answer": (SIZE, "updated:", "kind: emergency\nupdated:", "kind:", "must be answer or support"),
    "unknown basis": (ABOUT, "basis: site", "basis: web", "basis:", "'basis' is not right"),
    "http address of a source": (
        SOURCES, "https://example.org", "http://example.org", "url:", "'url' is not right: the address must begin with https"),
    "address of a source that is none": (
        SOURCES, "https://example.org/guideline", "the library", "url:", "'url' is not right: invalid or missing URL scheme"),
    "year of a source that cannot be": (
        SOURCES, "year: 2021", "year: 202", "year:", "'year' is not right: ensure this value is greater than or equal to 1900"),
    "unknown group of a source": (
        SOURCES, "group: label", "group: leaflet", "group: leaflet", "'group' is not right: string does not match regex"),
    "name shared by two places": (
        PLACES, "[eire]", "[eire, england]", "called: [eire, england]",
        "'england' stands under GB too; keep it in one place"),
    "name of a place in capitals": (PLACES, "[eire]", "[Eire]", "called: [Eire]", "write 'Eire' in lower case"),
    "unknown kind of certainty of a number": (
        PLACES, "how: third party", "how: hearsay", "crisis:", "'crisis.how' is not right"),
    "unknown placeholder": (
        FIXED, "Text of fixed/consent.", "Call {ambulance}.", "family: Call {ambulance}.",
        "unknown placeholder {ambulance}; allowed: {advice}, {crisis}, {emergency}, {numbers}, {place}, "),
    "placeholder without a name": (
        FIXED, "Text of fixed/consent.", "Call {}.", "family: Call {}.", "unknown placeholder {}; allowed: {advice}, {crisis}"),
    "placeholder that is not closed": (
        FIXED, "Text of fixed/consent. Call {emergency}.", "Call {emergency", "family: Call {emergency", "braces do not fit"),
    "placeholder with a blank": (
        FIXED, "Text of fixed/consent. Call {emergency}.", "Call {emergency }", "family: Call {emergency }",
        "unknown placeholder"),
    "placeholder that reaches into a value": (
        FIXED, "Text of fixed/consent. Call {emergency}.", "Call {place[0]}", "family: Call {place[0]}", "unknown placeholder"),
    "doubled braces": (
        FIXED, "Text of fixed/consent. Call {emergency}.", "Call {{emergency}}", "family: Call {{emergency}}",
        "braces stand for placeholders only"),
    "placeholder in a topic": (
        SIZE, "A scan shows the size.", "Call {emergency}.", "- text:", "placeholders belong into notices"),
    "number without quotes": (PLACES, 'number: "999"', "number: 0123", "emergency: {label: Emergency, number: 0123",
        "put the number in quotes"),
    "place code that YAML reads as no": (PLACES, "ZZ: {name: Nowhere}", "NO: {name: Norway}", "NO:", "put it in quotes"),
    "empty answer of a part": (
        SIZE, "related:", "parts: {what_helps: {family: []}}\nrelated:", "parts:", "is empty; write the text"),
    "part without family text": (
        SIZE, "related:", "parts: {what_helps: {easy_read: [{text: a, sources: [guideline]}]}}\nrelated:", "parts:",
        "every part needs one"),
    "date that does not exist": (SIZE, "2026-01-02", "2026-02-30", "updated:", "not valid YAML: day is out of range"),
    "ledger line for an audience without a text": (
        LEDGER, "[]\n", ledger_line().replace("family", "professional"), "audience:", "has no text for professional"),
    "notice without family text": (
        FIXED, "  texts:\n    family: Text of fixed/consent.", "  texts: # consent\n    easy_read: Text.",
        "texts: # consent", "'texts' is not right: has no 'family' text; every notice needs one"),
    "empty notice": (
        FIXED, "Text of fixed/consent. Call {emergency}.", "''", "family: ''",
        "'texts.family' is not right: ensure this value has at least 1 characters"),
    "unknown kind of a notice": (FIXED, "kind: unknown", "kind: unknow", "kind: unknow", "'kind' is not right: value is"),
    "bracket that is not closed": (
        SIZE, "machine]", "machine", "related:", "not valid YAML: did not find expected ',' or ']'"),
    "wrong indentation": (
        PLACES, "  called: [eire]", "   called: [eire]", "called: [eire]", "; check indentation and quotes"),
    "ledger line for a topic that does not exist": (
        LEDGER, "[]\n", ledger_line() + ledger_line("aml/sice"), "- item: aml/sice",
        "there is no text 'aml/sice'; write area/name or notice:file/name"),
    "ledger line for a notice that does not exist": (
        LEDGER, "[]\n", ledger_line("notice:fixed/hi"), "- item:",
        "there is no text 'notice:fixed/hi'; write area/name or notice:file/name"),
    "ledger line for a notice without its prefix": (
        LEDGER, "[]\n", ledger_line("fixed/consent"), "- item:",
        "there is no text 'fixed/consent'; write area/name or notice:file/name"),
    "ledger line for triage rules that do not exist": (
        LEDGER, "[]\n", ledger_line("triage:bleedin"), "- item:",
        "there is no text 'triage:bleedin'; write area/name or notice:file/name, or triage:file for rules"),
    "ledger line with half a fingerprint": (
        LEDGER, "[]\n", ledger_line(sha256="abc"), "sha256:", "'sha256' is not right: string does not match regex"),
    "ledger line with an unknown status": (
        LEDGER, "[]\n", ledger_line(status="fine"), "status:", "permitted: 'draft', 'submitted', 'under_review', 'approved'"),
    "next review on the day of this one": (
        LEDGER, "[]\n", ledger_line(due="2026-01-01"), "review_due:", "the next review must be after the date of this one"),
    "unknown key of an area": (
        AREAS, "aml: {title:", "aml: {colour: red, title:", "aml:", "unknown key 'colour'; allowed here: title"),
    "area without a title": (AREAS, "{title: Kidney growths}", "{}", "aml:", "the key 'title' is missing; add it"),
    "area with a blank title": (
        AREAS, "title: Kidney growths", "title: ' '", "aml:", "'title' is not right: ensure this value has at least 1"),
    "area with a title too long for a button": (
        AREAS, "Kidney growths", "Kidney growths " * 4, "aml:", "'title' is not right: ensure this value has at most 48"),
    "area that stands twice": (
        AREAS, "about:", "aml: {title: Again}\nabout:", "aml: {title: Again}", "the key 'aml' stands here twice; keep one"),
    "areas that are a list": (
        AREAS, "aml: {title: Kidney growths}\nabout: {title: About this guide}\n", "- aml\n- about\n", "- aml",
        "expected 'name: entry' pairs at the top level"),
    "topics of a notice that are no list": (
        FIXED, "  texts:\n    family: Text of fixed/consent.", "  topics: aml/what\n  texts:\n    family: Text.", "topics:",
        "'topics' is not right: value is not a valid list"),
    "ledger that is no list": (LEDGER, "[]\n", "item: aml/size\n", "item:", "expected a list of entries ('- ...')"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_stops_the_load_with_file_line_and_remedy(knowledge, fault):
    file, old, new, at, words = FAULTS[fault]
    knowledge.edit(file, old, new)
    with pytest.raises(DataFileError) as caught:
        knowledge.load()
    message = str(caught.value)
    assert message.startswith(f"{knowledge.root / file}:{knowledge.line(file, at)}: ")
    assert words in message


@pytest.mark.parametrize("file", [SOURCES, PLACES, AREAS, LEDGER])
def test_a_missing_file_stops_the_load(knowledge, file):
    (knowledge.root / file).unlink()
    with pytest.raises(DataFileError, match=f"{file}:1: the file is missing; put it back"):
        knowledge.load()


@pytest.mark.parametrize("file", [SOURCES, PLACES, AREAS, LEDGER, FIXED, SIZE])
def test_a_file_that_is_not_utf_8_stops_the_load(knowledge, file):
    path = knowledge.root / file
    path.write_bytes(b"# \xe9\n" + path.read_bytes())
    with pytest.raises(DataFileError, match=f"{file}:1: byte 2 is not UTF-8; save the file as UTF-8"):
        knowledge.load()


@pytest.mark.parametrize("notice_id", REQUIRED_NOTICES)
def test_a_missing_required_notice_stops_the_load(knowledge, notice_id):
    area, name = notice_id.split("/")
    knowledge.edit(f"notices/{area}.yml", f"{name}:\n  kind", f"not_{name}:\n  kind")
    with pytest.raises(DataFileError, match=f"{area}.yml:1: the notice '{name}' is missing; the guide needs it"):
        knowledge.load()


def test_a_missing_file_of_notices_stops_the_load(knowledge):
    (knowledge.root / "notices/emergency.yml").unlink()
    with pytest.raises(DataFileError, match=r"emergency\.yml:1: the notice 'bleeding' is missing"):
        knowledge.load()


def test_a_topic_whose_area_has_no_title_stops_the_load(knowledge):
    knowledge.edit(AREAS, "about:", "abut:")
    with pytest.raises(DataFileError, match=f"{ABOUT}:1: its area 'about' is not in areas.yml; add it there"):
        knowledge.load()


def test_areas_keep_the_order_of_their_file_and_may_wait_for_topics(knowledge):
    knowledge.edit(AREAS, "aml:", "mtor: {title: Medicines}\naml:")
    assert list(knowledge.load().areas) == ["mtor", "aml", "about"]


@pytest.mark.parametrize("name", ["AML/size", "aml/Size", "aml/big size", "size", "aml/kidney/size"])
def test_a_topic_file_with_a_name_that_is_no_id_stops_the_load(knowledge, name):
    (knowledge.root / ABOUT).rename(knowledge.root / "about.yml")
    knowledge.edit(WHAT, ", about/sources]", "]")
    knowledge.edit(SIZE, "  - about/sources\n", "")
    knowledge.write(f"topics/{name}.yml", (knowledge.root / "about.yml").read_text())
    with pytest.raises(DataFileError, match=f"{name}.yml:1: the file must be topics/<area>/<name>.yml"):
        knowledge.load()


@pytest.mark.parametrize("name", ["emergency", "numbers", "advice", "poison", "crisis", "place"])
def test_every_known_placeholder_may_stand_in_a_notice(knowledge, name):
    knowledge.edit(FIXED, "Text of fixed/consent.", f"Call {{{name}}}.")
    assert f"{{{name}}}" in knowledge.load().notices["fixed/consent"].texts[Audience.family]


@pytest.mark.parametrize(
    ("audience", "part", "texts"),
    [
        (Audience.family, None, ["An AML is a lump in the kidney.", "It holds fat."]),
        (Audience.easy_read, None, ["A lump."]),
        (Audience.professional, PartName.how_common, ["Four in five."]),
        (Audience.family, PartName.how_common, ["Many people have one."]),
        (Audience.easy_read, PartName.how_common, None),
        (Audience.family, PartName.for_children, None),
    ],
)
def test_statements_are_those_of_exactly_this_audience_and_part(knowledge, audience, part, texts):
    statements = knowledge.load().statements("aml/what", audience, part)
    assert (statements and [statement.text for statement in statements]) == texts


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("one\nline", "one line"),
        ("  one  \n  line  \n", "one line"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("one\n\n\ntwo", "one\n\ntwo"),
        ("Look for:\n- red urine\n- pain\n  in the side", "Look for:\n- red urine\n- pain in the side"),
        ("- red urine\n- pain", "- red urine\n- pain"),
        ("a - b\n-5", "a - b -5"),
    ],
)
def test_line_breaks_of_the_file_go_and_those_of_the_text_stay(typed, shown):
    assert flowing(typed) == shown


def test_a_topic_file_with_another_ending_is_not_silently_left_out(knowledge):
    knowledge.write("topics/aml/new.yaml", "title: x\n")
    with pytest.raises(DataFileError, match=r"new\.yaml:1: data files end in \.yml"):
        Library.load(knowledge.root)


def test_every_text_of_every_audience_is_listed_once(knowledge):
    texts = knowledge.load().texts()
    assert [audience for item, audience in texts if item == "aml/what"] == list(Audience)
    assert [audience for item, audience in texts if item == "aml/size"] == [Audience.family]
    assert ("notice:fixed/consent", Audience.family) in texts
    assert len(texts) == len(set(texts)) == 3 + 2 + len(knowledge.load().notices)


def test_the_digest_is_that_of_the_texts_their_sources_and_the_numbers_to_call(knowledge):
    before = knowledge.load().digest()
    knowledge.record("aml/what")
    assert knowledge.load().digest() == before, "an approval changes no text"
    knowledge.edit("topics/aml/size.yml", "A scan shows the size.", "A scan shows the whole size.")
    changed = knowledge.load().digest()
    knowledge.edit("sources.yml", "year: 2021", "year: 2022")
    cited = knowledge.load().digest()
    knowledge.edit("places.yml", 'number: "000"', 'number: "001"')
    assert len({before, changed, cited, knowledge.load().digest()}) == 4
