"""Messages that hold people's names, and messages that hold none, put together from frames, lists and the training messages.

Names are drawn by culture, so that each is as frequent as any other; the frames say how families write them. A training message
is changed where a person stands in it ('my son', 'she has', 'the doctor'), so that the model sees names in the midst of what
families really ask. What the model must find is known by construction.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from training.noise import slip

FRAMES = Path(__file__).with_name("frames.yml")
OPEN, CLOSE = "\ue000", "\ue001"
"""Stand around each name while a message is built; nobody types them."""
PARTICLES = ("van der", "van", "de", "de la", "da", "dos", "von", "al", "el", "bin", "ibn", "di", "le", "du", "ter", "St")
NAMES_THAT_ARE_WORDS = 0.06
"""Share of the first names that are everyday words (Grace, Will)."""
_SLOT = re.compile(r"\{(\w+)\}")
_PERSON = (
    "son|daughter|wife|husband|partner|mum|mom|dad|mother|father|sister|brother|cousin|aunt|uncle|niece|nephew|grandson|granddaughter|"
    "grandma|grandpa|nan|girlfriend|boyfriend|friend|baby|toddler|boy|girl|little one|youngest|eldest|twin|teenager|lad|kid|child|mate"
)
_RELATION = re.compile(
    rf"\b((?:my|our|his|her)\s+(?:(?:little|older|younger|big|eldest|youngest|\d+[ -]?(?:year[ -]old|yo))\s+)?(?:{_PERSON}))\b(?!['\u2019]| of\b)",
    re.I,
)
_VERB = "has|had|is|was|takes|took|started|starts|can|could|will|got|gets|keeps|does|did|doesn't|needs|says|said|won't|isn't|feels|should|may|might|wants|hates|seems"
_SUBJECT = re.compile(
    rf"(?:(?<=^)|(?<=[.!?,] )|(?<=\band )|(?<=\bif )|(?<=\bwhen )|(?<=\bbecause )|(?<=\bbut )|(?<=\bsince ))(he|she)(?= (?:{_VERB})\b)",
    re.I,
)
_ASKED = re.compile(r"\b((?:can|should|will|does|is|could|has|did|was|may|would) )(he|she)\b", re.I)
_OWN = re.compile(
    r"\b(his|her)(?= (?:kidneys?|tablets?|scans?|doctors?|team|levels?|bloods?|mouth|medicine|blood|urine|tummy|skin|lungs?|lumps?|AMLs?|cysts?|"
    r"seizures?|temperature|nurse|school|teacher|dose|side|back|face|growths?|brain|creatinine|egfr)\b)",
    re.I,
)
_OBJECT = re.compile(
    r"\b((?:for|to|with|about|give|gave|told|tell|asked|take|took) )(him|her)\b(?= (?:and|to|the|a|if|when|that|in|is|on)\b|[.,?!]|$)",
    re.I,
)
_CLINICIAN = re.compile(
    r"\b(?:(?:the|our|my|his|her) )(doctor|neurologist|nephrologist|consultant|specialist|gp|paediatrician|urologist|surgeon|nurse|geneticist|oncologist|doc|midwife)\b(?!['\u2019])",
    re.I,
)


class Message(NamedTuple):
    """``names``: begin and end of each name in ``text``."""

    text: str
    names: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Culture:
    """First and last names that belong together."""

    first: Sequence[str]
    last: Sequence[str]


class Generator:
    """Makes messages; the same ``dice`` gives the same ones."""

    def __init__(
        self, cultures: Sequence[Culture], asked: Sequence[str], dice: random.Random, frames: dict[str, Any] | None = None
    ) -> None:
        self._cultures = cultures
        self._asked = asked
        self._dice = dice
        self._frames = frames or yaml.safe_load(FRAMES.read_text(encoding="utf-8"))

    def message(self) -> Message:
        """One message: about three in five hold a name."""
        dice = self._dice
        shape = dice.random()
        if shape < 0.16:
            text = self._filled(self._one("sentences"))
        elif shape < 0.34:
            text = self._around(self._filled(self._one("sentences")), 0.5)
        elif shape < 0.44:
            text = self._around(dice.choice(self._asked), 1.0)
        elif shape < 0.60:
            text = self._people_in(dice.choice(self._asked))
        elif shape < 0.64:
            text = self._joined(
                [self._filled(self._one("sentences")), self._filled(self._one("sentences")), self._filled(self._one("nothing"))]
            )
        elif shape < 0.78:
            text = self._filled(self._one("nothing"))
            if dice.random() < 0.3:
                text = self._joined([text, dice.choice(self._asked)])
        else:
            text = dice.choice(self._asked)
            if dice.random() < 0.1:
                text = text.title()
        return _plain(self._rough(text))

    def _one(self, kind: str) -> str:
        return str(self._dice.choice(self._frames[kind]))

    def _around(self, text: str, often: float) -> str:
        """``text`` with a name in front of it, behind it or both."""
        parts = [text]
        if self._dice.random() < 0.3:
            parts.append(self._dice.choice(self._asked))
            self._dice.shuffle(parts)
        where = self._dice.random() if self._dice.random() < often else 1.0
        if where < 0.6:
            parts.insert(0, self._filled(self._one("openers")))
        if 0.5 < where < 1.0:
            parts.append(self._filled(self._one("closings")))
        return self._joined(parts)

    def _joined(self, parts: Sequence[str]) -> str:
        text = parts[0].strip()
        for part in parts[1:]:
            mark = self._dice.choice((". ", ", ", " ", ".\n", "\n", "! ", " - ", "; ", ". ", ", "))
            text = text.rstrip(".,") + mark + part.strip() if text[-1] not in "?!" else f"{text} {part.strip()}"
        return text

    def _people_in(self, text: str) -> str:
        """A training message in which people got names."""
        dice, before = self._dice, text
        changes: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
            (_RELATION, self._named_relation),
            (_SUBJECT, lambda match: self._any()),
            (_ASKED, lambda match: match.group(1) + self._any()),
            (_OWN, lambda match: self._own()),
            (_OBJECT, lambda match: match.group(1) + self._any()),
            (_CLINICIAN, self._clinician),
        ]
        dice.shuffle(changes)
        changed = 0
        for pattern, change in changes:
            if changed < 2 and OPEN not in text:
                text, count = pattern.subn(change, text, count=1)
                changed += count
        return text if text != before else self._around(text, 1.0)

    def _named_relation(self, match: re.Match[str]) -> str:
        who, name, way = match.group(1), self._any(), self._dice.random()
        if way < 0.35:
            return f"{who} {name}"
        if way < 0.5:
            return f"{who}, {name},"
        if way < 0.6:
            return f"{who} ({name})"
        return name if way < 0.92 else f"{name}, {who},"

    def _clinician(self, match: re.Match[str]) -> str:
        way = self._dice.random()
        if way < 0.6:
            return f"{self._title()} {self._name('last')}"
        if way < 0.75:
            return f"{match.group(0)} {self._any()}"
        return f"{match.group(0)}, {self._title()} {self._name('full')}," if way < 0.88 else f"{self._title()} {self._any()}"

    def _title(self) -> str:
        return str(self._dice.choice(self._frames["lists"]["title"][:9]))

    def _own(self) -> str:
        """'Liam's', 'liams' or, of a name that ends with s, 'James''."""
        name = self._name("first")
        way = self._dice.random()
        if way < 0.2:
            return f"{name[:-1]}s{CLOSE}"  # the apostrophe forgotten: the s goes with the name
        return f"{name}{self._dice.choice(chr(39) + chr(0x2019))}{'' if name[-2] == 's' and way < 0.7 else 's'}"

    def _filled(self, frame: str) -> str:
        text = re.sub(r"\{first\}s\b", lambda match: f"{self._name('first')[:-1]}s{CLOSE}", frame)
        text = re.sub(r"\{last\}s\b", lambda match: f"{self._name('last')[:-1]}s{CLOSE}", text)
        return _SLOT.sub(self._slot, text)

    def _slot(self, match: re.Match[str]) -> str:
        slot = match.group(1)
        if slot == "people":
            return self._people()
        if slot == "any":
            return self._any()
        if slot in {"first", "last", "full"}:
            return self._name(slot)
        if slot == "coined":
            lists = self._frames["lists"]
            word = "".join(str(self._dice.choice(lists[f"coined_{place}"])) for place in ("first", "middle", "last"))
            return word if self._dice.random() < 0.7 else word.lower()
        if slot == "Drug":
            return str(self._dice.choice(self._frames["lists"]["drug"])).capitalize()
        return str(self._dice.choice(self._frames["lists"][slot]))

    def _people(self) -> str:
        names = [self._name("first") for _ in range(self._dice.choice((2, 2, 2, 3, 4)))]
        joint = self._dice.choice((" and ", " and ", " & ", " n ", " + ", ", and "))
        return ", ".join(names[:-1]) + joint + names[-1]

    def _any(self) -> str:
        way = self._dice.random()
        return self._name("first" if way < 0.68 else "full" if way < 0.94 else "last")

    def _name(self, kind: str) -> str:
        """A name between its marks."""
        dice = self._dice
        culture = dice.choice(self._cultures)
        first, last = dice.choice(culture.first), dice.choice(culture.last)
        if dice.random() < NAMES_THAT_ARE_WORDS:
            first = str(dice.choice(self._frames["lists"]["everyday"])).capitalize()
        way = dice.random()
        if kind == "first":
            name = first
            if way < 0.04:
                name = f"{first}{dice.choice('- ')}{dice.choice(culture.first)}"
            elif way < 0.05:
                name = (
                    f"{first[0]}{dice.choice(('.', '', ''))} {last}"
                    if dice.random() < 0.5
                    else f"{first} {last[0]}{dice.choice(('.', ''))}"
                )
        elif kind == "last":
            name = last
            if way < 0.08:
                name = f"{last}-{dice.choice(culture.last)}"
            elif way < 0.16:
                name = f"{dice.choice(PARTICLES)} {last}"
        else:
            name = f"{first} {last}"
            if way < 0.06:
                name = f"{first[0]}. {last}"
            elif way < 0.1:
                name = f"{first[0]} {last}"
            elif way < 0.16:
                name = f"{first} {dice.choice(culture.first)[0]}. {last}"
            elif way < 0.24:
                name = f"{first} {dice.choice(culture.first)} {last}"
            elif way < 0.3:
                name = f"{first} {dice.choice(PARTICLES)} {last}"
            elif way < 0.36:
                name = f"{first} {last}-{dice.choice(culture.last)}"
            elif way < 0.4:
                name = f"{last} {first}"
        if dice.random() < 0.06:
            name = slip(name, 0.12, dice)
        return f"{OPEN}{name.strip() or first}{CLOSE}"

    def _rough(self, text: str) -> str:
        """As people type: small letters, capitals, without marks, with typing errors. The marks around names stay in place."""
        dice = self._dice
        if dice.random() < 0.25:
            share = dice.choice((0.02, 0.05, 0.1))
            pieces = re.split(f"({OPEN}[^{CLOSE}]*{CLOSE}|\\[[a-z ]+\\])", text)
            text = "".join(piece if piece[:1] in (OPEN, "[") else slip(piece, share, dice) for piece in pieces)
        way = dice.random()
        if way < 0.42:
            text = text.lower()
        elif way < 0.48:
            text = re.sub(r"\[[A-Z ]+\]", lambda match: match.group().lower(), text.upper())
        elif way < 0.62:
            text = text[:1].upper() + text[1:]
        if dice.random() < 0.15:
            text = re.sub(r"[.,!?;:'\u2019()]", "", text)
        if dice.random() < 0.06:
            text = text.replace("'", "\u2019")
        return text


def _plain(marked: str) -> Message:
    """The message without the marks, and where they stood."""
    text, names, start = [], [], 0
    length = 0
    for letter in marked:
        if letter == OPEN:
            start = length
        elif letter == CLOSE:
            if length > start:
                names.append((start, length))
        else:
            text.append(letter)
            length += 1
    return Message("".join(text), tuple(names))
