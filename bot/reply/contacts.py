"""Numbers and people to turn to, for the reader's country or, when it is not known, for the common ones."""

from __future__ import annotations

import re
from typing import TypedDict

from bot.knowledge import Kind, Library
from bot.knowledge.models import Checked, Contact, Place

COMMON_PLACES = ("AU", "NZ", "GB", "IE", "EU", "US", "CA")
PHRASES_WITHOUT_PLACE = {
    "emergency": "your local emergency number (000 in Australia, 111 in New Zealand, 999 in the UK and Ireland, "
    "112 in Europe, 911 in the US and Canada)",
    "advice": "your local health advice line",
    "poison": "your local poison line",
    "crisis": "a crisis line in your country",
    "place": "your country",
}
NEEDED_FOR = {
    Kind.emergency: ("emergency", "poison"),
    Kind.crisis: ("emergency", "crisis"),
    Kind.urgent: ("advice", "emergency"),
    Kind.refusal: ("charity",),
    Kind.unknown: ("charity", "advice", "emergency"),
    Kind.language: ("charity", "advice", "emergency"),
    Kind.support: ("charity", "crisis"),
}
PLEASE_CHECK = "please check this number"


class ShownContact(TypedDict, total=False):
    """``verify`` stands beside a number that was not seen on the service's own page."""

    label: str
    number: str
    url: str
    note: str
    verify: str


def phrases(place: Place | None) -> dict[str, str]:
    """What the placeholders of notices become, such as ``{emergency}`` -> ``000``."""
    found = dict(PHRASES_WITHOUT_PLACE)
    if place is None:
        return found
    found["place"] = place.name
    for role in ("emergency", "advice", "poison", "crisis"):
        contact: Contact | None = getattr(place, role)
        if contact and contact.number:
            caution = "" if contact.how is Checked.official_page else f" ({PLEASE_CHECK})"
            name = "" if role == "emergency" else f"{contact.label} on "
            found[role] = f"{name}{contact.number}{caution}"
    return found


def numbers(library: Library, place_code: str | None) -> str:
    """The emergency number of the place alone or, where there is none, the common ones: ``000 (AU), 911 (US, CA)``.

    It stands in texts of other languages, so it holds no English word.
    """
    place = library.places.get(place_code or "")
    if place and place.emergency and place.emergency.number:
        return place.emergency.number
    by_number: dict[str, list[str]] = {}
    for code in COMMON_PLACES:
        contact = library.places[code].emergency if code in library.places else None
        if contact and contact.number:
            by_number.setdefault(contact.number, []).append(code)
    return ", ".join(f"{number} ({', '.join(codes)})" for number, codes in by_number.items())


def contacts(library: Library, kind: Kind, place_code: str | None) -> list[ShownContact]:
    """The contacts shown beside a message of this kind."""
    roles = NEEDED_FOR.get(kind, ())
    place = library.places.get(place_code or "")
    if place is not None:
        own = [_shown(contact) for role in roles if (contact := getattr(place, role))]
        if own:
            return own
    return [
        {**_shown(contact), "label": f"{contact.label}, {library.places[code].name}"}
        for role in roles
        if role in ("emergency", "charity")
        for code in COMMON_PLACES
        if code in library.places and (contact := getattr(library.places[code], role))
    ]


def find_place(library: Library, text: str) -> str | None:
    """Code of the country that a message names, longest name first; None when it names none that is known."""
    if text.strip().upper() in library.places:  # "US" or "IN" alone; inside a sentence both are everyday words
        return text.strip().upper()
    words = f" {re.sub(r'[^a-z]+', ' ', text.lower())} "
    names = [(name, code) for code, place in library.places.items() for name in (*place.called, place.name.lower())]
    for name, code in sorted(names, key=lambda pair: -len(pair[0])):
        if f" {name} " in words:
            return code
    return None


def _shown(contact: Contact) -> ShownContact:
    shown: ShownContact = {"label": contact.label}
    if contact.number:
        shown["number"] = contact.number
        if contact.how is not Checked.official_page:
            shown["verify"] = PLEASE_CHECK
    if contact.url:
        shown["url"] = str(contact.url)
    if contact.note:
        shown["note"] = contact.note
    return shown
