"""The numbers and people of the reader's country, or the common ones when it is not known."""

from __future__ import annotations

import pytest

from bot.knowledge import Kind
from bot.reply.contacts import PHRASES_WITHOUT_PLACE, contacts, find_place, phrases

COMMON = [("Emergency, Australia", "000"), ("Emergency, United Kingdom", "999"), ("Emergency, Ireland", "112")]


@pytest.mark.parametrize(
    ("role", "phrase"),
    [
        ("place", "Australia"),
        ("emergency", "000"),
        ("advice", "Nurse line on 1800 111"),
        ("poison", "Poison line on 13 11 (please check this number)"),
        ("crisis", "Listening line on 13 99 (please check this number)"),
    ],
)
def test_a_placeholder_becomes_the_number_of_the_place(knowledge, role, phrase):
    assert phrases(knowledge.load().places["AU"])[role] == phrase


@pytest.mark.parametrize("role", ["advice", "poison", "crisis"])
def test_a_placeholder_without_a_number_in_the_place_becomes_words(knowledge, role):
    library = knowledge.load()
    assert phrases(library.places["GB"])[role] == phrases(None)[role] == PHRASES_WITHOUT_PLACE[role]


def test_the_emergency_number_without_a_place_names_the_common_ones():
    for number in ("000", "111", "999", "112", "911"):
        assert number in phrases(None)["emergency"]


def test_a_place_without_an_emergency_number_keeps_the_common_ones(knowledge):
    shown = phrases(knowledge.load().places["ZZ"])
    assert (shown["place"], shown["emergency"]) == ("Nowhere", PHRASES_WITHOUT_PLACE["emergency"])


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        (Kind.emergency, ["000", "13 11"]),
        (Kind.crisis, ["000", "13 99"]),
        (Kind.urgent, ["1800 111", "000"]),
        (Kind.refusal, [None]),
        (Kind.unknown, [None, "1800 111", "000"]),
        (Kind.support, [None, "13 99"]),
        (Kind.answer, []),
        (Kind.notice, []),
        (Kind.smalltalk, []),
        (Kind.boundary, []),
    ],
)
def test_each_kind_of_message_shows_the_contacts_it_needs(knowledge, kind, numbers):
    assert [contact.get("number") for contact in contacts(knowledge.load(), kind, "AU")] == numbers


@pytest.mark.parametrize(
    ("kind", "place", "shown"),
    [
        (Kind.emergency, "GB", [("Emergency", "999")]),
        (Kind.emergency, "ZZ", COMMON),
        (Kind.emergency, "XX", COMMON),
        (Kind.emergency, "", COMMON),
        (Kind.emergency, None, COMMON),
        (Kind.refusal, None, [("TSC charity, Australia", None)]),
        (Kind.refusal, "GB", [("TSC charity, Australia", None)]),
        (Kind.crisis, None, COMMON),
        (Kind.answer, None, []),
    ],
)
def test_a_place_without_contacts_gets_those_of_the_common_places(knowledge, kind, place, shown):
    found = contacts(knowledge.load(), kind, place)
    assert [(contact["label"], contact.get("number")) for contact in found] == shown


@pytest.mark.parametrize(
    ("kind", "contact"),
    [
        (Kind.emergency, {"label": "Emergency", "number": "000"}),
        (Kind.emergency, {"label": "Poison line", "number": "13 11", "note": "day and night",
                          "verify": "please check this number"}),
        (Kind.crisis, {"label": "Listening line", "number": "13 99", "verify": "please check this number"}),
        (Kind.refusal, {"label": "TSC charity", "url": "https://example.org"}),
    ],
)  # fmt: skip
def test_a_number_that_was_not_seen_on_an_official_page_asks_to_be_checked(knowledge, kind, contact):
    assert contact in contacts(knowledge.load(), kind, "AU")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Australia", "AU"),
        ("we live in perth, WA", "AU"),
        ("PERTH!", "AU"),
        ("I am in the uk.", "GB"),
        ("northern ireland", "GB"),
        ("Ireland", "IE"),
        ("new zealand please", "NZ"),
        ("Nowhere", "ZZ"),
        ("US", "US"),
        (" us\n", "US"),
        ("tell us more", None),
        ("ca", "CA"),
        ("about ca 3 cm", None),
        ("ukulele", None),
        ("irelands", None),
        ("France", None),
        ("", None),
        ("12345", None),
        ("\ud800\x00", None),
    ],
)
def test_a_place_is_found_by_a_whole_name_the_longest_first(knowledge, text, code):
    assert find_place(knowledge.load(), text) == code
