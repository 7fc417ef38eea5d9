"""Nothing that is typed works as a command of Rasa, while every button does."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import random
import sqlite3
from typing import Any

import yaml

from bot import triage
from bot.knowledge import Audience
from bot.reply import choices
from faults.family import Family, client_of
from faults.goal import SEED, Amounts, Finding
from faults.house import House
from tools.guide_process import ROOT

ENTITY = "typed"
"""Stands for a value in the spellings; found in a slot or an entity, something typed has set it."""
SPELLINGS = (
    "/{}",
    " \n /{}",
    "//{}",
    "\uff0f{}",
    "\u200b/{}",
    '/{}{{"choice": "typed", "place": "typed"}}',
    "/EXTERNAL: {}",
    "/{}@1.0",
)
OF_RASA = ("restart", "session_start", "back", "action_restart", "default_fallback")
AT_ONCE = 4
HARMLESS = {"action", "user", "bot", "slot", "user_featurization"}
"""Types of events that a turn has; a command would also begin a session, pause, or forget."""


def check(house: House, amounts: Amounts) -> list[Finding]:
    """Every intent in every spelling, each in a talk of its own; then up to ``amounts.buttons`` buttons."""
    names = [*OF_RASA, *intents()][: amounts.intents]
    texts = [(name, spelling.format(name)) for name in names for spelling in SPELLINGS]
    with client_of(house.sqlite.url) as client, concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        families = [Family(client) for _ in texts]
        replies = list(pool.map(lambda one: one[0].say(one[1][1]), zip(families, texts, strict=True)))
        unanswered = sum(reply.status != 200 or not reply.in_shape for reply in replies)
        obeyed = sum(_obeyed(house, family.token, *text) for family, text in zip(families, texts, strict=True))
        buttons = all_buttons(house)
        chosen = random.Random(SEED).sample(buttons, min(amounts.buttons, len(buttons)))
        works = sum(pool.map(lambda choice: _works(Family(client), choice), chosen))
    typed = f"{len(names)} intents x {len(SPELLINGS)} spellings: {obeyed} obeyed, {unanswered} unanswered"
    pressed = f"{works}/{len(chosen)} buttons work"
    return [Finding(not obeyed and not unanswered, typed), Finding(works == len(chosen), pressed)]


def intents() -> list[str]:
    """Every intent of the domain, then those of the training data that stand under one of them."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text())["intents"]
    files = sorted((ROOT / "data/nlu").glob("*.yml"))
    trained = {entry["intent"] for path in files for entry in yaml.safe_load(path.read_text())["nlu"]}
    return [*domain, *sorted(trained - set(domain))]


def all_buttons(house: House) -> list[str]:
    """The id of every button that the guide can show."""
    library = house.library
    return [
        choices.SOURCES, choices.CHANGE_PLACE, choices.NOT_MEANT, choices.HELP_ARRIVED, choices.NOT_WORSE, choices.ALL_AREAS,
        choices.HELPED, choices.NOT_HELPED,
        *map(choices.reason_choice, choices.REASON_TITLES),
        *map(choices.topic_choice, library.topics),
        *(choices.part_choice(name, part) for name, topic in library.topics.items() for part in topic.parts),
        *map(choices.area_choice, library.areas),
        *map(choices.audience_choice, Audience),
        *map(choices.place_choice, library.places),
        *(choices.worse_choice(name.partition("/")[2]) for name in library.notices if name.startswith("urgent/")),
    ]  # fmt: skip


def _works(family: Family, choice: str) -> bool:
    reply = family.choose(choice)
    return reply.status == 200 and reply.in_shape and "fixed/not_available" not in reply.notices


def _obeyed(house: House, token: str, name: str, text: str) -> bool:
    """Whether the stored turn shows that Rasa took the text for a command."""
    events = _stored(house, token)
    said = [event for event in events if event["event"] == "user"]
    if len(said) != 1 or {event["event"] for event in events} - HARMLESS - {"session_started"}:
        return True
    parsed = said[0]["parse_data"]
    found = parsed["intent"]
    sure = found.get("confidence") == 1.0 and name in (found.get("name"), found.get("full_retrieval_intent_name"))
    sure = sure and triage.assess(text) is None  # the words of an alarm are one, whatever stands before them
    entities = [entity["value"] for entity in parsed["entities"]]
    slots = [event["value"] for event in events if event["event"] == "slot"]
    begun = sum(event["event"] == "session_started" for event in events)
    return sure or ENTITY in entities or ENTITY in slots or begun > 1


def _stored(house: House, token: str) -> list[dict[str, Any]]:
    conversation = house.conversation(token)
    with contextlib.closing(sqlite3.connect(house.database_file(), timeout=30)) as database:
        rows = database.execute("SELECT data FROM events WHERE sender_id = ? ORDER BY id", (conversation,))
        return [json.loads(row[0]) for row in rows]
